package config

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"time"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/output"
)

func (f *flags) render(list *v1.ConfigReportList) error {
	out := f.root.Streams.Out
	if !f.print.IsText() {
		return f.print.Object(out, list)
	}
	var b bytes.Buffer
	for i := range list.Items {
		if i > 0 {
			b.WriteByte('\n')
		}
		prefix := "# "
		if f.tree {
			prefix = ""
		}
		if !f.print.NoHeaders {
			heading(&b, prefix, &list.Items[i])
		}
		if f.tree {
			writeTree(&b, &list.Items[i])
		} else {
			writeLines(&b, &list.Items[i], f.print.Output == "wide")
		}
	}
	_, err := out.Write(b.Bytes())
	return err
}

func heading(w io.Writer, prefix string, item *v1.ConfigReport) {
	in := item.Instance
	name := "pod/" + in.Pod
	if in.Namespace != "" {
		name = in.Namespace + "/" + name
	}
	about := strings.TrimSpace(in.Server + " " + in.Version)
	fmt.Fprintf(w, "%s%s  container %s  %s\n", prefix, output.Escape(name), output.Escape(in.Container), output.Escape(about))
}

// writeLines prints options as my_print_defaults does, each with its origin.
func writeLines(w io.Writer, item *v1.ConfigReport, wide bool) {
	if wide {
		for _, g := range item.GovernedBy {
			fmt.Fprintf(w, "# %s\n", output.Escape(chain(g)))
			if g.OnChange != "" {
				fmt.Fprintf(w, "#   on change: %s\n", output.Escape(g.OnChange))
			}
		}
	} else {
		for _, g := range item.GovernedBy {
			if g.Certainty == v1.Ambiguous {
				fmt.Fprintf(w, "# ambiguous: %s\n", output.Escape(chain(g)))
			}
		}
	}
	width := 0
	for _, s := range item.Settings {
		width = max(width, min(len(line(s)), 60))
	}
	for _, s := range item.Settings {
		text := output.Escape(line(s))
		fmt.Fprintf(w, "%-*s  # %s\n", width, text, output.Escape(origin(s)))
	}
	writeRemarks(w, "# ", item)
}

// writeRemarks tells what is wrong with the declaration, out of date in the pod,
// or not known.
func writeRemarks(w io.Writer, prefix string, item *v1.ConfigReport) {
	for _, p := range item.Problems {
		fmt.Fprintf(w, "%s%s: %s\n", prefix, strings.ToLower(p.Severity), output.Escape(problemPlace(p)+": "+p.Text))
	}
	for _, s := range item.Stale {
		fmt.Fprintf(w, "%sstale: %s\n", prefix, output.Escape(stale(s)))
	}
	for _, n := range item.Notes {
		fmt.Fprintf(w, "%snote: %s\n", prefix, output.Escape(n))
	}
	for _, m := range item.Missing {
		fmt.Fprintf(w, "%snot known: %s\n", prefix, output.Escape(m))
	}
}

func problemPlace(p v1.ConfigProblem) string {
	switch {
	case p.Source == "" || p.Source == p.Path:
		return place(p.Path, p.Line)
	case p.Path == "":
		return place(p.Source, p.Line) // a fault of the pod's own
	}
	return place(p.Source, p.Line) + " at " + p.Path
}

func stale(s v1.StaleFile) string {
	text := s.Path + " in the pod"
	if s.Since != nil {
		text += ", of " + s.Since.UTC().Format(time.RFC3339) + ","
	}
	text += " differs from " + s.Source
	if len(s.Options) > 0 {
		text += " in " + strings.Join(s.Options, ", ")
	}
	return text + ": " + s.Why
}

func line(s v1.ConfigSetting) string {
	switch {
	case s.Secret:
		return "--" + s.Option + "=***"
	case s.Value == nil:
		return "--" + s.Option
	}
	return "--" + s.Option + "=" + *s.Value
}

func origin(s v1.ConfigSetting) string {
	text := place(s.Source, s.Line)
	if s.Path != "" {
		text += " at " + s.Path
	}
	if s.OverriddenBy != "" {
		text += ", overridden by " + s.OverriddenBy
	}
	return text
}

func place(name string, line int) string {
	if line > 0 {
		return fmt.Sprintf("%s:%d", name, line)
	}
	return name
}

// chain is how one source reaches the server, in one line.
func chain(g v1.GoverningFile) string {
	text := g.Path + " ← "
	if g.Via != "" && g.Via != g.Source {
		text += g.Via + " ← "
	}
	text += g.Source
	if g.Owner != "" {
		text += " ← " + g.Owner
	}
	text += " (" + string(g.Certainty)
	if g.Why != "" {
		text += ": " + g.Why
	}
	return text + ")"
}

// writeTree draws each source from the file up to who writes it, in reading order.
func writeTree(w io.Writer, item *v1.ConfigReport) {
	count := map[string]int{}
	for _, s := range item.Settings {
		count[s.Path+"\x00"+s.Source]++
	}
	for i, g := range item.GovernedBy {
		branch, stem := "├─ ", "│  "
		if i == len(item.GovernedBy)-1 {
			branch, stem = "└─ ", "   "
		}
		path := g.Path
		key := g.Path + "\x00" + g.Source
		if g.Path == "(command line)" {
			key = "\x00" + g.Source
		}
		n := count[key]
		fmt.Fprintf(w, "%s%d. %s  %s, %s\n", branch, i+1, output.Escape(path), g.Certainty, plural(n))
		for depth, step := range steps(g) {
			fmt.Fprintf(w, "%s%s└─ %s\n", stem, strings.Repeat("   ", depth), output.Escape(step))
		}
	}
	writeRemarks(w, "", item)
}

func steps(g v1.GoverningFile) []string {
	var list []string
	if g.Via != "" && g.Via != g.Source {
		how := g.Via
		if g.Why != "" {
			how += " (" + g.Why + ")"
		}
		list = append(list, how)
	}
	list = append(list, g.Source)
	if len(g.Candidates) > 1 {
		list[len(list)-1] += ", or another of: " + strings.Join(g.Candidates, ", ")
	}
	if g.Owner != "" {
		list = append(list, g.Owner)
	}
	if g.OnChange != "" {
		list[len(list)-1] += "  [on change: " + g.OnChange + "]"
	}
	return list
}

func plural(n int) string {
	if n == 1 {
		return "1 setting"
	}
	return fmt.Sprintf("%d settings", n)
}
