package cluster

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// PodFile is one file as it is in a container.
type PodFile struct {
	Data    []byte
	Mode    fs.FileMode
	ModTime time.Time
}

// maxPodFile is the size up to which a file is read: no option file is larger.
const maxPodFile = 1 << 20

// PodFiles reads files in one container by exec, many in one run, and keeps
// them: asking again for the same costs nothing.
type PodFiles struct {
	run runner

	mu    sync.Mutex
	asked map[string]bool
	files map[string]PodFile
	argv  []string
	err   error
}

// Files reads files in the server's container of an instance.
func (c *Connector) Files(inst *Instance) *PodFiles {
	return newPodFiles(func(ctx context.Context, cmd []string, stdin io.Reader, stdout, stderr io.Writer) error {
		return c.stream(ctx, inst.Namespace, inst.Pod, inst.Recognition.Container, cmd, stdin, stdout, stderr)
	})
}

func newPodFiles(run runner) *PodFiles {
	return &PodFiles{run: run, asked: map[string]bool{}, files: map[string]PodFile{}}
}

// Read reads files by absolute path; one that ends in "/" means every regular
// file of that directory. What does not exist, may not be read or is larger than
// 1 MiB is left out of the answer.
func (p *PodFiles) Read(ctx context.Context, paths []string) (map[string]PodFile, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	var missing []string
	for _, name := range paths {
		if !p.asked[name] && !strings.ContainsAny(name, "\n\r") {
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 {
		if err := p.fetch(ctx, missing); err != nil {
			p.err = err
			return nil, err
		}
	}
	out := map[string]PodFile{}
	for name, file := range p.files {
		if slices.Contains(paths, name) || slices.Contains(paths, path.Dir(name)+"/") {
			out[name] = file
		}
	}
	return out, nil
}

// CommandLine is the server's command line as the kernel has it, nil if no
// server's process is seen. It is known after the first Read.
func (p *PodFiles) CommandLine() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.argv
}

// Err is the last error of Read: why files in the pod are not known.
func (p *PodFiles) Err() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.err
}

// filesScript prints each file behind a line that no file can hold, because it
// has a nonce: "--NONCE F SIZE MTIME MODE PATH". "P" is the server's process.
const filesScript = `IFS= read -r nonce; IFS= read -r most
show() {
  if [ ! -f "$1" ] || [ ! -r "$1" ]; then return; fi
  s=$(stat -L -c '%s %Y %a' "$1" 2>/dev/null) || s='- - -'
  case ${s%% *} in -) ;; *) if [ "${s%% *}" -gt "$most" ]; then return; fi ;; esac
  printf '\n--%s F %s %s\n' "$nonce" "$s" "$1"
  cat "$1" 2>/dev/null
}
while IFS= read -r name; do
  case $name in
    */) for f in "$name"* "$name".[!.]*; do show "$f"; done ;;
    *) show "$name" ;;
  esac
done
for d in /proc/[0-9]*; do
  IFS= read -r comm 2>/dev/null <"$d/comm" || continue
  case $comm in mysqld|mariadbd|mysqld-debug) printf '\n--%s P\n' "$nonce"; cat "$d/cmdline" 2>/dev/null; break ;; esac
done
printf '\n--%s E\n' "$nonce"
`

func (p *PodFiles) fetch(ctx context.Context, names []string) error {
	nonce := "mysqldrift-" + rand.Text()
	stdin := fmt.Sprintf("%s\n%d\n%s\n", nonce, maxPodFile, strings.Join(names, "\n"))
	var stdout, stderr bytes.Buffer
	if err := p.run(ctx, []string{"sh", "-c", filesScript}, strings.NewReader(stdin), &stdout, &stderr); err != nil {
		return fmt.Errorf("read option files: %w", err)
	}
	parts := bytes.Split(stdout.Bytes(), []byte("\n--"+nonce+" "))
	if string(bytes.TrimSpace(parts[len(parts)-1])) != "E" {
		return fmt.Errorf("read option files: %w", io.ErrUnexpectedEOF)
	}
	for _, part := range parts[1 : len(parts)-1] {
		head, data, _ := bytes.Cut(part, []byte("\n"))
		if string(head) == "P" {
			p.argv = strings.Split(strings.TrimRight(string(data), "\x00"), "\x00")
			continue
		}
		fields := strings.SplitN(string(head), " ", 5)
		if len(fields) == 5 && fields[0] == "F" {
			p.files[fields[4]] = podFile(fields[1:4], data)
		}
	}
	for _, name := range names {
		p.asked[name] = true
	}
	return nil
}

// podFile makes a file of what stat said, "-" where the image has no stat.
func podFile(stat []string, data []byte) PodFile {
	file := PodFile{Data: data, Mode: 0o644}
	if seconds, err := strconv.ParseInt(stat[1], 10, 64); err == nil {
		file.ModTime = time.Unix(seconds, 0).UTC()
	}
	if mode, err := strconv.ParseUint(stat[2], 8, 32); err == nil {
		file.Mode = fs.FileMode(mode & 0o777)
	}
	return file
}
