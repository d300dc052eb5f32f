package output

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/duration"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
)

// StatusOptions is what `status` may show besides the usual columns.
type StatusOptions struct {
	Style
	Wide       bool
	ShowLabels bool
	Now        time.Time // ages are counted to it
	// Begun is a table whose rows are not written again; nil for none.
	Begun *StatusBegun
}

// StatusBegun is the part of a table that was written while servers that do not answer
// were awaited.
type StatusBegun struct {
	columns []int
	shown   map[shownRow]bool
	cut     bool
}

// shownRow is what a row said. What comes later may change it: a replica is judged by
// its peers.
type shownRow struct{ namespace, pod, container, state, role, drift string }

func rowOf(r v1.DriftReport) shownRow {
	in := r.Instance
	return shownRow{in.Namespace, in.Pod, in.Container, string(r.State), in.Role, countBySeverity(r)}
}

// BeginStatus writes the header and a row for each report that is done. Status goes on
// with the others below them.
func BeginStatus(w io.Writer, done []v1.DriftReport, awaited []v1.Instance, opts StatusOptions) (*StatusBegun, error) {
	if opts.Wide {
		opts.Width = 0
	}
	items := slices.Clone(done)
	for _, in := range awaited { // as what they most likely will be
		items = append(items, v1.DriftReport{Instance: in, State: v1.StateUnreachable})
	}
	t := statusTable(items, opts)
	t.first = len(done)
	if err := t.render(w, opts.Style, ""); err != nil {
		return nil, err
	}
	begun := &StatusBegun{columns: t.after, shown: map[shownRow]bool{}, cut: t.cut}
	for _, r := range done {
		begun.shown[rowOf(r)] = true
	}
	return begun, nil
}

// Status writes a row an instance and a footer with the totals.
func Status(w io.Writer, list *v1.DriftReportList, opts StatusOptions) error {
	if len(list.Items) > 0 {
		if opts.Wide {
			opts.Width = 0
		}
		t := statusTable(list.Items, opts)
		style := opts.Style
		if b := opts.Begun; b != nil {
			rest := slices.DeleteFunc(slices.Clone(list.Items), func(r v1.DriftReport) bool { return b.shown[rowOf(r)] })
			t = statusTable(rest, opts)
			t.after, t.cut, style.NoHeaders = b.columns, b.cut, true
		}
		if err := t.render(w, style, ""); err != nil {
			return err
		}
		if t.cut && !opts.NoHeaders {
			defer fmt.Fprintln(w, cutHint)
		}
	}
	if opts.NoHeaders || nothing(list.Summary) {
		return nil
	}
	if len(list.Items) > 0 {
		fmt.Fprintln(w)
	}
	fmt.Fprintln(w, Totals(list.Summary))
	if n := invalid(list.Items); n > 0 {
		fmt.Fprintf(w, "%s that a server does not take as %s written (Invalid): diff shows %s.\n", count(n, "line", "lines"), isAre(n), itThem(n))
	}
	return nil
}

// invalid counts what a server will not take at its next start, or not as it is
// meant, and what is no drift yet.
func invalid(items []v1.DriftReport) int {
	n := 0
	for _, r := range items {
		for _, f := range r.Findings {
			if f.Class == v1.Invalid && !f.Drift && f.Ignored == nil && f.Severity != v1.Info {
				n++
			}
		}
	}
	return n
}

func itThem(n int) string {
	if n == 1 {
		return "it"
	}
	return "them"
}

func statusTable(items []v1.DriftReport, opts StatusOptions) *table {
	contexts := slices.ContainsFunc(items, func(r v1.DriftReport) bool { return r.Instance.Context != "" })
	t := &table{rigid: []string{"STATE", "P0/P1/P2"}, spare: []string{"LAST-CHANGE", "SERVER", "ROLE", "GOVERNED-BY", "NAMESPACE", "CONTEXT"}}
	if contexts {
		t.headers = append(t.headers, "CONTEXT")
	}
	t.headers = append(t.headers, "NAMESPACE", "WORKLOAD", "POD", "ROLE", "SERVER", "GOVERNED-BY", "STATE", "P0/P1/P2", "LAST-CHANGE")
	t.flexible = []flexible{{column: len(t.headers) - 4, keepEnd: true}}
	if opts.Wide {
		t.headers = append(t.headers, "NODE", "IMAGE", "RECOGNISED-BY", "VIA", "ON-CHANGE")
		n := len(t.headers)
		t.flexible = append(t.flexible, flexible{n - 4, true}, flexible{n - 3, false}, flexible{n - 1, false})
	}
	if opts.ShowLabels {
		t.headers = append(t.headers, "LABELS")
		t.flexible = append(t.flexible, flexible{len(t.headers) - 1, false})
	}
	for _, r := range items {
		var row []cell
		if contexts {
			row = append(row, cell{text: or(r.Instance.Context)})
		}
		row = append(row, statusRow(r, opts)...)
		t.rows = append(t.rows, row)
	}
	return t
}

