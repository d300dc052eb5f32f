package terminal

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cmd"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cmd/options"
)

// codes are what each verb may exit with. Its help and its page list the same.
var codes = map[string]string{
	"status": "0123", "diff": "0123", "blame": "0123", "trace": "0123", "fix": "0123", "check": "0123",
	"config": "023", "snapshot": "023", "explain": "02", "rbac": "02", "ignore": "02", "completion": "02", "config-schema": "02", "version": "02",
}

// tries are commands that exit with a code, against the stand-in for an API
// server that holds one pod which cannot be read.
var tries = []struct {
	args string
	code string
}{
	{"status", "3"}, {"status -n empty", "0"}, {"status -n gone", "2"}, {"status -l app=none", "0"}, {"status --sort-by {", "2"},
	{"status --ssl-mode required", "3"}, {"status --ssl-mode WEIRD", "2"}, {"status --ssl-mode VERIFY_CA", "2"}, {"status --ssl-ca none.pem", "2"},
	{"status --credentials-secret /root", "2"}, {"status --credentials-secret a/b:c", "3"},
	{"status --ssl-cert none.pem --ssl-key none.pem", "2"}, {"status --ssl-mode DISABLED --ssl-ca none.pem", "3"},
	{"diff", "3"}, {"diff -n gone", "2"}, {"diff --option-file same.cnf --observed variables.tsv server_id", "0"}, {"diff --option-file other.cnf --observed variables.tsv server_id", "1"},
	{"blame - max_connections", "3"}, {"blame", "2"}, {"blame - port -n gone", "2"}, {"blame - port -n empty", "0"},
	{"trace", "3"}, {"trace -n gone", "2"}, {"trace -n empty", "0"}, {"trace --watch --interval 1ms", "2"},
	{"fix", "3"}, {"fix -n gone", "2"}, {"fix -n empty", "0"}, {"fix --yes", "2"},
	{"check", "3"}, {"check --verb none", "2"},
	{"config", "0"}, {"config -n gone", "2"}, {"config sts/none", "3"}, {"config -f none.yaml", "2"},
	{"snapshot pod/mysql-a", "3"}, {"snapshot", "2"}, {"snapshot mysql-a -n gone", "2"},
	{"explain port", "0"}, {"explain no_such_thing_at_all", "2"}, {"explain", "2"},
	{"rbac", "0"}, {"rbac --via pigeon", "2"},
	{"ignore port --reason x --dry-run", "0"}, {"ignore port", "2"},
	{"completion bash", "0"}, {"completion tcsh", "2"},
	{"config-schema", "0"}, {"config-schema x", "2"},
	{"version", "0"}, {"version -o xml", "2"},
}

// inLab are codes for which a real server is needed, with the test that sees them.
var inLab = map[string]string{
	"status 1": "test/script/lab/status.txtar", "blame 1": "test/script/lab/set-global.txtar", "trace 1": "test/script/lab/exit-codes.txtar",
	"fix 1": "test/script/lab/exit-codes.txtar", "check 0": "test/script/lab/exit-codes.txtar", "check 1": "test/script/lab/exit-codes.txtar",
	"snapshot 0": "test/script/lab/exit-codes.txtar",
}

func TestExitCodesOfEachVerb(t *testing.T) {
	dir := files(t)
	env := kubeconfig(t, dir, api(t, "mysql-a", 0))
	for name, text := range map[string]string{"same.cnf": "[mysqld]\nserver_id = 1\n", "other.cnf": "[mysqld]\nserver_id = 4711\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	seen := map[string]bool{}
	for _, c := range tries {
		args := strings.Fields(c.args)
		got := pipe(dir, env, args...)
		if got.code != int(c.code[0]-'0') {
			t.Errorf("%s: exit code %d, want %s: %q %q", c.args, got.code, c.code, got.out, got.err)
		}
		if c.code == "2" && (got.err == "" || got.out != "" && !strings.HasSuffix(c.args, " gone")) {
			t.Errorf("%s: a failure says why, on stderr: %q %q", c.args, got.out, got.err)
		}
		if !strings.Contains(codes[args[0]], c.code) {
			t.Errorf("%s: %s does not list exit code %s", c.args, args[0], c.code)
		}
		seen[args[0]+" "+c.code] = true
	}
	for verb, list := range codes {
		for _, code := range strings.Split(list, "") {
			key := verb + " " + code
			if file := inLab[key]; file != "" {
				data, err := os.ReadFile("../../" + file)
				if err != nil || !strings.Contains(string(data), "exits "+code+" kubectl mysqldrift "+verb) {
					t.Errorf("%s: not seen in %s (%v)", key, file, err)
				}
			} else if !seen[key] {
				t.Errorf("no command was tried that exits with %s", key)
			}
		}
	}
}

var listed = regexp.MustCompile(`(?:^|[,;.] )([0-3]) [a-z]`)

// The help and the page of each verb list its exit codes, no more and no fewer.
func TestExitCodesAreDocumented(t *testing.T) {
	streams, _, _, _ := genericiooptions.NewTestIOStreams()
	for _, verb := range cmd.New(options.NewRoot(streams, options.Build{})).Commands() {
		name := verb.Name()
		if name == "options" {
			continue
		}
		want, ok := codes[name]
		if !ok {
			t.Errorf("%s has no exit codes in the table", name)
		}
		page, err := os.ReadFile("../../docs/" + name + ".md")
		if err != nil {
			t.Fatal(err)
		}
		_, section, _ := strings.Cut(string(page), "## Exit codes\n\n")
		section, _, _ = strings.Cut(section, "\n\n")
		if got := codesIn(section); got != want {
			t.Errorf("docs/%s.md lists %q, want %q", name, got, want)
		}
		if _, help, found := strings.Cut(verb.Long, "Exit codes: "); found || len(want) > 2 {
			if got := codesIn(help); got != want {
				t.Errorf("the help of %s lists %q, want %q", name, got, want)
			}
		}
	}
}

func codesIn(text string) string {
	var found []string
	for _, m := range listed.FindAllStringSubmatch(strings.ReplaceAll(text, "\n", " "), -1) {
		found = append(found, m[1])
	}
	slices.Sort(found)
	return strings.Join(slices.Compact(found), "")
}
