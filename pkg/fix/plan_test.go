package fix

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/drift"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/optionfile"
)

const source = "configmap/mysql:my.cnf"

// world is a server as a test thinks it up.
type world struct {
	version  string
	pod      string
	role     model.Role
	cnf      string            // the text of configmap/mysql:my.cnf
	args     string            // one argument, "NAME=VALUE"
	running  map[string]string // "VALUE" or "VALUE SOURCE"
	persist  map[string]string
	workload Workload
	edit     func(*Server)
}

// server makes the scan's result: the findings are those of package drift.
func (w world) server(t *testing.T) Server {
	t.Helper()
	server, err := model.ParseServer(w.version)
	if err != nil {
		t.Fatal(err)
	}
	snap := &model.Snapshot{Server: server, Role: w.role, HasSources: true, HasPersisted: true, Variables: map[string]model.Variable{}, Persisted: map[string]model.Persisted{}}
	for name, text := range w.running {
		value, src, _ := strings.Cut(text, " @")
		snap.Variables[name] = model.Variable{Name: name, Value: value, Source: model.Source(src)}
	}
	for name, value := range w.persist {
		snap.Persisted[name] = model.Persisted{Name: name, Value: value}
	}
	d := model.Declaration{Complete: true}
	for _, s := range optionfile.Parse("/etc/my.cnf", []byte(w.cnf), optionfile.Options{Server: server}).For([]string{"mysqld"}) {
		d.Settings = append(d.Settings, model.Setting{Option: s.Option, Value: s.Value, HasValue: s.HasValue, Group: s.Group,
			Origin: model.Origin{Hop: model.HopConfigMap, Object: source, Path: "/etc/my.cnf", Line: s.Line}})
	}
	if name, value, ok := strings.Cut(w.args, "="); ok {
		d.Settings = append(d.Settings, model.Setting{Option: name, Value: value, HasValue: true, Origin: model.Origin{Hop: model.HopArgument, Object: "arg"}})
	}
	pod := w.pod
	if pod == "" {
		pod = "mysql-0"
	}
	if w.workload.Kind == "" {
		w.workload = Workload{Kind: "statefulset", Name: "mysql", Replicas: 1}
	}
	s := Server{Snapshot: snap, Declaration: d, Workload: w.workload, Report: v1.DriftReport{
		Instance:   v1.Instance{Namespace: "shop", Workload: "statefulset/mysql", Pod: pod, Container: "db", Role: string(w.role)},
		GovernedBy: []v1.GoverningFile{{Path: "/etc/my.cnf", Source: source, Certainty: v1.Confirmed, Verbatim: true}},
	}}
	s.Report.Findings = drift.Compare(drift.Input{Declaration: d, Snapshot: snap})
	if w.edit != nil {
		w.edit(&s)
	}
	return s
}

func text(cnf string) map[string]Text {
	return map[string]Text{TextID("shop", source): {Namespace: "shop", Name: "mysql", Key: "my.cnf", Content: cnf, ResourceVersion: "7"}}
}

// lines are a plan's steps and what it leaves, for people and for tests.
func lines(p *v1.FixPlan) []string {
	var out []string
	for _, s := range p.Steps {
		line := fmt.Sprintf("%s %s", s.Kind, s.Object)
		switch {
		case s.Kind == v1.FixManual:
			line += ": " + s.Why
		case s.Statement != "":
			line += ": " + s.Statement
		case s.Kind == v1.FixPatchConfigMap:
			line += ":"
			for _, l := range strings.Split(s.Diff, "\n")[3:] {
				if l != "" && l[0] != ' ' {
					line += " " + l
				}
			}
		}
		out = append(out, line)
	}
	for _, u := range p.Unplanned {
		out = append(out, fmt.Sprintf("unplanned %s %s", u.Variable, u.Class))
	}
	return out
}

