//go:build lab

package freshserver

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
)

// kind is one server program on this machine.
type kind struct {
	name   string // "mysql", "mariadb"
	root   string // the root file system that has it
	daemon string
	server model.Server
	text   string // version as dumps say it
	work   string // folder in memory, for templates and boxes
}

func (k *kind) maria() bool { return k.server.Flavour == model.MariaDB }

// kinds are the servers that can be started here.
func kinds(t *testing.T) []*kind {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("servers run in namespaces of their own: needs root")
	}
	for _, tool := range []string{"unshare", "mount", "chroot"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("no %s here", tool)
		}
	}
	memory := "/dev/shm"
	if _, err := os.Stat(memory); err != nil {
		memory = ""
	}
	work, err := os.MkdirTemp(memory, "freshserver")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(work) })
	roots := []string{os.Getenv("MYSQL_ROOT")}
	if cache, err := os.UserCacheDir(); err == nil {
		roots = append(roots, filepath.Join(cache, "mysqldrift-lab", "roots", "mysql"))
	}
	var out []*kind
	for _, root := range roots {
		if _, err := os.Stat(filepath.Join(root, "usr/sbin/mysqld")); root != "" && err == nil {
			out = append(out, &kind{name: "mysql", root: root, daemon: "/usr/sbin/mysqld", work: work})
			break
		}
	}
	if _, err := os.Stat("/usr/sbin/mariadbd"); err == nil {
		root := "/"
		if over := os.Getenv("MARIADB_ROOT"); over != "" { // plugins that this machine does not have
			root = over + ":/"
		}
		out = append(out, &kind{name: "mariadb", root: root, daemon: "/usr/sbin/mariadbd", work: work})
	}
	if len(out) == 0 {
		t.Skip("neither a mysqld in a root file system nor a mariadbd on this machine")
	}
	for _, k := range out {
		k.prepare(t)
	}
	return out
}

var versionText = regexp.MustCompile(`Ver (\S+)`)

// prepare asks for the version and initialises the data directory that all
// boxes copy.
func (k *kind) prepare(t *testing.T) {
	t.Helper()
	b := k.box(t, "template")
	out, err := b.run("--no-defaults", "--version")
	m := versionText.FindStringSubmatch(out)
	if err != nil || m == nil {
		t.Fatalf("%s --version: %v: %s", k.daemon, err, out)
	}
	k.text = m[1]
	if k.server, err = model.ParseServer(k.text); err != nil {
		t.Fatal(err)
	}
	init := []string{"--no-defaults", "--initialize-insecure", "--datadir=/var/lib/mysql", "--innodb-redo-log-capacity=8M"}
	if k.maria() {
		b.daemon = "/usr/bin/mariadb-install-db"
		init = []string{"--no-defaults", "--datadir=/var/lib/mysql", "--auth-root-authentication-method=normal", "--skip-test-db", "--force", "--innodb-log-file-size=4M"}
	}
	if out, err := b.run(init...); err != nil {
		t.Fatalf("initialise a data directory: %v: %s", err, out)
	}
}

// box is a root file system of its own for one server.
type box struct {
	*kind
	dir    string
	daemon string
	nofile int
	more   []string // further folders, that the option file names
	cmd    *exec.Cmd
	done   chan error
}

// folders are what option files may name.
var folders = []string{"var/lib/mysql", "run/mysqld", "var/run/mysqld", "var/log/mysql", "data/mysql", "data/logs", "srv/files"}

