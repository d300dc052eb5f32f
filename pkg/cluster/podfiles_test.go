package cluster

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestPodFilesReadsManyInOneRun(t *testing.T) {
	dir := t.TempDir()
	write := func(name, data string, mode os.FileMode) string {
		full := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(data), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(full, mode); err != nil {
			t.Fatal(err)
		}
		when := time.Unix(1_700_000_000, 0)
		if err := os.Chtimes(full, when, when); err != nil {
			t.Fatal(err)
		}
		return full
	}
	plain := write("my.cnf", "[mysqld]\nmax_connections=1\n", 0o644)
	open := write("open name.cnf", "no newline\x00at the end", 0o666)
	inDir := write("conf.d/a.cnf", "a\n\n--fake F 1 2 3 /x\n", 0o644)
	hiddenFile := write("conf.d/.b.cnf", "", 0o644)
	write("conf.d/sub/c.cnf", "c", 0o644)
	large := write("large", string(make([]byte, maxPodFile+1)), 0o644)
	if err := os.Symlink(plain, filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}

	runs := 0
	run := localRunner("PATH=" + os.Getenv("PATH"))
	p := newPodFiles(func(ctx context.Context, cmd []string, in io.Reader, out, errs io.Writer) error {
		runs++
		return run(ctx, cmd, in, out, errs)
	})
	ask := []string{plain, open, dir + "/conf.d/", dir + "/none", large, dir + "/link"}
	got, err := p.Read(context.Background(), ask)
	if err != nil {
		t.Skipf("needs a POSIX shell with stat and cat: %v", err)
	}
	want := map[string]struct {
		data string
		mode os.FileMode
	}{
		plain: {"[mysqld]\nmax_connections=1\n", 0o644}, open: {"no newline\x00at the end", 0o666},
		inDir: {"a\n\n--fake F 1 2 3 /x\n", 0o644}, hiddenFile: {"", 0o644}, dir + "/link": {"[mysqld]\nmax_connections=1\n", 0o644},
	}
	if len(got) != len(want) {
		t.Errorf("%d files, want %d: %v", len(got), len(want), got)
	}
	for name, w := range want {
		g := got[name]
		if string(g.Data) != w.data || g.Mode != w.mode || g.ModTime.Unix() != 1_700_000_000 {
			t.Errorf("%s: %q %o %s, want %q %o", name, g.Data, g.Mode, g.ModTime, w.data, w.mode)
		}
	}
	if _, err := p.Read(context.Background(), ask); err != nil || runs != 1 {
		t.Errorf("%d runs, want 1 (%v)", runs, err)
	}
	if one, _ := p.Read(context.Background(), []string{plain}); len(one) != 1 {
		t.Errorf("asked for one file, got %d", len(one))
	}
}

// An answer that was cut is an error, not a folder without files.
func TestPodFilesCutAnswer(t *testing.T) {
	p := newPodFiles(func(_ context.Context, _ []string, _ io.Reader, out, _ io.Writer) error {
		io.WriteString(out, "\n--x F 1 2 3 /etc/my.cnf\nabc")
		return nil
	})
	if _, err := p.Read(context.Background(), []string{"/etc/my.cnf"}); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("error %v", err)
	}
	if !errors.Is(p.Err(), io.ErrUnexpectedEOF) {
		t.Errorf("kept error %v", p.Err())
	}
}