const (
	dynamic   = " @Dynamic"
	persisted = " @Persisted"
	fromFile  = " @File"
	argument  = " @CommandLine"
)

// Each class, from each side.
func TestPlanByClass(t *testing.T) {
	for _, tc := range []struct {
		name     string
		world    world
		declared []string
		running  []string
	}{
		{"RuntimeOverride", world{cnf: "[mysqld]\nmax_connections=2000\n", running: map[string]string{"max_connections": "500" + dynamic}},
			[]string{"SetGlobal pod/mysql-0: SET GLOBAL max_connections = 2000"},
			[]string{"PatchConfigMap configmap/mysql: -max_connections=2000 +max_connections=500"}},
		{"units are expanded", world{cnf: "[mysqld]\nmax_allowed_packet = 64M # as agreed\n", running: map[string]string{"max_allowed_packet": "1048576" + dynamic}},
			[]string{"SetGlobal pod/mysql-0: SET GLOBAL max_allowed_packet = 67108864"},
			[]string{"PatchConfigMap configmap/mysql: -max_allowed_packet = 64M # as agreed +max_allowed_packet = 1048576 # as agreed"}},
		{"a boolean", world{cnf: "[mysqld]\nslow-query-log=1\n", running: map[string]string{"slow_query_log": "OFF" + dynamic}},
			[]string{"SetGlobal pod/mysql-0: SET GLOBAL slow_query_log = ON"},
			[]string{"PatchConfigMap configmap/mysql: -slow-query-log=1 +slow-query-log=OFF"}},
		{"a set", world{cnf: "[mysqld]\nsql_mode=ANSI_QUOTES,STRICT_TRANS_TABLES\n", running: map[string]string{"sql_mode": "STRICT_TRANS_TABLES" + dynamic}},
			[]string{"SetGlobal pod/mysql-0: SET GLOBAL sql_mode = 'ANSI_QUOTES,STRICT_TRANS_TABLES'"},
			[]string{"PatchConfigMap configmap/mysql: -sql_mode=ANSI_QUOTES,STRICT_TRANS_TABLES +sql_mode=STRICT_TRANS_TABLES"}},
		{"a double", world{cnf: "[mysqld]\nlong_query_time=2\n", running: map[string]string{"long_query_time": "0.500000" + dynamic}},
			[]string{"SetGlobal pod/mysql-0: SET GLOBAL long_query_time = 2"},
			[]string{"PatchConfigMap configmap/mysql: -long_query_time=2 +long_query_time=0.5"}},
		{"flags", world{cnf: "[mysqld]\noptimizer_switch=mrr=on\n", running: map[string]string{"optimizer_switch": "index_merge=on,mrr=off" + dynamic}},
			[]string{"SetGlobal pod/mysql-0: SET GLOBAL optimizer_switch = 'mrr=on'"},
			[]string{"PatchConfigMap configmap/mysql: -optimizer_switch=mrr=on +optimizer_switch=mrr=off"}},
		{"an option of another name", world{cnf: "[mysqld]\ndefault-time-zone='+8:00'\n", running: map[string]string{"time_zone": "SYSTEM" + dynamic}},
			[]string{"SetGlobal pod/mysql-0: SET GLOBAL time_zone = '+08:00'"},
			[]string{"PatchConfigMap configmap/mysql: -default-time-zone='+8:00' +default-time-zone=SYSTEM"}},
		{"UndeclaredChange", world{cnf: "[mysqld]\nport=3306\n", running: map[string]string{"port": "3306" + fromFile, "max_connections": "500" + dynamic}},
			[]string{"SetGlobal pod/mysql-0: SET GLOBAL max_connections = DEFAULT"},
			[]string{"PatchConfigMap configmap/mysql: +max_connections = 500"}},
		{"PersistedOverride, dynamic", world{cnf: "[mysqld]\nmax_connections=2000\n", running: map[string]string{"max_connections": "500" + persisted}, persist: map[string]string{"max_connections": "500"}},
			[]string{"ResetPersist pod/mysql-0: RESET PERSIST IF EXISTS max_connections", "SetGlobal pod/mysql-0: SET GLOBAL max_connections = 2000"},
			[]string{"PatchConfigMap configmap/mysql: -max_connections=2000 +max_connections=500"}},
		{"PersistedOverride, static", world{cnf: "[mysqld]\nskip-name-resolve\nback_log=100\n", running: map[string]string{"back_log": "200" + persisted}, persist: map[string]string{"back_log": "200"}},
			[]string{"ResetPersist pod/mysql-0: RESET PERSIST IF EXISTS back_log", "RolloutRestart statefulset/mysql"},
			[]string{"PatchConfigMap configmap/mysql: -back_log=100 +back_log=200"}},
		{"PendingPersist", world{cnf: "[mysqld]\nmax_connections=2000\n", running: map[string]string{"max_connections": "2000" + fromFile}, persist: map[string]string{"max_connections": "500"}},
			[]string{"ResetPersist pod/mysql-0: RESET PERSIST IF EXISTS max_connections"},
			[]string{"ResetPersist pod/mysql-0: RESET PERSIST IF EXISTS max_connections"}},
		{"PendingRestart", world{cnf: "[mysqld]\nback_log=100\n", running: map[string]string{"back_log": "80" + fromFile}},
			[]string{"RolloutRestart statefulset/mysql"},
			[]string{"PatchConfigMap configmap/mysql: -back_log=100 +back_log=80"}},
		{"NotApplied", world{cnf: "[mysqld]\nmax_connections=2000\n", running: map[string]string{"max_connections": "500" + fromFile}},
			[]string{"SetGlobal pod/mysql-0: SET GLOBAL max_connections = 2000"},
			[]string{"PatchConfigMap configmap/mysql: -max_connections=2000 +max_connections=500"}},
		{"StaleMount", world{cnf: "[mysqld]\nmax_connections=2000\n", running: map[string]string{"max_connections": "500" + fromFile},
			edit: func(s *Server) { s.Report.Findings[0].Class = v1.StaleMount }},
			[]string{"RolloutRestart statefulset/mysql"},
			[]string{"PatchConfigMap configmap/mysql: -max_connections=2000 +max_connections=500"}},
		{"StaleMount, on its way", world{cnf: "[mysqld]\nmax_connections=2000\n", running: map[string]string{"max_connections": "500" + fromFile},
			edit: func(s *Server) {
				s.Report.Findings[0].Class, s.Late = v1.StaleMount, map[string]bool{"max_connections": true}
			}},
			[]string{"SetGlobal pod/mysql-0: SET GLOBAL max_connections = 2000"},
			[]string{"PatchConfigMap configmap/mysql: -max_connections=2000 +max_connections=500"}},
		{"ArgumentOverride", world{cnf: "[mysqld]\nmax_connections=2000\n", args: "max-connections=500", running: map[string]string{"max_connections": "500" + argument}},
			[]string{"Manual pod/mysql-0: take --max-connections out of the arguments of statefulset/mysql, so that the option file decides"},
			[]string{"PatchConfigMap configmap/mysql: -max_connections=2000 +max_connections=500"}},
		{"gtid_mode", world{cnf: "[mysqld]\ngtid_mode=ON\n", running: map[string]string{"gtid_mode": "OFF" + dynamic}},
			[]string{"Manual pod/mysql-0: gtid_mode goes one step at a time, on every server of the topology before the next step: OFF, OFF_PERMISSIVE, ON_PERMISSIVE, ON; to be: ON"},
			[]string{"PatchConfigMap configmap/mysql: -gtid_mode=ON +gtid_mode=OFF"}},
		{"a secret", world{cnf: "[mysqld]\ninit_connect='x'\n", running: map[string]string{"init_connect": "y" + dynamic}},
			[]string{"unplanned init_connect RuntimeOverride"}, []string{"unplanned init_connect RuntimeOverride"}},
		{"nothing", world{cnf: "[mysqld]\nmax_connections=500\n", running: map[string]string{"max_connections": "500" + dynamic}}, nil, nil},
	} {
		for side, want := range map[string][]string{Declared: tc.declared, Running: tc.running} {
			tc.world.version = "9.7.4"
			got := Plan(Input{Servers: []Server{tc.world.server(t)}, Texts: text(tc.world.cnf), Prefer: side})
			if d := cmp.Diff(want, lines(got)); d != "" {
				t.Errorf("%s, %s (-want +got)\n%s", tc.name, side, d)
			}
		}
	}
}

