package cluster

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cmd/options"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/output"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/scan"
)

const (
	// quietFor is how long a scan may take before it says how far it is.
	quietFor = time.Second
	// redrawn is how often the line is written anew: a server that hangs reports nothing.
	redrawn = 250 * time.Millisecond
	// slowFrom is how long a server may take before it is named.
	slowFrom = time.Second
)

// Meter shows on a terminal's stderr how far scans are: how many servers were
// read, how fast, and which has taken longest. Nothing in a pipe or on a dumb
// terminal, nothing for a short scan.
type Meter struct {
	w     io.Writer // nil shows nothing
	width int
	start time.Time
	stop  chan struct{}
	ended sync.WaitGroup

	mu      sync.Mutex
	done    int
	totals  []int // of each scan
	reading map[string]time.Time
	shown   bool
}

// NewMeter starts a meter; End stops it.
func NewMeter(root *options.Root) *Meter {
	m := &Meter{start: time.Now(), stop: make(chan struct{}), reading: map[string]time.Time{}}
	w := root.Streams.ErrOut
	if !options.Redraws(w) || root.Verbosity > 0 {
		return m
	}
	m.w, m.width = w, options.Width(w)
	m.ended.Go(m.redraw)
	return m
}

// Follow makes a scan tell the meter.
func (m *Meter) Follow(config *scan.Config) {
	if m.w == nil {
		return
	}
	m.mu.Lock()
	n := len(m.totals)
	m.totals = append(m.totals, 0)
	m.mu.Unlock()
	name := func(in v1.Instance) string { return strings.Join([]string{in.Context, in.Namespace, in.Pod}, "/") }
	config.Started = func(in v1.Instance, total int) {
		m.mu.Lock()
		defer m.mu.Unlock()
		m.totals[n] = total
		m.reading[name(in)] = time.Now()
	}
	config.Progress = func(_, _ int, report *v1.DriftReport) {
		m.mu.Lock()
		defer m.mu.Unlock()
		m.done++
		delete(m.reading, name(report.Instance))
	}
}

// Progress is a meter of one scan, for verbs that read one cluster.
func Progress(root *options.Root, config *scan.Config) (end func()) {
	m := NewMeter(root)
	m.Follow(config)
	return m.End
}

func (m *Meter) redraw() {
	tick := time.NewTicker(redrawn)
	defer tick.Stop()
	for {
		select {
		case <-m.stop:
			return
		case now := <-tick.C:
			m.mu.Lock()
			if line := m.line(now); line != "" {
				m.shown = true
				fmt.Fprintf(m.w, "\r%-*s", max(m.width-1, 0), line)
			}
			m.mu.Unlock()
		}
	}
}

// line is what is shown at a time; "" for nothing.
func (m *Meter) line(now time.Time) string {
	took := now.Sub(m.start)
	total := 0
	for _, n := range m.totals {
		total += n
	}
	if took < quietFor || total == 0 {
		return ""
	}
	line := fmt.Sprintf("%d of %d servers read, %.1f a second", m.done, total, float64(m.done)/took.Seconds())
	slowest, since := "", now.Add(-slowFrom)
	for name, began := range m.reading {
		if began.Before(since) || began.Equal(since) && name < slowest {
			slowest, since = name, began
		}
	}
	if slowest != "" {
		line += fmt.Sprintf(", slowest %s (%.0fs)", output.Escape(slowest[strings.LastIndex(slowest, "/")+1:]), now.Sub(since).Seconds())
	}
	if runes := []rune(line); m.width > 0 && len(runes) > m.width-1 {
		line = string(runes[:max(m.width-1, 0)])
	}
	return line
}

// Above writes something where the meter's line is; the line goes on below.
func (m *Meter) Above(write func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.clear()
	write()
}

// End stops the meter and clears its line.
func (m *Meter) End() {
	close(m.stop)
	m.ended.Wait()
	m.clear()
}

func (m *Meter) clear() {
	if m.shown {
		fmt.Fprintf(m.w, "\r%s\r", strings.Repeat(" ", max(m.width-1, 0)))
	}
	m.shown = false
}
