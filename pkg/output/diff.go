package output

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/olekukonko/tablewriter/pkg/twwidth"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
)

// DiffOptions is what `diff` may show besides the drift.
type DiffOptions struct {
	Style
	// Notes shows findings that are no drift: Adjusted, Shadowed, Invalid, …
	Notes bool
	// Wide adds to each finding what it means, its evidence and the remedy.
	Wide bool
}

// Diff writes a heading and a table of findings an instance, then the totals.
func Diff(w io.Writer, list *v1.DriftReportList, opts DiffOptions) error {
	if opts.Wide {
		opts.Width = 0
	}
	var left leftOut
	between := false
	for _, r := range list.Items {
		var b bytes.Buffer
		if err := diffInstance(&b, r, opts, &left); err != nil {
			return err
		}
		if between && b.Len() > 0 {
			fmt.Fprintln(w)
		}
		between = between || b.Len() > 0
		if _, err := b.WriteTo(w); err != nil {
			return err
		}
	}
	if opts.NoHeaders || nothing(list.Summary) {
		return nil
	}
	if len(list.Items) > 0 {
		fmt.Fprintln(w)
	}
	fmt.Fprintln(w, Totals(list.Summary))
	left.tell(w)
	return nil
}

// leftOut is what a text does not show.
type leftOut struct {
	notes, ignored int
	cut            bool // values, to fit the terminal
}

func (l leftOut) tell(w io.Writer) {
	if l.notes > 0 {
		fmt.Fprintf(w, "%s not shown that %s no drift: --show-notes shows them.\n", count(l.notes, "finding", "findings"), isAre(l.notes))
	}
	if l.ignored > 0 {
		fmt.Fprintf(w, "%s not shown: -o wide shows them and why.\n", count(l.ignored, "ignored finding", "ignored findings"))
	}
	if l.cut {
		fmt.Fprintln(w, cutHint)
	}
}

// diffInstance writes one instance and counts what it leaves out.
func diffInstance(w io.Writer, r v1.DriftReport, opts DiffOptions, left *leftOut) error {
	var drift, notes, ignored []v1.Finding
	for _, f := range r.Findings {
		switch {
		// What the next start may fail of is no drift, and nobody's to overlook.
		case f.Drift, f.Class == v1.Invalid && f.Ignored == nil:
			drift = append(drift, f)
		case f.Ignored != nil:
			ignored = append(ignored, f)
		default:
			notes = append(notes, f)
		}
	}
	if !opts.NoHeaders {
		fmt.Fprintln(w, heading(r, opts))
	}
	shown := drift
	if opts.Wide {
		shown = append(shown, ignored...)
	} else {
		left.ignored += len(ignored)
	}
	if opts.Notes {
		shown = append(shown, notes...)
	} else {
		left.notes += len(notes)
	}
	if len(shown) == 0 {
		return nil
	}
	t := findings(shown)
	if err := t.render(w, opts.Style, ""); err != nil {
		return err
	}
	left.cut = left.cut || t.cut
	for _, f := range shown {
		if opts.Wide || f.Class == v1.Invalid || noOption(f.Declared) { // what is wrong with the line stands in no column
			explain(w, f, t, opts)
		}
	}
	return nil
}

func heading(r v1.DriftReport, opts DiffOptions) string {
	name := instanceName(r.Instance)
	if r.Instance.Pod == "" && r.Instance.Workload == "" && len(r.GovernedBy) > 0 {
		name = r.GovernedBy[0].Path // offline: the option file is all there is to name
	}
	var about []string
	for _, s := range []string{strings.TrimSpace(r.Instance.Server + " " + r.Instance.Version), r.Instance.Role} {
		if s != "" {
			about = append(about, Escape(s))
		}
	}
	state := statePaint(r.State).apply(opts.Color, string(r.State))
	text := strong.apply(opts.Color, Escape(name))
	if len(about) > 0 {
		text += " (" + strings.Join(about, ", ") + ")"
	}
	return text + ": " + state
}

// instanceName is CONTEXT/NAMESPACE/POD with the workload, as far as known;
// offline it is the option file's name.
func instanceName(in v1.Instance) string {
	var parts []string
	for _, s := range []string{in.Context, in.Namespace} {
		if s != "" {
			parts = append(parts, s)
		}
	}
	name := strings.Join(append(parts, in.Pod), "/")
	if in.Workload != "" && in.Pod != "" {
		return name + " of " + in.Workload
	}
	if in.Pod == "" {
		return or(in.Workload)
	}
	return name
}

