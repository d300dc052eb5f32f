package declared

import (
	"fmt"
	"strings"
	"testing"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/optionfile"
)

func brokenManifest(key string) string {
	return strings.Replace(subPathManifest, "    [mysqld]\n    max_connections=300\n    long_query_time=2\n", "    "+strings.ReplaceAll(key, "\n", "\n    ")+"\n", 1)
}

func problems(res *Resolution) string {
	var out []string
	for _, p := range res.Problems {
		out = append(out, fmt.Sprintf("%s %s %s at %s", p.Severity, p.Code, p.Origin, p.Origin.Path))
	}
	return strings.Join(out, "; ")
}

// A broken line is told with the key and the line in it, whether the pod's files
// can be read or not.
func TestProblemsHaveTheirOrigin(t *testing.T) {
	const broken = "[mysqld]\nback_log=7\n[mysqld\nmax_connections=9"
	const want = "Ignored BadGroupLine configmap/cfg:x.cnf:3 at /etc/mysql/conf.d/x.cnf"
	for name, files := range map[string]PodFiles{
		"derived":   nil,
		"confirmed": fakeFiles{files: map[string]string{"/etc/my.cnf": imageFile, "/etc/mysql/conf.d/x.cnf": broken}},
	} {
		res := resolveWith(t, brokenManifest(broken), files)
		if got := problems(res); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
		if got := setting(res, "back_log") + ", " + setting(res, "max_connections"); got != "7 from configmap/cfg:x.cnf, (none)" {
			t.Errorf("%s: settings are %s", name, got)
		}
	}
	// Negative control.
	if got := problems(resolveWith(t, subPathManifest, fakeFiles{files: map[string]string{"/etc/my.cnf": imageFile}})); got != "" {
		t.Errorf("a sound file has %s", got)
	}
}

// A file that anybody may write governs nothing, and that is told.
func TestWorldWritableMount(t *testing.T) {
	manifest := strings.NewReplacer("/etc/mysql/conf.d/x.cnf, subPath: x.cnf", "/etc/mysql/conf.d", "configMap: {name: cfg}", "configMap: {name: cfg, defaultMode: 438}").Replace(subPathManifest)
	res := resolveWith(t, manifest, nil)
	if got, want := problems(res), "Ignored WorldWritable configmap/cfg:x.cnf at /etc/mysql/conf.d/x.cnf"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if g := governing(res, "configmap/cfg:x.cnf"); g != nil {
		t.Errorf("the file governs: %+v", g)
	}
	if got := setting(res, "max_connections"); got != "(none)" {
		t.Errorf("max_connections is %s", got)
	}
	// Negative control: MariaDB reads it from a mount that nobody can write to.
	if got := problems(resolveWith(t, strings.Replace(manifest, "mysql:8.4", "mariadb:11.4", 1), nil)); got != "" {
		t.Errorf("MariaDB 11.4: %s", got)
	}
}