func statusRow(r v1.DriftReport, opts StatusOptions) []cell {
	in := r.Instance
	drift := cell{text: countBySeverity(r)}
	if drift.text == "0/0/0" {
		drift.paint = faint
	}
	row := []cell{
		{text: or(in.Namespace)}, {text: or(in.Workload)}, {text: or(in.Pod)},
		{text: or(in.Role)}, {text: server(in)},
		{text: governedBy(r.GovernedBy, opts.Wide)},
		{text: string(r.State), paint: statePaint(r.State)},
		drift,
		{text: age(r.LastChange, opts.Now)},
	}
	if opts.Wide {
		row = append(row, cell{text: or(in.Node)}, cell{text: or(in.Image)}, cell{text: or(in.RecognisedBy)},
			cell{text: or(in.Via)}, cell{text: onChange(r.GovernedBy)})
	}
	if opts.ShowLabels {
		row = append(row, cell{text: labels(in.Labels)})
	}
	return row
}

func server(in v1.Instance) string {
	return or(strings.TrimSpace(in.Server + " " + in.Version))
}

// governedBy names the sources in reading order, each once. Without wide the
// first and how many more there are.
func governedBy(files []v1.GoverningFile, wide bool) string {
	var sources []string
	for _, f := range files {
		if f.Source != "" && f.Source != "image" && !slices.Contains(sources, f.Source) {
			sources = append(sources, f.Source)
		}
	}
	switch {
	case len(sources) == 0:
		return "<none>"
	case wide || len(sources) == 1:
		return strings.Join(sources, ",")
	}
	return fmt.Sprintf("%s +%d", sources[0], len(sources)-1)
}

func onChange(files []v1.GoverningFile) string {
	var all []string
	for _, f := range files {
		if f.OnChange != "" && !slices.Contains(all, f.OnChange) {
			all = append(all, f.OnChange)
		}
	}
	return or(strings.Join(all, "; "))
}

func countBySeverity(r v1.DriftReport) string {
	if r.ObservedAt == nil && len(r.Errors) > 0 && !slices.ContainsFunc(r.Findings, func(f v1.Finding) bool { return f.Drift }) {
		return "-" // nothing was read: zero would look like a clean bill
	}
	var s v1.Severities
	for _, f := range r.Findings {
		s.Count(f)
	}
	return fmt.Sprintf("%d/%d/%d", s.P0, s.P1, s.P2)
}

func age(t *metav1.Time, now time.Time) string {
	if t == nil || t.IsZero() {
		return "<none>"
	}
	return duration.HumanDuration(now.Sub(t.Time)) + " ago"
}

func labels(m map[string]string) string {
	pairs := make([]string, 0, len(m))
	for k, v := range m {
		pairs = append(pairs, k+"="+v)
	}
	slices.Sort(pairs)
	return or(strings.Join(pairs, ","))
}

func or(s string) string {
	if s == "" {
		return "<none>"
	}
	return s
}

// nothing: there is no server. To say so is for stderr, as with kubectl get.
func nothing(s v1.Summary) bool { return s.Instances == 0 && !s.Incomplete }

// Totals is a summary in one line.
func Totals(s v1.Summary) string {
	if s.Instances == 0 && s.Incomplete {
		return "Nothing could be read. The result is incomplete."
	}
	if s.Instances == 0 {
		return "No MySQL or MariaDB servers found."
	}
	b := fmt.Sprintf("%s: %d in sync, %d drifted", count(s.Instances, "instance", "instances"), s.InSync, s.Drifted)
	if rest := s.Instances - s.InSync - s.Drifted - s.Unread; rest > 0 {
		b += fmt.Sprintf(", %d ungoverned", rest)
	}
	if s.Unread > 0 {
		b += fmt.Sprintf(", %d not read whole", s.Unread)
	}
	b += ". " + count(s.Drift, "drift finding", "drift findings")
	if s.Drift > 0 {
		b += fmt.Sprintf(" (P0 %d, P1 %d, P2 %d", s.P0, s.P1, s.P2)
		if info := s.Drift - s.P0 - s.P1 - s.P2; info > 0 {
			b += fmt.Sprintf(", Info %d", info)
		}
		b += ")"
	}
	b += "."
	if s.Ignored > 0 {
		b += fmt.Sprintf(" %d ignored.", s.Ignored)
	}
	if s.IncludesUnread > 0 {
		b += fmt.Sprintf(" Not compared: what the files of %s declare.", count(s.IncludesUnread, "include", "includes"))
	}
	if s.Incomplete {
		b += " The result is incomplete."
	}
	return b
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
