package host

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"

	"github.com/mysqldrift/kubectl-mysqldrift/test/lab/internal/progress"
)

// Mirror is where Debian's packages come from.
const Mirror = "http://deb.debian.org/debian"

// Server is a database server that Debian packages, and how to begin its data.
type Server struct {
	Name       string // of the root file system
	Suite      string // of Debian
	Packages   string
	Program    string // that tells its version
	Initialise []string
}

// The servers of the lab. Debian sid moves: its MySQL is whatever it carries.
var (
	MySQL = Server{
		Name: "mysql", Suite: "sid", Packages: "mysql-server-core,mysql-client-core", Program: "mysqld",
		Initialise: []string{"mysqld", "--no-defaults", "--initialize-insecure", "--user=mysql", "--datadir=" + seed,
			"--innodb-redo-log-capacity=8M", "--innodb-buffer-pool-size=64M"},
	}
	MariaDB = Server{
		Name: "mariadb", Suite: "bookworm", Packages: "mariadb-server-core,mariadb-client-core", Program: "mariadbd",
		Initialise: []string{"mariadb-install-db", "--no-defaults", "--force", "--cross-bootstrap", "--user=mysql", "--datadir=" + seed,
			"--auth-root-authentication-method=normal", "--skip-test-db", "--innodb-log-file-size=16M"},
	}
)

const (
	seed     = "/var/lib/mysql-seed"
	mysqlUID = 999
)

// Version is a server's release: "9.7.4" and, for tags, "9.7".
type Version struct{ Full, Short string }

var versionPattern = regexp.MustCompile(`Ver ((\d+\.\d+)\.\d+)`)

// EnsureRoot makes a root file system with a server and an initialised data
// directory in it, unless it is there. It takes a minute or two.
func EnsureRoot(ctx context.Context, log *progress.Log, root string, server Server) (Version, error) {
	if _, err := os.Stat(root); errors.Is(err, fs.ErrNotExist) {
		if err := makeRoot(ctx, log, root, server); err != nil {
			return Version{}, err
		}
	}
	text, err := output(inRoot(ctx, root, server.Program, "--version"))
	if err != nil {
		return Version{}, fmt.Errorf("ask %s for its version: %w", server.Program, err)
	}
	match := versionPattern.FindStringSubmatch(text)
	if match == nil {
		return Version{}, fmt.Errorf("%s --version says %q: no version in it", server.Program, strings.TrimSpace(text))
	}
	return Version{Full: match[1], Short: match[2]}, nil
}

func makeRoot(ctx context.Context, log *progress.Log, root string, server Server) error {
	part := root + ".part"
	if err := os.RemoveAll(part); err != nil {
		return fmt.Errorf("clear an unfinished root: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(root), 0o755); err != nil {
		return fmt.Errorf("make the folder of roots: %w", err)
	}
	log.Say("getting %s from Debian %s (a minute)", server.Packages, server.Suite)
	if err := run(ctx, "debootstrap", "--variant=minbase", "--include="+server.Packages, server.Suite, part, Mirror); err != nil {
		return fmt.Errorf("get %s from Debian %s: %w\nwithout it the lab has no %s", server.Packages, server.Suite, err, server.Name)
	}
	log.Say("initialising a data directory for %s", server.Name)
	if err := prepare(ctx, part, server); err != nil {
		return fmt.Errorf("initialise %s: %w", server.Name, err)
	}
	return os.Rename(part, root)
}

// prepare adds the user that the official images have, and the data that new
// containers copy instead of initialising their own.
func prepare(ctx context.Context, root string, server Server) error {
	for file, line := range map[string]string{
		"etc/passwd": fmt.Sprintf("mysql:x:%d:%d::/var/lib/mysql:/bin/bash", mysqlUID, mysqlUID),
		"etc/group":  fmt.Sprintf("mysql:x:%d:", mysqlUID),
	} {
		if err := replaceLine(filepath.Join(root, file), "mysql:", line); err != nil {
			return err
		}
	}
	for _, folder := range []string{seed, "/run/mysqld", "/var/lib/mysql-files"} {
		path := filepath.Join(root, folder)
		if err := os.MkdirAll(path, 0o755); err != nil {
			return err
		}
		if err := os.Chown(path, mysqlUID, mysqlUID); err != nil {
			return err
		}
	}
	if _, err := output(inRoot(ctx, root, server.Initialise[0], server.Initialise[1:]...)); err != nil {
		return err
	}
	// Containers run as users of several numbers, and all copy it.
	return run(ctx, "chmod", "-R", "a+rX", filepath.Join(root, seed))
}

func inRoot(ctx context.Context, root, program string, args ...string) *exec.Cmd {
	command := exec.CommandContext(ctx, "/usr/bin/env", append([]string{"-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", program}, args...)...)
	command.SysProcAttr = &syscall.SysProcAttr{Chroot: root}
	command.Dir = "/"
	return command
}

// replaceLine writes line into a file, in place of those with the prefix.
func replaceLine(path, prefix, line string) error {
	content, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var kept []string
	for old := range strings.Lines(string(content)) {
		if !strings.HasPrefix(old, prefix) {
			kept = append(kept, old)
		}
	}
	return os.WriteFile(path, []byte(strings.Join(kept, "")+line+"\n"), 0o644)
}
