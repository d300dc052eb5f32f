package output

import (
	"fmt"
	"io"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
)

// BlameOptions is what `blame` may show besides the chain.
type BlameOptions struct {
	Style
	// Wide shows every piece of evidence, also for hops where all is well.
	Wide bool
}

// Blame writes each variable's chain as a tree, oldest hop first, and the verdict.
func Blame(w io.Writer, list *v1.BlameReportList, opts BlameOptions) error {
	for i, r := range list.Items {
		if i > 0 {
			fmt.Fprintln(w)
		}
		if !opts.NoHeaders {
			fmt.Fprintln(w, blameHeading(r, opts.Style))
		}
		for j, hop := range r.Hops {
			blameHop(w, hop, j == len(r.Hops)-1, opts)
		}
		verdict(w, r, opts.Style)
	}
	return nil
}

func blameHeading(r v1.BlameReport, style Style) string {
	about := strings.TrimSpace(r.Instance.Server + " " + r.Instance.Version)
	text := strong.apply(style.Color, Escape(r.Variable)) + " on " + Escape(instanceName(r.Instance))
	if about != "" {
		text += " (" + Escape(about) + ")"
	}
	var values []string
	if r.Declared != nil {
		values = append(values, "declared "+Escape(declaredText(r.Declared)))
	}
	if r.Running != nil {
		values = append(values, "running "+Escape(r.Running.Value))
	}
	if len(values) > 0 {
		text += ": " + strings.Join(values, ", ")
	}
	return text
}

// blameHop writes one hop: a line with what it is, and beneath it who, when and
// how, joined by the rule of the tree.
func blameHop(w io.Writer, hop v1.BlameHop, last bool, opts BlameOptions) {
	branch, rule := "├─ ", "│  "
	if last {
		branch, rule = "└─ ", "   "
	}
	line := branch + hopTitle(hop, opts.Style)
	if hop.Broken {
		line += bad.apply(opts.Color, "  ◄── parted here")
	}
	fmt.Fprintln(w, line)
	for _, detail := range hopDetails(hop, opts) {
		fmt.Fprintln(w, rule+"    "+detail)
	}
}

func hopTitle(hop v1.BlameHop, style Style) string {
	name := fmt.Sprintf("%-10s", Escape(hop.Hop))
	if hop.Broken {
		name = bad.apply(style.Color, name)
	}
	if hop.NotAvailable != "" {
		return name + " " + faint.apply(style.Color, Escape(hop.NotAvailable))
	}
	parts := []string{}
	if hop.Object != "" {
		parts = append(parts, Escape(hop.Object))
	}
	if hop.Value != "" {
		parts = append(parts, "= "+strong.apply(style.Color, Escape(hop.Value)))
	}
	return strings.TrimRight(name+" "+strings.Join(parts, "  "), " ")
}

func hopDetails(hop v1.BlameHop, opts BlameOptions) []string {
	var lines []string
	if who := whoWhenHow(hop); who != "" {
		lines = append(lines, who)
	}
	if c := hop.Commit; c != nil {
		lines = append(lines, commitLines(*c)...)
	}
	if b := hop.Build; b != nil {
		lines = append(lines, buildLines(*b, opts.Wide)...)
	}
	if d := hop.Delivery; d != nil {
		lines = append(lines, deliveryLine(*d))
	}
	if hop.OnChange != "" {
		lines = append(lines, faint.apply(opts.Color, "on change: "+Escape(hop.OnChange)))
	}
	if hop.Broken || opts.Wide {
		for _, e := range hop.Evidence {
			lines = append(lines, faint.apply(opts.Color, "· "+evidenceOf(e)))
		}
	}
	return lines
}

// evidenceOf is a piece of evidence with whom and when it names, unless its text
// does so itself.
func evidenceOf(e v1.Evidence) string {
	text := ""
	if e.Who != "" && !strings.Contains(e.Text, e.Who) {
		text += ", by " + Escape(e.Who)
	}
	if when := stamp(e.Time); when != "" && !strings.Contains(e.Text, e.Time.UTC().Format("15:04:05Z")) {
		text += ", at " + when
	}
	confidence := e.Confidence
	e.Confidence = ""
	text = evidenceText(e) + text
	if confidence != "" {
		text += " (" + Escape(confidence) + ")"
	}
	return text
}

func whoWhenHow(hop v1.BlameHop) string {
	var parts []string
	if hop.Who != "" {
		parts = append(parts, "by "+Escape(hop.Who))
	}
	if when := stamp(hop.When); when != "" {
		parts = append(parts, "at "+when)
	}
	if hop.How != "" {
		parts = append(parts, Escape(hop.How))
	}
	return strings.Join(parts, ", ")
}

