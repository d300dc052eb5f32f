package options

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericiooptions"
)

// A file's defaults give way to what the command line says, also where the two
// only do not go together; what a file leaves alone and what it sets both show.
func TestFileGivesWay(t *testing.T) {
	file := filepath.Join(t.TempDir(), "config.yaml")
	text := `
defaults: {credentials-secret: monitoring}
verbs:
  diff: {all-namespaces: true, output: wide, server-args: --x}
  fix: {persist: true, audit-file: /a}
git: {repo: /repository}
`
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		verb string
		args []string
		want map[string]string
	}{
		{"diff", nil, map[string]string{"all-namespaces": "true", "credentials-secret": "monitoring", "git-repo": "/repository", "output": "wide", "server-args": ""}},
		{"diff", []string{"--namespace", "shop"}, map[string]string{"all-namespaces": "false", "git-repo": "/repository"}},
		{"diff", []string{"--user", "root"}, map[string]string{"credentials-secret": ""}},
		{"diff", []string{"--option-file", "my.cnf"}, map[string]string{"git-repo": "", "server-args": "--x"}},
		{"diff", []string{"--output", "json"}, map[string]string{"output": "json"}},
		{"fix", nil, map[string]string{"persist": "true", "audit-file": ""}},
		{"fix", []string{"--apply"}, map[string]string{"audit-file": "/a"}},
		{"fix", []string{"--git-repo", "/other"}, map[string]string{"persist": "false", "git-repo": "/other"}},
	} {
		root := NewRoot(genericiooptions.NewTestIOStreamsDiscard(), Build{})
		root.ConfigFile = file
		parent, cmd := &cobra.Command{Use: "mysqldrift"}, &cobra.Command{Use: c.verb}
		parent.AddCommand(cmd)
		for _, name := range []string{"namespace", "credentials-secret", "user", "git-repo", "output", "server-args", "option-file", "audit-file"} {
			cmd.Flags().String(name, "", "")
		}
		for _, name := range []string{"all-namespaces", "persist", "apply"} {
			cmd.Flags().Bool(name, false, "")
		}
		if err := cmd.ParseFlags(c.args); err != nil {
			t.Fatal(err)
		}
		if err := root.readFiles(cmd); err != nil {
			t.Fatal(err)
		}
		for name, want := range c.want {
			if got := cmd.Flag(name).Value.String(); got != want {
				t.Errorf("%s %q: --%s is %q, want %q", c.verb, c.args, name, got, want)
			}
			typed := len(c.args) > 0 && c.args[0] == "--"+name
			if got := root.FromFile(name); got != (!typed && want != "" && want != "false") {
				t.Errorf("%s %q: --%s from the file: %v", c.verb, c.args, name, got)
			}
		}
	}
}
