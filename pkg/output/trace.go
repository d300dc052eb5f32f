package output

import (
	"fmt"
	"io"
	"strings"
	"time"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
)

// TraceOptions is what `trace` may show besides the chain.
type TraceOptions struct {
	Style
	// Wide shows revisions in full and findings with their evidence.
	Wide bool
}

// Trace writes each chain as a table, source first, and whether it has arrived.
func Trace(w io.Writer, list *v1.TraceReportList, opts TraceOptions) error {
	if opts.Wide {
		opts.Width = 0
	}
	cut := false
	for i, r := range list.Items {
		if i > 0 {
			fmt.Fprintln(w)
		}
		if !opts.NoHeaders {
			fmt.Fprintln(w, strong.apply(opts.Color, Escape(chainName(r))))
		}
		t := hops(r.Hops, opts.Wide)
		if err := t.render(w, opts.Style, ""); err != nil {
			return err
		}
		cut = cut || t.cut
		if !opts.NoHeaders {
			traceVerdict(w, r, opts.Style)
		}
		for _, f := range r.Findings {
			fmt.Fprintf(w, "  %s: %s\n", Escape(string(f.Class)), Escape(f.Message))
			Edits(w, f.Edits, opts.Style, "    ")
			if opts.Wide {
				for _, e := range f.Evidence {
					fmt.Fprintf(w, "    - %s\n", evidenceText(e))
				}
			}
		}
	}
	if cut && !opts.NoHeaders {
		fmt.Fprintln(w, cutHint)
	}
	return nil
}

func chainName(r v1.TraceReport) string {
	name := r.Namespace + "/" + r.Workload
	if r.Source != "" {
		name += " from " + r.Source
	}
	return name
}

func hops(list []v1.TraceHop, wide bool) *table {
	t := &table{
		headers:  []string{"HOP", "STATE", "REVISION", "TIME", "LAG", "OBJECT", "WHY"},
		flexible: []flexible{{5, true}, {6, false}},
		rigid:    []string{"HOP", "STATE", "TIME"}, spare: []string{"LAG", "TIME", "REVISION"},
	}
	broken := false
	for _, h := range list {
		state, p := h.State, statePaintOfHop(h)
		if h.State == "behind" && !broken {
			state, broken = "behind ◄──", true
		}
		why := h.Why
		if h.NotAvailable != "" {
			why = h.NotAvailable
		}
		revision := h.Revision
		if !wide {
			revision = shortRevision(revision)
		}
		t.rows = append(t.rows, []cell{{text: h.Hop, paint: strong}, {text: state, paint: p}, {text: or(revision)}, {text: or(stamp(h.When))},
			{text: or(lag(h))}, {text: or(h.Object)}, {text: why, paint: notKnown(h)}})
	}
	return t
}

func notKnown(h v1.TraceHop) paint {
	if h.NotAvailable != "" {
		return faint
	}
	return plain
}

func statePaintOfHop(h v1.TraceHop) paint {
	switch h.State {
	case "ok":
		return good
	case "behind":
		return bad
	case "waiting":
		return warn
	}
	return faint
}

// shortRevision cuts the hashes in a revision: "main@sha1:9f1c0aa19f1c".
func shortRevision(s string) string {
	start := strings.LastIndexAny(s, ":/@") + 1
	if hash := s[start:]; len(hash) >= 40 {
		return s[:start] + hash[:12]
	}
	return s
}

func lag(h v1.TraceHop) string {
	if h.LagSeconds == nil {
		return ""
	}
	return (time.Duration(*h.LagSeconds) * time.Second).String()
}

func traceVerdict(w io.Writer, r v1.TraceReport, style Style) {
	what := or(r.Head)
	switch {
	case r.Arrived:
		fmt.Fprintf(w, "%s %s runs in every pod.\n", good.apply(style.Color, "Arrived:"), Escape(what))
	case r.Blocked != "":
		fmt.Fprintf(w, "%s %s does not arrive by itself: %s.\n", bad.apply(style.Color, "Broken:"), Escape(what), Escape(strings.TrimSuffix(r.Blocked, ".")))
	default:
		fmt.Fprintf(w, "%s %s has not arrived in every pod.\n", warn.apply(style.Color, "On its way:"), Escape(what))
	}
}

// TraceStep writes one progress line of a chain that is followed.
func TraceStep(w io.Writer, now time.Time, r *v1.TraceReport, h v1.TraceHop, style Style) {
	why := h.Why
	if h.NotAvailable != "" {
		why = h.NotAvailable
	}
	parts := []string{now.UTC().Format(time.RFC3339), Escape(r.Namespace + "/" + r.Workload), fmt.Sprintf("%-9s", Escape(h.Hop)),
		statePaintOfHop(h).apply(style.Color, fmt.Sprintf("%-7s", h.State))}
	for _, s := range []string{shortRevision(h.Revision), h.Object} {
		if s != "" {
			parts = append(parts, Escape(s))
		}
	}
	line := strings.Join(parts, "  ")
	if why != "" {
		line += ": " + Escape(why)
	}
	fmt.Fprintln(w, strings.TrimRight(line, " "))
}

// TraceVerdicts writes where each chain ended.
func TraceVerdicts(w io.Writer, list *v1.TraceReportList, style Style) {
	for _, r := range list.Items {
		traceVerdict(w, r, style)
	}
}

// Edits writes an edit script, a line an edit: "~ 3:1 → 2:1 [mysqld] x: 1 → 2".
func Edits(w io.Writer, edits []v1.Edit, style Style, indent string) {
	for _, e := range edits {
		line, p := "", plain
		switch e.Op {
		case "add":
			line, p = fmt.Sprintf("+ %s %s: %s", position(e.Is), e.Path, e.After), good
		case "remove":
			line, p = fmt.Sprintf("- %s %s: %s", position(e.Was), e.Path, e.Before), bad
		case "rename":
			line, p = fmt.Sprintf("> %s → %s %s: %s renamed to %s", position(e.Was), position(e.Is), e.Path, e.Before, e.After), warn
		default:
			line, p = fmt.Sprintf("~ %s → %s %s: %s → %s", position(e.Was), position(e.Is), e.Path, e.Before, e.After), warn
		}
		fmt.Fprintln(w, indent+p.apply(style.Color, Escape(line)))
	}
}

func position(p v1.Position) string { return fmt.Sprintf("%d:%d", p.Line, p.Column) }