func TestMariaDBKnowsNoPersist(t *testing.T) {
	s := world{version: "10.11.18-MariaDB", cnf: "[mysqld]\nmax_connections=2000\n", running: map[string]string{"max_connections": "500" + dynamic}}.server(t)
	got := lines(Plan(Input{Servers: []Server{s}, Prefer: Running, Persist: true}))
	if d := cmp.Diff([]string{"unplanned max_connections RuntimeOverride"}, got); d != "" {
		t.Error(d)
	}
	got = lines(Plan(Input{Servers: []Server{s}, Prefer: Declared}))
	if d := cmp.Diff([]string{"SetGlobal pod/mysql-0: SET GLOBAL max_connections = 2000"}, got); d != "" {
		t.Error(d)
	}
}

func TestPersist(t *testing.T) {
	w := world{version: "9.7.4", cnf: "[mysqld]\nmax_connections=2000\n", running: map[string]string{"max_connections": "500" + dynamic}}
	want := []string{"SetPersist pod/mysql-0: SET PERSIST max_connections = 500"}
	if d := cmp.Diff(want, lines(Plan(Input{Servers: []Server{w.server(t)}, Prefer: Running, Persist: true}))); d != "" {
		t.Error(d)
	}
	// Without anything that could be edited it is what is left.
	w.cnf, w.edit = "", func(s *Server) { s.Report.GovernedBy = nil }
	if d := cmp.Diff(want, lines(Plan(Input{Servers: []Server{w.server(t)}, Prefer: Running}))); d != "" {
		t.Error(d)
	}
	w.running["persisted_globals_load"] = "OFF"
	if got := lines(Plan(Input{Servers: []Server{w.server(t)}, Prefer: Running, Persist: true})); len(got) != 1 || !strings.HasPrefix(got[0], "unplanned") {
		t.Errorf("%q", got)
	}
}

