package drift

import (
	"testing"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
)

// A line that was taken out of a file is found beside an include that was not
// followed; what the include's files, or others that nobody gave, declare is not.
func TestLineTakenOutBesideAnInclude(t *testing.T) {
	for _, test := range []struct {
		name, path string
		unread     []string
		want       int
	}{
		{"of the same file", "/etc/my.cnf", []string{"/etc/mysql/conf.d/"}, 1},
		{"of the include", "/etc/mysql/conf.d/a.cnf", []string{"/etc/mysql/conf.d/"}, 0},
		{"of a file that is included", "/etc/more.cnf", []string{"/etc/more.cnf"}, 0},
		{"of another file", "/etc/other.cnf", []string{"/etc/mysql/conf.d/"}, 0},
		{"the server does not say", "", []string{"/etc/mysql/conf.d/"}, 0},
		{"it is not known what is missing", "/etc/my.cnf", nil, 0},
	} {
		s := running("max_connections", "100", model.SourceFile)
		declared := s.Variables["max_connections"]
		declared.Path = "/etc/my.cnf"
		s.Variables["max_connections"] = declared
		s.Variables["back_log"] = model.Variable{Name: "back_log", Value: "777", Source: model.SourceFile, Path: test.path}
		d := model.Declaration{Unread: test.unread, Settings: []model.Setting{
			{Option: "max_connections", Value: "100", HasValue: true, Origin: model.Origin{Hop: model.HopFile, Path: "here/my.cnf"}}}}
		found := Compare(Input{Declaration: d, Snapshot: s})
		if len(found) != test.want {
			t.Errorf("%s: %+v", test.name, found)
		}
	}
}
