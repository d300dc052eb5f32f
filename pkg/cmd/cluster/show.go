package cluster

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"time"

	"github.com/spf13/pflag"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cmd/options"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/output"
)

// Show makes reports and writes them, once or again and again.
type Show struct {
	Root *options.Root
	// Text is whether Write's output is for people: a terminal may be redrawn.
	Text bool
	// Make makes the reports, by a scan or from files.
	Make func(ctx context.Context) (*v1.DriftReportList, error)
	// Write writes them without their errors.
	Write func(w io.Writer, list *v1.DriftReportList) error
	// Page is written too, if it names a file.
	Page Page
	// Where says where was looked, for the case that nothing is there.
	Where string
}

// Watch is --watch and its interval.
type Watch struct {
	On       bool
	Interval time.Duration
	// Usage says what the verb watches; "" for a scan that is done again.
	Usage string
}

// AddFlags binds the flags to a verb.
func (w *Watch) AddFlags(flags *pflag.FlagSet) {
	if w.Interval == 0 {
		w.Interval = 10 * time.Second
	}
	if w.Usage == "" {
		w.Usage = "Scan again and again until interrupted"
	}
	flags.BoolVarP(&w.On, "watch", "w", false, w.Usage+"; JSON is written as a stream of lists")
	flags.DurationVar(&w.Interval, "interval", w.Interval, "With --watch, the time between two scans")
}

// Validate checks the flags before anything is read.
func (w *Watch) Validate() error {
	if w.On && w.Interval < time.Second {
		return options.Usagef("--interval %s: want at least 1s", w.Interval)
	}
	return nil
}

// Once writes one list, what could not be read on stderr, and returns what the
// list means as an exit code.
func (s Show) Once(ctx context.Context) error {
	list, err := s.Make(ctx)
	if err != nil {
		return err
	}
	if err := s.write(s.Root.Streams.Out, list); err != nil {
		return err
	}
	s.remarks(s.Root.Streams.ErrOut, list)
	return options.Exit(ExitCode(list.Summary))
}

// remarks are what could not be read, or that there is nothing to read.
func (s Show) remarks(w io.Writer, list *v1.DriftReportList) {
	output.Errors(w, list)
	if list.Summary.Instances == 0 && !list.Summary.Incomplete {
		SayNothing(w, s.Where)
	}
}

// write writes the usual output and the page.
func (s Show) write(w io.Writer, list *v1.DriftReportList) error {
	if !s.Page.Alone() {
		if err := s.Write(w, list); err != nil {
			return err
		}
	}
	return s.Page.write(s.Root, list)
}

// Again writes a list after each interval until the context ends. On a terminal
// a screen, errors and all, is written at once over the old one, so that nothing
// flickers. The last whole scan's exit code stands.
func (s Show) Again(ctx context.Context, interval time.Duration) error {
	out := s.Root.Streams.Out
	redraw := s.Text && !s.Page.Alone() && options.Redraws(out)
	drawn := false
	end := func(code int) error {
		if redraw && drawn { // the prompt comes below the screen
			fmt.Fprintln(out)
		}
		return options.Exit(code)
	}
	code := options.ExitOK
	for {
		list, err := s.Make(ctx)
		if err != nil {
			return err
		}
		if ctx.Err() != nil {
			return end(code)
		}
		code = ExitCode(list.Summary)
		if redraw {
			drawn, err = true, s.redraw(list, interval)
		} else if err = s.write(out, list); err == nil {
			s.remarks(s.Root.Streams.ErrOut, list)
		}
		if err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return end(code)
		case <-time.After(interval):
		}
	}
}

func (s Show) redraw(list *v1.DriftReportList, interval time.Duration) error {
	var screen bytes.Buffer
	if err := s.write(&screen, list); err != nil {
		return err
	}
	s.remarks(&screen, list)
	foot := fmt.Sprintf("\nEvery %s: %s", interval, time.Now().Format(time.TimeOnly))
	out := s.Root.Streams.Out
	_, err := out.Write(frame(screen.Bytes(), foot, options.Width(out), options.Height(out)))
	return err
}

// frame is what writes a screen from the top left: it clears the rest of each
// line and what is below, and leaves out what does not fit, since a terminal
// would scroll. A line that is wider than the terminal takes several of its rows.
func frame(screen []byte, foot string, width, height int) []byte {
	const home, clearLine, clearBelow = "\x1b[H", "\x1b[K\n", "\x1b[K\x1b[J"
	const footLines = 2
	lines := bytes.Split(bytes.TrimRight(screen, "\n"), []byte("\n"))
	if fit := fitting(lines, width, height-footLines); height > 0 && fit < len(lines) {
		fit = fitting(lines, width, height-footLines-1)
		more := fmt.Sprintf("… %d more lines", len(lines)-fit)
		lines = append(lines[:fit:fit], []byte(more))
	}
	var b bytes.Buffer
	b.WriteString(home)
	for _, line := range lines {
		b.Write(line)
		b.WriteString(clearLine)
	}
	b.Write(bytes.ReplaceAll([]byte(foot), []byte("\n"), []byte(clearLine)))
	b.WriteString(clearBelow)
	return b.Bytes()
}

// fitting is how many lines fit into so many rows of a terminal.
func fitting(lines [][]byte, width, rows int) int {
	for i, line := range lines {
		if rows -= output.Rows(string(line), width); rows < 0 {
			return i
		}
	}
	return len(lines)
}