// Without stat in the image, and with a file that grows while it is read, the
// files are read one by one.
func TestPodFilesReadPlainly(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "my.cnf")
	if err := os.WriteFile(file, []byte("[mysqld]\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	cat, err := exec.LookPath("cat")
	if err != nil {
		t.Skip("needs cat")
	}
	fakes := map[string]string{
		"no stat": "exit 127",
		// The first stat of several columns says one byte too few.
		"a file that grew": `case $3 in *%n) echo "8 1700000000 644 $4" ;; *) echo "9 1700000000 644" ;; esac`,
	}
	for name, stat := range fakes {
		t.Run(name, func(t *testing.T) {
			bin := t.TempDir()
			if err := os.WriteFile(filepath.Join(bin, "stat"), []byte("#!/bin/sh\n"+stat+"\n"), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.Symlink(cat, filepath.Join(bin, "cat")); err != nil {
				t.Fatal(err)
			}
			runs := 0
			run := localRunner("PATH=" + bin + ":/bin:/usr/bin")
			p := newPodFiles(func(ctx context.Context, cmd []string, in io.Reader, out, errs io.Writer) error {
				runs++
				return run(ctx, cmd, in, out, errs)
			})
			got, err := p.Read(context.Background(), []string{file})
			if err != nil {
				t.Skipf("needs a POSIX shell: %v", err)
			}
			if string(got[file].Data) != "[mysqld]\n" || runs != 2 {
				t.Errorf("%q in %d runs", got[file].Data, runs)
			}
		})
	}
}

// The container's runtime reports a command's end long after its last word.
func TestPodFilesDoNotWaitForTheEnd(t *testing.T) {
	ended := make(chan struct{})
	p := newPodFiles(func(ctx context.Context, cmd []string, in io.Reader, out, errs io.Writer) error {
		run := exec.Command(cmd[0], cmd[1:]...)
		run.Stdin, run.Stdout, run.Stderr = in, out, errs
		if err := run.Run(); err != nil {
			return err
		}
		<-ctx.Done()
		close(ended)
		return ctx.Err()
	})
	name := filepath.Join(t.TempDir(), "a.cnf")
	if err := os.WriteFile(name, []byte("[mysqld]\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	files, err := p.Read(t.Context(), []string{name})
	if err != nil || string(files[name].Data) != "[mysqld]\n" {
		t.Errorf("read %q, %v", files[name].Data, err)
	}
	<-ended // the stream is closed
}

// What ends before its closing line is not whole.
func TestPodFilesCutShort(t *testing.T) {
	p := newPodFiles(func(_ context.Context, _ []string, in io.Reader, out, _ io.Writer) error {
		nonce, err := bufio.NewReader(in).ReadString('\n')
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(out, "\n--%s D\n", strings.TrimSpace(nonce))
		return err
	})
	if _, err := p.Read(t.Context(), []string{"/etc/my.cnf"}); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("error %v, want unexpected EOF", err)
	}
}

// A run that was begun serves the first Read and no other.
func TestPodFilesBegun(t *testing.T) {
	runs := make(chan struct{}, 2)
	run := localRunner("PATH=" + os.Getenv("PATH"))
	p := newPodFiles(func(ctx context.Context, cmd []string, in io.Reader, out, errs io.Writer) error {
		runs <- struct{}{}
		return run(ctx, cmd, in, out, errs)
	})
	dir := t.TempDir()
	for _, name := range []string{"a.cnf", "b.cnf"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(name), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	p.Begin(t.Context())
	<-runs // before it is asked for anything
	for _, name := range []string{"a.cnf", "b.cnf"} {
		full := filepath.Join(dir, name)
		files, err := p.Read(t.Context(), []string{full})
		if err != nil || string(files[full].Data) != name {
			t.Errorf("read %q, %v", files[full].Data, err)
		}
	}
	if len(runs) != 1 {
		t.Errorf("%d more runs, want 1", len(runs))
	}
}

// What is begun ends with its context, used or not; and a Read of it ends with its own.
func TestPodFilesBegunEnds(t *testing.T) {
	ended := make(chan struct{})
	p := newPodFiles(func(ctx context.Context, _ []string, _ io.Reader, _, _ io.Writer) error {
		<-ctx.Done()
		close(ended)
		return ctx.Err()
	})
	ctx, cancel := context.WithCancel(t.Context())
	p.Begin(ctx)
	cancel()
	<-ended

	ended = make(chan struct{})
	p.Begin(t.Context())
	short, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if _, err := p.Read(short, []string{"/etc/my.cnf"}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v, want the deadline's", err)
	}
	<-ended
}

// Containers that share their processes see each other's servers: ours is the one in
// our control group. Without such a group it is the first.
func TestCommandLineOfThisContainer(t *testing.T) {
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip("needs a POSIX shell to run the script that containers are given")
	}
	for groups, want := range map[[3]string]string{
		{"0::/", "0::/../a", "0::/"}:                        "mariadbd\x00--port=3307\x00",
		{"9:pids:/pod/b", "9:pids:/pod/a", "9:pids:/pod/b"}: "mariadbd\x00--port=3307\x00",
		{"0::/", "0::/", "0::/../b"}:                        "mysqld\x00",
		{"", "0::/../a", "0::/../b"}:                        "mysqld\x00",
	} {
		proc := t.TempDir()
		for name, text := range map[string]string{
			"self/cgroup": groups[0], "7/comm": "pause", "11/comm": "mysqld", "11/cgroup": groups[1], "11/cmdline": "mysqld\x00",
			"21/comm": "mariadbd", "21/cgroup": groups[2], "21/cmdline": "mariadbd\x00--port=3307\x00",
		} {
			path := filepath.Join(proc, filepath.FromSlash(name))
			if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text+"\n"), 0o644)); err != nil {
				t.Fatal(err)
			}
		}
		out, err := exec.Command("sh", "-c", "nonce=x"+strings.ReplaceAll(processScript, "/proc", proc)).CombinedOutput()
		if got := string(out); err != nil || got != "\n--x P\n"+want+"\n\n--x E\n" {
			t.Errorf("%q: %q, %v", groups, got, err)
		}
	}
}

// An answer that is whole counts, however its stream ends.
func TestPodFilesWholeAnswerThenFailure(t *testing.T) {
	run := localRunner("PATH=" + os.Getenv("PATH"))
	for range 20 {
		p := newPodFiles(func(ctx context.Context, cmd []string, in io.Reader, out, errs io.Writer) error {
			if err := run(context.WithoutCancel(ctx), cmd, in, out, errs); err != nil {
				t.Error(err)
			}
			return io.ErrUnexpectedEOF
		})
		p.Begin(t.Context())
		s := p.begun
		go func() { _, _ = fmt.Fprintf(s.stdin, "%s\n%d\n/etc/passwd\n", s.nonce, maxPodFile); s.stdin.Close() }()
		err := <-s.ended
		s.ended <- err // both are there before anybody asks
		if _, err := p.Read(t.Context(), []string{"/etc/passwd"}); err != nil {
			t.Fatal(err)
		}
	}
}
