package rbac

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	"sigs.k8s.io/yaml"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cmd/options"
)

func printed(t *testing.T, args ...string) (string, error) {
	t.Helper()
	streams, _, out, _ := genericiooptions.NewTestIOStreams()
	root := options.NewRoot(streams, options.Build{})
	shop := "shop"
	root.Config.Namespace = &shop
	cmd := New(root)
	cmd.SilenceErrors, cmd.SilenceUsage = true, true
	cmd.SetArgs(args)
	err := cmd.ExecuteContext(t.Context())
	return out.String(), err
}

func must(t *testing.T, args ...string) string {
	t.Helper()
	out, err := printed(t, args...)
	if err != nil {
		t.Fatalf("rbac %v: %v", args, err)
	}
	return out
}

// documents are the objects in a YAML text, as plain maps.
func documents(t *testing.T, text string) []any {
	t.Helper()
	var all []any
	for _, doc := range strings.Split(text, "\n---\n") {
		var object map[string]any
		if err := yaml.UnmarshalStrict([]byte(doc), &object); err != nil {
			t.Fatalf("%v in:\n%s", err, doc)
		}
		if object != nil {
			all = append(all, object)
		}
	}
	return all
}

// YAML for people and JSON hold the same objects, whatever the names are.
func TestYAMLEqualsJSON(t *testing.T) {
	for _, args := range [][]string{
		nil, {"-A"}, {"--secrets", "a,b.c", "--tool", "flux,argocd=gitops,percona"}, {"--secrets", "*", "--apply"},
		{"--kube-user", "al: {ice}, #1"}, {"--group", "true"}, {"--group", "0x1"}, {"--serviceaccount", "ops:watcher", "--verb", "status"},
	} {
		var list struct{ Items []any }
		if err := json.Unmarshal([]byte(must(t, append([]string{"-o", "json"}, args...)...)), &list); err != nil {
			t.Fatal(err)
		}
		for _, item := range list.Items {
			delete(item.(map[string]any)["metadata"].(map[string]any), "creationTimestamp")
		}
		if d := cmp.Diff(list.Items, documents(t, must(t, args...))); d != "" {
			t.Errorf("%v (-json +yaml)\n%s", args, d)
		}
	}
}

func TestRightsFollowWhatIsWanted(t *testing.T) {
	for _, tc := range []struct {
		args      []string
		has, lack []string
	}{
		{nil, []string{"kind: Role\n", "pods/exec", "pods/portforward", "controllerrevisions"}, []string{"secrets", "patch", "ClusterRole", "SYSTEM_VARIABLES_ADMIN"}},
		{[]string{"--verb", "status"}, []string{"configmaps", "REPLICATION CLIENT"}, []string{"controllerrevisions", "performance_schema"}},
		{[]string{"--verb", "snapshot"}, []string{"pods/portforward"}, []string{"configmaps"}},
		{[]string{"--verb", "config"}, []string{"pods/exec", "configmaps"}, []string{"portforward", "GRANT"}},
		{[]string{"--via", "port-forward"}, []string{"pods/portforward"}, []string{"pods/exec"}},
		{[]string{"--via", "exec"}, []string{"pods/exec"}, []string{"pods/portforward"}},
		{[]string{"--via", "direct"}, []string{"pods"}, []string{"pods/"}},
		{[]string{"-A"}, []string{"kind: ClusterRole\n", "kind: ClusterRoleBinding"}, []string{"kind: Role\n"}},
		{[]string{"--apply"}, []string{"verbs: [patch]", "SYSTEM_VARIABLES_ADMIN", "SUPER"}, nil},
		{[]string{"--secrets", "mysql-root"}, []string{"resources: [secrets], verbs: [get], resourceNames: [mysql-root]"}, nil},
		{[]string{"--tool", "flux"}, []string{"namespace: flux-system", "kustomizations"}, nil},
		{[]string{"-o", "sql", "--server-version", "10.4.1-MariaDB"}, []string{"REPLICATION CLIENT", "MariaDB 10.4.1"}, []string{"SLAVE MONITOR", "MySQL", "# "}},
	} {
		out := must(t, tc.args...)
		for _, text := range tc.has {
			if !strings.Contains(out, text) {
				t.Errorf("%v lacks %q:\n%s", tc.args, text, out)
			}
		}
		for _, text := range tc.lack {
			if strings.Contains(out, text) {
				t.Errorf("%v has %q:\n%s", tc.args, text, out)
			}
		}
	}
}

// The account goes into statements that somebody runs as root.
func TestAccountIsQuoted(t *testing.T) {
	if out := must(t, "-o", "sql", "--account", "o'neil@10.0.%"); !strings.Contains(out, `TO 'o''neil'@'10.0.%';`) {
		t.Error(out)
	}
	for _, account := range []string{"", "nobody", "@%", "a\nb@%", `a\@%`, "a\x1b[0m@%"} {
		if out, err := printed(t, "-o", "sql", "--account", account); err == nil {
			t.Errorf("%q: %s", account, out)
		}
	}
}

func TestWrongUse(t *testing.T) {
	for _, args := range [][]string{
		{"--verb", "explode"}, {"--via", "carrier-pigeon"}, {"--secrets", "A b"}, {"--name", "{}"}, {"--tool", "puppet"}, {"--tool", "flux=A_b"},
		{"--kube-user", "a", "--group", "b"}, {"--serviceaccount", "a b"}, {"-o", "xml"}, {"--apply", "--verb", "status"}, {"--server-version", "latest"}, {"extra"},
	} {
		_, err := printed(t, args...)
		if code, _ := options.CodeOf(err); code != options.ExitFailure {
			t.Errorf("%v: exit code %d (%v)", args, code, err)
		}
	}
	if fmt.Sprint(toolNames()) == "[]" {
		t.Error("no tools")
	}
}
