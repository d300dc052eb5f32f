package cluster

import (
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
)

func containerOf(name, image string, change ...func(*corev1.Container)) corev1.Container {
	c := corev1.Container{Name: name, Image: image}
	for _, f := range change {
		f(&c)
	}
	return c
}

func command(words ...string) func(*corev1.Container) {
	return func(c *corev1.Container) { c.Command = words }
}

func args(words ...string) func(*corev1.Container) {
	return func(c *corev1.Container) { c.Args = words }
}

func port3306(c *corev1.Container) {
	c.Ports = append(c.Ports, corev1.ContainerPort{ContainerPort: 3306})
}

func dataAt(path string) func(*corev1.Container) {
	return func(c *corev1.Container) {
		c.VolumeMounts = append(c.VolumeMounts, corev1.VolumeMount{Name: "data", MountPath: path})
	}
}

func TestServers(t *testing.T) {
	for name, test := range map[string]struct {
		containers []corev1.Container
		want       string
	}{
		"bare image":                {[]corev1.Container{containerOf("db", "mysql")}, "db"},
		"named redis":               {[]corev1.Container{containerOf("redis", "mysql:8.4")}, "redis"},
		"private registry":          {[]corev1.Container{containerOf("x", "harbor.local:5000/library/mariadb:11")}, "x"},
		"options only":              {[]corev1.Container{containerOf("x", "mysql:8", args("--max_connections=1"))}, "x"},
		"named mysqld":              {[]corev1.Container{containerOf("x", "mysql:8", args("mysqld", "--port=1"))}, "x"},
		"in a shell":                {[]corev1.Container{containerOf("x", "mysql:8", command("sh", "-c", "sleep 1; exec docker-entrypoint.sh mysqld"))}, "x"},
		"under syncer":              {[]corev1.Container{containerOf("x", "mysql:8", command("syncer", "--", "bash", "-c", "docker-entrypoint.sh mysqld --server-id 1"))}, "x"},
		"operator's image":          {[]corev1.Container{containerOf("mysql", "percona/percona-server-mysql-operator:main-psmysql8.4", command("/opt/percona/ps-entrypoint.sh"), args("mysqld"), port3306)}, "mysql"},
		"own image, port and data":  {[]corev1.Container{containerOf("db", "team/shop:1", port3306, dataAt("/var/lib/mysql"))}, "db"},
		"beside helpers":            {[]corev1.Container{containerOf("exporter", "prom/mysqld-exporter", port3306), containerOf("xtrabackup", "gcr.io/google-samples/xtrabackup:1.0", dataAt("/var/lib/mysql"), command("bash", "-c", `echo "waiting for mysqld"; exec ncat -l 3307`)), containerOf("mysql", "mysql:5.7", dataAt("/var/lib/mysql"))}, "mysql"},
		"exporter alone":            {[]corev1.Container{containerOf("mysql", "prom/mysqld-exporter:v0.15.1", port3306, args("--mysqld.address=mysql:3306"))}, ""},
		"proxysql":                  {[]corev1.Container{containerOf("mysql", "proxysql/proxysql:2.6", port3306)}, ""},
		"haproxy before pxc":        {[]corev1.Container{containerOf("haproxy", "percona/haproxy:2.8.15", port3306)}, ""},
		"client of the server":      {[]corev1.Container{containerOf("zabbix", "zabbix/zabbix-web-nginx-mysql:latest", func(c *corev1.Container) { c.Env = []corev1.EnvVar{{Name: "MYSQL_ROOT_PASSWORD"}} })}, ""},
		"dump job":                  {[]corev1.Container{containerOf("backup", "mysql:8", command("bash", "-c", "mysqldump -A > /backup/all.sql"), dataAt("/backup"))}, ""},
		"initialising only":         {[]corev1.Container{containerOf("init", "mysql:8", command("mysqld", "--initialize-insecure"))}, ""},
		"a script that is sourced":  {[]corev1.Container{containerOf("db", "mysql:8", command("bash", "-c", "source /scripts/start.sh"))}, "db"},
		"source of nothing":         {[]corev1.Container{containerOf("x", "mysql:8", command("bash", "-c", "source"))}, ""},
		"redis":                     {[]corev1.Container{containerOf("redis", "redis:7")}, ""},
		"named after the server":    {[]corev1.Container{containerOf("mysql-sync", "corp/mysql-sync:1")}, ""},
		"migrations":                {[]corev1.Container{containerOf("mysql", "corp/mysql-migrations:1")}, ""},
		"an application":            {[]corev1.Container{containerOf("app", "myapp/mysql-service:1.2", env("MYSQL_HOST", "db"))}, ""},
		"a page for the server":     {[]corev1.Container{containerOf("ui", "corp/mariadb-webui:1")}, ""},
		"so named, with its port":   {[]corev1.Container{containerOf("db", "corp/mysql-sync:1", port3306)}, "db"},
		"so named, with a password": {[]corev1.Container{containerOf("db", "corp/mysql-service:1", env("MYSQL_ROOT_PASSWORD", "x"))}, "db"},
		"edition and system":        {[]corev1.Container{containerOf("x", "quay.io/sclorg/mysql-80-c9s")}, "x"},
		"Percona's":                 {[]corev1.Container{containerOf("x", "percona/percona-xtradb-cluster:8.0")}, "x"},
		"own image, port only":      {[]corev1.Container{containerOf("app", "team/shop:1", port3306)}, ""},
	} {
		pod := &corev1.Pod{Spec: corev1.PodSpec{Containers: test.containers}}
		found := Servers(pod)
		got := ""
		if len(found) == 1 {
			got = found[0].Container
		} else if len(found) > 1 {
			got = "several"
		}
		if got != test.want {
			t.Errorf("%s: found %q (%+v), want %q", name, got, found, test.want)
		}
	}
}

