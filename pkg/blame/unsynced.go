package blame

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"
	"strings"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/blame/delivery"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/blame/fieldmanager"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/textdiff"
)

// Digest is the short name of a content.
func Digest(content string) string {
	sum := sha256.Sum256([]byte(content))
	return "sha256:" + hex.EncodeToString(sum[:6])
}

// Rendered: a tool makes the key's content of what Git has, by substitutions,
// overlays or a chart, so that the texts need not be the same; it is in step, and
// nobody else has written the key.
func Rendered(f *Facts) bool {
	o := f.Object
	if o == nil || len(f.Deliver) == 0 {
		return false
	}
	d := f.Deliver[0]
	if d.State != delivery.Synced || !d.Listed {
		return false
	}
	// Argo CD compares what runs with what it renders, all the time. Flux does not:
	// there the only writer must be Flux.
	return d.Tool == "Argo CD" || len(o.Owners) == 1 && fieldmanager.Describe(o.Owners[0].Manager).Means == fieldmanager.Controller
}

// template: the text is to be filled in, so that it says nothing of the value.
func template(value string) bool {
	return strings.Contains(value, "${") || strings.Contains(value, "{{")
}

// branches: parts of a template that may be left out or repeated, so that its lines
// tell nothing either.
var branches = regexp.MustCompile(`\{\{-?\s*(?:if|else|range|with|include|template|define|block)\b|\$\{[^}]*[:%#/^,]`)

// plainEdits are those that stand whatever a template is filled in with: a line of
// its own words has another value in the object. What only one side has may come of
// the filling.
func plainEdits(f *Facts, edits []v1.Edit) []v1.Edit {
	g := f.Git
	if !template(g.HeadContent) || g.Incomplete != "" || Rendered(f) || branches.MatchString(g.HeadContent) {
		return nil
	}
	return slices.DeleteFunc(edits, func(e v1.Edit) bool {
		return e.Op != string(textdiff.Changed) || template(e.Before) || template(e.Path) || e.Before == redacted
	})
}

// NotCompared says why a text that is not Git's is no finding; "" if it is one, or
// the same text.
func NotCompared(f *Facts) string {
	g, o := f.Git, f.Object
	switch {
	case g == nil || o == nil || g.Deployed != nil || SameContent(g.HeadContent, o.Content):
		return ""
	case g.Incomplete != "":
		return "the history that was read is not whole: " + g.Incomplete
	case template(g.HeadContent):
		return "Git holds a template of it"
	case Rendered(f):
		return f.Deliver[0].Object + ", which is in step, renders it"
	}
	return ""
}

// UnsyncedKey is the finding that the key differs in meaning from the file at the
// branch's head, with the edits that lead from Git to the cluster. nil where only
// comments and layout differ, or where the history does not tell.
func UnsyncedKey(f *Facts) *v1.Finding {
	g, o := f.Git, f.Object
	if g == nil || o == nil || o.Resource != "configmap" || SameContent(g.HeadContent, o.Content) {
		return nil
	}
	edits := Edits(f)
	if NotCompared(f) != "" {
		edits = plainEdits(f, edits)
	}
	if len(edits) == 0 {
		return nil
	}
	finding := &v1.Finding{Class: v1.UnsyncedObject, Drift: true, Hop: string(model.HopConfigMap), Severity: v1.P1, Edits: edits,
		Declared: &v1.Declared{Source: gitSource(g)}, Evidence: unsyncedEvidence(f)}
	if g.Deployed != nil {
		finding.Message = fmt.Sprintf("%s is %d %s behind %s%s: it has the content of %s.", objectName(f), len(g.Waiting),
			plural(len(g.Waiting), "commit", "commits"), orElse(g.Branch, "Git"), WaitingSince(g), short(g.Deployed.Hash))
		finding.Remedy = "let the delivery tool deliver the commits that wait"
	} else {
		finding.Message = fmt.Sprintf("%s differs from the head of %s, and no commit of it has its content: edited in the cluster, or delivered from elsewhere.", objectName(f), orElse(g.Branch, "Git"))
		finding.Remedy = "commit the change, or deliver what Git has"
	}
	return finding
}

