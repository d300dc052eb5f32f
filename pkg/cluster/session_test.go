package cluster

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/observed"
)

// localRunner runs commands on this machine as exec does in a container, with
// the environment given.
func localRunner(env ...string) runner {
	return func(ctx context.Context, cmd []string, stdin io.Reader, stdout, stderr io.Writer) error {
		c := exec.CommandContext(ctx, cmd[0], cmd[1:]...)
		c.Env = env
		c.Stdout, c.Stderr = stdout, stderr
		c.WaitDelay = time.Second
		in, err := c.StdinPipe()
		if err != nil {
			return err
		}
		go func() {
			io.Copy(in, stdin)
			in.Close()
		}()
		err = c.Run()
		var exit *exec.ExitError
		if errors.As(err, &exit) && ctx.Err() == nil {
			return &ExitError{Code: exit.ExitCode()}
		}
		return err
	}
}

// fakeClient stands for mysql: it shows its arguments, its environment and the
// option file it was given as a result, once for every statement.
const fakeClient = `#!/bin/sh
file=${1#--defaults-file=}
options=$(cat "$file")
escape() { printf '%s' "$1" | sed -e 's/&/\&amp;/g' -e 's/</\&lt;/g' -e 's/"/\&quot;/g'; }
while IFS= read -r line; do
  case $line in
    "START TRANSACTION READ ONLY;") began=yes; continue ;;
    *broken*) echo "ERROR 1142 (42000) at line 2: SELECT command denied" >&2; exit 1 ;;
    *hang*) exec sleep 60 ;;
  esac
  printf '<?xml version="1.0"?>\n\n<resultset statement="x">\n  <row>\n\t<field name="options">%s</field>\n\t<field name="args">%s</field>\n\t<field name="env">%s</field>\n\t<field name="began">%s</field>\n  </row>\n</resultset>\n' \
    "$(escape "$options")" "$(escape "$*")" "$(escape "$(env)")" "$began"
done
`

func fakeClientPath(t *testing.T) string {
	t.Helper()
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip("needs a POSIX shell to run the script that containers are given")
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "mariadb"), []byte(fakeClient), 0o755); err != nil {
		t.Fatal(err)
	}
	return "PATH=" + dir + ":" + os.Getenv("PATH")
}

