package declared

import (
	"context"
	"fmt"
	"path"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cluster"
)

// fakeFiles is a container's file system.
type fakeFiles struct {
	files map[string]string
	argv  []string
}

var written = time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)

func (f fakeFiles) ReadFiles(_ context.Context, paths []string) (map[string]PodFile, error) {
	out := map[string]PodFile{}
	for _, p := range paths {
		for name, text := range f.files {
			if name == p || strings.HasSuffix(p, "/") && path.Dir(name)+"/" == p {
				out[name] = PodFile{Data: []byte(text), Mode: 0o644, ModTime: written}
			}
		}
	}
	return out, nil
}

func (f fakeFiles) CommandLine() []string { return f.argv }

func resolveWith(t *testing.T, manifest string, files PodFiles) *Resolution {
	t.Helper()
	objs, err := cluster.NewFiles([]string{"-"}, strings.NewReader(manifest))
	if err != nil {
		t.Fatal(err)
	}
	pods, err := objs.Pods(context.Background(), "", metav1.ListOptions{})
	if err != nil || len(pods) == 0 {
		t.Fatalf("pods: %v, %v", pods, err)
	}
	found := cluster.Servers(&pods[0])
	if len(found) != 1 {
		t.Fatalf("servers: %v", found)
	}
	res, err := Resolve(context.Background(), objs, &pods[0], found[0].Container, serverOf(&pods[0], found[0]), Options{PodFiles: files})
	if err != nil {
		t.Fatal(err)
	}
	return res
}

const subPathManifest = `
apiVersion: v1
kind: ConfigMap
metadata: {name: cfg}
data:
  x.cnf: |
    [mysqld]
    max_connections=300
    long_query_time=2
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  template:
    spec:
      containers:
      - name: mysql
        image: mysql:8.4
        volumeMounts: [{name: v, mountPath: /etc/mysql/conf.d/x.cnf, subPath: x.cnf}]
      volumes: [{name: v, configMap: {name: cfg}}]
`

const imageFile = "[mysqld]\nskip-name-resolve\nhost_cache_size=0\n!includedir /etc/mysql/conf.d/\n"

func governing(res *Resolution, source string) *v1.GoverningFile {
	for i := range res.Governing {
		if res.Governing[i].Source == source {
			return &res.Governing[i]
		}
	}
	return nil
}

func setting(res *Resolution, option string) string {
	got := "(none)"
	for _, s := range res.Declaration.Settings {
		if s.Option == option {
			got = fmt.Sprintf("%s from %s", s.Value, s.Origin.Object)
		}
	}
	return got
}

func TestConfirmed(t *testing.T) {
	res := resolveWith(t, subPathManifest, fakeFiles{files: map[string]string{
		"/etc/my.cnf": imageFile, "/etc/mysql/conf.d/x.cnf": "[mysqld]\nmax_connections=300\nlong_query_time=2\n",
	}})
	if g := governing(res, "configmap/cfg:x.cnf"); g == nil || g.Certainty != v1.Confirmed {
		t.Errorf("an equal file gives %+v, want confirmed", g)
	}
	if len(res.Stale) != 0 {
		t.Errorf("stale: %+v", res.Stale)
	}
	if got := setting(res, "host_cache_size"); got != "0 from image" {
		t.Errorf("the image's own setting is %s", got)
	}
	if !res.Declaration.Complete {
		t.Errorf("not complete: %q", res.Declaration.Missing)
	}
}

func TestWithoutExecIsDerived(t *testing.T) {
	res := resolveWith(t, subPathManifest, nil)
	if g := governing(res, "configmap/cfg:x.cnf"); g == nil || g.Certainty != v1.Derived {
		t.Errorf("without files: %+v, want derived", g)
	}
	if res.Declaration.Complete {
		t.Error("complete, though the image's file was not read")
	}
}

func TestStaleSubPath(t *testing.T) {
	res := resolveWith(t, subPathManifest, fakeFiles{files: map[string]string{
		"/etc/my.cnf": imageFile, "/etc/mysql/conf.d/x.cnf": "[mysqld]\nmax_connections=200\nlong_query_time=2\nport=3307\n",
	}})
	if len(res.Stale) != 1 {
		t.Fatalf("stale: %+v, want one", res.Stale)
	}
	st := res.Stale[0]
	if st.Path != "/etc/mysql/conf.d/x.cnf" || st.Source != "configmap/cfg:x.cnf" || !st.Since.Equal(written) {
		t.Errorf("stale: %+v", st)
	}
	var got []string
	for _, d := range st.Differs {
		got = append(got, fmt.Sprintf("%s pod=%s now=%s", d.Option, deref(d.InPod), deref(d.Current)))
	}
	want := "max_connections pod=200 now=300; port pod=3307 now=-"
	if s := strings.Join(got, "; "); s != want {
		t.Errorf("differs %q, want %q", s, want)
	}
	// What is declared is the ConfigMap's text, not the old file's.
	if got := setting(res, "max_connections"); got != "300 from configmap/cfg:x.cnf" {
		t.Errorf("declared %s", got)
	}
}

