package cluster

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/mysqldrift/kubectl-mysqldrift/test/lab/internal/place"
)

// daemon is one long-running program of the lab.
type daemon struct {
	name    string
	program string
	args    []string
	env     []string // beside the lab command's own
	// healthy says whether it does its work, not only runs.
	healthy func(context.Context) error
	// grace is how long it may take to stop.
	grace time.Duration
}

// running gives the process number of a daemon, or 0.
func running(p place.Paths, name string) int {
	pid, _ := recorded(p, name)
	return pid
}

// current says whether the daemon runs with the arguments that it would get now.
func (d daemon) current(p place.Paths) bool {
	pid, arguments := recorded(p, d.name)
	return pid != 0 && arguments == d.digest()
}

// recorded reads a process file: the process's number, its start time, since
// numbers are used again, and a digest of its arguments. The number is 0 if
// that process is gone.
func recorded(p place.Paths, name string) (pid int, arguments string) {
	content, err := os.ReadFile(p.PID(name))
	if err != nil {
		return 0, ""
	}
	fields := strings.Fields(string(content))
	if len(fields) != 3 {
		return 0, ""
	}
	pid, err = strconv.Atoi(fields[0])
	if err != nil || startTime(pid) != fields[1] {
		return 0, ""
	}
	return pid, fields[2]
}

func (d daemon) digest() string {
	sum := sha256.Sum256([]byte(d.program + "\x00" + strings.Join(slices.Concat(d.args, d.env), "\x00")))
	return hex.EncodeToString(sum[:8])
}

// startTime is field 22 of /proc/PID/stat; "" if there is no such process or
// it is dead and only not yet collected.
func startTime(pid int) string {
	content, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return ""
	}
	// The second field is the program's name in parentheses and may hold spaces.
	_, rest, found := strings.Cut(string(content), ") ")
	if !found {
		return ""
	}
	fields := strings.Fields(rest)
	if len(fields) < 20 || fields[0] == "Z" || fields[0] == "X" {
		return ""
	}
	return fields[19]
}

// start starts a daemon in a session of its own, so that it outlives the lab
// command, with its output in its log.
func (d daemon) start(p place.Paths) error {
	for _, path := range []string{p.Log(d.name), p.PID(d.name)} {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return fmt.Errorf("start %s: %w", d.name, err)
		}
	}
	log, err := os.OpenFile(p.Log(d.name), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o644)
	if err != nil {
		return fmt.Errorf("start %s: %w", d.name, err)
	}
	defer log.Close()
	command := exec.Command(d.program, d.args...)
	command.Stdout, command.Stderr = log, log
	command.Dir = p.State
	command.Env = append(os.Environ(), d.env...)
	command.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := command.Start(); err != nil {
		return fmt.Errorf("start %s: %w", d.name, err)
	}
	pid := command.Process.Pid
	// Collect it if it dies while this command still runs.
	go command.Wait() //nolint:errcheck // its log tells
	record := fmt.Sprintf("%d %s %s\n", pid, startTime(pid), d.digest())
	if err := os.WriteFile(p.PID(d.name), []byte(record), 0o644); err != nil {
		return fmt.Errorf("remember %s: %w", d.name, err)
	}
	return nil
}

// wait waits until the daemon is healthy; it gives up when the process dies.
func (d daemon) wait(ctx context.Context, p place.Paths) error {
	ctx, cancel := context.WithTimeout(ctx, 60*time.Second)
	defer cancel()
	for {
		err := d.healthy(ctx)
		if err == nil {
			return nil
		}
		if running(p, d.name) == 0 {
			return fmt.Errorf("%s stopped; the end of %s:\n%s", d.name, p.Log(d.name), logTail(p.Log(d.name)))
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s does not get ready: %w; the end of %s:\n%s", d.name, err, p.Log(d.name), logTail(p.Log(d.name)))
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// stop ends a daemon: first by request, after its grace by force.
func (d daemon) stop(p place.Paths) error {
	for _, pid := range d.processes(p) {
		if err := end(pid, d.grace); err != nil {
			return fmt.Errorf("stop %s: %w", d.name, err)
		}
	}
	if err := os.Remove(p.PID(d.name)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("forget %s: %w", d.name, err)
	}
	return nil
}

// processes are all that run the daemon for this lab, also those whose process
// file is lost: each names a file of the lab's state in its arguments, or was
// given one by its environment.
func (d daemon) processes(p place.Paths) []int {
	ours := func(text string) bool { return strings.Contains(text, p.State+"/") }
	pids := find(func(args []string) bool {
		return args[0] == d.program && (len(d.env) > 0 || slices.ContainsFunc(args, ours))
	})
	if len(d.env) == 0 {
		return pids
	}
	return slices.DeleteFunc(pids, func(pid int) bool {
		environment, err := os.ReadFile(fmt.Sprintf("/proc/%d/environ", pid))
		return err != nil || !ours(string(environment))
	})
}

// find gives the processes with arguments that match.
func find(match func(args []string) bool) []int {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return nil
	}
	var found []int
	for _, entry := range entries {
		pid, err := strconv.Atoi(entry.Name())
		if err != nil {
			continue
		}
		line, err := os.ReadFile(filepath.Join("/proc", entry.Name(), "cmdline"))
		if err == nil && len(line) > 0 && match(strings.Split(strings.TrimRight(string(line), "\x00"), "\x00")) {
			found = append(found, pid)
		}
	}
	return found
}

func end(pid int, grace time.Duration) error {
	born := startTime(pid)
	gone := func(within time.Duration) bool {
		for deadline := time.Now().Add(within); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
			if startTime(pid) != born || born == "" {
				return true
			}
		}
		return false
	}
	if err := syscall.Kill(pid, syscall.SIGTERM); err != nil && !errors.Is(err, syscall.ESRCH) {
		return err
	}
	if gone(grace) {
		return nil
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
		return err
	}
	if !gone(5 * time.Second) {
		return fmt.Errorf("process %d does not end", pid)
	}
	return nil
}

func logTail(path string) string {
	content, err := os.ReadFile(path)
	if err != nil {
		return err.Error()
	}
	lines := strings.Split(strings.TrimSpace(string(content)), "\n")
	return "    " + strings.Join(lines[max(0, len(lines)-8):], "\n    ")
}
