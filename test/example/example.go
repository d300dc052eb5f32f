// Package example runs the commands that stand in ```console blocks of Markdown
// files, and compares what they print with what the file shows. It knows the
// form of such blocks; it must not know the plugin's verbs.
//
// A comment before a block says where it runs: <!-- run: offline -->,
// <!-- run: lab -->, or <!-- run: no, REASON -->. All blocks of a file share a
// folder; the commands of a block share a shell.
package example

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
)

// Block is one ```console block.
type Block struct {
	File string
	Line int    // of its first command, 1-based
	Mode string // offline, lab or no; "" if nothing says
	Why  string // for Mode no
	// Commands in order, each with what it prints on both streams.
	Commands []Command
	start    int // index of the first line within the fences
	end      int // index of the closing fence
}

// Command is a line after "$ " and the output below it.
type Command struct{ Text, Output string }

var mark = regexp.MustCompile(`^<!-- run: (offline|lab|no)(?:, (.*))? -->$`)

// Blocks reads the blocks of a Markdown file.
func Blocks(file string) ([]Block, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	lines := strings.Split(string(data), "\n")
	var blocks []Block
	for i := 0; i < len(lines); i++ {
		if lines[i] != "```console" {
			continue
		}
		b := Block{File: file, Line: i + 2, start: i + 1}
		if i > 0 {
			if m := mark.FindStringSubmatch(lines[i-1]); m != nil {
				b.Mode, b.Why = m[1], m[2]
			}
		}
		for i++; i < len(lines) && lines[i] != "```"; i++ {
			text, isCommand := strings.CutPrefix(lines[i], "$ ")
			switch {
			case isCommand:
				b.Commands = append(b.Commands, Command{Text: text})
			case len(b.Commands) == 0:
				return nil, fmt.Errorf("%s:%d: output before the first command", file, i+1)
			default:
				c := &b.Commands[len(b.Commands)-1]
				c.Output += lines[i] + "\n"
			}
		}
		b.end = i
		blocks = append(blocks, b)
	}
	return blocks, nil
}

const boundary = "\x01next\x01\n"

// Run runs a block's commands in dir and returns what each printed.
func (b Block) Run(dir string, env []string) ([]Command, error) {
	var script strings.Builder
	script.WriteString("status=0\n")
	for _, c := range b.Commands {
		// The mark must not change $?, which the next command may print.
		fmt.Fprintf(&script, "printf '\\001next\\001\\n'; (exit $status)\n%s\nstatus=$?\n", c.Text)
	}
	cmd := exec.Command("sh", "-c", script.String())
	cmd.Dir, cmd.Env = dir, env
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		if _, exited := err.(*exec.ExitError); !exited {
			return nil, fmt.Errorf("%s:%d: %w", b.File, b.Line, err)
		}
	}
	parts := strings.Split(out.String(), boundary)[1:]
	if len(parts) != len(b.Commands) {
		return nil, fmt.Errorf("%s:%d: %d of %d commands ran:\n%s", b.File, b.Line, len(parts), len(b.Commands), out.String())
	}
	got := make([]Command, len(parts))
	for i, p := range parts {
		if p != "" && !strings.HasSuffix(p, "\n") {
			p += "\n"
		}
		got[i] = Command{b.Commands[i].Text, p}
	}
	return got, nil
}

// Rewrite puts what was printed into the file. With several blocks, go from the
// last to the first.
func (b Block) Rewrite(got []Command) error {
	data, err := os.ReadFile(b.File)
	if err != nil {
		return err
	}
	lines := strings.Split(string(data), "\n")
	var inner []string
	for _, c := range got {
		inner = append(inner, "$ "+c.Text)
		if c.Output != "" {
			inner = append(inner, strings.Split(strings.TrimSuffix(c.Output, "\n"), "\n")...)
		}
	}
	out := append(append(append([]string(nil), lines[:b.start]...), inner...), lines[b.end:]...)
	return os.WriteFile(b.File, []byte(strings.Join(out, "\n")), 0o644)
}

// fleeting is what differs from run to run on the same scenario.
var fleeting = []struct {
	find *regexp.Regexp
	put  string
}{
	{regexp.MustCompile(`\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\dZ`), "TIME"},
	{regexp.MustCompile(`\b\d+[smhd](\d+[smh])? ago`), "AGE ago"},
	{regexp.MustCompile(`\b([a-z-]+)-[0-9a-f]{8,10}-[0-9a-z]{5}\b`), "$1-HASH"},
	{regexp.MustCompile(`\b(MySQL|MariaDB) \d+\.\d+(\.\d+)?`), "$1 VERSION"},
	{regexp.MustCompile(`\bv\d+\.\d+\.\d+\b`), "vVERSION"},
	{regexp.MustCompile(`[ ─]{2,}`), " "}, // columns are as wide as their widest cell
	{regexp.MustCompile(` +\n`), "\n"},
}

// Same reports whether two outputs differ only in times, ages, random parts of
// names, patch releases and widths of columns.
func Same(a, b string) bool { return stable(a) == stable(b) }

func stable(s string) string {
	for _, f := range fleeting {
		s = f.find.ReplaceAllString(s, f.put)
	}
	return s
}
