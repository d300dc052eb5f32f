package cluster

import (
	"maps"
	"slices"
	"strings"
	"testing"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
)

// A name that no server has is wrong use; an option means its variable, and what
// no server could be asked about is not denied.
func TestVariables(t *testing.T) {
	server, err := model.ParseServer("9.7.4")
	if err != nil {
		t.Fatal(err)
	}
	snap := &model.Snapshot{Server: server, Variables: map[string]model.Variable{"max_connections": {Name: "max_connections"}, "plugin_x": {Name: "plugin_x"}}}
	about := &v1.DriftReportList{Items: []v1.DriftReport{{Findings: []v1.Finding{{Variable: "max_conections"}}}}}
	for _, c := range []struct {
		args   []string
		snap   *model.Snapshot
		list   *v1.DriftReportList
		wanted string
		fault  string
	}{
		{nil, snap, nil, "", ""},
		{[]string{"--max-connections"}, snap, nil, "max_connections", ""},
		{[]string{"default-time-zone"}, snap, nil, "default_time_zone time_zone", ""},
		{[]string{"plugin_x"}, snap, nil, "plugin_x", ""},
		{[]string{"max_conections"}, snap, nil, "max_conections", "did you mean max_connections?"},
		{[]string{"max_conections"}, snap, about, "max_conections", ""},
		{[]string{"max_conections"}, nil, nil, "max_conections", ""},
	} {
		v := NamedVariables(c.args)
		v.See(c.snap)
		if c.list == nil {
			c.list = &v1.DriftReportList{}
		}
		if got := strings.Join(slices.Sorted(maps.Keys(v.Wanted())), " "); got != c.wanted {
			t.Errorf("%q: wanted %q, not %q", c.args, got, c.wanted)
		}
		err := v.Check(c.list)
		if (err != nil) != (c.fault != "") || err != nil && !strings.Contains(err.Error(), c.fault) {
			t.Errorf("%q: %v", c.args, err)
		}
	}
}