// Where an edit would not do what it should, a person has to.
func TestEditsThatAreNotMade(t *testing.T) {
	const cnf = "[mysqld]\nmax_connections=2000\n"
	base := world{version: "9.7.4", cnf: cnf, running: map[string]string{"max_connections": "500" + dynamic}}
	for name, tc := range map[string]struct {
		change func(*world, *Text)
		says   string
	}{
		"an operator's": {func(w *world, _ *Text) {
			w.edit = func(s *Server) { s.Report.GovernedBy[0].Owner = "perconaxtradbcluster/shop:spec.pxc.configuration" }
		}, "in perconaxtradbcluster/shop:spec.pxc.configuration"},
		"immutable":     {func(_ *world, x *Text) { x.Immutable = true }, "immutable"},
		"not verbatim":  {func(w *world, _ *Text) { w.edit = func(s *Server) { s.Report.GovernedBy[0].Verbatim = false } }, "by hand"},
		"changed since": {func(_ *world, x *Text) { x.Content = "[mysqld]\n# moved\nmax_connections=2000\n" }, "changed meanwhile"},
		"a later setting": {func(w *world, _ *Text) {
			w.args = "max_connections=1000"
			w.running["max_connections"] = "500" + dynamic
		}, "no ConfigMap's key"},
		"not a value": {func(w *world, x *Text) {
			w.cnf, w.running = "[mysqld]\nlog-bin\n", map[string]string{"log_bin": "OFF" + fromFile}
			x.Content = w.cnf
		}, "by hand"},
	} {
		w := base
		w.running = map[string]string{"max_connections": "500" + dynamic}
		x := text(cnf)[TextID("shop", source)]
		tc.change(&w, &x)
		plan := Plan(Input{Servers: []Server{w.server(t)}, Texts: map[string]Text{TextID("shop", source): x}, Prefer: Running})
		if len(plan.Steps) != 1 || plan.Steps[0].Kind != v1.FixManual || plan.Steps[0].Automatic || !strings.Contains(plan.Steps[0].Why, tc.says) {
			t.Errorf("%s: %+v", name, plan.Steps)
		}
	}
}

