package blame

import (
	"fmt"
	"strings"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/textdiff"
)

// redacted stands for a value that is never shown.
const redacted = "(redacted)"

// masked stands for a value that the server itself does not tell.
const masked = "(masked by the server)"

// hide puts names in the place of the values of a variable that holds a secret.
// The same value has the same name, so that all that is judged from the facts is
// judged as before, and nothing that is made of them can show a value. The running
// value is "(redacted)", each other has a number.
func hide(f *Facts, declaration model.Declaration) {
	if f.Variable == "" || !f.Values.Secret(f.Variable) {
		return
	}
	h := hider{f: f}
	h.running()
	h.declared(declaration)
	h.server()
	if o := f.Object; o != nil {
		o.Value = h.name(o.Value)
	}
	if f.File != nil {
		f.File.Value = h.name(f.File.Value)
	}
	if p := f.Pod; p != nil {
		for i := range p.Revisions {
			p.Revisions[i].Value, p.Revisions[i].Args = h.name(p.Revisions[i].Value), nil
		}
	}
	h.git()
	f.Values = hiddenValues{f.Values}
}

// hiddenValues compares names of values, each of which stands for what the server
// takes for the same.
type hiddenValues struct{ Values }

func (hiddenValues) Equal(_, a, b string) bool { return a == b }

// Makes: of a value that the server itself masks nobody can tell whether it is
// another, so that it speaks against no one.
func (hiddenValues) Makes(_, given, running string) bool {
	return given == running || running == masked
}

type hider struct {
	f      *Facts
	values []string // by their number; the first is the running one
}

// name is what stands for a value; no value stands for itself.
func (h *hider) name(value string) string {
	switch {
	case value == "":
		return ""
	case strings.Trim(value, "*") == "": // as of wsrep_sst_auth
		return masked
	}
	number := -1
	for i, known := range h.values {
		if h.f.Values.Equal(h.f.Variable, value, known) || i == 0 && h.f.Values.Makes(h.f.Variable, value, known) {
			number = i
			break
		}
	}
	if number < 0 {
		h.values = append(h.values, value)
		number = len(h.values) - 1
	}
	text := redacted
	if number > 0 {
		text = fmt.Sprintf("(redacted #%d)", number+1)
	}
	if template(value) { // says no value: see Unsynced
		text = strings.Replace(text, "redacted", "redacted ${…}", 1)
	}
	return text
}

// running takes the value that the server was seen with: the finding's own is
// redacted already, and says nothing.
func (h *hider) running() {
	v := &h.f.Server.Variable
	h.values = append(h.values, v.Value)
	v.Value = h.name(v.Value)
	if r := h.f.Running; r != nil && r.Value != "" {
		shown := *r
		shown.Value = redacted
		if v.Value == masked {
			shown.Value = masked
		}
		h.f.Running = &shown
	}
}

// declared is the last setting's value; a Secret's has no name but that it is one.
func (h *hider) declared(declaration model.Declaration) {
	d := h.f.Declared
	if d == nil {
		return
	}
	shown := *d
	shown.Value, shown.Effective = redacted, ""
	for _, s := range declaration.Settings {
		if h.f.Values.Variable(s.Option) == h.f.Variable && !s.Secret && s.Value != "" && s.Origin.Object == d.Source && s.Origin.Line == d.Line {
			shown.Value = h.name(s.Value)
		}
	}
	h.f.Declared = &shown
}

// server takes what the server remembers: persisted values and statements.
func (h *hider) server() {
	s := &h.f.Server
	if p := s.Persisted; p != nil {
		p.Value = h.name(p.Value)
	}
	if a := s.Auto; a != nil {
		a.Value = h.name(a.Value)
	}
	for i := range s.Statements {
		one := &s.Statements[i]
		one.Text = strings.TrimSpace("SET "+one.Scope) + " " + h.f.Variable + " = ***"
		one.Value = h.name(one.Value)
	}
}

// git hides values in commits, which the history may share with other reports.
func (h *hider) git() {
	if h.f.Git == nil {
		return
	}
	g := *h.f.Git
	g.HeadValue = h.name(g.HeadValue)
	g.Head = h.commit(g.Head)
	for _, c := range []**v1.Commit{&g.Deployed, &g.Twin, &g.Introduced} {
		if *c != nil {
			hidden := h.commit(**c)
			*c = &hidden
		}
	}
	g.Waiting, g.Changes = h.commits(g.Waiting), h.commits(g.Changes)
	h.f.Git = &g
}

func (h *hider) commits(list []v1.Commit) []v1.Commit {
	var hidden []v1.Commit
	for _, c := range list {
		hidden = append(hidden, h.commit(c))
	}
	return hidden
}

func (h *hider) commit(c v1.Commit) v1.Commit {
	for _, value := range []string{c.Before, c.After} {
		if len(value) > 3 { // a message may tell what it sets
			c.Subject = strings.ReplaceAll(c.Subject, value, "***")
		}
	}
	c.Before, c.After = h.name(c.Before), h.name(c.After)
	if c.Text != "" {
		c.Text = h.f.Variable + " = " + redacted
	}
	return c
}

// hideEdit leaves of an edit to a secret option, or of a text that names one, what
// was done and where.
func hideEdit(e *v1.Edit, values Values) {
	if e.Op == string(textdiff.Renamed) { // names, not values
		return
	}
	name := e.Path
	if _, option, ok := strings.Cut(e.Path, "] "); ok {
		name = option
	} else if i := strings.LastIndexByte(name, '.'); i >= 0 {
		name = name[i+1:]
	}
	if !values.Secret(name) && !values.MentionsSecret(e.Before) && !values.MentionsSecret(e.After) {
		return
	}
	for _, text := range []*string{&e.Before, &e.After} {
		if *text != "" {
			*text = redacted
		}
	}
}
