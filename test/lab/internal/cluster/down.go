package cluster

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/mysqldrift/kubectl-mysqldrift/test/lab/internal/place"
	"github.com/mysqldrift/kubectl-mysqldrift/test/lab/internal/progress"
)

// Down stops the lab and removes all that it made on the machine: processes,
// mounts, network, cgroups and the cluster's data. The cache and containerd's
// unpacked images stay. It works on whatever is left of a lab.
func Down(ctx context.Context, log *progress.Log, p place.Paths) error {
	var problems []error
	note := func(err error) {
		if err != nil {
			problems = append(problems, err)
		}
	}
	// The kubelet first: it would start again what is stopped.
	note(kubelet(p).stop(p))
	if running(p, "containerd") != 0 {
		if err := cleanSandboxes(ctx, p); err != nil {
			log.Say("pods do not go in an orderly way (%v): ending them by force", err)
		}
	}
	all := append(components(p), toolDaemons(p)...)
	slices.Reverse(all)
	for _, d := range all {
		note(d.stop(p))
	}
	note(removeStale(p))
	note(removeNetwork(ctx, p.State))
	note(removeCgroups())
	for _, name := range []string{"etcd", "kubelet", "kubelet-pki", "pki", "config", "pids", "logs", "pod-logs", "volume-plugins", "cni", "kubectl-cache", "flux", "argocd"} {
		note(os.RemoveAll(filepath.Join(p.State, name)))
	}
	for _, u := range users {
		if err := os.Remove(p.Kubeconfig(u.name)); !errors.Is(err, fs.ErrNotExist) {
			note(err)
		}
	}
	note(os.RemoveAll(p.Run))
	return errors.Join(problems...)
}

// Purge deletes what Down leaves: unpacked images and the cache.
func Purge(p place.Paths) error {
	return errors.Join(os.RemoveAll(p.State), os.RemoveAll(p.Cache))
}

func cleanSandboxes(ctx context.Context, p place.Paths) error {
	ctx, cancel := context.WithTimeout(ctx, 45*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, p.Bin("labkube"), "cri-clean", "unix://"+p.ContainerdSocket()).CombinedOutput()
	if err != nil {
		return fmt.Errorf("remove pods: %w: %s", err, strings.TrimSpace(string(out)))
	}
	return nil
}

// removeStale ends what a containerd that is gone has left: shims with their
// containers, and mounts under the lab's folders.
func removeStale(p place.Paths) error {
	for _, shim := range shims(p) {
		for _, child := range children(shim) {
			syscall.Kill(child, syscall.SIGKILL) //nolint:errcheck // it may be gone already
		}
		if err := end(shim, time.Second); err != nil {
			return fmt.Errorf("end the container shim %d: %w", shim, err)
		}
	}
	return unmountBelow(p.State, p.Run)
}

// shims are the processes that hold containers of the lab's containerd.
func shims(p place.Paths) []int {
	return find(func(args []string) bool {
		return strings.HasPrefix(filepath.Base(args[0]), "containerd-shim") && slices.Contains(args, p.ContainerdSocket())
	})
}

func children(pid int) []int {
	content, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", pid, pid))
	if err != nil {
		return nil
	}
	var all []int
	for _, field := range strings.Fields(string(content)) {
		if child, err := strconv.Atoi(field); err == nil {
			all = append(all, child)
		}
	}
	return all
}

// unmountBelow unmounts everything under the given folders, the deepest first.
func unmountBelow(folders ...string) error {
	file, err := os.Open("/proc/self/mountinfo")
	if err != nil {
		return fmt.Errorf("list mounts: %w", err)
	}
	defer file.Close()
	var points []string
	for scanner := bufio.NewScanner(file); scanner.Scan(); {
		fields := strings.Fields(scanner.Text())
		if len(fields) < 5 {
			continue
		}
		point := strings.NewReplacer(`\040`, " ", `\134`, `\`).Replace(fields[4])
		for _, folder := range folders {
			if strings.HasPrefix(point, folder+"/") {
				points = append(points, point)
			}
		}
	}
	slices.Reverse(points)
	for _, point := range points {
		if err := syscall.Unmount(point, syscall.MNT_DETACH); err != nil &&
			!errors.Is(err, syscall.EINVAL) && !errors.Is(err, syscall.ENOENT) {
			return fmt.Errorf("unmount %s: %w", point, err)
		}
	}
	return nil
}

// removeCgroups removes the kubelet's cgroups, which by now hold nobody. A
// group that does hold somebody belongs to another kubelet and stays.
func removeCgroups() error {
	roots, err := filepath.Glob("/sys/fs/cgroup/*/kubepods")
	if err != nil {
		return err
	}
	for _, root := range append(roots, "/sys/fs/cgroup/kubepods") {
		var groups []string
		err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
			if err == nil && entry.IsDir() {
				groups = append(groups, path)
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("list cgroups: %w", err)
		}
		slices.Reverse(groups)
		for _, group := range groups {
			os.Remove(group) //nolint:errcheck // it is not ours if it is in use
		}
	}
	return nil
}