func TestReplicasComeBeforeTheirPrimary(t *testing.T) {
	run := map[string]string{"max_connections": "500" + dynamic, "back_log": "80" + fromFile}
	const cnf = "[mysqld]\nmax_connections=2000\nback_log=100\n"
	set := Workload{Kind: "statefulset", Name: "mysql", Replicas: 3}
	var servers []Server
	for pod, role := range map[string]model.Role{"mysql-0": model.RolePrimary, "mysql-1": model.RoleReplica, "mysql-2": model.RoleReplica} {
		servers = append(servers, world{version: "9.7.4", pod: pod, role: role, cnf: cnf, running: run, workload: set}.server(t))
	}
	plan := Plan(Input{Servers: servers, Prefer: Declared})
	n := len(plan.Steps)
	if n != 4 || plan.Steps[2].Object != "pod/mysql-0" || plan.Steps[3].Kind != v1.FixRolloutRestart {
		t.Fatalf("%q", lines(plan))
	}
	if w := strings.Join(plan.Steps[3].Warnings, "\n"); !strings.Contains(w, "the replicas first, the primary mysql-0 last") {
		t.Error(w)
	}
	// A primary that is not the lowest would go first.
	for i := range servers {
		in := &servers[i].Report.Instance
		in.Role = map[string]string{"mysql-0": "replica", "mysql-1": "replica", "mysql-2": "primary"}[in.Pod]
	}
	plan = Plan(Input{Servers: servers, Prefer: Declared})
	if w := strings.Join(plan.Steps[3].Warnings, "\n"); !strings.Contains(w, "make another the primary first") || plan.Steps[2].Object != "pod/mysql-2" {
		t.Errorf("%q\n%s", lines(plan), w)
	}
	for i := range servers {
		servers[i].Workload.OnDelete = true
	}
	s := Plan(Input{Servers: servers, Prefer: Declared}).Steps[3]
	if s.Automatic || !strings.Contains(s.Why, "then mysql-2, each when") {
		t.Errorf("OnDelete: %+v", s)
	}
}

func TestRestartsThatAreNotMade(t *testing.T) {
	base := world{version: "9.7.4", cnf: "[mysqld]\nback_log=100\n", running: map[string]string{"back_log": "80" + fromFile}}
	for name, tc := range map[string]struct {
		change func(*world)
		says   string
	}{
		"a bare pod":    {func(w *world) { w.workload = Workload{Kind: "pod", Name: "mysql-0"} }, "delete it"},
		"an operator":   {func(w *world) { w.workload = Workload{Kind: "statefulset", Operator: "innodbcluster/shop"} }, "innodbcluster/shop"},
		"a bad option":  {func(w *world) { w.cnf += "max_conections=1\n" }, "may fail"},
		"another owner": {func(w *world) { w.workload = Workload{Kind: "cloneset", Name: "x"} }, "delete pod"},
	} {
		w := base
		tc.change(&w)
		plan := Plan(Input{Servers: []Server{w.server(t)}, Prefer: Declared})
		if len(plan.Steps) != 1 || plan.Steps[0].Automatic || !strings.Contains(plan.Steps[0].Why, tc.says) {
			t.Errorf("%s: %+v", name, plan.Steps)
		}
	}
}

