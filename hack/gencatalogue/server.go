package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"time"
)

// A server is a mysqld or mariadbd on this machine, perhaps in a root of its own.
type server struct {
	root    string // folder to change root to; empty: none
	daemon  string // path inside root
	client  string
	mariadb bool
	plugins []string
	version string // "9.7.4"
	banner  string // the whole line of --version

	builtin map[string]*option // the options without any plugin
	work    string             // folder inside root
	cmd     *exec.Cmd
}

// command prepares a command inside the server's root.
func (s *server) command(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, args...)
	if s.root != "" {
		cmd.SysProcAttr = &syscall.SysProcAttr{Chroot: s.root}
		cmd.Dir = "/"
		cmd.Path = name // looked up inside the root, not here
		cmd.Err = nil
	}
	cmd.Env = []string{"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/nonexistent", "LC_ALL=C"}
	return cmd
}

var versionNumber = regexp.MustCompile(`Ver (\d+\.\d+\.\d+)`)

// identify reads the version.
func (s *server) identify(ctx context.Context) error {
	out, err := s.command(ctx, s.daemon, "--no-defaults", "--version").Output()
	if err != nil {
		return fmt.Errorf("ask %s for its version: %w", s.daemon, err)
	}
	s.banner = strings.TrimSpace(string(out))
	m := versionNumber.FindStringSubmatch(s.banner)
	if m == nil {
		return fmt.Errorf("no version in %q", s.banner)
	}
	s.version = m[1]
	s.mariadb = strings.Contains(s.banner, "MariaDB")
	return nil
}

// help returns what `--verbose --help` prints with some options set, and what
// it complains of.
func (s *server) help(ctx context.Context, args ...string) (stdout, stderr string) {
	all := append([]string{"--no-defaults"}, args...)
	all = append(all, "--help", "--verbose")
	cmd := s.command(ctx, s.daemon, all...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	// The exit status says nothing: some servers fail after printing all of it.
	_ = cmd.Run()
	return out.String(), errs.String()
}

// start initialises a data directory and starts the server on it, reachable by
// socket only.
func (s *server) start(ctx context.Context) error {
	dir, err := os.MkdirTemp(filepath.Join(s.root, "/tmp"), "gencatalogue")
	if err != nil {
		return err
	}
	s.work = strings.TrimPrefix(dir, s.root)
	data := s.work + "/data"
	init := s.command(ctx, s.daemon, "--no-defaults", "--initialize-insecure", "--user=root", "--datadir="+data)
	if s.mariadb {
		init = s.command(ctx, "/usr/bin/mariadb-install-db", "--no-defaults", "--user=root", "--datadir="+data,
			"--auth-root-authentication-method=normal", "--skip-test-db", "--force")
	}
	if out, err := init.CombinedOutput(); err != nil {
		return fmt.Errorf("initialise a data directory: %w\n%s", err, out)
	}
	args := []string{"--no-defaults", "--user=root", "--datadir=" + data, "--socket=" + s.work + "/sock", "--skip-networking"}
	if !s.mariadb {
		args = append(args, "--loose-mysqlx-socket="+s.work+"/mysqlx.sock")
	}
	args = append(args, s.pluginArgs()...)
	s.cmd = s.command(ctx, s.daemon, args...)
	log, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		return err
	}
	defer log.Close()
	s.cmd.Stderr = log
	if err := s.cmd.Start(); err != nil {
		return fmt.Errorf("start %s: %w", s.daemon, err)
	}
	return s.waitReady(ctx)
}

func (s *server) pluginArgs() []string {
	var args []string
	for _, p := range s.plugins {
		args = append(args, "--plugin-load-add="+p)
	}
	return args
}

func (s *server) waitReady(ctx context.Context) error {
	deadline := time.Now().Add(2 * time.Minute)
	for {
		_, err := s.query(ctx, "SELECT 1")
		if err == nil {
			return nil
		}
		if time.Now().After(deadline) {
			log, _ := os.ReadFile(filepath.Join(s.root, s.work, "log"))
			return fmt.Errorf("%s did not become ready: %w\n%s", s.daemon, err, log)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(200 * time.Millisecond):
		}
	}
}

// stop ends the server and removes its folder.
func (s *server) stop() {
	if s.cmd != nil && s.cmd.Process != nil {
		_ = s.cmd.Process.Signal(syscall.SIGTERM)
		_ = s.cmd.Wait()
	}
	if s.work != "" {
		_ = os.RemoveAll(filepath.Join(s.root, s.work))
	}
}

// query runs one statement and returns its rows without the heading.
func (s *server) query(ctx context.Context, sql string) ([][]string, error) {
	return s.rows(s.command(ctx, s.client, "--no-defaults", "-uroot", "-S"+s.work+"/sock", "--batch", "--skip-column-names", "-e", sql), sql)
}

// queryForce is query of statements of which some may fail.
func (s *server) queryForce(ctx context.Context, sql string) ([][]string, error) {
	return s.rows(s.command(ctx, s.client, "--no-defaults", "-uroot", "-S"+s.work+"/sock", "--batch", "--skip-column-names", "--force", "-e", sql), sql)
}

func (s *server) rows(cmd *exec.Cmd, sql string) ([][]string, error) {
	out, err := cmd.Output()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) && len(out) > 0 && slices.Contains(cmd.Args, "--force") {
		err = nil
	}
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			return nil, fmt.Errorf("%.60s: %s", sql, bytes.TrimSpace(exit.Stderr))
		}
		return nil, err
	}
	var rows [][]string
	for _, line := range strings.Split(strings.TrimSuffix(string(out), "\n"), "\n") {
		fields := strings.Split(line, "\t")
		for i := range fields {
			fields[i] = clientEscapes.Replace(fields[i])
		}
		rows = append(rows, fields)
	}
	return rows, nil
}

var clientEscapes = strings.NewReplacer(`\n`, "\n", `\t`, "\t", `\\`, `\`, `\0`, "\x00")
