package terminal

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

var plugin string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "terminal")
	if err != nil {
		panic(err)
	}
	plugin = filepath.Join(dir, "kubectl-mysqldrift")
	build := exec.Command("go", "build", "-o", plugin, "../../cmd/kubectl-mysqldrift")
	build.Env = append(os.Environ(), "CGO_ENABLED=0") // as make has compiled it, whatever the race detector wants of this test
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build the plugin: %v\n%s", err, out)
		os.Exit(1)
	}
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

type result struct {
	out, err string
	code     int
}

// command runs the plugin with nothing but these variables.
func command(dir string, env []string, name string, args ...string) result {
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "MYSQLDRIFT_CONFIG=none"}, env...)
	var out, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &stderr
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return result{err: err.Error(), code: -1}
	}
	return result{out.String(), stderr.String(), cmd.ProcessState.ExitCode()}
}

func pipe(dir string, env []string, args ...string) result { return command(dir, env, plugin, args...) }

// terminal runs the plugin on a terminal of 100 columns; both streams go there.
func terminal(t *testing.T, dir string, env []string, args ...string) result {
	t.Helper()
	if _, err := exec.LookPath("script"); err != nil {
		t.Skip("no script(1) here: apt-get install bsdutils")
	}
	line := "stty cols 100 rows 40; '" + plugin + "'"
	for _, a := range args {
		line += " '" + a + "'"
	}
	if !strings.Contains(strings.Join(env, " "), "TERM=") {
		env = append(env, "TERM=xterm")
	}
	return command(dir, env, "script", "-qec", line, "/dev/null")
}

// files is a folder with an option file and what a server said, whose value of
// slow_query_log_file would steer a terminal.
func files(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	variables, err := os.ReadFile("../../docs/examples/variables.tsv")
	if err != nil {
		t.Fatal(err)
	}
	text := regexp.MustCompile(`(?m)^slow_query_log_file\t.*$`).ReplaceAllString(string(variables), "slow_query_log_file\t/\x1b]0;owned\x07\x1b[31mred"+strings.Repeat(" and long", 40))
	for name, data := range map[string]string{
		"my.cnf":        "[mysqld]\nmax_connections = 2000\nslow_query_log_file = /var/log/slow.log\n",
		"variables.tsv": text,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(data), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

var offline = []string{"diff", "--option-file", "my.cnf", "--observed", "variables.tsv"}

const colour = "\x1b[31m" // what P0 is painted with; a value with it is escaped

func TestColour(t *testing.T) {
	dir := files(t)
	for _, tc := range []struct {
		name string
		env  []string
		args []string
		want bool
	}{
		{"terminal", nil, nil, true},
		{"NO_COLOR", []string{"NO_COLOR=1"}, nil, false},
		{"dumb", []string{"TERM=dumb"}, nil, false},
		{"never", nil, []string{"--color", "never"}, false},
		{"always beats NO_COLOR", []string{"NO_COLOR=1"}, []string{"--color", "always"}, true},
	} {
		got := terminal(t, dir, tc.env, append(offline[:len(offline):len(offline)], tc.args...)...)
		if got.code != 1 || strings.Contains(got.out, colour) != tc.want {
			t.Errorf("%s: exit code %d, coloured %v\n%q", tc.name, got.code, !tc.want, got.out)
		}
	}
	if got := pipe(dir, nil, offline...); got.code != 1 || strings.Contains(got.out, "\x1b") {
		t.Errorf("in a pipe: exit code %d, %q", got.code, got.out)
	}
}

// A value that would steer the terminal is shown, not obeyed, in every format;
// a table fits the screen, -o wide shows all.
func TestEscapesAndWidth(t *testing.T) {
	dir := files(t)
	sgr := regexp.MustCompile(`\x1b\[[0-9;]*m`)
	for _, format := range []string{"", "wide", "json", "yaml", "jsonpath={.items[*].findings[*].running.value}", "custom-columns=V:.findings[*].running.value"} {
		args := offline
		if format != "" {
			args = append(offline[:len(offline):len(offline)], "-o", format)
		}
		got := terminal(t, dir, []string{"NO_COLOR=1"}, args...)
		if strings.ContainsAny(sgr.ReplaceAllString(got.out, ""), "\x1b\x07") || strings.Contains(got.out, colour) {
			t.Errorf("-o %q: an escape reaches the terminal: %q", format, got.out)
		}
		if !strings.Contains(got.out, "owned") {
			t.Errorf("-o %q: the value is not shown: %q", format, got.out)
		}
		for line := range strings.Lines(got.out) {
			line = strings.TrimRight(line, "\r\n")
			if format == "" && utf8.RuneCountInString(line) > 100 {
				t.Errorf("a line of %d columns: %q", utf8.RuneCountInString(line), line)
			}
		}
	}
	if got := pipe(dir, nil, offline...); !strings.Contains(got.out, strings.Repeat(" and long", 40)) {
		t.Errorf("in a pipe a value is cut: %q", got.out)
	}
}

func TestExitCodes(t *testing.T) {
	dir := files(t)
	for _, tc := range []struct {
		code int
		args []string
	}{
		{0, []string{"version"}},
		{0, []string{"explain", "max_connections"}},
		{0, []string{"config-schema"}},
		{0, []string{"options"}},
		{0, append(offline[:len(offline):len(offline)], "long_query_time")},
		{1, offline},
		{2, []string{"stat"}},
		{2, []string{"status", "--no-such-flag"}},
		{2, []string{"status", "--kubeconfig", "missing"}},
		{2, []string{"diff", "-o", "nonsense"}},
		{2, []string{"diff", "--sort-by", "{"}},
		{2, []string{"blame", "sts/mysql"}},
		{2, []string{"explain"}},
		{2, []string{"explain", "no_such_variable"}},
		{2, []string{"snapshot"}},
		{2, []string{"config", "-f", "missing.yaml"}},
		{2, []string{"ignore", "max_connections"}},
		{2, []string{"completion", "tcsh"}},
		{2, []string{"version", "-o", "xml"}},
		{2, []string{"status", "--context", "a", "--contexts", "b"}},
	} {
		if got := pipe(dir, []string{"KUBECONFIG=" + dir + "/none"}, tc.args...); got.code != tc.code {
			t.Errorf("%v: exit code %d, want %d\n%s%s", tc.args, got.code, tc.code, got.out, got.err)
		}
	}
}

// A page goes to a file beside the text, or alone to standard output.
func TestHTML(t *testing.T) {
	dir := files(t)
	args := append(offline[:len(offline):len(offline)], "--html")
	got := pipe(dir, nil, append(args, "page.html")...)
	page, err := os.ReadFile(filepath.Join(dir, "page.html"))
	if err != nil || got.code != 1 || !strings.Contains(got.out, "max_connections") || !bytes.Contains(page, []byte("<title>Drift of my.cnf")) {
		t.Errorf("%v, exit code %d, %q", err, got.code, got.out)
	}
	if got := pipe(dir, nil, append(args, "-")...); got.code != 1 || !strings.HasPrefix(got.out, "<!doctype html>") || strings.Contains(got.out, "VARIABLE") {
		t.Errorf("to standard output: exit code %d, %.80q", got.code, got.out)
	}
	if got := pipe(dir, nil, append(args, "no/folder/../../my.cnf/page.html")...); got.code != 2 {
		t.Errorf("a page that cannot be written: exit code %d", got.code)
	}
}
