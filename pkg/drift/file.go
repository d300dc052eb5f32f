package drift

import (
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
