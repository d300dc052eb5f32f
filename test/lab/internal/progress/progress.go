// Package progress tells a person what the lab is doing, one line a step,
// each with the time since the command began.
package progress

import (
	"fmt"
	"io"
	"sync"
	"time"
)

// Log writes the lines. It is safe for use by several goroutines.
type Log struct {
	mu    sync.Mutex
	out   io.Writer
	begin time.Time
}

// New starts the clock.
func New(out io.Writer) *Log { return &Log{out: out, begin: time.Now()} }

// Say writes one line.
func (l *Log) Say(format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	fmt.Fprintf(l.out, "%6.1fs  %s\n", time.Since(l.begin).Seconds(), fmt.Sprintf(format, args...))
}