func (k *kind) box(t *testing.T, name string) *box {
	t.Helper()
	b := &box{kind: k, dir: filepath.Join(k.work, k.name+"-"+name), daemon: k.daemon, nofile: 20000}
	for _, d := range []string{"upper", "work", "root", "run"} {
		if err := os.MkdirAll(filepath.Join(b.dir, d), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(filepath.Join(b.dir, "run"), 0o777); err != nil {
		t.Fatal(err)
	}
	return b
}

// fill copies the template's data directory.
func (b *box) fill() error {
	from := filepath.Join(b.work, b.name+"-template", "upper")
	out, err := exec.Command("cp", "-a", from, b.dir).CombinedOutput()
	if err != nil {
		return fmt.Errorf("copy the data directory: %w: %s", err, out)
	}
	return nil
}

func (b *box) remove() { os.RemoveAll(b.dir) }

// inside is a shell script that mounts the box and becomes the server. The
// server has no rights, so that its limit of open files holds, may not take the
// machine's memory, and ends by itself if the test is gone.
const inside = `set -e
W=$1; LOWER=$2; FILES=$3; shift 3
mount -t overlay overlay -o lowerdir=$LOWER,upperdir=$W/upper,workdir=$W/work $W/root
cd $W/root
for d in ` + "%s" + `; do mkdir -p $d; chown 999:999 $d; done
mount --bind $W/run run/mysqld
mount --bind /proc proc
mount --bind /dev dev
ulimit -c 0; ulimit -v 14000000; ulimit -n $FILES
exec nice -n 5 timeout -k 5 300 chroot --userspec=999:999 $W/root "$@"`

func (b *box) command(args ...string) *exec.Cmd {
	script := fmt.Sprintf(inside, strings.Join(append(slices.Clone(folders), b.more...), " "))
	all := append([]string{"-m", "-n", "--propagation", "private", "sh", "-c", script, "sh", b.dir, b.root, strconv.Itoa(b.nofile), b.daemon}, args...)
	cmd := exec.Command("unshare", all...)
	cmd.Env = []string{"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/nonexistent", "LC_ALL=C", "TZ=UTC"}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	return cmd
}

func (b *box) run(args ...string) (string, error) {
	out, err := b.command(args...).CombinedOutput()
	return string(out), err
}

// arguments are what every server gets on its command line; the variables that
// they set are left out of all judgements.
func (b *box) arguments(config string) []string {
	args := []string{"--defaults-file=" + config, "--socket=/run/mysqld/t.sock", "--bind-address=127.0.0.1"}
	if !b.maria() {
		args = append(args, "--loose-mysqlx-bind-address=127.0.0.1", "--loose-mysqlx-socket=/run/mysqld/x.sock")
	}
	return args
}

var overridden = map[string]bool{"socket": true, "bind_address": true, "mysqlx_bind_address": true, "mysqlx_socket": true}

// errRefused: the server did not start; the text is its error log.
type errRefused struct{ log string }

func (e *errRefused) Error() string { return "the server did not start:\n" + e.log }

// start brings the server up with an option file and waits until it answers.
func (b *box) start(ctx context.Context, config string) (*client, error) {
	path := filepath.Join(b.dir, "upper", "etc", "fresh.cnf")
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, err
	}
	if err := os.WriteFile(path, []byte(config), 0o644); err != nil {
		return nil, err
	}
	os.Remove(filepath.Join(b.dir, "run", "t.sock"))
	b.cmd = b.command(b.arguments("/etc/fresh.cnf")...)
	var log bytes.Buffer
	b.cmd.Stderr, b.cmd.Stdout = &log, &log
	if err := b.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", b.daemon, err)
	}
	b.done = make(chan error, 1)
	go func(cmd *exec.Cmd, done chan error) { done <- cmd.Wait() }(b.cmd, b.done)
	deadline := time.Now().Add(40 * time.Second)
	for {
		c, err := connect(ctx, filepath.Join(b.dir, "run", "t.sock"))
		if err == nil {
			return c, nil
		}
		select {
		case <-ctx.Done():
			b.kill()
			return nil, ctx.Err()
		case <-b.done:
			b.cmd = nil
			return nil, &errRefused{log.String() + b.logs()}
		case <-time.After(50 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			b.kill()
			return nil, &errRefused{"no answer in time: " + err.Error() + "\n" + log.String() + b.logs()}
		}
	}
}

// logs is what the server wrote into files of its own.
func (b *box) logs() string {
	var out strings.Builder
	filepath.WalkDir(filepath.Join(b.dir, "upper"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !d.Type().IsRegular() {
			return nil
		}
		if ext := filepath.Ext(path); ext == ".err" || ext == ".log" {
			text, _ := os.ReadFile(path)
			out.Write(text[max(0, len(text)-20000):])
			os.Remove(path)
		}
		return nil
	})
	return out.String()
}

// stop ends the server in good order.
func (b *box) stop() {
	if b.cmd == nil {
		return
	}
	_ = b.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-b.done:
		b.cmd = nil
	case <-time.After(20 * time.Second):
		b.kill()
	}
}

func (b *box) kill() {
	if b.cmd != nil {
		_ = syscall.Kill(-b.cmd.Process.Pid, syscall.SIGKILL)
		<-b.done
		b.cmd = nil
	}
}

func isRefused(err error) (*errRefused, bool) {
	var r *errRefused
	return r, errors.As(err, &r)
}
