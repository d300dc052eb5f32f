package drift

import (
	"fmt"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/optionfile"
)

// OfFile is a problem of an option file's language as a finding. It is no drift:
// the server may well run with what the file made it read.
func OfFile(p optionfile.Problem, o model.Origin) v1.Finding {
	message := p.Message
	if p.Suggestion != "" {
		message += "; " + p.Suggestion
	}
	return v1.Finding{Variable: p.Code, Class: v1.Invalid, Severity: fileSeverity(p), Hop: string(o.Hop), Message: message,
		Declared: &v1.Declared{Source: o.Object, Path: o.Path, Line: o.Line, Column: o.Column}}
}

// fileSeverity: a file of which the server reads nothing, or not the rest, is
// worth a review; a line that reads otherwise than it looks is a remark.
func fileSeverity(p optionfile.Problem) v1.Severity {
	if p.Severity == optionfile.Fatal {
		return v1.P0
	}
	switch p.Code {
	case optionfile.CodeWorldWritable, optionfile.CodeBadGroup, optionfile.CodeNoGroup, optionfile.CodeMissingDir:
		return v1.P1
	}
	return v1.Info
}

// maxRemarks is how many remarks on options are worth telling: a file that is
// none of a server's has one in each line.
const maxRemarks = 1000

// lintAll is what is to be said of each declared option by itself. What counts
// as drift is always told.
func (c *comparison) lintAll() []v1.Finding {
	var out []v1.Finding
	remarks := 0
	for i, a := range c.fresh.Assigned {
		if remarks >= maxRemarks && a.Unknown && !a.Loose {
			remarks++ // and no drift: the name that may have been meant takes time to find
			continue
		}
		for _, f := range c.lint(i) {
			if !f.Drift {
				if remarks++; remarks > maxRemarks {
					continue
				}
			}
			out = append(out, f)
		}
	}
	if left := remarks - maxRemarks; left > 0 {
		out = append(out, v1.Finding{Variable: "MoreRemarks", Class: v1.Shadowed, Severity: v1.Info, Hop: string(model.HopFile),
			Message: fmt.Sprintf("%d more remarks on declared options are left out", left)})
	}
	return out
}
