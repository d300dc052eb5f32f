package docs

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cmd"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cmd/options"
	"github.com/mysqldrift/kubectl-mysqldrift/test/example"
)

var update = flag.Bool("update", false, "write option tables and the output of offline examples anew")

const root = "../.."

func command() *cobra.Command {
	streams, _, _, _ := genericiooptions.NewTestIOStreams()
	return cmd.New(options.NewRoot(streams, options.Build{}))
}

// verbs are the commands that a user sees, without `options`, which docs/options.md is.
func verbs() []*cobra.Command {
	return slices.DeleteFunc(command().Commands(), func(c *cobra.Command) bool { return !c.IsAvailableCommand() || c.Name() == "options" })
}

func pages(t *testing.T) []string {
	t.Helper()
	found, err := filepath.Glob(root + "/docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	return append(found, root+"/README.md", root+"/README.zh-CN.md")
}

// Each verb has a page with its options as they are, and its exit codes.
func TestPages(t *testing.T) {
	for _, verb := range verbs() {
		page := filepath.Join(root, "docs", verb.Name()+".md")
		text := checkTable(t, page, tables(verb))
		if !strings.Contains(text, "## Exit codes") {
			t.Errorf("%s does not list the exit codes", page)
		}
	}
	checkTable(t, root+"/docs/options.md", table(command().PersistentFlags()))
}

var tablePlace = regexp.MustCompile(`(?s)(<!-- options: written by go test \./test/docs -update -->\n).*?(<!-- /options -->\n)`)

func checkTable(t *testing.T, page, want string) string {
	t.Helper()
	data, err := os.ReadFile(page)
	if err != nil {
		t.Errorf("no page: %v", err)
		return ""
	}
	text := string(data)
	if !tablePlace.MatchString(text) {
		t.Errorf("%s has no place for its options", page)
		return text
	}
	whole := tablePlace.ReplaceAllStringFunc(text, func(found string) string {
		m := tablePlace.FindStringSubmatch(found)
		return m[1] + "\n" + want + "\n" + m[2]
	})
	if *update {
		if err := os.WriteFile(page, []byte(whole), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if d := cmp.Diff(whole, text); d != "" {
		t.Errorf("%s is not up to date (go test ./test/docs -update):\n%s", page, d)
	}
	return whole
}

// The schema of the configuration files names the flags that there are.
func TestConfigSchema(t *testing.T) {
	want, err := configSchema(command())
	if err != nil {
		t.Fatal(err)
	}
	path := root + "/pkg/configfile/config.schema.json"
	if *update {
		if err := os.WriteFile(path, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), string(got)); d != "" {
		t.Errorf("%s is not up to date (go test ./test/docs -update):\n%s", path, d)
	}
}

// Offline examples print what the pages show; every example says where it runs.
func TestOfflineExamples(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("examples are for a POSIX shell")
	}
	bin := build(t)
	ran := 0
	for _, page := range pages(t) {
		blocks, err := example.Blocks(page)
		if err != nil {
			t.Fatal(err)
		}
		dir := t.TempDir()
		if err := os.CopyFS(dir, os.DirFS(root+"/docs/examples")); err != nil {
			t.Fatal(err)
		}
		env := []string{"PATH=" + bin + ":" + os.Getenv("PATH"), "HOME=" + dir, "KUBECONFIG=" + dir + "/no-cluster"}
		results := make([][]example.Command, len(blocks))
		for i, b := range blocks {
			switch {
			case b.Mode == "":
				t.Errorf("%s:%d: nothing says where the example runs", page, b.Line)
			case b.Mode == "no" && b.Why == "":
				t.Errorf("%s:%d: nothing says why the example does not run", page, b.Line)
			}
			if b.Mode != "offline" {
				continue
			}
			ran++
			got, err := b.Run(dir, env)
			if err != nil {
				t.Error(err)
				continue
			}
			results[i] = got
			for n, c := range got {
				if want := b.Commands[n]; !*update && !example.Same(want.Output, c.Output) {
					t.Errorf("%s:%d: $ %s (-page +printed)\n%s", page, b.Line, c.Text, cmp.Diff(want.Output, c.Output))
				}
			}
		}
		for i := len(blocks) - 1; *update && i >= 0; i-- {
			if results[i] != nil {
				if err := blocks[i].Rewrite(results[i]); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	if ran == 0 {
		t.Error("no example ran")
	}
}

// build makes a folder with the plugin and a kubectl that knows it alone.
func build(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	cmd := exec.Command("go", "build", "-o", dir+"/kubectl-mysqldrift", root+"/cmd/kubectl-mysqldrift")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0") // as make has compiled it, whatever the race detector wants of this test
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("build the plugin: %v\n%s", err, out)
	}
	shim := "#!/bin/sh\n[ \"$1\" = mysqldrift ] || { echo \"kubectl: no cluster in this test\" >&2; exit 1; }\nshift\nexec kubectl-mysqldrift \"$@\"\n"
	if err := os.WriteFile(dir+"/kubectl", []byte(shim), 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

// The commands that help, pages and shortcuts show have flags that there are.
func TestCommandLinesParse(t *testing.T) {
	type line struct{ where, text string }
	var lines []line
	for _, verb := range append(verbs(), command()) {
		for _, text := range strings.Split(verb.Example, "\n") {
			lines = append(lines, line{"help of " + verb.Name(), text})
		}
	}
	for _, page := range append(pages(t), root+"/plugins.yaml", root+"/docs/grants.md") {
		data, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for i, text := range strings.Split(string(data), "\n") {
			lines = append(lines, line{fmt.Sprintf("%s:%d", page, i+1), text})
		}
	}
	checked := 0
	for _, l := range lines {
		for _, words := range calls(l.text) {
			checked++
			if err := parses(words); err != nil {
				t.Errorf("%s: kubectl mysqldrift %s: %v", l.where, strings.Join(words, " "), err)
			}
		}
	}
	if checked < 40 {
		t.Errorf("only %d command lines found", checked)
	}
	for _, wrong := range [][]string{{"status", "--no-such-flag"}, {"stat"}, {"diff", "--interval", "soon"}} {
		if parses(wrong) == nil {
			t.Errorf("%v: no error", wrong)
		}
	}
}

var call = regexp.MustCompile("kubectl mysqldrift ((?:'[^']*'|\"[^\"]*\"|[^|;&>#`()'\"…])*)")

// calls finds command lines of the plugin in a line of text and splits each
// into words as a shell would.
func calls(text string) [][]string {
	var out [][]string
	inBlock := strings.HasPrefix(text, "$ ") || strings.HasPrefix(text, "  ")
	for _, m := range call.FindAllStringSubmatchIndex(text, -1) {
		quoted := m[0] > 0 && text[m[0]-1] == '`' && m[1] < len(text) && text[m[1]] == '`'
		if !inBlock && !quoted {
			continue // prose
		}
		var words []string
		for _, w := range regexp.MustCompile(`(?:'[^']*'|"[^"]*"|\\.|[^\s'"])+`).FindAllString(text[m[2]:m[3]], -1) {
			words = append(words, strings.NewReplacer("'", "", `\"`, "", `"`, "").Replace(w))
		}
		if n := len(words); n > 0 && words[n-1] == "2" { // the start of 2>&1
			words = words[:n-1]
		}
		out = append(out, words)
	}
	return out
}

// parses checks a command line without running it.
func parses(words []string) error {
	top := command()
	if len(words) > 0 && words[0] == "__complete" {
		return nil // of kubectl, for any words
	}
	found, rest, err := top.Find(words)
	if err != nil {
		return err
	}
	if found == top && len(words) > 0 && !strings.HasPrefix(words[0], "-") {
		return fmt.Errorf("no verb %q", words[0])
	}
	if err := found.ParseFlags(rest); err != nil {
		return err
	}
	return found.ValidateArgs(found.Flags().Args())
}

// Both READMEs show the same commands, and every verb.
func TestReadmes(t *testing.T) {
	var shown [2][]example.Block
	for i, name := range []string{"/README.md", "/README.zh-CN.md"} {
		data, err := os.ReadFile(root + name)
		if err != nil {
			t.Fatal(err)
		}
		for _, verb := range verbs() {
			if !strings.Contains(string(data), "[`"+verb.Name()+"`](docs/"+verb.Name()+".md)") {
				t.Errorf("%s does not list %s", name, verb.Name())
			}
		}
		if shown[i], err = example.Blocks(root + name); err != nil {
			t.Fatal(err)
		}
	}
	if len(shown[0]) != len(shown[1]) {
		t.Fatalf("%d and %d examples", len(shown[0]), len(shown[1]))
	}
	for i := range shown[0] {
		if d := cmp.Diff(shown[0][i].Commands, shown[1][i].Commands, cmp.Comparer(example.Same)); d != "" {
			t.Errorf("example %d differs:\n%s", i+1, d)
		}
	}
}

// Links between the pages lead somewhere.
func TestLinks(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^)#]+)(?:#[^)]*)?\)`)
	for _, page := range append(pages(t), root+"/CONTRIBUTING.md", root+"/SECURITY.md", root+"/ARCHITECTURE.md", root+"/CHANGELOG.md") {
		data, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range link.FindAllStringSubmatch(string(data), -1) {
			if strings.Contains(m[1], "://") {
				continue
			}
			if _, err := os.Stat(filepath.Join(filepath.Dir(page), m[1])); err != nil {
				t.Errorf("%s links to %s: %v", page, m[1], err)
			}
		}
	}
}