func commitLines(c v1.Commit) []string {
	first := "commit " + short(c.Hash)
	if c.Subject != "" {
		first += " “" + Escape(c.Subject) + "”"
	}
	if c.Author != "" {
		first += " by " + Escape(c.Author)
	}
	if when := stamp(c.Authored); when != "" {
		first += " at " + when
	}
	lines := []string{first}
	if c.Committer != "" && c.Committer != c.Author {
		lines = append(lines, "committed by "+Escape(c.Committer))
	}
	if c.Path != "" {
		where := Escape(c.Path)
		if c.Line > 0 {
			where = fmt.Sprintf("%s:%d", where, c.Line)
		}
		if c.Before != "" || c.After != "" {
			where += ": " + Escape(or(c.Before)) + " → " + Escape(or(c.After))
		}
		lines = append(lines, where)
	}
	if len(c.Reviews) > 0 {
		lines = append(lines, "reviewed in "+Escape(strings.Join(c.Reviews, ", ")))
	}
	return lines
}

// buildLines are a build in short; wide tells how it ran and with what.
func buildLines(b v1.Build, wide bool) []string {
	first := fmt.Sprintf("build %s #%d", Escape(b.Job), b.Number)
	if b.Result != "" {
		first += " " + Escape(b.Result)
	}
	if when := stamp(b.Started); when != "" {
		first += " at " + when
	}
	lines := []string{first}
	for _, cause := range b.Causes {
		text := cause.Text
		if text == "" {
			text = strings.TrimSpace(cause.Kind + " " + cause.Who)
		}
		lines = append(lines, "because: "+Escape(text))
	}
	if wide {
		lines = append(lines, buildDetails(b)...)
	}
	if b.URL != "" {
		lines = append(lines, Escape(b.URL))
	}
	return lines
}

func buildDetails(b v1.Build) []string {
	var lines []string
	if b.Seconds > 0 {
		lines = append(lines, "took "+time.Duration(b.Seconds*float64(time.Second)).Round(time.Second/10).String())
	}
	if b.Revision != "" {
		text := "of commit " + short(b.Revision)
		if b.Branch != "" {
			text += " on " + Escape(b.Branch)
		}
		lines = append(lines, text)
	}
	for _, p := range b.Parameters {
		lines = append(lines, "with "+Escape(p.Name)+" = "+Escape(p.Value))
	}
	return lines
}

func deliveryLine(d v1.Delivery) string {
	text := Escape(strings.TrimSpace(d.Tool+" "+d.Object)) + ": " + Escape(d.State)
	if d.Applied != "" {
		text += ", applied " + Escape(d.Applied)
	}
	if d.Message != "" {
		text += ": " + Escape(d.Message)
	}
	return text
}

// verdict writes what the chain proves, for whom, and what argues against it.
func verdict(w io.Writer, r v1.BlameReport, style Style) {
	v := r.Verdict
	p := bad
	if v.Hop == "" {
		p = good
	}
	fmt.Fprintf(w, "%s %s", strong.apply(style.Color, "Verdict:"), p.apply(style.Color, Escape(v.Text)))
	if v.Confidence != "" {
		fmt.Fprintf(w, " [%s]", Escape(v.Confidence))
	}
	fmt.Fprintln(w)
	if v.Culprit != "" && !strings.Contains(v.Text, v.Culprit) {
		fmt.Fprintf(w, "  by %s\n", Escape(v.Culprit))
	}
	if len(v.Sources) > 0 {
		fmt.Fprintf(w, "  agreed by %s\n", Escape(strings.Join(v.Sources, ", ")))
	}
	if v.LastToucher != "" && !strings.Contains(v.Text, v.LastToucher) {
		fmt.Fprintf(w, "  last touched by %s: a lead, not a culprit\n", Escape(v.LastToucher))
	}
	for _, a := range v.Against {
		fmt.Fprintf(w, "  against it: %s\n", Escape(a))
	}
	if r.Ignored != nil {
		fmt.Fprintf(w, "  %s %s\n", faint.apply(style.Color, "ignored:"), Escape(ignoredText(*r.Ignored)))
	}
	for _, f := range r.Findings {
		fmt.Fprintf(w, "  %s: %s\n", Escape(string(f.Class)), Escape(f.Message))
	}
}

func stamp(t *metav1.Time) string {
	if t == nil || t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// short is a commit's hash as people read it.
func short(hash string) string {
	if len(hash) > 12 {
		hash = hash[:12]
	}
	return Escape(hash)
}
