package cmd

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cmd/options"
)

const (
	// kubectls are the formats of kubectl get that every verb has which prints more than a text.
	kubectls = "json yaml kyaml jsonpath jsonpath-as-json jsonpath-file go-template go-template-file custom-columns custom-columns-file"
	objects  = kubectls + " name"
	tables   = objects + " wide"

	selects = "all-namespaces selector field-selector chunk-size"
)

// matrix is what each verb has of kubectl's flags. A verb that prints objects has
// every format, one that prints a list whose order is free sorts it, one that
// reads a cluster selects as kubectl get does.
var matrix = map[string]struct{ formats, flags string }{
	"status":        {tables, selects + " no-headers sort-by show-labels contexts watch"},
	"diff":          {tables, selects + " no-headers sort-by contexts watch"},
	"blame":         {tables, selects + " no-headers sort-by"},
	"trace":         {tables, selects + " no-headers sort-by watch"},
	"config":        {tables, selects + " no-headers sort-by"},
	"check":         {tables, selects + " no-headers"}, // in the order in which things are tried
	"fix":           {tables, selects + " no-headers"}, // in the order in which steps are taken
	"rbac":          {objects + " sql", "all-namespaces no-headers"},
	"explain":       {kubectls, ""},    // a variable is no object and has no name
	"version":       {"json yaml", ""}, // as kubectl version
	"snapshot":      {"", selects},     // a file for diff --observed: JSON always
	"ignore":        {"", ""},
	"config-schema": {"", ""},
	"completion":    {"", ""},
	"options":       {"", ""},
}

var oneOf = regexp.MustCompile(`One of: \(([^)]*)\)`)

func formatsOf(verb *cobra.Command) []string {
	flag := verb.Flags().Lookup("output")
	if flag == nil {
		return nil
	}
	if m := oneOf.FindStringSubmatch(flag.Usage); m != nil {
		return strings.Split(m[1], ", ")
	}
	return []string{flag.Usage}
}

// No verb, format or flag is forgotten: the table and the commands say the same.
func TestFormatsAndFlagsOfEachVerb(t *testing.T) {
	streams, _, _, _ := genericiooptions.NewTestIOStreams()
	ours := strings.Fields(selects + " no-headers sort-by show-labels contexts watch")
	seen := map[string]bool{}
	for _, verb := range New(options.NewRoot(streams, options.Build{})).Commands() {
		want, ok := matrix[verb.Name()]
		if !ok {
			t.Errorf("%s does not stand in the table", verb.Name())
			continue
		}
		seen[verb.Name()] = true
		if d := cmp.Diff(sorted(strings.Fields(want.formats)), sorted(formatsOf(verb))); d != "" {
			t.Errorf("%s: formats (-table +command)\n%s", verb.Name(), d)
		}
		var has []string
		for _, name := range ours {
			if verb.Flags().Lookup(name) != nil {
				has = append(has, name)
			}
		}
		if d := cmp.Diff(sorted(strings.Fields(want.flags)), sorted(has)); d != "" {
			t.Errorf("%s: flags (-table +command)\n%s", verb.Name(), d)
		}
	}
	for name := range matrix {
		if !seen[name] {
			t.Errorf("%s stands in the table, and is no verb", name)
		}
	}
}

func sorted(list []string) []string {
	list = append([]string{}, list...)
	slices.Sort(list)
	return list
}