// TestServersInit: an init container of the server's image is no server.
func TestServersInit(t *testing.T) {
	pod := &corev1.Pod{Spec: corev1.PodSpec{
		InitContainers: []corev1.Container{containerOf("init", "mysql:8", dataAt("/var/lib/mysql"), port3306)},
		Containers:     []corev1.Container{containerOf("app", "team/app")},
	}}
	if found := Servers(pod); len(found) != 0 {
		t.Errorf("found %+v in an init container", found)
	}
}

func TestServersAnnotated(t *testing.T) {
	pod := &corev1.Pod{Spec: corev1.PodSpec{Containers: []corev1.Container{containerOf("a", "mysql"), containerOf("b", "team/db")}}}
	pod.Annotations = map[string]string{AnnotationServer: "b"}
	if found := Servers(pod); len(found) != 1 || found[0].Container != "b" {
		t.Errorf("forced: %+v", found)
	}
	pod.Annotations = map[string]string{AnnotationIgnore: "true"}
	if found := Servers(pod); len(found) != 0 {
		t.Errorf("ignored: %+v", found)
	}
}

func TestImageServer(t *testing.T) {
	for ref, want := range map[string]string{
		"mysql":     "MySQL",
		"mysql:8":   "MySQL 8.0.0",
		"mysql:5.7": "MySQL 5.7.0",
		"docker.io/bitnami/mysql:9.4.0-debian-12-r1":                 "MySQL 9.4.0",
		"registry:5000/library/mariadb:10.11.13-jammy@sha256:abcdef": "MariaDB 10.11.13",
		"mariadb:latest":                                           "MariaDB",
		"quay.io/sclorg/mariadb-105-c9s":                           "MariaDB 10.5.0",
		"quay.io/sclorg/mysql-80-c9s":                              "MySQL 8.0.0",
		"marketplace.gcr.io/google/mariadb11:11.5":                 "MariaDB 11.5.0",
		"percona/percona-xtradb-cluster:8.0.42-33.1":               "MySQL 8.0.42",
		"perconalab/percona-server-mysql-operator:main-psmysql8.4": "MySQL 8.4.0",
		"vitess/lite:v24.0.0-mysql80":                              "MySQL 8.0.0",
		"percona@sha256:6d4524":                                    "MySQL",
	} {
		if got := ImageServer(ref); model.Server.String(got) != want {
			t.Errorf("ImageServer(%q) = %s, want %s", ref, got, want)
		}
	}
}

func env(name, value string) func(*corev1.Container) {
	return func(c *corev1.Container) { c.Env = append(c.Env, corev1.EnvVar{Name: name, Value: value}) }
}

// TestStartOptions: what leaves a server running, and what lets it do a job and end.
func TestStartOptions(t *testing.T) {
	for option, server := range map[string]bool{
		"--verbose": true, "--skip-networking": true, "--skip-networking=0": true, "--skip_networking=OFF": true, "--version-comment=x": true,
		"--initialize=OFF": true, "--log-error-verbosity=3": true,
		"--help": false, "--version": false, "-V": false, "--initialize": false, "--initialize-insecure": false, "--initialize=ON": false,
		"--bootstrap": false, "--validate-config": false, "--validate_config": false, "--wsrep_recover": false,
	} {
		pod := &corev1.Pod{Spec: corev1.PodSpec{Containers: []corev1.Container{containerOf("x", "mysql:8", command("mysqld", "--user=mysql", option))}}}
		if got := len(Servers(pod)) > 0; got != server {
			t.Errorf("mysqld %s: server %t, want %t", option, got, server)
		}
	}
}