// One ConfigMap cannot say two things.
func TestPodsThatDisagree(t *testing.T) {
	const cnf = "[mysqld]\nmax_connections=2000\n"
	var servers []Server
	for pod, value := range map[string]string{"mysql-0": "500", "mysql-1": "600"} {
		servers = append(servers, world{version: "9.7.4", pod: pod, cnf: cnf, running: map[string]string{"max_connections": value + dynamic}}.server(t))
	}
	if got := lines(Plan(Input{Servers: servers, Texts: text(cnf), Prefer: Running})); len(got) != 2 || !strings.HasPrefix(got[0], "unplanned") {
		t.Errorf("%q", got)
	}
	// One that has no finding is told of.
	servers[1] = world{version: "9.7.4", pod: "mysql-9", cnf: cnf, running: map[string]string{"max_connections": "2000" + fromFile}}.server(t)
	plan := Plan(Input{Servers: servers, Texts: text(cnf), Prefer: Running})
	if len(plan.Steps) != 1 || !strings.Contains(strings.Join(plan.Steps[0].Warnings, "\n"), "it governs mysql-9 too") {
		t.Errorf("%+v", plan.Steps)
	}
}

func TestDeliveredObjects(t *testing.T) {
	const cnf = "[mysqld]\nmax_connections=2000\n"
	s := world{version: "9.7.4", cnf: cnf, running: map[string]string{"max_connections": "500" + dynamic}}.server(t)
	for tool, automatic := range map[string]bool{"": true, "Flux": false, "Argo CD": false, "Helm": true} {
		x := text(cnf)[TextID("shop", source)]
		x.Tool = tool
		step := Plan(Input{Servers: []Server{s}, Texts: map[string]Text{TextID("shop", source): x}, Prefer: Running}).Steps[0]
		if step.Automatic != automatic || (tool != "") != (len(step.Warnings) > 0) || (step.Command != "") != automatic {
			t.Errorf("%s: %+v", tool, step)
		}
	}
}

func TestWarnings(t *testing.T) {
	for name, tc := range map[string]struct {
		world world
		says  string
	}{
		"adjusted":      {world{cnf: "[mysqld]\nmax_allowed_packet=1000000\n", running: map[string]string{"max_allowed_packet": "1024" + dynamic}}, "1000000 is declared, of which the server makes 999424"},
		"session":       {world{cnf: "[mysqld]\nsort_buffer_size=1M\n", running: map[string]string{"sort_buffer_size": "32768" + dynamic}}, "until they connect again"},
		"durability":    {world{cnf: "[mysqld]\nsync_binlog=1\n", running: map[string]string{"sync_binlog": "0" + dynamic}}, "a crash loses"},
		"group":         {world{cnf: "[mysqld]\ngroup_replication_member_weight=50\n", running: map[string]string{"group_replication_member_weight": "70" + dynamic, "group_replication_group_name": "x" + fromFile}}, "replication group"},
		"persisted":     {world{cnf: "[mysqld]\nmax_connections=2000\n", running: map[string]string{"max_connections": "500" + dynamic}, persist: map[string]string{"max_connections": "700"}}, "mysqld-auto.cnf holds 700"},
		"what it sends": {world{cnf: "[mysqld]\nsql_mode=ANSI_QUOTES\n", role: model.RolePrimary, running: map[string]string{"sql_mode": "" + dynamic}}, "replicas are sent"},
	} {
		tc.world.version = "9.7.4"
		plan := Plan(Input{Servers: []Server{tc.world.server(t)}, Prefer: Declared})
		if len(plan.Steps) == 0 || !strings.Contains(strings.Join(plan.Steps[0].Warnings, "\n"), tc.says) {
			t.Errorf("%s: %+v", name, plan)
		}
	}
	restarted := world{version: "9.7.4", cnf: "[mysqld]\nback_log=100\n", running: map[string]string{"back_log": "80" + fromFile}, workload: Workload{Kind: "statefulset", Name: "mysql", Replicas: 3}}
	for where, warned := range map[string]bool{"": false, "in an emptyDir": true} {
		restarted.workload.Fleeting = where
		plan := Plan(Input{Servers: []Server{restarted.server(t)}, Prefer: Declared})
		if got := strings.Contains(strings.Join(plan.Steps[0].Warnings, "\n"), "the data lies in an emptyDir"); got != warned {
			t.Errorf("data %q: %+v", where, plan.Steps)
		}
	}
	plain := world{version: "9.7.4", cnf: "[mysqld]\nmax_connections=2000\n", running: map[string]string{"max_connections": "500" + dynamic}}
	if w := Plan(Input{Servers: []Server{plain.server(t)}, Prefer: Declared}).Steps[0].Warnings; len(w) > 0 {
		t.Errorf("warned for nothing: %q", w)
	}
}

