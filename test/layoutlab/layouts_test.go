//go:build lab

package layoutlab

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/test/labtest"
)

// layout is one way of deploying a server and what an edit of its source must show.
type layout struct {
	pod string
	// sources are those that an edit concerns, in the order in which they are read.
	sources []string
	via     string
	// edit are kubectl's arguments that change the source: max_connections, which is
	// dynamic, by 100, and back_log, which is static, to 70.
	edit [][]string
	// file is the path at which the new text arrives in the pod; empty where none does.
	file string
	want map[string]v1.Class
	// certainty of the sources after the edit.
	after  v1.Certainty
	remedy string // part of that of max_connections
}

func late(variables ...string) map[string]v1.Class {
	want := map[string]v1.Class{}
	for _, v := range variables {
		want[v] = v1.StaleMount
	}
	return want
}

var taken = map[string]v1.Class{"max_connections": v1.NotApplied, "back_log": v1.PendingRestart}

// options is a patch of one key of a ConfigMap: option lines below [mysqld].
func options(object, key, lines string) []string {
	data := "data"
	if strings.HasPrefix(object, "secret/") {
		data = "stringData"
	}
	text := `[mysqld]\n` + strings.ReplaceAll(lines, " ", `\n`) + `\ninnodb_buffer_pool_size=16M\ntable_open_cache=64\n`
	return []string{"patch", object, "--type=merge", "--patch", `{"` + data + `":{"` + key + `":"` + text + `"}}`}
}

var layouts = []layout{
	{pod: "subpath-0", sources: []string{"configmap/subpath-config:custom.cnf"}, via: "subPath",
		edit: [][]string{options("configmap/subpath-config", "custom.cnf", "max_connections=201 back_log=70")},
		want: late("max_connections", "back_log"), after: v1.Derived, remedy: "delete the pod"},
	{pod: "projected-0", sources: []string{"configmap/projected-base:base", "configmap/projected-override:override"}, via: "projected",
		edit: [][]string{options("configmap/projected-base", "base", "max_connections=202 back_log=70 long_query_time=3")},
		file: "/etc/mysql/conf.d/10-base.cnf", want: taken, after: v1.Confirmed, remedy: "SET GLOBAL max_connections = 202"},
	{pod: "extra-file-0", sources: []string{"configmap/extra-file-config:extra.cnf"}, via: "volume",
		edit: [][]string{options("configmap/extra-file-config", "extra.cnf", "max_connections=203 back_log=70")},
		file: "/config/extra.cnf", want: taken, after: v1.Confirmed, remedy: "SET GLOBAL max_connections = 203"},
	{pod: "args-0", sources: []string{"arg"}, via: "command",
		edit: [][]string{{"patch", "configmap/args-env", "--type=merge", "--patch", `{"data":{"MAX_CONNECTIONS":"205"}}`}},
		want: map[string]v1.Class{"max_connections": v1.NotApplied}, after: v1.Derived, remedy: "restart the server"},
	{pod: "bitnami-mysql-0", sources: []string{"configmap/bitnami-mysql:my.cnf"}, via: "subPath",
		edit: [][]string{{"patch", "configmap/bitnami-mysql", "--type=merge", "--patch", `{"data":{"my.cnf":"[mysqld]\nport=3306\nbasedir=/opt/bitnami/mysql\ndatadir=/bitnami/mysql/data\nsocket=/opt/bitnami/mysql/tmp/mysql.sock\npid-file=/opt/bitnami/mysql/tmp/mysqld.pid\nmax_connections=206\nback_log=70\ninnodb_buffer_pool_size=16M\ntable_open_cache=64\ncharacter-set-server=UTF8MB4\nslow_query_log=0\nlong_query_time=10.0\n"}}`}},
		want: late("max_connections", "back_log"), after: v1.Derived, remedy: "delete the pod"},
	{pod: "secret-config-0", sources: []string{"secret/secret-options:secret.cnf"}, via: "volume",
		edit: [][]string{options("secret/secret-options", "secret.cnf", "max_connections=29876 back_log=70")},
		file: "/etc/mysql/conf.d/secret.cnf", want: taken, after: v1.Confirmed},
	{pod: "tutorial-0", sources: []string{"configmap/tutorial:primary.cnf"}, via: "initContainer-copy",
		edit: [][]string{options("configmap/tutorial", "primary.cnf", "log-bin max_connections=212 back_log=70")},
		want: late("max_connections", "back_log"), after: v1.Derived, remedy: "delete the pod"},
	{pod: "tutorial-1", sources: []string{"configmap/tutorial:replica.cnf"}, via: "initContainer-copy",
		edit: [][]string{options("configmap/tutorial", "replica.cnf", "super-read-only max_connections=213 back_log=70")},
		want: late("max_connections", "back_log"), after: v1.Derived, remedy: "delete the pod"},
	{pod: "tutorial-2", sources: []string{"configmap/tutorial:replica.cnf"}, via: "initContainer-copy",
		want: late("max_connections", "back_log"), after: v1.Derived, remedy: "delete the pod"},
	// Kustomize makes another object for another content. Whoever writes the old
	// name anew all the same reaches no pod that runs: the kubelet reads an
	// immutable object once.
	{pod: "kustomized-0", sources: []string{"configmap/kustomized-config-7m2ht9k5bf:my.cnf"}, via: "volume",
		edit: [][]string{
			{"delete", "configmap/kustomized-config-7m2ht9k5bf"},
			{"create", "configmap", "kustomized-config-7m2ht9k5bf", "--from-literal=my.cnf=[mysqld]\nmax_connections=208\nback_log=70\ninnodb_buffer_pool_size=16M\ntable_open_cache=64\n"},
			{"patch", "configmap/kustomized-config-7m2ht9k5bf", "--type=merge", "--patch", `{"immutable":true}`},
		},
		want: late("max_connections", "back_log"), after: v1.Derived, remedy: "delete the pod"},
}

