package k9s

import (
	"bytes"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"sigs.k8s.io/yaml"
)

type plugin struct {
	ShortCut string   `json:"shortCut"`
	Scopes   []string `json:"scopes"`
	Command  string   `json:"command"`
	Args     []string `json:"args"`
}

const shortcuts = "../../plugins.yaml"

func check(t *testing.T, text []byte) error {
	t.Helper()
	schema, err := jsonschema.NewCompiler().Compile("testdata/plugins.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	data, err := yaml.YAMLToJSON(text)
	if err != nil {
		t.Fatal(err)
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return schema.Validate(value)
}

func TestSchema(t *testing.T) {
	text, err := os.ReadFile(shortcuts)
	if err != nil {
		t.Fatal(err)
	}
	if err := check(t, text); err != nil {
		t.Error(err)
	}
	for name, wrong := range map[string]string{
		"misspelt field": "plugins: {a: {shortcut: Shift-Y, description: d, scopes: [pods], command: sh}}",
		"no command":     "plugins: {a: {shortCut: Shift-Y, description: d, scopes: [pods]}}",
		"no list":        "plugins: {a: {shortCut: Shift-Y, description: d, scopes: pods, command: sh}}",
	} {
		if check(t, []byte(wrong)) == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// Each kind of object has its shortcuts, no key means two things on one kind,
// and the shell takes what it is given.
func TestShortcuts(t *testing.T) {
	text, err := os.ReadFile(shortcuts)
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Plugins map[string]plugin }
	if err := yaml.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	verbs, keys := map[string][]string{}, map[string]string{}
	for name, p := range file.Plugins {
		line := p.Args[len(p.Args)-1]
		if out, err := exec.Command(p.Command, "-n", "-c", line).CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
		_, rest, _ := strings.Cut(line, "kubectl mysqldrift ")
		verb, _, _ := strings.Cut(rest, " ")
		for _, scope := range p.Scopes {
			verbs[scope] = append(verbs[scope], verb)
			if other, taken := keys[scope+" "+p.ShortCut]; taken {
				t.Errorf("%s and %s both use %s on %s", name, other, p.ShortCut, scope)
			}
			keys[scope+" "+p.ShortCut] = name
		}
	}
	for scope, want := range map[string][]string{"pods": {"status", "diff", "blame", "trace"}, "statefulsets": {"status", "diff", "blame", "trace"}, "configmaps": {"status", "diff", "blame", "trace"}} {
		for _, verb := range want {
			if !slices.Contains(verbs[scope], verb) {
				t.Errorf("no shortcut for %s on %s", verb, scope)
			}
		}
	}
}