// What a rule ignores is left as it is, and told with the rule's reason.
func TestIgnoredIsLeft(t *testing.T) {
	w := world{version: "9.7.4", cnf: "[mysqld]\nmax_connections=100\n", running: map[string]string{"max_connections": "500 @DYNAMIC"}}
	w.edit = func(s *Server) {
		for i := range s.Report.Findings {
			s.Report.Findings[i].Drift, s.Report.Findings[i].Ignored = false, &v1.Ignored{Reason: "agreed with the host team"}
		}
	}
	for _, variables := range [][]string{nil, {"max_connections"}} {
		p := Plan(Input{Servers: []Server{w.server(t)}, Prefer: Declared, Variables: variables})
		if len(p.Steps) != 0 || p.Summary.Findings != 0 || len(p.Unplanned) != 1 || !strings.Contains(p.Unplanned[0].Why, "agreed with the host team") {
			t.Errorf("%v: %v", variables, lines(p))
		}
	}
	w.edit = nil
	if p := Plan(Input{Servers: []Server{w.server(t)}, Prefer: Declared}); len(p.Steps) != 1 {
		t.Errorf("without the rule: %v", lines(p))
	}
}

func TestVariablesAreChosen(t *testing.T) {
	s := world{version: "9.7.4", cnf: "[mysqld]\nmax_connections=2000\nsync_binlog=1\n", running: map[string]string{"max_connections": "500" + dynamic, "sync_binlog": "0" + dynamic}}.server(t)
	plan := Plan(Input{Servers: []Server{s}, Prefer: Declared, Variables: []string{"sync_binlog"}})
	if d := cmp.Diff([]string{"SetGlobal pod/mysql-0: SET GLOBAL sync_binlog = 1"}, lines(plan)); d != "" || plan.Summary.Findings != 1 || plan.Summary.Automatic != 1 {
		t.Errorf("%s %+v", d, plan.Summary)
	}
}

// What SET PERSIST keeps already is not persisted again.
func TestPersistedAlready(t *testing.T) {
	w := world{version: "9.7.4", cnf: "[mysqld]\nmax_connections=2000\n", running: map[string]string{"max_connections": "500" + persisted}, persist: map[string]string{"max_connections": "500"}}
	if got := lines(Plan(Input{Servers: []Server{w.server(t)}, Prefer: Running, Persist: true})); len(got) != 1 || !strings.HasPrefix(got[0], "unplanned") {
		t.Errorf("got %v", got)
	}
	w.persist = map[string]string{"max_connections": "600"}
	if got := lines(Plan(Input{Servers: []Server{w.server(t)}, Prefer: Running, Persist: true})); len(got) != 1 || !strings.HasPrefix(got[0], "SetPersist") {
		t.Errorf("another value: %v", got)
	}
}
