package fix

import (
	"fmt"
	"slices"
	"strings"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/optionfile"
)

// edit gathers the changes of one text.
type edit struct {
	changes []*change
	// apart are variables on whose value the pods do not agree.
	apart map[string]bool
}

func (p *planner) propose(t *target, c *change) {
	e := p.edits[c.id]
	if e == nil {
		e = &edit{apart: map[string]bool{}}
		p.edits[c.id] = e
		p.order = append(p.order, c.id)
	}
	for _, o := range e.changes {
		if o.target.finding.Variable != t.finding.Variable {
			continue
		}
		if o.value != c.value || o.line != c.line {
			e.apart[t.finding.Variable] = true
		}
	}
	e.changes = append(e.changes, c)
}

// flushEdits makes one step a text.
func (p *planner) flushEdits() {
	for _, id := range p.order {
		e, text := p.edits[id], p.in.Texts[id]
		var changes []*change
		for _, c := range e.changes {
			name := c.target.finding.Variable
			if e.apart[name] {
				p.leave(c.target, fmt.Sprintf("the pods that configmap/%s governs run with different values: name the pod whose value is to be declared", text.Name))
				continue
			}
			if !slices.ContainsFunc(changes, func(o *change) bool { return o.target.finding.Variable == name }) {
				changes = append(changes, c)
			}
		}
		if len(changes) > 0 {
			p.editStep(id, text, changes)
		}
	}
}

func (p *planner) editStep(id string, text Text, changes []*change) {
	options := optionfile.Options{Server: changes[0].target.Snapshot.Server}
	after, err := applyChanges(text.Content, changes, options, true)
	if err != nil {
		for _, c := range changes {
			p.manual(c.target, fmt.Sprintf("declare %s = %s in configmap/%s:%s by hand: %v", c.option, c.value, text.Name, text.Key, err))
		}
		return
	}
	s := describe(text, changes)
	s.Warnings = append(s.Warnings, p.alsoGoverns(id, changes)...)
	if text.Git != nil {
		if why := p.gitStep(s, text, changes, options); why == "" {
			return
		} else {
			s.Warnings = append(s.Warnings, "no patch for Git could be made: "+why)
		}
	}
	s.Kind, s.Automatic = v1.FixPatchConfigMap, true
	s.Text, s.ResourceVersion = after, text.ResourceVersion
	s.Diff = withoutSecrets(unified(text.Key, text.Key, text.Content, after), changes[0].target.catalogue)
	s.Command = fmt.Sprintf("kubectl -n %s edit configmap %s", text.Namespace, text.Name)
	switch text.Tool {
	case "":
	case "Flux", "Argo CD":
		s.Automatic, s.Command = false, "" // an edit in the cluster would not last
		s.Warnings = append(s.Warnings, text.Tool+" puts the object back: commit the change to Git instead (--git-repo makes the patch)")
	default:
		s.Warnings = append(s.Warnings, "the next delivery by "+text.Tool+" puts it back, unless the change is committed too (--git-repo makes the patch)")
	}
	p.add(s)
}

// describe begins the step of an edit.
func describe(text Text, changes []*change) v1.FixStep {
	first := changes[0].target
	s := v1.FixStep{Context: first.Report.Instance.Context, Namespace: text.Namespace, Object: "configmap/" + text.Name, Key: text.Key}
	var why []string
	for _, c := range changes {
		t := c.target
		s.Variables = append(s.Variables, t.finding.Variable)
		if !slices.Contains(s.Classes, t.finding.Class) {
			s.Classes = append(s.Classes, t.finding.Class)
		}
		why = append(why, fmt.Sprintf("%s = %s as it runs on %s", c.option, orElse(c.value, `""`), t.Report.Instance.Pod))
		if t.finding.Class == v1.PersistedOverride {
			s.Warnings = append(s.Warnings, fmt.Sprintf("mysqld-auto.cnf of %s holds %s too: when the declaration is in force, %s leaves one place that decides", t.Report.Instance.Pod, t.finding.Variable, resetStatement(t.finding.Variable)))
		}
	}
	if len(changes) == 1 {
		if d := first.finding.Declared; d != nil {
			s.From = d.Value
		}
		s.To = changes[0].value
	}
	s.Why = strings.Join(why, ", ")
	return s
}

// applyChanges edits a text. Lines hold for the text that was scanned (exact);
// in another version of it the option is looked for.
func applyChanges(content string, changes []*change, options optionfile.Options, exact bool) (string, error) {
	var err error
	for _, c := range changes {
		if c.line == 0 {
			continue // adding moves lines: last
		}
		line := c.line
		if !exact {
			if line, err = lineOf(content, c, options); err != nil {
				return "", err
			}
		} else if !holds(content, line, c, options) {
			return "", fmt.Errorf("line %d does not hold the option: the ConfigMap was changed meanwhile", line)
		}
		if content, err = optionfile.SetValue(content, line, c.option, c.value, options); err != nil {
			return "", err
		}
	}
	for _, c := range changes {
		if c.line == 0 {
			if content, err = optionfile.AddOption(content, c.group, c.option, c.value, options); err != nil {
				return "", err
			}
		}
	}
	return content, nil
}

// holds reports whether a line is still the one that was found to declare it.
func holds(content string, line int, c *change, options optionfile.Options) bool {
	d := c.target.finding.Declared
	for _, s := range optionfile.Parse("", []byte(content), options).Settings {
		if s.Line == line {
			return d != nil && s.Option == d.Option
		}
	}
	return false
}

// lineOf finds the one line that declares the same option.
func lineOf(content string, c *change, options optionfile.Options) (int, error) {
	d := c.target.finding.Declared
	line := 0
	for _, s := range optionfile.Parse("", []byte(content), options).Settings {
		if d == nil || s.Option != d.Option || !strings.EqualFold(s.Group, c.group) {
			continue
		}
		if line > 0 {
			return 0, fmt.Errorf("it stands there more than once")
		}
		line = s.Line
	}
	if line == 0 {
		return 0, fmt.Errorf("the branch's head does not hold %s", c.option)
	}
	return line, nil
}

// alsoGoverns names the other pods whose declaration the edit changes.
func (p *planner) alsoGoverns(id string, changes []*change) []string {
	var out []string
	for i := range p.in.Servers {
		o := &p.in.Servers[i]
		if o.Snapshot == nil || !slices.ContainsFunc(o.Report.GovernedBy, func(g v1.GoverningFile) bool { return TextID(o.Report.Instance.Namespace, g.Source) == id }) {
			continue
		}
		for _, c := range changes {
			v, ok := o.Snapshot.Variables[c.target.finding.Variable]
			if ok && !c.target.catalogue.Equal(c.target.finding.Variable, v.Value, c.target.running()) {
				out = append(out, fmt.Sprintf("it governs %s too, which runs with %s = %s and will differ from it", o.Report.Instance.Pod, c.target.finding.Variable, orElse(v.Value, `""`)))
			}
		}
	}
	return out
}
