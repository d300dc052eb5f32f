package declared

import (
	"context"
	"fmt"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cluster"
)

// podManifest is a StatefulSet whose init container runs a script with a ConfigMap
// at /cm and an emptyDir that the server mounts too.
type podManifest struct {
	script, shell, image, at, args, server, volume, mounts, pod string
}

func (p podManifest) String() string {
	or := func(s, otherwise string) string {
		if s == "" {
			return otherwise
		}
		return s
	}
	at := or(p.at, "/etc/mysql/conf.d")
	return fmt.Sprintf(`apiVersion: v1
kind: ConfigMap
metadata: {name: cfg}
data:
  my.cnf: "[mysqld]\nmax_connections=1\n"
  b.cnf: "[mysqld]\nport=2\n"
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  template:
    spec:
      securityContext: {%s}
      initContainers:
      - {name: i, image: "%s", command: [%s, -c, %q], volumeMounts: [{name: cm, mountPath: /cm}, {name: d, mountPath: "%s"}]}
      containers:
      - {name: mysql, image: "%s", args: [%s], volumeMounts: [{name: d, mountPath: "%s"}%s]}
      volumes: [{name: cm, configMap: {name: cfg%s}}, {name: d, emptyDir: {}}]
`, p.pod, or(p.image, "mysql:8.0"), or(p.shell, "bash"), p.script, at, or(p.server, "mysql:8.0"), p.args, at, p.mounts, p.volume)
}

// governs resolves a manifest's only pod: its sources from keys, as "path<-key"
// with "?" where they are not sure, and the problems' codes.
func governs(t *testing.T, manifest fmt.Stringer) (sources, problems string) {
	t.Helper()
	files, err := cluster.NewFiles([]string{"-"}, strings.NewReader(manifest.String()))
	if err != nil {
		t.Fatal(err)
	}
	pods, err := files.Pods(context.Background(), "", metav1.ListOptions{})
	if err != nil || len(pods) != 1 {
		t.Fatal(len(pods), err)
	}
	found := cluster.Servers(&pods[0])
	if len(found) != 1 {
		t.Fatalf("servers %v", found)
	}
	res, err := Resolve(context.Background(), files, &pods[0], found[0].Container, serverOf(&pods[0], found[0]), Options{})
	if err != nil {
		t.Fatal(err)
	}
	var list, codes []string
	for _, g := range res.Governing {
		if _, _, key, ok := splitSource(g.Source); ok {
			sure := ""
			if g.Certainty == ambiguous {
				sure = "?"
			}
			list = append(list, g.Path+"<-"+key+sure)
		}
	}
	for _, p := range res.Problems {
		codes = append(codes, string(p.Severity)+" "+string(p.Code))
	}
	return strings.Join(list, " "), strings.Join(codes, ", ")
}

const (
	bothKeys = "/etc/mysql/conf.d/b.cnf<-b.cnf /etc/mysql/conf.d/my.cnf<-my.cnf"
	onlyMy   = "/etc/mysql/conf.d/my.cnf<-my.cnf"
	onlyB    = "/etc/mysql/conf.d/b.cnf<-b.cnf"
)

// TestKubeletLinks: keys are links, and what copies links as they are leaves none
// that leads anywhere.
func TestKubeletLinks(t *testing.T) {
	for script, want := range map[string]string{
		"cp /cm/* /etc/mysql/conf.d/":                                                    bothKeys,
		"cp -r /cm/* /etc/mysql/conf.d/":                                                 "",
		"cp -a /cm/* /etc/mysql/conf.d/":                                                 "",
		"cp -R /cm/my.cnf /etc/mysql/conf.d/":                                            "",
		"cp -d /cm/my.cnf /etc/mysql/conf.d/":                                            "",
		"cp -rL /cm/* /etc/mysql/conf.d/":                                                bothKeys,
		"cp -r /cm/. /etc/mysql/conf.d/":                                                 bothKeys,
		"mv /cm/my.cnf /etc/mysql/conf.d/ || true":                                       "",
		"rsync -a /cm/ /etc/mysql/conf.d/":                                               bothKeys,
		"find /cm -maxdepth 1 -type f -exec cp {} /etc/mysql/conf.d/ \\;":                "",
		"find -L /cm -maxdepth 1 -type f -exec cp {} /etc/mysql/conf.d/ \\;":             bothKeys,
		"find /cm -type f -name 'my*' -exec cp {} /etc/mysql/conf.d/ \\;":                onlyMy,
		"find /cm -maxdepth 1 -type l -exec cp {} /etc/mysql/conf.d/ \\;":                bothKeys,
		"test -h /cm/my.cnf && cp /cm/my.cnf /etc/mysql/conf.d/":                         onlyMy,
		"cp /cm/b.cnf /etc/mysql/conf.d/x.cnf; cp -u /cm/my.cnf /etc/mysql/conf.d/x.cnf": "/etc/mysql/conf.d/x.cnf<-b.cnf",
		"cp /cm/b.cnf /etc/mysql/conf.d/x.cnf; cp /cm/my.cnf /etc/mysql/conf.d/x.cnf":    "/etc/mysql/conf.d/x.cnf<-my.cnf",
		"base64 /cm/my.cnf | base64 -d > /etc/mysql/conf.d/my.cnf":                       onlyMy,
		"dd if=/cm/my.cnf of=/etc/mysql/conf.d/my.cnf":                                   onlyMy,
	} {
		if got, _ := governs(t, podManifest{script: script}); got != want {
			t.Errorf("%s: %q, want %q", script, got, want)
		}
	}
}