func deref(s *string) string {
	if s == nil {
		return "-"
	}
	return *s
}

func TestStaleSecretShowsNoValues(t *testing.T) {
	manifest := strings.NewReplacer("kind: ConfigMap", "kind: Secret", "\ndata:", "\nstringData:", "configMap: {name: cfg}", "secret: {secretName: cfg}").Replace(subPathManifest)
	res := resolveWith(t, manifest, fakeFiles{files: map[string]string{
		"/etc/my.cnf": imageFile, "/etc/mysql/conf.d/x.cnf": "[mysqld]\nmax_connections=200\n",
	}})
	if len(res.Stale) != 1 || len(res.Stale[0].Differs) == 0 {
		t.Fatalf("stale: %+v", res.Stale)
	}
	for _, d := range res.Stale[0].Differs {
		if d.InPod != nil || d.Current != nil {
			t.Errorf("%s shows a Secret's value", d.Option)
		}
	}
	for _, s := range res.Declaration.Settings {
		if s.Origin.Object == "secret/cfg:x.cnf" && !s.Secret {
			t.Errorf("%s is not marked as secret", s.Option)
		}
	}
}

// TestContentDecides: a condition on the disk leaves two ways open, the file in
// the pod closes one.
func TestContentDecides(t *testing.T) {
	manifest := readFile(t, "testdata/disk-condition.yaml")
	for file, want := range map[string]string{
		"[mysqld]\nmax_connections=10\n": "configmap/cfg:a.cnf", "[mysqld]\nmax_connections=20\n": "configmap/cfg:b.cnf",
	} {
		res := resolveWith(t, manifest, fakeFiles{files: map[string]string{"/etc/my.cnf": imageFile, "/etc/mysql/conf.d/my.cnf": file}})
		if g := governing(res, want); g == nil || g.Certainty != v1.Confirmed {
			t.Errorf("%q: %+v, want %s confirmed", file, res.Governing, want)
		}
		if len(res.Stale) != 0 {
			t.Errorf("%q: stale %+v", file, res.Stale)
		}
	}
}

// TestFoundByContent: nothing says what the unreadable program does; the file does.
func TestFoundByContent(t *testing.T) {
	manifest := readFile(t, "testdata/unknown-script.yaml")
	res := resolveWith(t, manifest, fakeFiles{files: map[string]string{"/etc/my.cnf": imageFile, "/etc/mysql/conf.d/50-x.cnf": "# made\n[mysqld]\nmax_connections=10\n"}})
	if g := governing(res, "configmap/cfg:my.cnf"); g == nil || g.Certainty != v1.Confirmed || g.Path != "/etc/mysql/conf.d/50-x.cnf" {
		t.Errorf("%+v", res.Governing)
	}
	// Negative control: other text is nobody's.
	res = resolveWith(t, manifest, fakeFiles{files: map[string]string{"/etc/my.cnf": imageFile, "/etc/mysql/conf.d/50-x.cnf": "[mysqld]\nmax_connections=11\n"}})
	if g := governing(res, "configmap/cfg:my.cnf"); g != nil && g.Certainty != v1.Ambiguous {
		t.Errorf("a file of other content is taken for the key: %+v", g)
	}
}

func TestAppendedAndFilledInIsNotStale(t *testing.T) {
	manifest := readFile(t, "testdata/tutorial-variants.yaml")
	res := resolveWith(t, manifest, fakeFiles{files: map[string]string{
		"/etc/my.cnf":                   imageFile,
		"/etc/mysql/conf.d/common.cnf":  "[mysqld]\nmax_connections=250\nserver_id=10\n",
		"/etc/mysql/conf.d/primary.cnf": "[mysqld]\nlog-bin\n",
	}})
	if len(res.Stale) != 0 {
		t.Errorf("stale: %+v", res.Stale)
	}
	for _, source := range []string{"configmap/cfg:common.cnf", "configmap/cfg:primary.cnf"} {
		if g := governing(res, source); g == nil || g.Certainty != v1.Confirmed {
			t.Errorf("%s: %+v, want confirmed", source, g)
		}
	}
}

func TestCommandLineOfTheProcess(t *testing.T) {
	res := resolveWith(t, subPathManifest, fakeFiles{
		files: map[string]string{"/etc/my.cnf": imageFile, "/etc/mysql/conf.d/x.cnf": "[mysqld]\nmax_connections=300\nlong_query_time=2\n"},
		argv:  []string{"mysqld", "--max_connections=77"},
	})
	if got := setting(res, "max_connections"); got != "77 from image" {
		t.Errorf("max_connections %s, want the process's argument", got)
	}
}

const envArgsManifest = `
apiVersion: v1
kind: ConfigMap
metadata: {name: env}
data: {MAX: "200", EXTRA: "--back-log=90"}
---
apiVersion: v1
kind: Secret
metadata: {name: hidden}
stringData: {INIT: "SET @token='tok-5521'"}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  template:
    spec:
      containers:
      - name: mysql
        image: mysql:8.4
        args: ["--max-connections=$(MAX)", "--init-connect=$(INIT)", "--port=3306", "$(EXTRA)"]
        envFrom: [{configMapRef: {name: env}}, {secretRef: {name: hidden}}]
`

