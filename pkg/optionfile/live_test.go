package optionfile

import (
	"context"
	"errors"
	"fmt"
	"math/rand"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
)

// oracleTool is a my_print_defaults that can be run here.
type oracleTool struct {
	command []string
	server  model.Server
}

// oracleTools finds MariaDB's tool on the path (or $MARIADB_MPD), and MySQL's in
// a root file system: $MYSQL_ROOT, or the one that the lab has built.
func oracleTools(t *testing.T) map[string]oracleTool {
	t.Helper()
	tools := map[string]oracleTool{}
	maria := os.Getenv("MARIADB_MPD")
	if maria == "" {
		maria = "my_print_defaults"
	}
	if p, err := exec.LookPath(maria); err == nil {
		if out, _ := exec.Command(p, "--help").Output(); strings.Contains(string(out), "mariadbd") {
			tools["mariadb"] = oracleTool{[]string{p}, oracleServers["mariadb"].server}
		}
	}
	roots := []string{os.Getenv("MYSQL_ROOT")}
	if cache, err := os.UserCacheDir(); err == nil {
		roots = append(roots, filepath.Join(cache, "mysqldrift-lab", "roots", "mysql"))
	}
	for _, root := range roots {
		lib := filepath.Join(root, "usr/lib/x86_64-linux-gnu")
		command := []string{filepath.Join(lib, "ld-linux-x86-64.so.2"), "--library-path", lib, filepath.Join(root, "usr/bin/my_print_defaults")}
		out, err := exec.Command(command[0], append(command[1:], "--version")...).Output()
		if root == "" || err != nil {
			continue
		}
		_, version, _ := strings.Cut(string(out), "Ver ")
		server, err := model.ParseServer(strings.Fields(version + " none")[0])
		if err != nil {
			t.Fatalf("%s: %v", command[3], err)
		}
		tools["mysql"] = oracleTool{command, server}
		break
	}
	if len(tools) == 0 {
		t.Skip("no my_print_defaults of either server on this machine")
	}
	return tools
}

// ask runs the tool on dir/my.cnf.
func (o oracleTool) ask(t *testing.T, dir string, groups []string) (lines []string, refused, died bool) {
	t.Helper()
	args := append([]string{}, o.command[1:]...)
	args = append(args, "--defaults-file="+filepath.Join(dir, "my.cnf"))
	if o.server.Flavour == model.MySQL {
		args = append(args, "--show")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, o.command[0], append(args, groups...)...)
	cmd.Dir = dir
	cmd.Env = []string{"HOME=/nonexistent", "LANG=C.UTF-8", "PATH=/usr/bin:/bin"}
	out, err := cmd.Output()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatalf("run %s: %v", o.command[0], err)
	}
	if err != nil {
		if exit.ExitCode() < 0 {
			return nil, false, true
		}
		return nil, true, false
	}
	if len(out) == 0 {
		return nil, false, false
	}
	return strings.Split(strings.TrimSuffix(string(out), "\n"), "\n"), false, false
}

// TestGeneratedAgainstOracles reads files from a seeded generator with both
// servers' own parsers and with ours.
func TestGeneratedAgainstOracles(t *testing.T) {
	tools := oracleTools(t)
	files := 250
	if testing.Short() {
		files = 40
	}
	for flavour, tool := range tools {
		t.Run(flavour, func(t *testing.T) {
			equal, refused, died := 0, 0, 0
			groups := Groups(tool.server, "")
			for seed := range files {
				dir := t.TempDir()
				generate(t, dir, rand.New(rand.NewSource(int64(seed))))
				data, err := os.ReadFile(filepath.Join(dir, "my.cnf"))
				if err != nil {
					t.Fatal(err)
				}
				want, no, crashed := tool.ask(t, dir, groups)
				if crashed {
					died++ // a fault of the server's own tool: the other files count
					continue
				}
				file := Parse(filepath.Join(dir, "my.cnf"), data, Options{FS: workingDir{dir}, Server: tool.server})
				var got []string
				for _, s := range file.For(groups) {
					got = append(got, strings.Split(s.String(), "\n")...)
				}
				switch {
				case no != file.Fatal:
					t.Errorf("seed %d: refused by the server: %v, by us: %v\n%q\n%v", seed, no, file.Fatal, data, file.Problems)
				case no:
					refused++
					if len(file.Problems) == 0 {
						t.Errorf("seed %d: refused without a problem", seed)
					}
				case strings.Join(got, "\n") != strings.Join(want, "\n"):
					t.Errorf("seed %d:\n file %q\n  got %q\n want %q", seed, data, got, want)
				default:
					equal++
				}
				if t.Failed() {
					break
				}
			}
			t.Logf("%s: %d generated files: %d read alike, %d refused alike; at %d the tool itself died", tool.server, files, equal, refused, died)
		})
	}
}

