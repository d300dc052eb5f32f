package output

import (
	"fmt"
	"io"
	"strings"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
)

var checkMarks = map[v1.CheckStatus]struct {
	mark  string
	paint paint
}{
	v1.CheckPassed: {"✔", good}, v1.CheckLimited: {"!", warn}, v1.CheckFailed: {"✗", bad}, v1.CheckUnknown: {"?", bad}, v1.CheckSkipped: {"-", faint},
}

// CheckOptions is what `check` may show besides the checks.
type CheckOptions struct {
	Style
	// Wide names the verbs that each check matters to, also where all is well.
	Wide bool
}

// Check writes a line a check, by section, with the fix below what needs one.
func Check(w io.Writer, report *v1.CheckReport, opts CheckOptions) error {
	style := opts.Style
	var b strings.Builder
	section := ""
	for _, item := range report.Items {
		if item.Section != section && !opts.NoHeaders {
			if section != "" {
				b.WriteByte('\n')
			}
			section = item.Section
			title := section
			if section == "Rights" {
				title += " in " + Escape(item.Object)
			}
			b.WriteString(strong.apply(style.Color, title) + "\n")
		}
		m := checkMarks[item.Status]
		line := m.paint.apply(style.Color, m.mark) + " " + Escape(item.Check)
		if item.Text != "" {
			line += ": " + Escape(item.Text)
		}
		if len(item.Verbs) > 0 && (opts.Wide || item.Section == "Rights" && item.Status != v1.CheckPassed) {
			line += " (" + strings.Join(item.Verbs, ", ") + ")"
		}
		b.WriteString(line + "\n")
		if item.Fix != "" {
			b.WriteString(faint.apply(style.Color, "    fix: "+Escape(item.Fix)) + "\n")
		}
	}
	if !opts.NoHeaders {
		fmt.Fprintf(&b, "\n%s\n", checkTotals(report.Summary))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func checkTotals(s v1.CheckSummary) string {
	text := fmt.Sprintf("%s: %d passed", count(s.Checks, "check", "checks"), s.Passed)
	for _, part := range []struct {
		n    int
		word string
	}{{s.Limited, "limited"}, {s.Failed, "failed"}, {s.Unknown, "could not be made"}, {s.Skipped, "skipped"}} {
		if part.n > 0 {
			text += fmt.Sprintf(", %d %s", part.n, part.word)
		}
	}
	return text + "."
}
