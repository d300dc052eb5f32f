package fix

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"k8s.io/cli-runtime/pkg/genericiooptions"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cmd/options"
)

// run runs the command without a cluster: what is refused is refused before one
// is looked for.
func run(t *testing.T, args ...string) error {
	t.Helper()
	streams, _, _, _ := genericiooptions.NewTestIOStreams()
	root := options.NewRoot(streams, options.Build{})
	none := filepath.Join(t.TempDir(), "no-kubeconfig")
	root.Config.KubeConfig = &none
	cmd := New(root)
	cmd.SilenceErrors, cmd.SilenceUsage = true, true
	cmd.SetArgs(args)
	return cmd.ExecuteContext(t.Context())
}

func TestWrongUse(t *testing.T) {
	for want, args := range map[string][]string{
		"want declared or running":         {"--prefer", "mine"},
		"want none or server":              {"--dry-run", "client"},
		"are of --prefer running":          {"--persist"},
		"exclude each other":               {"--prefer", "running", "--persist", "--git-repo", "."},
		"are of --apply":                   {"--yes"},
		"--dry-run=server exclude":         {"--apply", "--yes", "--dry-run=server"},
		"want NAME <MAIL>":                 {"--author", "ann"},
		"standard input is no terminal":    {"--apply"},
		"which --password-stdin uses up":   {"--apply", "--password-stdin", "--user", "a"},
		"allowed formats are":              {"-o", "nonsense"},
		"invalid argument \"soon\" for \"": {"--wait", "soon"},
	} {
		err := run(t, args...)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: %v", args, err)
		}
	}
}

func TestExitCode(t *testing.T) {
	applied := v1.FixStep{Result: &v1.FixResult{Outcome: v1.FixApplied}}
	stale := v1.FixStep{Result: &v1.FixResult{Outcome: v1.FixStale}}
	for name, tc := range map[string]struct {
		plan  v1.FixPlan
		apply bool
		want  int
	}{
		"nothing":             {v1.FixPlan{}, false, options.ExitOK},
		"nothing, applied":    {v1.FixPlan{}, true, options.ExitOK},
		"a plan":              {v1.FixPlan{Summary: v1.FixSummary{Findings: 1}, Steps: []v1.FixStep{{}}}, false, options.ExitDrift},
		"all done":            {v1.FixPlan{Summary: v1.FixSummary{Findings: 1}, Steps: []v1.FixStep{applied}}, true, options.ExitOK},
		"done, and yet there": {v1.FixPlan{Summary: v1.FixSummary{Findings: 1, Remaining: 1}, Steps: []v1.FixStep{applied}}, true, options.ExitDrift},
		"one was not done":    {v1.FixPlan{Summary: v1.FixSummary{Findings: 2}, Steps: []v1.FixStep{applied, stale}}, true, options.ExitDrift},
		"unread":              {v1.FixPlan{Summary: v1.FixSummary{Incomplete: true}, Steps: []v1.FixStep{applied}}, true, options.ExitIncomplete},
	} {
		if got := exitCode(&tc.plan, tc.apply); got != tc.want {
			t.Errorf("%s: %d, want %d", name, got, tc.want)
		}
	}
}

// Only a yes is a yes; the end of the input is none.
func TestAsk(t *testing.T) {
	step := &v1.FixStep{Number: 1, Kind: v1.FixSetGlobal, Variables: []string{"max_connections"}, From: "500", To: "2000", Namespace: "shop", Pod: "mysql-0"}
	for answer, want := range map[string]bool{"y\n": true, "Yes\n": true, "n\n": false, "\n": false, "yess\n": false, "y": true} {
		streams, in, _, errOut := genericiooptions.NewTestIOStreams()
		in.WriteString(answer)
		f := &flags{root: options.NewRoot(streams, options.Build{})}
		got, err := f.ask(t.Context())(step)
		if got != want || err != nil || !strings.Contains(errOut.String(), "Set max_connections to 2000, now 500, on shop/mysql-0") {
			t.Errorf("%q: %t, %v, asked %q", answer, got, err, errOut)
		}
	}
	streams, _, _, _ := genericiooptions.NewTestIOStreams()
	f := &flags{root: options.NewRoot(streams, options.Build{})}
	if yes, err := f.ask(t.Context())(step); yes || !errors.Is(err, errNoAnswer) {
		t.Errorf("%t, %v", yes, err)
	}
}

// Ctrl-C ends the question at once, though nobody types a line.
func TestAskIsInterrupted(t *testing.T) {
	streams, _, _, errOut := genericiooptions.NewTestIOStreams()
	in, typing := io.Pipe()
	defer typing.Close()
	streams.In = in
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(20*time.Millisecond, cancel)
	f := &flags{root: options.NewRoot(streams, options.Build{})}
	yes, err := f.ask(ctx)(&v1.FixStep{Number: 1, Kind: v1.FixSetGlobal, Variables: []string{"max_connections"}})
	if yes || !errors.Is(err, errInterrupted) || !strings.HasSuffix(errOut.String(), "\n") {
		t.Errorf("%t, %v, asked %q", yes, err, errOut)
	}
}

func TestPatchFiles(t *testing.T) {
	plan := &v1.FixPlan{Steps: []v1.FixStep{
		{Kind: v1.FixPatchConfigMap, Namespace: "shop", Object: "configmap/mysql", Key: "a.cnf", Text: "a=1\n", ResourceVersion: "7"},
		{Kind: v1.FixGitPatch, File: "0001-x.patch", FileText: "From 0\n"},
		{Kind: v1.FixPatchConfigMap, Namespace: "shop", Object: "configmap/mysql", Key: "b.cnf", Text: "b=1\n", ResourceVersion: "7"},
		{Kind: v1.FixSetGlobal},
	}}
	dir := filepath.Join(t.TempDir(), "patches")
	var errOut bytes.Buffer
	f := &flags{root: options.NewRoot(genericiooptions.IOStreams{ErrOut: &errOut}, options.Build{}), patchDir: dir}
	if err := f.writePatches(plan); err != nil {
		t.Fatal(err)
	}
	patch, err := os.ReadFile(filepath.Join(dir, "shop-configmap-mysql.yaml"))
	if want := "data:\n  a.cnf: |\n    a=1\n  b.cnf: |\n    b=1\nmetadata:\n  resourceVersion: \"7\"\n"; err != nil || string(patch) != want {
		t.Errorf("%v\n%s", err, patch)
	}
	if mail, err := os.ReadFile(filepath.Join(dir, "0001-x.patch")); err != nil || string(mail) != "From 0\n" {
		t.Errorf("%v %s", err, mail)
	}
	if strings.Count(errOut.String(), "Wrote ") != 2 {
		t.Error(errOut.String())
	}
}
