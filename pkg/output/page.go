package output

import (
	_ "embed"
	"html/template"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
)

// PageOptions is what a page shows besides the list.
type PageOptions struct {
	Title string // what was asked: "diff of namespace shop"
	Made  time.Time
	By    string // the program and its version
	// Open shows each server's findings at once, as diff does; otherwise a row opens them.
	Open bool
}

//go:embed page.html.tmpl
var pageText string

// pageTemplate is parsed when a page is asked for: it takes a good part of the
// start-up that every command would pay.
var pageTemplate = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("page").Funcs(pageFuncs).Parse(pageText))
})

var pageFuncs = template.FuncMap{
	"declared": declaredText, "running": runningText, "where": Where, "or": or, "esc": Escape,
	"ignored": func(i *v1.Ignored) string { return ignoredText(*i) }, "stateKind": stateKind, "severityKind": severityKind, "track": track,
	"count": count, "server": server, "governed": func(r v1.DriftReport) string { return governedBy(r.GovernedBy, true) },
	"evidence": evidenceText, "sentences": errorSentence, "percent": percent,
}

// Page writes a list as one HTML page that needs nothing from elsewhere. Values
// are untrusted: the template escapes them for HTML, Escape for the eye.
func Page(w io.Writer, list *v1.DriftReportList, opts PageOptions) error {
	p := page{PageOptions: opts, Summary: list.Summary, Totals: Totals(list.Summary), Errors: list.Summary.Errors}
	contexts := slices.ContainsFunc(list.Items, func(r v1.DriftReport) bool { return r.Instance.Context != "" })
	for _, r := range list.Items {
		p.Servers = append(p.Servers, newPageServer(r, contexts, opts))
	}
	return pageTemplate().Execute(w, p)
}

type page struct {
	PageOptions
	Summary v1.Summary
	Totals  string
	Servers []pageServer
	Errors  []v1.ReportError
}

// pageServer is one instance with its findings apart.
type pageServer struct {
	v1.DriftReport
	v1.Severities
	Name, Scope            string
	Age                    string
	Drift, Notes, Excepted []v1.Finding
	Open                   bool
}

func newPageServer(r v1.DriftReport, contexts bool, opts PageOptions) pageServer {
	s := pageServer{DriftReport: r, Name: r.Instance.Pod, Scope: r.Instance.Namespace, Age: age(r.LastChange, opts.Made)}
	if contexts {
		s.Scope = strings.Trim(r.Instance.Context+" / "+r.Instance.Namespace, " /")
	}
	if s.Name == "" {
		s.Name = instanceName(r.Instance)
		if r.Instance.Workload == "" && len(r.GovernedBy) > 0 {
			s.Name = r.GovernedBy[0].Path
		}
	}
	for _, f := range r.Findings {
		switch {
		case f.Ignored != nil:
			s.Excepted = append(s.Excepted, f)
		case !f.Drift:
			s.Notes = append(s.Notes, f)
		default:
			s.Drift = append(s.Drift, f)
			s.Count(f)
		}
	}
	s.Open = opts.Open && (len(s.Drift) > 0 || len(r.Errors) > 0)
	return s
}

// stateKind and severityKind name the colour's meaning; the words stand beside it.
func stateKind(s v1.State) string {
	switch statePaint(s) {
	case good:
		return "good"
	case bad:
		return "bad"
	case warn:
		return "warn"
	}
	return "plain"
}

func severityKind(s v1.Severity) string { return strings.ToLower(string(s)) }

// stop is one hop of the picture of a value's way.
type stop struct {
	Name         string
	Parted, Past bool
	Unknown      bool // nobody asked there
}

// track is the way of a value with the hop at which it parted; hops that few
// values pass are shown only where one parted there.
func track(f v1.Finding) []stop {
	hop := f.Hop
	var stops []stop
	past := false
	for _, name := range []string{"Git", "Delivery", "ConfigMap", "File", "Argument", "Start", "Persisted", "Runtime"} {
		if (name == "Argument" || name == "Persisted") && name != hop {
			continue
		}
		// Only what compares with Git asks there, or the tool that delivers.
		unknown := (name == "Git" || name == "Delivery") && name != hop && f.Class != v1.UnsyncedObject
		stops = append(stops, stop{name, name == hop, past, unknown})
		past = past || name == hop
	}
	if !past {
		return nil // a hop of no such way
	}
	return stops
}

func errorSentence(e v1.ReportError) string {
	text := Escape(e.Text)
	if e.Reason != "" && !strings.Contains(e.Text, e.Reason) {
		text += " (" + Escape(e.Reason) + ")"
	}
	return text
}

// percent is a share for the bar; something is never nothing.
func percent(part, whole int) int {
	if part == 0 || whole == 0 {
		return 0
	}
	return max(part*100/whole, 1)
}
