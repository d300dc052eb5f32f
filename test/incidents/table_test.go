package incidents

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/blame"
)

// want is what blame must say of an incident.
type want struct {
	hop        string
	culprit    string // "" = nobody may be named
	lead       string
	confidence string
	commit     string
	untraced   bool // the marks contradict: an Untraceable finding is due
}

// row is one incident of the table.
type row struct {
	name, done string
	want       want
	busy       bool // a culprit may be no more than a lead: see onlyLead
	got        v1.BlameReport
}

// wrong says what of the report is not as it must be, "" if all is.
func (r row) wrong() string {
	v, w := r.got.Verdict, r.want
	if v.Hop == w.hop && v.Culprit == w.culprit && v.LastToucher == w.lead && v.Confidence == w.confidence && v.Commit == w.commit &&
		(!w.untraced || hasFinding(r.got, v1.Untraceable)) {
		return ""
	}
	if r.onlyLead() {
		return ""
	}
	return fmt.Sprintf("%s:\n got hop %q culprit %q lead %q %s commit %.12s findings %d\nwant hop %q culprit %q lead %q %s commit %.12s untraceable %v\n%s\nGit: %s", r.name,
		v.Hop, v.Culprit, v.LastToucher, v.Confidence, v.Commit, len(r.got.Findings), w.hop, w.culprit, w.lead, w.confidence, w.commit, w.untraced, v.Text, gitHop(r.got))
}

// onlyLead: the culprit is told as a lead. That is right where the records' moments
// lie further apart than they should, as they do on a busy machine.
func (r row) onlyLead() bool {
	v := r.got.Verdict
	return r.busy && r.want.culprit != "" && v.Hop == r.want.hop && v.Culprit == "" && v.LastToucher == r.want.culprit
}

// gitHop is what Git had to say, for a test that fails.
func gitHop(r v1.BlameReport) string {
	for _, h := range r.Hops {
		if h.Hop == "Git" {
			return strings.TrimSpace(h.NotAvailable + " " + h.How)
		}
	}
	return ""
}

// slander tells whether somebody is named who did not do it, or on one source.
func (r row) slander() string {
	v := r.got.Verdict
	switch {
	case v.Culprit != "" && v.Culprit != r.want.culprit:
		return fmt.Sprintf("%s: the wrong culprit is named: %s", r.name, v.Culprit)
	case v.CulpritKind == blame.Person && len(v.Sources) < 2:
		return fmt.Sprintf("%s: a person is named on %v", r.name, v.Sources)
	}
	for _, h := range r.got.Hops {
		if runs := h.Hop == "Runtime" || h.Hop == "Persisted"; runs && h.Who != "" && h.Who != v.Culprit {
			return fmt.Sprintf("%s: the tree says that %s did it, at hop %s", r.name, h.Who, h.Hop)
		}
	}
	return ""
}

// verdict is a verdict in a table's cell.
func verdict(v v1.Verdict) string {
	switch {
	case v.Hop == "":
		return "no drift"
	case v.Culprit != "":
		return v.Culprit + " [" + v.Confidence + "]"
	case v.LastToucher != "":
		return "not proven, lead: " + v.LastToucher
	case v.Confidence != blame.NotProven:
		return "nobody [" + v.Confidence + "]"
	}
	return "not proven"
}

// print writes the table with totals.
func printTable(out io.Writer, title string, rows []row) {
	fmt.Fprintf(out, " %s\n", title)
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	withDone := len(rows) > 0 && rows[0].done != ""
	heads := []string{" INCIDENT", "DONE", "CULPRIT", "VERDICT", "HOP", "COMMIT", "RIGHT"}
	line := func(cells ...string) {
		if !withDone {
			cells = append(cells[:1], cells[2:]...)
		}
		fmt.Fprintln(w, strings.Join(cells, "\t"))
	}
	line(heads...)
	right, named, slandered := 0, 0, 0
	for _, r := range rows {
		v, answer := r.got.Verdict, "yes"
		switch {
		case r.slander() != "":
			slandered++
			answer = "WRONG PERSON"
		case r.wrong() != "":
			answer = "no"
		case r.onlyLead():
			right++
			answer = "yes, as a lead"
		default:
			right++
		}
		if v.Culprit != "" {
			named++
		}
		line(" "+r.name, r.done, dash(r.want.culprit), verdict(v), dash(v.Hop), fmt.Sprintf("%.12s", dash(v.Commit)), answer)
	}
	w.Flush()
	fmt.Fprintf(out, " %d incidents, %d right; a culprit named in %d, the wrong one in %d\n\n", len(rows), right, named, slandered)
}

func hasFinding(r v1.BlameReport, class v1.Class) bool {
	for _, f := range r.Findings {
		if f.Class == class {
			return true
		}
	}
	return false
}

func dash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}