// findings is the table. Between pods nothing is declared: what the others run
// with stands there.
func findings(list []v1.Finding) *table {
	wanted, where := "DECLARED", "WHERE"
	if !slices.ContainsFunc(list, func(f v1.Finding) bool { return f.Class != v1.ReplicaDivergence }) {
		wanted, where = "OTHERS", "OF"
	}
	t := &table{
		headers:  []string{"VARIABLE", wanted, "RUNNING", "CLASS", "HOP", "SEVERITY", where},
		flexible: []flexible{{1, false}, {2, false}, {6, true}},
		rigid:    []string{"CLASS", "SEVERITY"}, spare: []string{"HOP", "SEVERITY", where},
	}
	for _, f := range list {
		t.rows = append(t.rows, []cell{
			{text: f.Variable, paint: strong},
			{text: declaredText(f.Declared)},
			{text: runningText(f.Running)},
			{text: string(f.Class)},
			{text: or(f.Hop)},
			severity(f),
			{text: Where(f.Declared)},
		})
	}
	return t
}

func severity(f v1.Finding) cell {
	if f.Ignored != nil {
		return cell{text: "ignored", paint: faint}
	}
	return cell{text: string(f.Severity), paint: severityPaint(f.Severity)}
}

// noOption is a line that is none: a broken group line, an include.
func noOption(d *v1.Declared) bool {
	return d != nil && d.Option == "" && d.Value == "" && d.Effective == ""
}

// declaredText is the value as written, and what the server makes of it where
// that is not the same text.
func declaredText(d *v1.Declared) string {
	switch {
	case d == nil, noOption(d):
		return "<none>"
	case d.Value == "" && d.Effective == "":
		return `""`
	case d.Effective == "" || d.Effective == d.Value:
		return d.Value
	case d.Value == "":
		return d.Effective
	}
	return d.Value + " = " + d.Effective
}

// runningText is the value and where the server says that it came from.
func runningText(r *v1.Running) string {
	switch {
	case r == nil:
		return "<none>"
	}
	value := r.Value
	if value == "" {
		value = `""`
	}
	if r.Source != "" {
		value += " (" + r.Source + ")"
	}
	if r.Next != "" {
		value += ", next " + r.Next
	}
	return value
}

// Where is the object (or path) with the line: configmap/mysql:my.cnf:12.
func Where(d *v1.Declared) string {
	if d == nil {
		return "<none>"
	}
	name := d.Source
	if name == "" || name == "image" || name == "generated" {
		if d.Path != "" {
			name = d.Path
		}
	}
	if name == "" {
		return "<none>"
	}
	if d.Line > 0 {
		return fmt.Sprintf("%s:%d", name, d.Line)
	}
	return name
}

// explain writes what stands behind one finding, indented, with the texts that the
// table had to cut.
func explain(w io.Writer, f v1.Finding, t *table, opts DiffOptions) {
	fmt.Fprintf(w, "\n  %s: %s\n", strong.apply(opts.Color, Escape(f.Variable)), Escape(f.Message))
	for _, c := range []struct {
		column int
		title  string
		text   string
	}{{1, "declared", declaredText(f.Declared)}, {2, "running", runningText(f.Running)}, {6, "where", Where(f.Declared)}} {
		whole := strings.TrimSuffix(c.text, " ("+sourceOf(f)+")")
		if text := Escape(c.text); t.cut && twwidth.Width(text) > t.widths[c.column] && !strings.Contains(f.Message, whole) {
			fmt.Fprintf(w, "    %s: %s\n", c.title, text)
		}
	}
	for _, e := range f.Evidence {
		fmt.Fprintf(w, "    - %s\n", evidenceText(e))
	}
	if f.Ignored != nil {
		fmt.Fprintf(w, "    %s %s\n", faint.apply(opts.Color, "ignored:"), Escape(ignoredText(*f.Ignored)))
	}
	if f.Remedy != "" {
		fmt.Fprintf(w, "    %s %s\n", good.apply(opts.Color, "remedy:"), Escape(f.Remedy))
	}
}

func sourceOf(f v1.Finding) string {
	if f.Running == nil {
		return ""
	}
	return f.Running.Source
}

func ignoredText(i v1.Ignored) string {
	text := i.Reason
	if i.Owner != "" {
		text += ", " + i.Owner
	}
	if i.Expires != "" {
		text += ", until " + i.Expires
	}
	return text
}

func evidenceText(e v1.Evidence) string {
	text := Escape(e.Text)
	if e.Kind != "" {
		text = Escape(e.Kind) + ": " + text
	}
	if e.Confidence != "" {
		text += " (" + Escape(e.Confidence) + ")"
	}
	return text
}

func isAre(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
}
