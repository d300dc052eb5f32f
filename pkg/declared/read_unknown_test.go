package declared

import (
	"context"
	"slices"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cluster"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/optionfile"
)

// TestUnknownLines: one value that is not known takes no other with it, and what it
// may override is not given as what the server has.
func TestUnknownLines(t *testing.T) {
	const conf = "/etc/mysql/conf.d/"
	for script, test := range map[string]struct {
		want string
		said string // of what is not known
	}{
		"cp /cm/*.cnf " + conf: {"port=2 max_connections=1", ""},
		// A substitution puts what is not known into the lines that it matches.
		"sed \"s/=1/=$(nproc)/\" /cm/my.cnf > " + conf + "a.cnf; cp /cm/b.cnf " + conf: {"port=2", "max_connections"},
		"sed \"s/^port=.*/port=$(nproc)/\" /cm/my.cnf > " + conf + "a.cnf":             {"max_connections=1", ""},
		// A pattern that is not known may match.
		"sed \"/^max_connections=$(nproc)/d\" /cm/my.cnf > " + conf + "a.cnf":               {"", "max_connections"},
		"sed \"/^port=$(nproc)/d\" /cm/my.cnf > " + conf + "a.cnf":                          {"max_connections=1", ""},
		"sed \"s/$(nproc)/9/\" /cm/my.cnf > " + conf + "a.cnf":                              {"", "max_connections"},
		"sed \"/$(nproc)/q\" /cm/my.cnf > " + conf + "a.cnf":                                {"", "max_connections"},
		"sed '/port/c\\port='$(seq -s, 3 5) /cm/b.cnf > " + conf + "a.cnf":                  {"port=3,4,5", ""},
		"sed \"/port/cport=$(nproc)\" /cm/b.cnf > " + conf + "a.cnf; cp /cm/my.cnf " + conf: {"max_connections=1", "port"},
		// A variable that nothing sets: empty, and after set -u the image's, or the script ends.
		"echo \"[mysqld]\nport=7$X\" > " + conf + "a.cnf":                              {"port=7", ""},
		"set -eu; echo \"[mysqld]\nport=7$X\" > " + conf + "a.cnf":                     {"", "port"},
		"set -o nounset; echo \"[mysqld]\nport=7${X%-*}\" > " + conf + "a.cnf":         {"", "port"},
		"set -u; echo \"[mysqld]\nport=7${X:-8}${Y-}\" > " + conf + "a.cnf":            {"port=78", ""},
		"set -u; set +u; echo \"[mysqld]\nport=7$X\" > " + conf + "a.cnf":              {"port=7", ""},
		"bash -uc 'echo \"[mysqld]\nport=7$X\" > " + conf + "a.cnf'":                   {"", "port"},
		"bash -o nounset -c 'echo \"[mysqld]\nport=7$X\" > " + conf + "a.cnf'":         {"", "port"},
		"bash -euo pipefail -c 'echo \"[mysqld]\nport=7${X:-8}\" > " + conf + "a.cnf'": {"port=78", ""},
		"bash -c -e 'echo \"[mysqld]\nport=7\" > " + conf + "a.cnf; false' || true":    {"port=7", ""},
		// What a shell makes anew each time, by name too.
		"echo \"[mysqld]\nport=$((RANDOM % 9 + 2))\" > " + conf + "a.cnf":       {"", "port"},
		"(( n = SECONDS + 1 )); echo \"[mysqld]\nport=$n\" > " + conf + "a.cnf": {"", "port"},
		"N=2; echo \"[mysqld]\nport=$((N + M))\" > " + conf + "a.cnf":           {"port=2", ""},
		// What is added to a file that cannot be seen is of the group that stands there last.
		"/usr/bin/tool " + conf + "; echo port=8 >> " + conf + "a.cnf":                                       {"", "port"},
		"/usr/bin/tool " + conf + "; echo '[mysqld]' >> " + conf + "a.cnf; echo port=8 >> " + conf + "a.cnf": {"port=8", ""},
		"/usr/bin/tool " + conf + "; echo '[mysqld]\nport=8' > " + conf + "a.cnf":                            {"port=8", ""},
		// What comes before an unknown value is overridden by it, what comes after is not.
		"cp /cm/b.cnf " + conf + "a.cnf; sed \"s/2/$(nproc)/\" /cm/b.cnf > " + conf + "b.cnf": {"", "port"},
		"sed \"s/2/$(nproc)/\" /cm/b.cnf > " + conf + "a.cnf; cp /cm/b.cnf " + conf + "b.cnf": {"port=2", "port"},
		// The same where a file is there in some cases only.
		"cp /cm/b.cnf " + conf + "a.cnf; [ $(nproc) = 3 ] && echo -e '[mysqld]\\nport=9' > " + conf + "b.cnf; true": {"", "port"},
	} {
		manifest := podManifest{script: script, server: "mysql:8.0.36", image: "debian:12"}.String()
		files, err := cluster.NewFiles([]string{"-"}, strings.NewReader(manifest))
		if err != nil {
			t.Fatal(err)
		}
		pods, _ := files.Pods(context.Background(), "", metav1.ListOptions{})
		res, err := Resolve(context.Background(), files, &pods[0], "mysql", serverOf(&pods[0], cluster.Servers(&pods[0])[0]), Options{})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, s := range res.Declaration.Settings {
			got = append(got, s.Option+"="+s.Value)
		}
		if strings.Join(got, " ") != test.want {
			t.Errorf("%s: %q, want %q", script, got, test.want)
		}
		for _, p := range res.Problems {
			if p.Severity != optionfile.Warning {
				t.Errorf("%s: %+v", script, p)
			}
		}
		said := slices.ContainsFunc(res.Declaration.Missing, func(m string) bool {
			return strings.Contains(m, test.said) && strings.Contains(m, "when the pod runs")
		})
		if said != (test.said != "") {
			t.Errorf("%s: said of what is not known: %q", script, res.Declaration.Missing)
		}
	}
}
