// Package reading lends blame the server's own way of reading: the catalogue of
// variables, the option-file language, and the files in the pod.
package reading

import (
	"context"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/blame"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/declared"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/optionfile"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/sysvar"
)

// Values is a blame.Values as one server reads.
type Values struct {
	server    model.Server
	catalogue *sysvar.Catalogue
	snap      *model.Snapshot
}

// NewValues reads as the server of a snapshot does; its live metadata count.
func NewValues(server model.Server, snap *model.Snapshot) Values {
	c := sysvar.For(server)
	if snap != nil {
		c = c.WithLive(snap)
	}
	return Values{server, c, snap}
}

// Variable implements blame.Values.
func (v Values) Variable(option string) string {
	r := v.catalogue.Resolve(option)
	if r.Ceiling { // a bound for sessions, not the value
		return ""
	}
	return r.Variable
}

// Equal implements blame.Values.
func (v Values) Equal(variable, a, b string) bool { return v.catalogue.Equal(variable, a, b) }

// Makes implements blame.Values.
func (v Values) Makes(variable, given, running string) bool {
	if v.Equal(variable, given, running) {
		return true
	}
	setting := model.Setting{Option: variable, Value: given, HasValue: true}
	made := v.catalogue.Fresh([]model.Setting{setting}, func(name string) (string, bool) {
		if v.snap == nil {
			return "", false
		}
		w, ok := v.snap.Variables[name]
		return w.Value, ok
	}).Declared(variable)
	return made != nil && made.Unsure == "" && v.catalogue.Matches(variable, made, running)
}

// Find implements blame.Values. Includes are not followed: the content is one
// file's, wherever it came from.
func (v Values) Find(content []byte, variable string) (value string, line int, ok bool) {
	if variable == "" {
		return "", 0, false // a whole file is asked for; unknown options have no variable either
	}
	file := optionfile.Parse("my.cnf", content, optionfile.Options{Server: v.server})
	for _, s := range file.For(optionfile.Groups(v.server, "")) {
		r := v.catalogue.Resolve(s.Option)
		if r.Ceiling || r.Variable != variable {
			continue
		}
		value, line, ok = s.Value, s.Line, true
		if !s.HasValue {
			value = "ON"
		}
		if r.Negated {
			value = "OFF"
		}
	}
	return value, line, ok
}

// Secret implements blame.Values.
func (v Values) Secret(option string) bool { return v.catalogue.Secret(option) }

// MentionsSecret implements blame.Values.
func (v Values) MentionsSecret(text string) bool { return v.catalogue.MentionsSecret(text) }

// Files is a blame.Files over the files that package declared reads.
type Files struct{ Pod declared.PodFiles }

// Files implements blame.Files.
func (f Files) Files(ctx context.Context, paths []string) (map[string]blame.PodFile, error) {
	read, err := f.Pod.ReadFiles(ctx, paths)
	if err != nil {
		return nil, err
	}
	found := make(map[string]blame.PodFile, len(read))
	for path, file := range read {
		found[path] = blame.PodFile{Data: file.Data, ModTime: file.ModTime}
	}
	return found, nil
}
