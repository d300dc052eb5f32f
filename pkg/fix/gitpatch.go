package fix

import (
	"crypto/sha1"
	"fmt"
	"regexp"
	"strings"

	"sigs.k8s.io/yaml"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/optionfile"
)

// gitStep adds a commit as a patch file for git am; why says what stands in the way.
func (p *planner) gitStep(s v1.FixStep, text Text, changes []*change, options optionfile.Options) (why string) {
	g := text.Git
	content, err := applyChanges(g.Content, changes, options, false)
	if err != nil {
		return err.Error()
	}
	file, err := embed(g.File, g.Content, content)
	if err != nil {
		return err.Error()
	}
	s.Kind, s.Automatic = v1.FixGitPatch, false
	s.Object = g.Repo + " " + orElse(g.Branch, "HEAD") + ":" + g.Path
	s.Key = ""
	diff := unified("a/"+g.Path, "b/"+g.Path, g.File, file)
	s.Diff = withoutSecrets(diff, changes[0].target.catalogue)
	s.File = p.patchName(changes)
	s.FileText = p.mail(g, file, diff, changes)
	s.Command = "git am " + s.File
	s.Warnings = append(s.Warnings, "commit and push it: "+orElse(text.Tool, "the delivery")+" brings it to the cluster")
	p.add(s)
	return ""
}

// embed puts a key's new text into the file that it came from: the file itself,
// or a block in a YAML file, line for line with the block's indent.
func embed(file, before, after string) (string, error) {
	if file == before {
		return after, nil
	}
	lines, old := splitLines(file), splitLines(before)
	place, indent := -1, ""
	for i := range lines {
		in, ok := blockAt(lines, i, old)
		if !ok {
			continue
		}
		if place >= 0 {
			return "", fmt.Errorf("the file holds the text more than once")
		}
		place, indent = i, in
	}
	if place < 0 {
		return "", fmt.Errorf("the file does not hold the text as a block of lines: edit it by hand")
	}
	var out strings.Builder
	out.WriteString(strings.Join(lines[:place], ""))
	for _, l := range splitLines(after) {
		if strings.TrimRight(l, "\r\n") != "" {
			out.WriteString(indent)
		}
		out.WriteString(strings.TrimSuffix(l, "\n") + "\n")
	}
	out.WriteString(strings.Join(lines[place+len(old):], ""))
	return out.String(), sameButOne(file, out.String(), before, after)
}

// blockAt reports whether text stands at line i, each line behind the same indent.
func blockAt(lines []string, i int, text []string) (indent string, ok bool) {
	if len(text) == 0 || i+len(text) > len(lines) {
		return "", false
	}
	indent = lines[i][:len(lines[i])-len(strings.TrimLeft(lines[i], " "))]
	if indent == "" {
		return "", false
	}
	for n, want := range text {
		got, want := strings.TrimRight(lines[i+n], "\n"), strings.TrimRight(want, "\n")
		if want == "" && strings.TrimSpace(got) == "" {
			continue
		}
		if got != indent+want {
			return "", false
		}
	}
	return indent, true
}

var documentLine = regexp.MustCompile(`(?m)^---.*$`)

// sameButOne reads both versions of a YAML file: the one text is changed, and
// nothing else.
func sameButOne(file, edited, before, after string) error {
	old, now := documentLine.Split(file, -1), documentLine.Split(edited, -1)
	if len(old) != len(now) {
		return fmt.Errorf("the edit changes the documents of the file")
	}
	changed := 0
	for i := range old {
		var a, b any
		if err := yaml.Unmarshal([]byte(old[i]), &a); err != nil {
			return fmt.Errorf("the file is no YAML: %w", err)
		}
		if err := yaml.Unmarshal([]byte(now[i]), &b); err != nil {
			return fmt.Errorf("the edited file is no YAML: %w", err)
		}
		n, ok := differences(a, b, strings.TrimRight(before, "\n"), strings.TrimRight(after, "\n"))
		if !ok {
			return fmt.Errorf("the edit changes more than the text")
		}
		changed += n
	}
	if changed != 1 {
		return fmt.Errorf("the edit changes %d texts", changed)
	}
	return nil
}

// differences counts the places where before became after; ok is false if
// anything else differs.
func differences(a, b any, before, after string) (n int, ok bool) {
	switch x := a.(type) {
	case map[string]any:
		y, same := b.(map[string]any)
		if !same || len(x) != len(y) {
			return 0, false
		}
		for k := range x {
			m, ok := differences(x[k], y[k], before, after)
			if !ok {
				return 0, false
			}
			n += m
		}
		return n, true
	case []any:
		y, same := b.([]any)
		if !same || len(x) != len(y) {
			return 0, false
		}
		for i := range x {
			m, ok := differences(x[i], y[i], before, after)
			if !ok {
				return 0, false
			}
			n += m
		}
		return n, true
	case string:
		y, same := b.(string)
		if same && x == y {
			return 0, true
		}
		return 1, same && strings.TrimRight(x, "\n") == before && strings.TrimRight(y, "\n") == after
	}
	return 0, a == b
}

var notInName = regexp.MustCompile(`[^a-zA-Z0-9]+`)

func (p *planner) patchName(changes []*change) string {
	n := 1
	for _, s := range p.plan.Steps {
		if s.Kind == v1.FixGitPatch {
			n++
		}
	}
	return fmt.Sprintf("%04d-%s.patch", n, strings.Trim(notInName.ReplaceAllString(subject(changes), "-"), "-"))
}

// subject is the commit's first line.
func subject(changes []*change) string {
	if len(changes) == 1 {
		c := changes[0]
		return oneLine(fmt.Sprintf("mysql: %s = %s, as it runs", c.option, c.value), 72)
	}
	var names []string
	for _, c := range changes {
		names = append(names, c.option)
	}
	return oneLine("mysql: "+strings.Join(names, ", ")+" as they run", 72)
}

// oneLine is a text that cannot begin a header of its own.
func oneLine(text string, most int) string {
	text = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, text)
	if r := []rune(text); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return text
}

// mail is the commit in the form of git format-patch.
func (p *planner) mail(g *GitFile, file, diff string, changes []*change) string {
	var b strings.Builder
	fmt.Fprintf(&b, "From %040d Mon Sep 17 00:00:00 2001\nFrom: %s\nDate: %s\nSubject: [PATCH] %s\nMIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: 8bit\n\n",
		0, oneLine(p.in.Author, 200), oneLine(p.in.Date, 60), subject(changes))
	for _, c := range changes {
		fmt.Fprintf(&b, "%s\n", oneLine(fmt.Sprintf("%s/%s runs with %s = %s. %s", c.target.Report.Instance.Namespace, c.target.Report.Instance.Pod,
			c.target.finding.Variable, c.target.running(), c.target.finding.Message), 400))
	}
	fmt.Fprintf(&b, "---\n\ndiff --git a/%[1]s b/%[1]s\nindex %[2]s..%[3]s 100644\n%[4]s-- \n%[5]s\n", g.Path, blob(g.File), blob(file), diff, orElse(p.in.Tool, "mysqldrift"))
	return b.String()
}

// blob is the hash that Git gives a content.
func blob(content string) string {
	return fmt.Sprintf("%x", sha1.Sum(fmt.Appendf(nil, "blob %d\x00%s", len(content), content)))
}
