package drift

import (
	"fmt"
	"strings"
	"testing"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
)

// A file of thousands of odd lines does not drown what counts, and that some of
// them are left out is said.
func TestRemarksEnd(t *testing.T) {
	server, err := model.ParseServer("9.7.4")
	if err != nil {
		t.Fatal(err)
	}
	snap := &model.Snapshot{Server: server, Variables: map[string]model.Variable{"max_connections": {Name: "max_connections", Value: "77"}}}
	remarks := func(n int) (found int, last string, drift int) {
		var d model.Declaration
		for i := range n {
			d.Settings = append(d.Settings, model.Setting{Option: fmt.Sprintf("no_such_option_%d", i), HasValue: true, Value: "1"})
		}
		d.Settings = append(d.Settings, model.Setting{Option: "max_connections", HasValue: true, Value: "500"})
		for _, f := range Compare(Input{Declaration: d, Snapshot: snap}) {
			switch {
			case f.Drift:
				drift++
			case f.Variable == "MoreRemarks":
				last = f.Message
			case f.Class == v1.Invalid:
				found++
			}
		}
		return found, last, drift
	}
	if found, last, drift := remarks(1500); found != 1000 || !strings.HasPrefix(last, "500 more") || drift != 1 {
		t.Errorf("of 1500 odd options %d are told, %d findings of drift, at last %q", found, drift, last)
	}
	if found, last, drift := remarks(20); found != 20 || last != "" || drift != 1 {
		t.Errorf("of 20 odd options %d are told, %d findings of drift, at last %q", found, drift, last)
	}
}