func TestLayouts(t *testing.T) {
	reader := filepath.Join(filepath.Dir(labtest.Kubeconfig), "kubeconfig-reader")
	t.Run("before", func(t *testing.T) {
		for _, l := range layouts {
			t.Run(l.pod, func(t *testing.T) {
				t.Parallel()
				if r, code, _ := diff(t, l.pod); code != 0 || r.State != v1.StateInSync {
					t.Errorf("exit code %d, state %s: %+v %+v", code, r.State, r.Findings, r.Errors)
				}
				l.governed(t, config(t, labtest.Kubeconfig, l.pod), v1.Confirmed)
				if got := config(t, reader, l.pod); l.governed(t, got, v1.Derived) && !slices.ContainsFunc(got.Missing, func(s string) bool { return strings.Contains(s, "derived from the manifests") }) {
					t.Errorf("without the right to exec it does not say so: %q", got.Missing)
				}
			})
		}
	})
	for _, l := range layouts {
		for _, args := range l.edit {
			if _, err := kubectl("", append([]string{"-n", namespace}, args...)...); err != nil {
				t.Fatal(err)
			}
		}
	}
	t.Run("after", func(t *testing.T) {
		for _, l := range layouts {
			t.Run(l.pod, func(t *testing.T) {
				t.Parallel()
				if l.file != "" {
					waitForFile(t, l.pod, l.file, "back_log=70")
				}
				r, code, printed := diff(t, l.pod)
				if code != 1 {
					t.Errorf("exit code %d, want 1", code)
				}
				l.found(t, r)
				l.governed(t, config(t, labtest.Kubeconfig, l.pod), l.after)
				if strings.HasPrefix(l.sources[0], "secret/") && (strings.Contains(printed, "29876") || strings.Contains(printed, "s3cr3t-r3m4rk")) {
					t.Errorf("the Secret's content shows:\n%s", printed)
				}
			})
		}
	})
	t.Run("rollout", rollout)
}

