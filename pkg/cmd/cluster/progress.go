package cluster

import (
	"fmt"
	"strings"
	"time"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cmd/options"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/output"
)

// quietFor is how long a scan may take before it says how far it is.
const quietFor = time.Second

// Progress shows on a terminal's stderr how far a long scan is; nothing in a
// pipe, nothing for a short scan. end clears the line.
func Progress(root *options.Root) (tell func(done, total int, report *v1.DriftReport), end func()) {
	w := root.Streams.ErrOut
	if !options.IsTerminal(w) || root.Verbosity > 0 {
		return nil, func() {}
	}
	start := time.Now()
	shown := false
	tell = func(done, total int, report *v1.DriftReport) {
		took := time.Since(start)
		if took < quietFor {
			return
		}
		shown = true
		line := fmt.Sprintf("%d of %d servers read, %.0f a second, last %s", done, total, float64(done)/took.Seconds(), output.Escape(report.Instance.Pod))
		if width := options.Width(w); width > 0 && len(line) > width-1 {
			line = line[:max(width-1, 0)]
		}
		fmt.Fprintf(w, "\r%s\r%s", strings.Repeat(" ", max(options.Width(w)-1, 0)), line)
	}
	end = func() {
		if shown {
			fmt.Fprintf(w, "\r%s\r", strings.Repeat(" ", max(options.Width(w)-1, 0)))
		}
	}
	return tell, end
}

// ExitCode is what a list means for a script: nothing read whole is never clean.
func ExitCode(s v1.Summary) int {
	switch {
	case s.Incomplete:
		return options.ExitIncomplete
	case s.Drift > 0:
		return options.ExitDrift
	}
	return options.ExitOK
}
