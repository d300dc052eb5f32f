package output

import (
	"fmt"
	"io"
	"strings"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
)

// FixOptions is what `fix` may show besides the plan.
type FixOptions struct {
	Style
	// Wide adds to each statement the command that sends it by hand.
	Wide bool
	// Applying: the steps are taken right after, so that nothing says how to.
	Applying bool
}

// Fix writes the steps of a plan, what it leaves, and the totals.
func Fix(w io.Writer, plan *v1.FixPlan, opts FixOptions) error {
	var b strings.Builder
	for _, s := range plan.Steps {
		if opts.Wide && s.Command == "" && s.Statement != "" {
			s.Command = byHand(s)
		}
		fixStep(&b, s, opts.Style)
		b.WriteByte('\n')
	}
	for i, u := range plan.Unplanned {
		if i == 0 {
			b.WriteString("Not planned:\n")
		}
		fmt.Fprintf(&b, "  %s/%s %s (%s): %s\n", Escape(u.Namespace), Escape(u.Pod), Escape(u.Variable), u.Class, Escape(u.Why))
		if i == len(plan.Unplanned)-1 {
			b.WriteByte('\n')
		}
	}
	if !opts.NoHeaders && plan.Summary.Instances > 0 {
		b.WriteString(fixTotals(plan.Summary, opts.Applying) + "\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// byHand is a command that sends a step's statement; the client asks for the password.
func byHand(s v1.FixStep) string {
	client := "mysql"
	if strings.HasPrefix(s.Server, "MariaDB") {
		client = "mariadb"
	}
	quoted := "'" + strings.ReplaceAll(s.Statement, "'", `'\''`) + "'"
	return fmt.Sprintf("kubectl -n %s exec -it %s -c %s -- %s -u root -p -e %s", s.Namespace, s.Pod, s.Container, client, quoted)
}

func fixTotals(s v1.FixSummary, applying bool) string {
	switch {
	case s.Findings == 0 && s.Incomplete:
		return "Nothing to fix was found in what could be read. The result is incomplete."
	case s.Findings == 0:
		return fmt.Sprintf("Nothing to fix on %s.", count(s.Instances, "instance", "instances"))
	case s.Incomplete:
		s.Incomplete = false
		return fixTotals(s, applying) + " The result is incomplete."
	}
	text := fmt.Sprintf("%s for %s", count(s.Steps, "step", "steps"), count(s.Findings, "finding", "findings"))
	switch {
	case s.Automatic == 0 && s.Steps > 0:
		return text + ", for you to take."
	case applying && s.Automatic == s.Steps:
		return text + "."
	case applying:
		return fmt.Sprintf("%s, %d of them for you to take.", text, s.Steps-s.Automatic)
	case s.Steps == 1 && s.Automatic == 1:
		return text + "; --apply takes it."
	case s.Automatic < s.Steps:
		return fmt.Sprintf("%s; --apply takes %d of them.", text, s.Automatic)
	case s.Steps > 0:
		return text + "; --apply takes them."
	}
	return text + "."
}

func fixStep(b *strings.Builder, s v1.FixStep, style Style) {
	fmt.Fprintf(b, "%d. %s\n", s.Number, strong.apply(style.Color, Escape(fixTitle(s))))
	if len(s.Variables) > 0 && s.Kind != v1.FixManual {
		line := strings.Join(s.Variables, ", ")
		if s.From != "" || s.To != "" || s.Statement != "" {
			line += ": " + fixValue(s.From) + " → " + fixTo(s)
		}
		if len(s.Classes) > 0 {
			line += " (" + joinClasses(s.Classes) + ")"
		}
		fmt.Fprintf(b, "   %s\n", Escape(line))
	}
	if s.Why != "" && s.Kind != v1.FixManual {
		fmt.Fprintf(b, "   why: %s\n", Escape(s.Why))
	}
	for _, text := range s.Warnings {
		fmt.Fprintf(b, "   %s\n", warn.apply(style.Color, "note: "+Escape(text)))
	}
	for line := range strings.Lines(s.Diff) {
		line = strings.TrimSuffix(line, "\n")
		p := plain
		switch {
		case strings.HasPrefix(line, "+"):
			p = good
		case strings.HasPrefix(line, "-"):
			p = bad
		}
		fmt.Fprintf(b, "   %s\n", p.apply(style.Color, escape(line, true)))
	}
	if s.Command != "" {
		fmt.Fprintf(b, "   $ %s\n", Escape(s.Command))
	}
}

// fixTitle is a step in one line.
func fixTitle(s v1.FixStep) string {
	switch s.Kind {
	case v1.FixPatchConfigMap:
		return fmt.Sprintf("Change %s:%s in namespace %s", s.Object, s.Key, s.Namespace)
	case v1.FixGitPatch:
		return "Commit to " + s.Object
	case v1.FixRolloutRestart:
		return fmt.Sprintf("Restart %s in namespace %s", s.Object, s.Namespace)
	case v1.FixManual:
		return fmt.Sprintf("By hand, for %s/%s: %s", s.Namespace, firstOf(s.Pod, s.Object), s.Why)
	}
	return fmt.Sprintf("%s; on %s", s.Statement, fixServer(s))
}

func fixServer(s v1.FixStep) string {
	text := s.Namespace + "/" + s.Pod + " (" + s.Server
	if s.Role != "" {
		text += ", " + s.Role
	}
	return text + ")"
}

// FixQuestion asks for one step, naming instance and value.
func FixQuestion(s *v1.FixStep) string {
	text := ""
	switch s.Kind {
	case v1.FixSetGlobal:
		text = fmt.Sprintf("Set %s to %s, now %s, on %s?", s.Variables[0], fixTo(*s), fixValue(s.From), fixServer(*s))
	case v1.FixSetPersist:
		text = fmt.Sprintf("Persist %s = %s on %s?", s.Variables[0], fixTo(*s), fixServer(*s))
	case v1.FixResetPersist:
		text = fmt.Sprintf("Take %s = %s out of mysqld-auto.cnf of %s?", s.Variables[0], fixValue(s.From), fixServer(*s))
	case v1.FixPatchConfigMap:
		text = fmt.Sprintf("Change %s:%s in namespace %s, so that it says %s?", s.Object, s.Key, s.Namespace, s.Why)
	case v1.FixRolloutRestart:
		text = fmt.Sprintf("Restart all pods of %s in namespace %s?", s.Object, s.Namespace)
	}
	if s.Context != "" {
		text = "[" + s.Context + "] " + text
	}
	return fmt.Sprintf("%d. %s", s.Number, Escape(text))
}

var outcomes = map[v1.FixOutcome]struct {
	mark  string
	word  string
	paint paint
}{
	v1.FixApplied: {"✔", "done", good}, v1.FixAccepted: {"✔", "accepted", good}, v1.FixDiffers: {"✗", "done, but not as planned", bad},
	v1.FixFailed: {"✗", "failed", bad}, v1.FixStale: {"✗", "not done", bad}, v1.FixDeclined: {"-", "not done", faint}, v1.FixLeft: {"-", "left", faint},
}

// FixOutcome writes what became of a step.
func FixOutcome(w io.Writer, s *v1.FixStep, style Style) {
	o, r := outcomes[s.Result.Outcome], s.Result
	line := fmt.Sprintf("%s %d. %s", o.paint.apply(style.Color, o.mark), s.Number, o.word)
	switch {
	case s.Kind == v1.FixManual:
		line = fmt.Sprintf("%s %d. left to you", o.paint.apply(style.Color, o.mark), s.Number)
	case r.Outcome == v1.FixApplied && r.Value != "" && len(s.Variables) == 1 && s.Statement != "":
		line += fmt.Sprintf(": %s is %s", Escape(s.Variables[0]), Escape(fixValue(r.Value)))
	case r.Outcome == v1.FixApplied && s.Kind == v1.FixResetPersist:
		line += fmt.Sprintf(": mysqld-auto.cnf holds no %s", Escape(s.Variables[0]))
	case r.Text != "":
		line += ": " + Escape(r.Text)
	case r.Value != "":
		line += ": " + Escape(r.Value)
	}
	fmt.Fprintln(w, line)
	for _, text := range r.Warnings {
		fmt.Fprintf(w, "     server: %s\n", Escape(text))
	}
}

// FixRemaining writes what a second look found; an incomplete one never says that
// all is well.
func FixRemaining(w io.Writer, remaining []string, incomplete bool) error {
	said := "nothing is left to fix"
	switch {
	case len(remaining) > 0:
		said = count(len(remaining), "finding is", "findings are") + " left"
	case incomplete:
		said = "nothing is known to be left"
	}
	if incomplete {
		said += "; not all could be read"
	}
	if _, err := fmt.Fprintf(w, "Looked again: %s.\n", said); err != nil {
		return err
	}
	for _, text := range remaining {
		if _, err := fmt.Fprintf(w, "  %s\n", Escape(text)); err != nil {
			return err
		}
	}
	return nil
}

func fixTo(s v1.FixStep) string {
	switch {
	case s.Kind == v1.FixResetPersist:
		return "not persisted"
	case s.To == "" && strings.HasSuffix(s.Statement, "= DEFAULT"):
		return "the server's default"
	}
	return fixValue(s.To)
}

func fixValue(text string) string {
	if text == "" {
		return "<empty>"
	}
	return text
}

func joinClasses(classes []v1.Class) string {
	out := make([]string, len(classes))
	for i, c := range classes {
		out[i] = string(c)
	}
	return strings.Join(out, ", ")
}

func firstOf(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}