// TestModes: servers pass over files that anybody may write, and over what they
// may not read.
func TestModes(t *testing.T) {
	for name, test := range map[string]struct {
		m    podManifest
		want string
	}{
		"recursively":         {podManifest{script: "cp /cm/* /etc/mysql/conf.d/; chmod -R 777 /etc/mysql/conf.d"}, ""},
		"the folder alone":    {podManifest{script: "cp /cm/* /etc/mysql/conf.d/; chmod 777 /etc/mysql/conf.d"}, bothKeys},
		"one":                 {podManifest{script: "cp /cm/* /etc/mysql/conf.d/; chmod o+w /etc/mysql/conf.d/b.cnf"}, onlyMy},
		"given and taken":     {podManifest{script: "cp /cm/* /etc/mysql/conf.d/; chmod 666 /etc/mysql/conf.d/*; chmod -R u=rw,go=r /etc/mysql/conf.d"}, bothKeys},
		"install":             {podManifest{script: "install -m 666 /cm/my.cnf /etc/mysql/conf.d/; install -m 0644 /cm/b.cnf /etc/mysql/conf.d/"}, onlyB},
		"umask and >":         {podManifest{script: "umask 0; cat /cm/my.cnf > /etc/mysql/conf.d/my.cnf; cp /cm/b.cnf /etc/mysql/conf.d/"}, onlyB},
		"cp -p of 0777":       {podManifest{script: "cp -p /cm/my.cnf /etc/mysql/conf.d/; cp /cm/b.cnf /etc/mysql/conf.d/", volume: ", defaultMode: 0777"}, onlyB},
		"cp of 0400":          {podManifest{script: "cp /cm/my.cnf /etc/mysql/conf.d/", volume: ", defaultMode: 0400"}, ""},
		"cp of 0400, chown":   {podManifest{script: "cp /cm/my.cnf /etc/mysql/conf.d/; chown -R mysql /etc/mysql/conf.d", volume: ", defaultMode: 0400"}, onlyMy},
		"cp of 0400, fsGroup": {podManifest{script: "cp /cm/my.cnf /etc/mysql/conf.d/", volume: ", defaultMode: 0400", pod: "fsGroup: 999"}, onlyMy},
		"cp of 0400, by uid":  {podManifest{script: "cp /cm/my.cnf /etc/mysql/conf.d/", volume: ", defaultMode: 0400", pod: "runAsUser: 999"}, onlyMy},
	} {
		if got, _ := governs(t, test.m); got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
	direct := podManifest{script: "true", at: "/data", args: "--defaults-file=/cfg/my.cnf", mounts: ", {name: cm, mountPath: /cfg}", volume: ", defaultMode: 0600"}
	if got, problems := governs(t, direct); got != "" || problems != "Fatal Unreadable" {
		t.Errorf("named file of root's: %q, %q", got, problems)
	}
	direct.volume = ", defaultMode: 0644"
	if got, problems := governs(t, direct); got != "/cfg/my.cnf<-my.cnf" || problems != "" {
		t.Errorf("named file: %q, %q", got, problems)
	}
}

// TestOptionsBesideData: an option file that an init container puts on a volume for
// data or temporary files is followed where the start names it.
func TestOptionsBesideData(t *testing.T) {
	for _, at := range []string{"/var/lib/mysql", "/run/cfg", "/var/run/mysqld", "/tmp", "/var/log/mysql"} {
		for _, option := range []string{"--defaults-file", "--defaults-extra-file"} {
			m := podManifest{script: "cp /cm/my.cnf " + at + "/my.cnf", at: at, args: option + "=" + at + "/my.cnf"}
			if got, problems := governs(t, m); got != at+"/my.cnf<-my.cnf" || problems != "" {
				t.Errorf("%s %s: %q, %q", option, at, got, problems)
			}
			m.script = "true"
			if got, problems := governs(t, m); got != "" || problems != "Fatal Unreadable" {
				t.Errorf("%s %s, not copied: %q, %q", option, at, got, problems)
			}
		}
	}
	home := podManifest{script: "cp /cm/my.cnf /var/lib/mysql/.my.cnf", at: "/var/lib/mysql"}
	if got, _ := governs(t, home); got != "/var/lib/mysql/.my.cnf<-my.cnf" {
		t.Errorf("home: %q", got)
	}
}

// TestInitFails: an init container that cannot succeed lets no server start.
func TestInitFails(t *testing.T) {
	for script, want := range map[string]string{
		"set -e; false; cp /cm/my.cnf /etc/mysql/conf.d/":               "",
		"cp /cm/my.cnf /etc/mysql/conf.d/; grep -q nothing /cm/my.cnf":  onlyMy + "?",
		"set -e; sed -i s/1/2/ /cm/my.cnf; cp /cm/* /etc/mysql/conf.d/": "",
	} {
		if got, problems := governs(t, podManifest{script: script}); got != want || problems != "Fatal InitContainerFails" {
			t.Errorf("%s: %q, %q", script, got, problems)
		}
	}
	if got, problems := governs(t, podManifest{script: "cp /cm/my.cnf /etc/mysql/conf.d/; grep -q nothing /cm/my.cnf || true"}); got != onlyMy || problems != "" {
		t.Errorf("one that succeeds: %q, %q", got, problems)
	}
}

// TestBareDefaultsFile: without "=" the option is no option about option files.
func TestBareDefaultsFile(t *testing.T) {
	m := podManifest{script: "true", at: "/data", args: "--defaults-file, /cfg/my.cnf", mounts: ", {name: cm, mountPath: /cfg}"}
	if got, problems := governs(t, m); got != "" || problems != "Fatal Unreadable" {
		t.Errorf("MySQL: %q, %q", got, problems)
	}
	m.server = "mariadb:11.4"
	if got, problems := governs(t, m); got != "" || problems != "Fatal Unreadable" {
		t.Errorf("MariaDB: %q, %q", got, problems)
	}
	// Negative control.
	m.args = "--defaults-file=/cfg/my.cnf, --max-connections, \"9\""
	if got, problems := governs(t, m); got != "/cfg/my.cnf<-my.cnf" || problems != "" {
		t.Errorf("in one word: %q, %q", got, problems)
	}
}

// TestLinkToKey: the server names a file by the link in its folder.
func TestLinkToKey(t *testing.T) {
	m := podManifest{script: "ln -s /cm/my.cnf /etc/mysql/conf.d/z.cnf", mounts: ", {name: cm, mountPath: /cm}"}
	if got, _ := governs(t, m); got != "/etc/mysql/conf.d/z.cnf<-my.cnf" {
		t.Errorf("%q", got)
	}
}

// TestNotExecutable: what has no bit for it is not run, whoever runs it: the script goes
// on without it, or ends.
func TestNotExecutable(t *testing.T) {
	const script = `printf '#!/bin/sh -e\ncp /cm/b.cnf /etc/mysql/conf.d/\nfalse\ncp /cm/my.cnf /etc/mysql/conf.d/\n' > /etc/mysql/conf.d/x; `
	for name, test := range map[string]struct{ script, want, problems string }{
		"goes on":      {script + "/etc/mysql/conf.d/x; cp /cm/my.cnf /etc/mysql/conf.d/", onlyMy, ""},
		"made so":      {script + "chmod +x /etc/mysql/conf.d/x; /etc/mysql/conf.d/x || true", onlyB, ""},
		"given":        {script + "sh -e /etc/mysql/conf.d/x || true", onlyB, ""},
		"ends":         {script + "cp /cm/my.cnf /etc/mysql/conf.d/ && /etc/mysql/conf.d/x", onlyMy + "?", "Fatal InitContainerFails"},
		"a key":        {"/cm/my.cnf || cp /cm/b.cnf /etc/mysql/conf.d/", onlyB, ""},
		"of the image": {"cp /usr/bin/tool /etc/mysql/conf.d/t && /etc/mysql/conf.d/t && cp /cm/my.cnf /etc/mysql/conf.d/", onlyMy + "? " + onlyB + "?", ""},
	} {
		if got, problems := governs(t, podManifest{script: test.script}); got != test.want || problems != test.problems {
			t.Errorf("%s: %q, %q, want %q, %q", name, got, problems, test.want, test.problems)
		}
	}
}

// serverCommand is a pod whose server is started by a script.
type serverCommand struct {
	script, mode string
	runs         bool
}

func (c serverCommand) String() string {
	return fmt.Sprintf(`apiVersion: v1
kind: ConfigMap
metadata: {name: cfg}
data:
  my.cnf: "[mysqld]\nmax_connections=1\n"
  x.sh: "#!/bin/sh\nexit 0\n"
---
apiVersion: v1
kind: Pod
metadata: {name: db}
spec:
  containers:
  - {name: mysql, image: "mysql:8.0.36", command: [sh, -c, %q], volumeMounts: [{name: cm, mountPath: /cm}]}
  volumes: [{name: cm, configMap: {name: cfg%s}}]
status: {containerStatuses: [{name: mysql, ready: %t}]}
`, c.script, c.mode, c.runs)
}

// TestCommandFails: a command that ends before it comes to the server starts none.
func TestCommandFails(t *testing.T) {
	const cp, start = "cp /cm/my.cnf /etc/mysql/conf.d/ && ", "exec docker-entrypoint.sh mysqld"
	const fails = "Fatal CommandFails"
	for name, test := range map[string]struct {
		command        serverCommand
		want, problems string
	}{
		"not executable": {serverCommand{script: cp + "/cm/x.sh && " + start}, onlyMy + "?", fails},
		"executable":     {serverCommand{script: cp + "/cm/x.sh && " + start, mode: ", defaultMode: 0755"}, onlyMy, ""},
		"false":          {serverCommand{script: cp + "test -f /cm/none && " + start}, onlyMy + "?", fails},
		"exit":           {serverCommand{script: cp + "test -f /cm/none || exit 3; " + start}, onlyMy + "?", fails},
		// What the image may set, or a program that is not known, may make it go on.
		"a variable": {serverCommand{script: cp + "[ -n \"$GO\" ] && " + start}, onlyMy, ""},
		"a program":  {serverCommand{script: cp + "/usr/bin/tool /x && " + start}, onlyMy, ""},
		"it runs":    {serverCommand{script: cp + "test -f /cm/none && " + start, runs: true}, onlyMy, ""},
		"in the end": {serverCommand{script: cp + start + "; false"}, onlyMy, ""},
	} {
		if got, problems := governs(t, test.command); got != test.want || problems != test.problems {
			t.Errorf("%s: %q, %q, want %q, %q", name, got, problems, test.want, test.problems)
		}
	}
}

// TestItemWithoutKey: the kubelet mounts no volume whose items name what is not there,
// unless the object is optional.
func TestItemWithoutKey(t *testing.T) {
	const items = ", items: [{key: my.cnf, path: my.cnf}, {key: gone.cnf, path: g.cnf}]"
	for volume, want := range map[string]string{
		items:                       "Fatal MountFails",
		", optional: false" + items: "Fatal MountFails",
		", optional: true" + items:  "",
		"":                          "",
	} {
		if got, problems := governs(t, podManifest{script: "cp /cm/my.cnf /etc/mysql/conf.d/", volume: volume}); got != onlyMy || problems != want {
			t.Errorf("%s: %q, %q", volume, got, problems)
		}
	}
}

// TestNoHostname: the library's MySQL on Oracle Linux has no program of that name. What
// the script means is followed all the same.
func TestNoHostname(t *testing.T) {
	const script = "[[ $(hostname) =~ -0$ ]] && cp /cm/my.cnf /etc/mysql/conf.d/"
	const told = "Warning NoSuchProgram"
	for image, want := range map[string]string{
		"mysql:8.0": told, "mysql:5.7": told, "docker.io/library/mysql:8.4.3": told,
		"mysql:8.0.18": "", "mysql:8.0-debian": "", "mariadb:11.4": "", "busybox": "", "team/mysql:8.4": "",
	} {
		if got, problems := governs(t, podManifest{script: script, image: image}); got != onlyMy || problems != want {
			t.Errorf("%s: %q, %q", image, got, problems)
		}
	}
	if _, problems := governs(t, podManifest{script: "[[ $HOSTNAME =~ -0$ ]] && cp /cm/my.cnf /etc/mysql/conf.d/"}); problems != "" {
		t.Errorf("the variable: %q", problems)
	}
}