// The password reaches the client by its option file only: it is in no argument
// and in no new environment.
func TestPodClientHandsThePasswordOver(t *testing.T) {
	path := fakeClientPath(t)
	secretFile := filepath.Join(t.TempDir(), "pw")
	awkward := `a"b\c#d $(id) 'e'; %s é`
	if err := os.WriteFile(secretFile, []byte(awkward+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	escaped := `password="a\"b\\c#d $(id) 'e'; %s é"`
	cases := []struct {
		name string
		c    Credential
		env  []string
		want []string
	}{
		{"given", Credential{User: "ro", Password: NewPassword(awkward)}, nil, []string{`user="ro"`, escaped}},
		{"environment", Credential{User: "root", InPod: true, Env: []string{"MYSQL_ROOT_PASSWORD"}}, []string{"MYSQL_ROOT_PASSWORD=" + awkward}, []string{`user="root"`, escaped}},
		{"a newline", Credential{User: "root", InPod: true, Env: []string{"MYSQL_ROOT_PASSWORD"}}, []string{"MYSQL_ROOT_PASSWORD=pw\n"}, []string{`password="pw\n"`}},
		{"file", Credential{User: "root", InPod: true, Env: []string{"MYSQL_ROOT_PASSWORD"}}, []string{"MYSQL_ROOT_PASSWORD_FILE=" + secretFile}, []string{escaped}},
		{"socket", Credential{InPod: true}, nil, []string{`password=""`}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			client := newPodClient(localRunner(append(c.env, path)...), c.c, 3307)
			defer client.Close()
			if err := client.login(context.Background()); err != nil {
				t.Fatal(err)
			}
			rows, columns, err := client.Query(context.Background(), "SELECT 1")
			if err != nil || len(rows) != 1 || strings.Join(columns, " ") != "options args env began" {
				t.Fatalf("rows %v, columns %v, %v", rows, columns, err)
			}
			options, args, env := *rows[0][0], *rows[0][1], *rows[0][2]
			for _, want := range c.want {
				if !strings.Contains(options, want) {
					t.Errorf("option file lacks %s:\n%s", want, options)
				}
			}
			if c.c.User == "" && strings.Contains(options, "user=") {
				t.Errorf("a user out of nothing:\n%s", options)
			}
			if strings.Contains(args, "a\"b") || (len(c.env) == 0 && strings.Contains(env, "a\"b")) {
				t.Errorf("password in arguments or environment:\n%s\n%s", args, env)
			}
			if *rows[0][3] != "yes" {
				t.Error("the read-only transaction was not begun before the statement")
			}
		})
	}
}

func TestClientScriptHoldsNoSecret(t *testing.T) {
	client := newPodClient(nil, Credential{User: "ro", Password: NewPassword("geheim")}, 3306)
	if strings.Contains(clientScript, "geheim") || !strings.Contains(client.hello, "geheim") {
		t.Error("the password belongs on standard input, and there only")
	}
}

// After a server's error the client is gone: the next statement gets a new one,
// in a read-only transaction again.
func TestPodClientComesBack(t *testing.T) {
	client := newPodClient(localRunner(fakeClientPath(t)), Credential{User: "ro"}, 3306)
	defer client.Close()
	ctx := context.Background()
	if _, _, err := client.Query(ctx, observed.BeginStatement); err != nil {
		t.Fatal(err)
	}
	_, _, err := client.Query(ctx, "SELECT broken")
	var server *mysql.MySQLError
	if !errors.As(err, &server) || server.Number != 1142 || string(server.SQLState[:]) != "42000" {
		t.Fatalf("error %v", err)
	}
	rows, _, err := client.Query(ctx, "SELECT 1")
	if err != nil || *rows[0][3] != "yes" {
		t.Errorf("rows %v, %v", rows, err)
	}
}

func TestPodClientGivesUpWithItsContext(t *testing.T) {
	client := newPodClient(localRunner(fakeClientPath(t)), Credential{User: "ro"}, 3306)
	defer client.Close()
	ctx, cancel := context.WithCancel(context.Background())
	time.AfterFunc(50*time.Millisecond, cancel)
	if _, _, err := client.Query(ctx, "SELECT hang"); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

func TestPodClientWithoutAClient(t *testing.T) {
	if _, err := exec.LookPath("/bin/sh"); err != nil {
		t.Skip("needs a POSIX shell")
	}
	run := localRunner("PATH=" + t.TempDir())
	client := newPodClient(func(ctx context.Context, cmd []string, in io.Reader, out, errs io.Writer) error {
		script := strings.NewReplacer("/usr/bin/", "/nowhere/", "/usr/local/bin/", "/nowhere/").Replace(cmd[2])
		return run(ctx, []string{"/bin/sh", "-c", script}, in, out, errs)
	}, Credential{}, 3306)
	_, _, err := client.Query(context.Background(), "SELECT 1")
	e := ErrorReport("pod/x", err)
	if e.Reason != ReasonExec || !strings.Contains(e.Text, "no mysql or mariadb client in this container") {
		t.Errorf("got %+v", e)
	}
}

func TestParseResult(t *testing.T) {
	text := `<?xml version="1.0"?>

<resultset statement="SELECT &lt;x&gt;" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
  <row>
	<field name="a&lt;b">1</field>
	<field name="n" xsi:nil="true" />
  </row>

  <row>
	<field name="a&lt;b">NULL</field>
	<field name="n">tab	line
&lt;/field&gt;&amp;lt;` + "\x01" + `</field>
  </row>
</resultset>`
	rows, columns, err := parseResult([]byte(text))
	if err != nil || strings.Join(columns, "|") != "a<b|n" || len(rows) != 2 {
		t.Fatalf("%v %v %v", rows, columns, err)
	}
	if *rows[0][0] != "1" || rows[0][1] != nil || *rows[1][0] != "NULL" || *rows[1][1] != "tab\tline\n</field>&lt;\x01" {
		t.Errorf("rows %q %q %q", *rows[0][0], *rows[1][0], *rows[1][1])
	}
	for _, bad := range []string{"<row><field name=\"a\">x", "<field name=\"a\">x</field>", "<row"} {
		if _, _, err := parseResult([]byte(bad)); err == nil {
			t.Errorf("%q: no error", bad)
		}
	}
}

func TestReadResultEndsAtItsEnd(t *testing.T) {
	long := "<resultset><row><field name=\"a\">" + strings.Repeat("x", 100_000) + "</field></row></resultset>"
	r := bufio.NewReader(strings.NewReader(long + "\n<resultset></resultset>"))
	first, err := readResult(r)
	if err != nil || string(first) != long {
		t.Fatalf("%d bytes, %v", len(first), err)
	}
	if second, err := readResult(r); err != nil || !strings.HasPrefix(string(second), "\n<resultset>") {
		t.Errorf("%q, %v", second, err)
	}
	if _, err := readResult(r); !errors.Is(err, io.EOF) {
		t.Errorf("after the last: %v", err)
	}
}
