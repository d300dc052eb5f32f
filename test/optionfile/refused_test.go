// Package optionfile holds what pkg/optionfile says that a server does with a
// file against the servers themselves. It needs a mysqld (in a root file system,
// $MYSQL_ROOT, or the lab's) or a mariadbd on the path; nothing is started.
package optionfile

import (
	"context"
	"errors"
	"math/rand"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/optionfile"
)

// checker asks a server whether it would start with an option file.
type checker struct {
	server  model.Server
	refuses func(t *testing.T, file string) bool
}

func run(t *testing.T, command []string) (out string, code int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Env = []string{"HOME=/nonexistent", "PATH=/usr/bin:/bin"}
	raw, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatalf("run %s: %v", command[0], err)
	}
	return string(raw), cmd.ProcessState.ExitCode()
}

// mysqldCommand finds a mysqld in a root file system and the way to run it.
func mysqldCommand() []string {
	roots := []string{os.Getenv("MYSQL_ROOT")}
	if cache, err := os.UserCacheDir(); err == nil {
		roots = append(roots, filepath.Join(cache, "mysqldrift-lab", "roots", "mysql"))
	}
	for _, root := range roots {
		lib := filepath.Join(root, "usr/lib/x86_64-linux-gnu")
		if _, err := os.Stat(filepath.Join(root, "usr/sbin/mysqld")); root != "" && err == nil {
			return []string{filepath.Join(lib, "ld-linux-x86-64.so.2"), "--library-path", lib, filepath.Join(root, "usr/sbin/mysqld")}
		}
	}
	return nil
}

func checkers(t *testing.T) map[string]checker {
	t.Helper()
	found := map[string]checker{}
	if mysqld := mysqldCommand(); mysqld != nil {
		out, _ := run(t, append(mysqld, "--no-defaults", "--version"))
		_, version, _ := strings.Cut(out, "Ver ")
		server, err := model.ParseServer(strings.Fields(version + " none")[0])
		if err != nil {
			t.Fatalf("%v --version says %q", mysqld, out)
		}
		data := t.TempDir()
		found["mysql"] = checker{server, func(t *testing.T, file string) bool {
			command := append(append([]string{}, mysqld...), "--defaults-file="+file, "--validate-config", "--user=root", "--secure-file-priv=", "--datadir="+data)
			_, code := run(t, command)
			return code != 0
		}}
	}
	if mariadbd, err := exec.LookPath("mariadbd"); err == nil {
		out, _ := run(t, []string{mariadbd, "--no-defaults", "--version"})
		_, version, _ := strings.Cut(out, "Ver ")
		server, err := model.ParseServer(strings.Fields(version + " none")[0])
		if err != nil {
			t.Fatalf("%s --version says %q", mariadbd, out)
		}
		found["mariadb"] = checker{server, func(t *testing.T, file string) bool {
			out, _ := run(t, []string{mariadbd, "--defaults-file=" + file, "--verbose", "--help"})
			return strings.Contains(out, "[ERROR]") || strings.Contains(out, "Fatal error in defaults handling")
		}}
	}
	if len(found) == 0 {
		t.Skip("no mysqld and no mariadbd on this machine")
	}
	return found
}

// Lines that a server takes, and lines that no server takes. The options are
// right: what is wrong is the language.
var (
	good = []string{"port=3307", "port = 3307 # c", "skip-name-resolve", "skip_name_resolve # c", "init_connect='SET @a=1'", "init-connect=SET @a=\"b#c\"",
		"# c", "; c", "", "!not a directive", "loose-port: 3307", "loose_port 3307", "[mysqld]", "[server] # c", "  port\t=\t3307", "report_host=a;b"}
	bad = []string{"port: 3307", "port : 3307", "port 3307", "--port=3307", "-P3307", "=3307", "init connect = x", "[mysqld", "!include", "!includedir /none",
		"port\uff1d3307", "\u00a0port=3307", "port,=1", "--loose-port=1", "--"}
)

func TestRefusedByTheServers(t *testing.T) {
	for flavour, c := range checkers(t) {
		t.Run(flavour, func(t *testing.T) {
			if c.refuses(t, write(t, "[mysqld]\nport=3307\n")) {
				t.Skip("the server cannot be asked here: it refuses a good file too")
			}
			for _, line := range bad {
				compare(t, c, "[mysqld]\n"+line+"\n", true)
			}
			for _, line := range good {
				compare(t, c, "[mysqld]\n"+line+"\n", false)
			}
			for _, line := range bad {
				if !strings.HasPrefix(line, "[") && !strings.HasPrefix(line, "!") {
					compare(t, c, "[client]\n"+line+"\n", false)
				}
			}
			r := rand.New(rand.NewSource(1))
			counts := map[bool]int{}
			for range 40 {
				text := "[mysqld]\n"
				if r.Intn(8) == 0 {
					text = "\n"
				}
				for range r.Intn(6) {
					from := good
					if r.Intn(9) == 0 {
						from = bad
					}
					text += from[r.Intn(len(from))] + "\n"
				}
				refused := c.refuses(t, write(t, text))
				counts[refused]++
				compare(t, c, text, refused)
			}
			t.Logf("%s: %d lines and 40 generated files (%d refused) judged as the server does", c.server, len(good)+2*len(bad), counts[true])
		})
	}
}

func write(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "my.cnf")
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

// compare holds both the server and the lint against want.
func compare(t *testing.T, c checker, text string, want bool) {
	t.Helper()
	file := write(t, text)
	if got := c.refuses(t, file); got != want {
		t.Errorf("%s refuses %q: %v, expected %v", c.server, text, got, want)
	}
	parsed := optionfile.Parse(file, []byte(text), optionfile.Options{FS: optionfile.OS(), Server: c.server})
	fatal := false
	for _, p := range parsed.Problems {
		fatal = fatal || p.Severity == optionfile.Fatal
	}
	if fatal != want {
		t.Errorf("%s: lint says that %q is refused: %v, expected %v\n%v", c.server, text, fatal, want, parsed.Problems)
	}
}