// governed checks that the layout's sources are those that the server reads, in
// order, each known as well as wanted.
func (l layout) governed(t *testing.T, r v1.ConfigReport, want v1.Certainty) bool {
	t.Helper()
	var got []string
	ok := true
	for _, g := range r.GovernedBy {
		if !slices.Contains(l.sources, g.Source) {
			if g.Source != "image" && g.Source != "generated" && g.Source != "arg" {
				t.Errorf("%s at %s governs too", g.Source, g.Path)
			}
			continue
		}
		got = append(got, g.Source)
		if g.Certainty != want || g.Via != l.via || g.OnChange == "" {
			t.Errorf("%s at %s is %s by %s, want %s by %s; on change %q", g.Source, g.Path, g.Certainty, g.Via, want, l.via, g.OnChange)
			ok = false
		}
	}
	if !slices.Equal(got, l.sources) {
		t.Errorf("governed by %v, want %v", got, l.sources)
	}
	return ok
}

// hops are where each class of drift parts.
var hops = map[v1.Class]string{v1.StaleMount: "File", v1.NotApplied: "Start", v1.PendingRestart: "Start"}

// found checks that the edit shows as what it is, and nothing else does.
func (l layout) found(t *testing.T, r v1.DriftReport) {
	t.Helper()
	seen := map[string]bool{}
	for _, f := range r.Findings {
		if !f.Drift {
			continue
		}
		seen[f.Variable] = true
		want := l.want[f.Variable]
		if f.Class != want || f.Hop != hops[want] || f.Remedy == "" {
			t.Errorf("%s: %s at %s, want %s: %s", f.Variable, f.Class, f.Hop, want, f.Message)
		}
		if f.Variable == "max_connections" && !strings.Contains(f.Remedy, l.remedy) {
			t.Errorf("remedy %q, want %q", f.Remedy, l.remedy)
		}
		if want == v1.StaleMount && !slices.ContainsFunc(f.Evidence, func(e v1.Evidence) bool { return e.Kind == "file" && e.Time != nil }) {
			t.Errorf("%s: since when does not show: %+v", f.Variable, f.Evidence)
		}
	}
	for v := range l.want {
		if !seen[v] {
			t.Errorf("%s: no drift found", v)
		}
	}
}

// rollout is what Kustomize does: a new name for the new content, and a template
// that asks for it. The pod is governed by what its own specification names.
func rollout(t *testing.T) {
	const name = "kustomized-config-9f4bk7c2md"
	for _, args := range [][]string{
		{"create", "configmap", name, "--from-literal=my.cnf=[mysqld]\nmax_connections=308\ninnodb_buffer_pool_size=16M\ntable_open_cache=64\n"},
		{"patch", "sts/kustomized", "--type=json", "--patch", `[{"op":"replace","path":"/spec/template/spec/volumes/1/configMap/name","value":"` + name + `"}]`},
		{"rollout", "status", "sts/kustomized", "--timeout=120s"},
	} {
		if _, err := kubectl("", append([]string{"-n", namespace}, args...)...); err != nil {
			t.Fatal(err)
		}
	}
	r, code, _ := diff(t, "kustomized-0")
	if code != 0 || r.State != v1.StateInSync {
		t.Errorf("exit code %d, state %s: %+v", code, r.State, r.Findings)
	}
	layout{sources: []string{"configmap/" + name + ":my.cnf"}, via: "volume"}.governed(t, config(t, labtest.Kubeconfig, "kustomized-0"), v1.Confirmed)
}

// A file of the image that is read later beats the ConfigMap, whatever the
// ConfigMap says; only the file in the pod can tell.
func TestImageWins(t *testing.T) {
	r, code, _ := diff(t, "image-wins-0")
	if code != 1 {
		t.Errorf("exit code %d, want 1", code)
	}
	var found []string
	for _, f := range r.Findings {
		if f.Drift {
			found = append(found, f.Variable)
			if f.Class != v1.ArgumentOverride || f.Hop != "File" || !strings.Contains(f.Message, "/etc/mysql/mariadb.conf.d/50-server.cnf") {
				t.Errorf("%s: %s at %s: %s", f.Variable, f.Class, f.Hop, f.Message)
			}
		}
	}
	if want := []string{"character_set_server", "collation_server"}; !slices.Equal(found, want) {
		t.Errorf("drift in %v, want %v", found, want)
	}
}