// UnsyncedVariables are the variables of the server that the key sets otherwise
// than the file at the branch's head, each with its edit.
func UnsyncedVariables(f *Facts) []v1.Finding {
	whole := UnsyncedKey(f)
	if whole == nil {
		return nil
	}
	var list []v1.Finding
	seen := map[string]bool{}
	for _, e := range whole.Edits {
		_, option, ok := strings.Cut(e.Path, "] ")
		variable := f.Values.Variable(option)
		if !ok || variable == "" || seen[variable] {
			continue
		}
		seen[variable] = true
		head, line, inGit := f.Values.Find([]byte(f.Git.HeadContent), variable)
		here, _, inKey := f.Values.Find([]byte(f.Object.Content), variable)
		if inGit == inKey && f.Values.Equal(variable, head, here) {
			continue // another group's, that this server does not read
		}
		one := *whole
		one.Variable, one.Edits, one.Declared = variable, []v1.Edit{e}, nil
		if inGit {
			if f.Git.HeadLine > 0 {
				line += f.Git.HeadLine - 1
			}
			one.Declared = &v1.Declared{Option: option, Value: head, Source: gitSource(f.Git), Line: line}
		}
		if f.Values.Secret(variable) {
			head, here = redacted, redacted
			if one.Declared != nil {
				one.Declared.Value = redacted
			}
		}
		one.Message = fmt.Sprintf("%s is %s in Git and %s in %s. %s", variable, valueOr(head, inGit), valueOr(here, inKey), objectName(f), whole.Message)
		list = append(list, one)
	}
	return list
}

// Edits lead from the file at the branch's head to the key in the cluster, blind
// to comments, layout and spelling. Positions are those of the file in the
// repository and of the key.
func Edits(f *Facts) []v1.Edit {
	g, o := f.Git, f.Object
	equal := func(option, a, b string) bool {
		if variable := f.Values.Variable(option); variable != "" {
			return f.Values.Equal(variable, a, b)
		}
		return a == b
	}
	language := textdiff.Detect(o.Key, []byte(o.Content))
	var edits []v1.Edit
	for _, e := range textdiff.Diff([]byte(g.HeadContent), []byte(o.Content), language, equal) {
		was := e.Was
		if was.Line > 0 && g.HeadLine > 0 {
			was.Line, was.Column = was.Line+g.HeadLine-1, was.Column+g.HeadColumn-1
		}
		edit := v1.Edit{Op: string(e.Op), Path: e.Path, Before: e.Before, After: e.After, Was: v1.Position(was), Is: v1.Position(e.Is)}
		hideEdit(&edit, f.Values)
		edits = append(edits, edit)
	}
	return edits
}

// unsyncedEvidence names the commits on both sides.
func unsyncedEvidence(f *Facts) []v1.Evidence {
	g := f.Git
	list := []v1.Evidence{{Kind: "Git", Object: objectName(f), Text: fmt.Sprintf("the head of %s is %s", orElse(g.Branch, "the branch"), short(g.Head.Hash)), Time: g.Head.Committed}}
	for _, c := range g.Waiting {
		list = append(list, v1.Evidence{Kind: "Git", Object: objectName(f), Who: c.Author, Time: c.Committed, Text: fmt.Sprintf("commit %s waits: %q by %s", short(c.Hash), c.Subject, c.Author)})
	}
	return list
}

func gitSource(g *GitHistory) string { return g.Repo + ":" + g.Path }

// WaitingSince tells when the first commit that waits was made.
func WaitingSince(g *GitHistory) string {
	if len(g.Waiting) == 0 || g.Waiting[0].Committed == nil {
		return ""
	}
	return " since " + stamp(g.Waiting[0].Committed.Time)
}

// SameContent compares but for a last line feed, which block scalars add or drop.
func SameContent(a, b string) bool { return strings.TrimRight(a, "\n") == strings.TrimRight(b, "\n") }