// TestKnotIsToldOnce: the server reads files that include one another ten deep; what
// is wrong with them is said once for each line.
func TestKnotIsToldOnce(t *testing.T) {
	manifest := podManifest{script: `printf '[mysqld]\n!include /etc/mysql/conf.d/b.cnf\nport=1\n' > /etc/mysql/conf.d/a.cnf
		printf '[mysqld]\n!include /etc/mysql/conf.d/a.cnf\nport=2\n' > /etc/mysql/conf.d/b.cnf`}
	_, got := governs(t, manifest)
	if want := "Ignored IncludeDepth, Ignored IncludeDepth, Warning IncludeOrder, Warning IncludeOrder"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// What an image includes besides may be there or not: neither is the file broken
// nor is what follows lost.
func TestIncludeOfWhatOnlyThePodKnows(t *testing.T) {
	const text = "!includedir /opt/site.d\n!include /opt/site.cnf\n[mysqld]\nback_log=7"
	for name, files := range map[string]PodFiles{
		"derived":   nil,
		"confirmed": fakeFiles{files: map[string]string{"/etc/my.cnf": imageFile, "/etc/mysql/conf.d/x.cnf": text}},
	} {
		res := resolveWith(t, brokenManifest(text), files)
		if got := setting(res, "back_log"); got != "7 from configmap/cfg:x.cnf" {
			t.Errorf("%s: back_log is %s", name, got)
		}
		for _, p := range res.Problems {
			if p.Code == optionfile.CodeMissingDir || files == nil {
				t.Errorf("%s: %+v", name, p)
			}
		}
		if res.Declaration.Complete == (files == nil) {
			t.Errorf("%s: complete is %t: %q", name, res.Declaration.Complete, res.Declaration.Missing)
		}
	}
	// Negative control: of a ConfigMap's volume all is known.
	gone := strings.Replace(brokenManifest("!includedir /etc/mysql/conf.d/x.d\n[mysqld]\nback_log=7"), "/etc/mysql/conf.d/x.cnf, subPath: x.cnf", "/etc/mysql/conf.d", 1)
	if got := problems(resolveWith(t, gone, nil)); got != "Ignored MissingIncludeDir configmap/cfg:x.cnf:1 at /etc/mysql/conf.d/x.cnf" {
		t.Errorf("a folder that is not in the volume: %s", got)
	}
}

// A file with a group of the server's governs before an option stands in it; one
// without such a group is not the server's.
func TestEmptyGroup(t *testing.T) {
	for text, want := range map[string]bool{
		"# none yet\n[mysqld]":       true,
		"[server]\n[client]\nport=1": true,
		"[client]\nport=1":           false,
		"# none yet":                 false,
		"[mysqldump]\nquick":         false,
	} {
		res := resolveWith(t, brokenManifest(text), nil)
		if got := governing(res, "configmap/cfg:x.cnf") != nil; got != want {
			t.Errorf("%q: governs is %t", text, got)
		}
		if got := setting(res, "port"); got != "(none)" {
			t.Errorf("%q: port is %s", text, got)
		}
	}
}

// TestFolderThatTheImageHasNot: since 8.0 the library's image has no mysql.conf.d, and a
// my.cnf of before that includes it starts no server. The key governs all the same.
func TestFolderThatTheImageHasNot(t *testing.T) {
	const text = "!includedir /etc/mysql/mysql.conf.d/\n[mysqld]\nback_log=7"
	const fails = "Fatal MissingIncludeDir configmap/cfg:x.cnf:1 at /etc/mysql/my.cnf"
	for image, want := range map[string]string{"mysql:8.4": fails, "mysql:9.1.0": fails, "mysql:5.7.44": "", "mysql": "", "team/mysql:8.4": ""} {
		manifest := strings.NewReplacer("image: mysql:8.4", "image: "+image, "/etc/mysql/conf.d/x.cnf", "/etc/mysql/my.cnf").Replace(brokenManifest(text))
		res := resolveWith(t, manifest, nil)
		if got := problems(res); got != want {
			t.Errorf("%s: %q", image, got)
		}
		if g := governing(res, "configmap/cfg:x.cnf"); g == nil || g.Certainty == ambiguous {
			t.Errorf("%s: the key governs: %+v", image, g)
		}
	}
	// Negative control: what is mounted there is there.
	manifest := strings.NewReplacer("/etc/mysql/conf.d/x.cnf", "/etc/mysql/my.cnf", "subPath: x.cnf}]", "subPath: x.cnf}, {name: e, mountPath: /etc/mysql/mysql.conf.d}]",
		"volumes: [", "volumes: [{name: e, emptyDir: {}}, ").Replace(brokenManifest(text))
	if got := problems(resolveWith(t, manifest, nil)); got != "" {
		t.Errorf("with the folder: %q", got)
	}
}

// TestSkippedFile: what has to be edited is the key that is passed over, not the file
// of the image that includes its folder.
func TestSkippedFile(t *testing.T) {
	manifest := strings.NewReplacer("  x.cnf: |", "  x.conf: |", "/etc/mysql/conf.d/x.cnf, subPath: x.cnf", "/etc/mysql/conf.d").Replace(subPathManifest)
	if got, want := problems(resolveWith(t, manifest, nil)), "Ignored SkippedFile configmap/cfg:x.conf at /etc/mysql/conf.d/x.conf"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// TestFileNotRead: a file that is mounted where another image has its option files is
// told, as the server says nothing of it.
func TestFileNotRead(t *testing.T) {
	const at = "/etc/mysql/conf.d/x.cnf, subPath: x.cnf"
	told := func(path string) string { return "Ignored FileNotRead configmap/cfg:x.cnf at " + path }
	for name, test := range map[string]struct{ image, at, want string }{
		"read":                 {"mysql:8.4", at, ""},
		"Red Hat's folder":     {"mysql:8.4", "/etc/my.cnf.d/x.cnf, subPath: x.cnf", told("/etc/my.cnf.d/x.cnf")},
		"Percona has it":       {"percona/percona-server:8.0", "/etc/my.cnf.d/x.cnf, subPath: x.cnf", ""},
		"Bitnami's":            {"mariadb:11.4", "/opt/bitnami/mariadb/conf/my.cnf, subPath: x.cnf", told("/opt/bitnami/mariadb/conf/my.cnf")},
		"one folder deeper":    {"mariadb:11.4", "/etc/mysql/conf.d/sub", told("/etc/mysql/conf.d/sub/x.cnf")},
		"doubtful":             {"team/mysql:8.4", "/etc/my.cnf.d/x.cnf, subPath: x.cnf", ""},
		"no folder of options": {"mysql:8.4", "/templates", ""},
	} {
		manifest := strings.NewReplacer("image: mysql:8.4", "image: "+test.image, at, test.at).Replace(subPathManifest)
		if got := problems(resolveWith(t, manifest, nil)); got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
	client := strings.Replace(brokenManifest("[client]\nuser=x"), at, "/etc/my.cnf.d", 1)
	if got := problems(resolveWith(t, client, nil)); got != "" {
		t.Errorf("a client's file: %q", got)
	}
	copied := strings.Replace(subPathManifest, "        volumeMounts: [{name: v, mountPath: "+at+"}]",
		"        command: [bash, -c, \"cp /etc/my.cnf.d/x.cnf /etc/mysql/conf.d/ && exec docker-entrypoint.sh mysqld\"]\n        volumeMounts: [{name: v, mountPath: /etc/my.cnf.d}]", 1)
	if got := problems(resolveWith(t, copied, nil)); got != "" {
		t.Errorf("a script copies it: %q", got)
	}
}