// A container has its environment from when it was started. What the ConfigMap
// has now is declared, though the process still has the old argument.
func TestArgumentsFromBeforeAChange(t *testing.T) {
	files := map[string]string{"/etc/my.cnf": imageFile}
	argv := []string{"mysqld", "--max-connections=200", "--init-connect=SET @token='tok-5521'", "--port=3306", "--back-log=90"}
	same := resolveWith(t, envArgsManifest, fakeFiles{files: files, argv: argv})
	if g := governing(same, "arg"); g == nil || g.Certainty != v1.Confirmed {
		t.Errorf("the process has the arguments of the manifest: %+v", g)
	}
	for _, s := range same.Declaration.Settings {
		if s.Option == "init-connect" && !s.Secret {
			t.Error("an argument with a Secret's value is not marked as secret")
		}
	}
	argv[1], argv = "--max-connections=105", argv[:4]
	late := resolveWith(t, envArgsManifest, fakeFiles{files: files, argv: argv})
	if got := setting(late, "max-connections"); got != "200 from arg" {
		t.Errorf("max-connections is %s, want what the ConfigMap has now", got)
	}
	if got := setting(late, "back-log"); got != "90 from env" {
		t.Errorf("back-log is %s, want the argument that was added", got)
	}
	if g := governing(late, "arg"); g == nil || g.Certainty != v1.Derived || !strings.Contains(g.Why, "before a change") {
		t.Errorf("%+v", g)
	}
}

// The kubelet brings a volume's file up to date, but no subPath's and none of an
// immutable object, which it reads once.
func TestStaleFileLasts(t *testing.T) {
	volume := strings.Replace(subPathManifest, "/etc/mysql/conf.d/x.cnf, subPath: x.cnf", "/etc/mysql/conf.d", 1)
	immutable := strings.Replace(volume, "metadata: {name: cfg}\n", "metadata: {name: cfg}\nimmutable: true\n", 1)
	files := fakeFiles{files: map[string]string{"/etc/my.cnf": imageFile, "/etc/mysql/conf.d/x.cnf": "[mysqld]\nmax_connections=200\nlong_query_time=2\n"}}
	for _, c := range []struct {
		name, manifest string
		want           bool
	}{{"subPath", subPathManifest, true}, {"volume", volume, false}, {"immutable", immutable, true}} {
		res := resolveWith(t, c.manifest, files)
		if len(res.Stale) != 1 || res.Stale[0].Lasting != c.want {
			t.Errorf("%s: %+v, want lasting %t", c.name, res.Stale, c.want)
		}
	}
}

// Who may exec but not read a Secret gets its file's options, marked as secret.
func TestFileOfASecretThatMayNotBeRead(t *testing.T) {
	manifest := strings.Replace(strings.Replace(subPathManifest, "/etc/mysql/conf.d/x.cnf, subPath: x.cnf", "/etc/mysql/conf.d", 1), "configMap: {name: cfg}", "secret: {secretName: hidden}", 1)
	res := resolveWith(t, manifest, fakeFiles{files: map[string]string{"/etc/my.cnf": imageFile, "/etc/mysql/conf.d/s.cnf": "[mysqld]\nwsrep_sst_auth=u:p\n"}})
	for _, s := range res.Declaration.Settings {
		if s.Option == "wsrep_sst_auth" && (!s.Secret || s.Origin.Object != "secret/hidden:s.cnf") {
			t.Errorf("%+v", s)
		}
	}
	if got := setting(res, "wsrep_sst_auth"); got == "(none)" {
		t.Error("the file in the pod does not count")
	}
}

// What the container's own command writes is no part of the image, although it lies
// in a folder of the image.
func TestFileOfTheCommandIsGenerated(t *testing.T) {
	const manifest = `
apiVersion: v1
kind: Pod
metadata: {name: db}
spec:
  containers:
  - name: mysql
    image: mysql:8.4
    env: [{name: MAXC, value: "44"}]
    command: [sh, -c]
    args: ['printf "[mysqld]\nmax_connections=$MAXC\n" > /etc/mysql/conf.d/x.cnf; exec docker-entrypoint.sh mysqld']
`
	res := resolveWith(t, manifest, fakeFiles{files: map[string]string{
		"/etc/my.cnf": imageFile, "/etc/mysql/conf.d/x.cnf": "[mysqld]\nmax_connections=44\n", "/etc/mysql/conf.d/image.cnf": "[mysqld]\nback_log=77\n",
	}})
	if got := setting(res, "max_connections"); got != "44 from generated" {
		t.Errorf("max_connections is %s", got)
	}
	if got := setting(res, "host_cache_size"); got != "0 from image" {
		t.Errorf("the image's own setting is %s", got)
	}
}