// generate writes my.cnf and what it may include into dir.
func generate(t *testing.T, dir string, r *rand.Rand) {
	t.Helper()
	g := &generator{r: r, dir: dir}
	names := []string{"my.cnf", "deep.cnf", "a.cnf", "b.cnf", "conf.d/1.cnf", "conf.d/2.x.cnf", "conf.d/.h.cnf", "conf.d/B.cnf", "conf.d/a.cnf", "conf.d/x.conf"}
	if err := os.MkdirAll(filepath.Join(dir, "conf.d"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		mode := os.FileMode(0o644)
		if name != "my.cnf" && r.Intn(12) == 0 {
			mode = 0o666
		}
		p := filepath.Join(dir, name)
		// Only my.cnf and a.cnf include others: a knot of includes keeps a server
		// busy for hours.
		g.includes = []string{"none.cnf"}
		switch name {
		case "my.cnf":
			g.includes = []string{dir + "/a.cnf", dir + "/b.cnf", "a.cnf", "none.cnf", dir + "/conf.d", ""}
		case "a.cnf":
			g.includes = []string{dir + "/b.cnf", "deep.cnf"}
		}
		if err := os.WriteFile(p, []byte(g.file()), mode); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(p, mode); err != nil {
			t.Fatal(err)
		}
	}
}

type generator struct {
	r   *rand.Rand
	dir string
	// includes are the names that !include may take.
	includes []string
}

func (g *generator) pick(from ...string) string { return from[g.r.Intn(len(from))] }

func (g *generator) file() string {
	var b strings.Builder
	if g.r.Intn(40) == 0 {
		b.WriteString("\xef\xbb\xbf")
	}
	if g.r.Intn(25) != 0 {
		b.WriteString("[" + g.pick("mysqld", "server", "client", "mariadb") + "]\n")
	}
	for range g.r.Intn(25) {
		b.WriteString(g.line())
		b.WriteString(g.pick("\n", "\n", "\n", "\n", "\r\n", "\n\n"))
	}
	text := b.String()
	if g.r.Intn(4) == 0 {
		text = strings.TrimRight(text, "\r\n")
	}
	return text
}

func (g *generator) line() string {
	switch g.r.Intn(40) {
	case 0, 1, 2:
		return g.space() + "[" + g.pick("", " ") + g.pick("mysqld", "MYSQLD", "server", "client", "mysqld-9.7", "mysqld-10.11", "galera", "mysqld_safe", "") + g.pick("", " ", "\t") + "]" + g.pick("", "", " # c", "x=1", "]")
	case 3, 4:
		return g.space() + g.pick("#", ";") + g.value()
	case 5:
		return g.space() + g.pick("!", "! ", "!") + "include" + g.pick(" ", "\t", "") + g.pick(g.includes...) + g.pick("", "", " ", " # c", "#c", ";")
	case 6:
		if len(g.includes) < 3 {
			return "# no folder here"
		}
		return g.space() + "!includedir" + g.pick(" ", "\t ") + g.pick(g.dir+"/conf.d", "conf.d", g.dir+"/conf.d/", "conf.d") + g.pick("", "", " ")
	case 7:
		return g.pick("!foo", "!", "!includes x", "!INCLUDE a.cnf")
	case 8:
		return "long=" + strings.Repeat(g.pick("x", "ab ", "#", "é", `\n`), 1000+g.r.Intn(4000))
	case 9:
		return g.name() + g.pick(" ", ": ", "\t") + g.value()
	case 10:
		if g.r.Intn(4) == 0 {
			return g.pick("[mysqld", "[", "nul\x00=1", "\x00", "a=b\x00c", "=1")
		}
		return g.name()
	case 11:
		return g.space() + g.name() + g.pick("", " # c", "#c", " ;c")
	default:
		return g.space() + g.name() + g.space() + "=" + g.space() + g.value() + g.pick("", "", " ", " # c", "#c", "\t", " ; c")
	}
}

func (g *generator) space() string { return g.pick("", "", "", " ", "\t", "  ", "\v", "\f", "\xa0") }

func (g *generator) name() string {
	return g.pick("a", "max_connections", "max-connections", "skip-name-resolve", "loose-x", "sql_mode", "--port", "plugin-load-add", "é", "a b")
}

func (g *generator) value() string {
	if g.r.Intn(4) > 0 {
		return g.pick("1", "16M", "ON", "", `"x y"`, `'x'`, "A,B", "/var/lib/mysql")
	}
	var b strings.Builder
	for range g.r.Intn(12) {
		b.WriteString(g.pick(`"`, `'`, `\`, `\n`, `\t`, `\s`, `\\`, `\"`, `\q`, "#", ";", "=", " ", "x", "y", "é", "\xa0", "[", "]", "!", "\r", "%"))
	}
	return b.String()
}

// The generator must be able to fail us: without its sharp edges the
// comparison would prove little.
func TestGeneratorHasSharpEdges(t *testing.T) {
	seen := map[string]int{}
	for seed := range 250 {
		text := (&generator{r: rand.New(rand.NewSource(int64(seed))), dir: "/d", includes: []string{"a", "b", "c"}}).file()
		for _, edge := range []string{"\x00", "\xef\xbb\xbf", "!include ", "!includedir ", "\r\n", `\"`, "[mysqld\n", " # c", "long=", "\xa0"} {
			if strings.Contains(text, edge) {
				seen[fmt.Sprintf("%q", edge)]++
			}
		}
	}
	if len(seen) < 9 {
		t.Errorf("edges seen: %v", seen)
	}
}