// TestExpandedCommand: the kubelet and the shell put words in before the entry
// point looks at them.
func TestExpandedCommand(t *testing.T) {
	for name, test := range map[string]struct {
		c    corev1.Container
		want bool
	}{
		"options in a variable": {containerOf("x", "mysql:8", args("$(OPTS)"), env("OPTS", "--max-connections=7")), true},
		"of another variable":   {containerOf("x", "mysql:8", args("$(OPTS)"), env("A", "--port=1"), env("OPTS", "$(A)")), true},
		"a client in one":       {containerOf("x", "mysql:8", args("$(CMD)"), env("CMD", "mysqldump")), false},
		"escaped":               {containerOf("x", "mysql:8", command("$$(CMD)"), env("CMD", "mysqld")), false},
		"set --":                {containerOf("x", "mysql:8", command("bash", "-c", "set -- mysqld --port=1\nexec docker-entrypoint.sh \"$@\"")), true},
		"set -- of a client":    {containerOf("x", "mysql:8", command("bash", "-c", "set -- mysqldump -A\nexec \"$@\"")), false},
		"eval exec":             {containerOf("x", "mysql:8", command("sh", "-c", `CMD="mysqld --port=1"; eval exec $CMD`)), true},
		"eval of a client":      {containerOf("x", "mysql:8", command("sh", "-c", `CMD="mysql -e status"; eval exec $CMD`)), false},
	} {
		pod := &corev1.Pod{Spec: corev1.PodSpec{Containers: []corev1.Container{test.c}}}
		if got := len(Servers(pod)) > 0; got != test.want {
			t.Errorf("%s: server %t, want %t", name, got, test.want)
		}
	}
}

// TestOtherDatabases: a database that speaks the protocol is no server of ours,
// whatever else looks like one; a server's program in such an image is.
func TestOtherDatabases(t *testing.T) {
	mounts := func(c *corev1.Container) {
		c.VolumeMounts = []corev1.VolumeMount{{Name: "c", MountPath: "/etc/mysql/conf.d"}, {Name: "d", MountPath: "/var/lib/mysql"}}
	}
	for image, want := range map[string]bool{
		"pingcap/tidb:v7.5": false, "vitess/vtgate:v20": false, "apache/doris:fe-2.1": false, "starrocks/fe-ubuntu:3": false,
		"clickhouse/clickhouse-server:24": false, "mirror/haproxy/mysql:8.0": true, "team/shop:1": true,
	} {
		pod := &corev1.Pod{Spec: corev1.PodSpec{Containers: []corev1.Container{containerOf("mysql", image, port3306, mounts, env("MYSQL_ROOT_PASSWORD", "x"))}}}
		if got := len(Servers(pod)) > 0; got != want {
			t.Errorf("%s: server %t, want %t", image, got, want)
		}
	}
}

// TestSidecarServer: an init container that always restarts may be the server, one
// that ends is none.
func TestSidecarServer(t *testing.T) {
	always := corev1.ContainerRestartPolicyAlways
	for _, policy := range []*corev1.ContainerRestartPolicy{&always, nil} {
		c := containerOf("db", "mysql:8")
		c.RestartPolicy = policy
		pod := &corev1.Pod{Spec: corev1.PodSpec{InitContainers: []corev1.Container{c}, Containers: []corev1.Container{containerOf("app", "nginx")}}}
		found := Servers(pod)
		if got := len(found) == 1 && found[0].Container == "db"; got != (policy != nil) {
			t.Errorf("restart policy %v: found %v", policy, found)
		}
	}
}

// A pod that is left out is not said to run no server.
func TestIgnoredPodNamed(t *testing.T) {
	pod := corev1.Pod{Spec: corev1.PodSpec{Containers: []corev1.Container{containerOf("db", "team/db")}}}
	pod.Name = "db-0"
	for annotation, want := range map[string]string{AnnotationIgnore: AnnotationIgnore + " is set", AnnotationServer: "names \"true\"", "other": "is recognised"} {
		pod.Annotations = map[string]string{annotation: "true"}
		if e := noMatch(t.Context(), nil, Selection{}, "pod/db-0", nil, []corev1.Pod{pod}); !strings.Contains(e.Text, want) {
			t.Errorf("%s: %s", annotation, e.Text)
		}
	}
}
