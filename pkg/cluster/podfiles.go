package cluster

import (
	"context"
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
	begun *podScript // for the first Read
	asked map[string]bool
	files map[string]PodFile
	argv  []string
	err   error
	tails map[string][]byte
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

// Begin starts the first Read before it is known which files it is to read, so
// that the container's process starts meanwhile. It ends with ctx, used or not.
func (p *PodFiles) Begin(ctx context.Context) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.begun = p.start(ctx, fastScript)
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

// processScript prints the server's command line behind the line "--NONCE P", and
// closes the answer with "--NONCE E". Where the pod's containers share their processes,
// the server of this one is in the same control group.
const processScript = `
server=; own=; IFS= read -r own 2>/dev/null </proc/self/cgroup
for d in /proc/[0-9]*; do
  IFS= read -r comm 2>/dev/null <"$d/comm" || continue
  case $comm in mysqld|mariadbd|mysqld-debug) ;; *) continue ;; esac
  server=${server:-$d}; group=; IFS= read -r group 2>/dev/null <"$d/cgroup"
  if [ "$group" = "$own" ]; then server=$d; break; fi
done
if [ -n "$server" ]; then printf '\n--%s P\n' "$nonce"; cat "$server/cmdline" 2>/dev/null; fi
printf '\n--%s E\n' "$nonce"
`

// fastScript starts two processes only and writes at once what it can, which are
// most of what a read costs: it lists the files as "--NONCE S SIZE MTIME MODE PATH", and prints all of them
// behind "--NONCE D", to be cut by their sizes. No file can hold those lines,
// because they have a nonce.
const fastScript = `IFS= read -r nonce; IFS= read -r most
add() { if [ -f "$1" ] && [ -r "$1" ]; then return 0; fi; return 1; }
set --
while IFS= read -r name; do
  case $name in
    */) for f in "$name"* "$name".[!.]*; do if add "$f"; then set -- "$@" "$f"; fi; done ;;
    *) if add "$name"; then set -- "$@" "$name"; fi ;;
  esac
done
if [ $# -gt 0 ]; then
  listed=$(stat -L -c '%s %Y %a %n' "$@" 2>/dev/null) || { printf '\n--%s N\n' "$nonce"; exit 0; }
  set --
  heads=
  while read -r size time mode name; do
    if [ "$size" -le "$most" ]; then
      set -- "$@" "$name"
      heads="$heads
--$nonce S $size $time $mode $name"
    fi
  done <<END
$listed
END
  printf '%s\n--%s D\n' "$heads" "$nonce"
  if [ $# -gt 0 ]; then cat "$@" 2>/dev/null; fi
fi` + processScript

// plainScript prints each file behind a line of its own, "--NONCE F - - - PATH",
// for images without stat and files that change while they are read.
const plainScript = `IFS= read -r nonce; IFS= read -r most
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
done` + processScript

func (p *PodFiles) fetch(ctx context.Context, names []string) error {
	run := p.begun
	if p.begun = nil; run == nil {
		run = p.start(ctx, fastScript)
	}
	parts, err := run.ask(ctx, maxPodFile, names)
	if err != nil {
		return err
	}
	if !p.takeListed(parts) {
		if parts, err = p.start(ctx, plainScript).ask(ctx, maxPodFile, names); err != nil {
			return err
		}
		p.takePlain(parts)
	}
	for _, name := range names {
		p.asked[name] = true
	}
	return nil
}

// takeListed takes the answer of fastScript; false if it has to be asked plainly.
func (p *PodFiles) takeListed(parts []string) bool {
	type listed struct {
		name string
		stat []string
		size int
	}
	var files []listed
	for _, part := range parts {
		kind, rest, _ := strings.Cut(part, " ")
		if kind == "S" {
			fields := strings.SplitN(rest, " ", 4)
			if len(fields) != 4 {
				return false
			}
			size, err := strconv.Atoi(fields[0])
			if err != nil {
				return false
			}
			files = append(files, listed{fields[3], fields[:3], size})
			continue
		}
		head, data, _ := strings.Cut(part, "\n")
		switch head {
		case "N":
			return false
		case "D":
			for _, f := range files {
				if len(data) < f.size {
					return false
				}
				p.files[f.name] = podFile(f.stat, []byte(data[:f.size]))
				data = data[f.size:]
			}
			if data != "" {
				return false
			}
		case "P":
			p.takeProcess(data)
		}
	}
	return true
}

// takePlain takes the answer of plainScript.
func (p *PodFiles) takePlain(parts []string) {
	for _, part := range parts {
		head, data, _ := strings.Cut(part, "\n")
		if head == "P" {
			p.takeProcess(data)
			continue
		}
		fields := strings.SplitN(head, " ", 5)
		if len(fields) == 5 && fields[0] == "F" {
			p.files[fields[4]] = podFile(fields[1:4], []byte(data))
		}
	}
}

func (p *PodFiles) takeProcess(cmdline string) {
	p.argv = strings.Split(strings.TrimRight(cmdline, "\x00"), "\x00")
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
