package docs

import (
	"encoding/json"
	"maps"
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cmd/options"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/configfile"
)

// askedFor are flags that a file never sets: what changes something, or belongs
// to one call, is asked for on the command line.
var askedFor = []string{"help", "config-file", "password-stdin", "apply", "yes", "dry-run", "watch", "html", "contexts", "filename",
	"option-file", "observed", "observed-sources", "observed-persisted", "dsn", "template", "allow-missing-template-keys",
	"annotations"} // has a section of its own

// perVerb are flags whose values differ from verb to verb.
var perVerb = []string{"output", "server-version", "sort-by", "prefer"}

type object = map[string]any

// configSchema is the schema of the configuration files, with the flags that the
// commands have.
func configSchema(top *cobra.Command) ([]byte, error) {
	shared, verbs := object{}, object{}
	top.PersistentFlags().VisitAll(addFlag(shared, askedFor))
	for _, verb := range top.Commands() {
		if !verb.IsAvailableCommand() || verb.Annotations[options.NoConfigFile] != "" || verb.Name() == "options" {
			continue
		}
		own := object{}
		verb.LocalNonPersistentFlags().VisitAll(addFlag(own, askedFor))
		verb.LocalNonPersistentFlags().VisitAll(addFlag(shared, append(slices.Clone(askedFor), perVerb...)))
		all := maps.Clone(own)
		top.PersistentFlags().VisitAll(addFlag(all, askedFor))
		verbs[verb.Name()] = closed("Defaults of flags of "+verb.Name(), all)
	}
	text := object{"type": "string", "minLength": 1}
	schema := closed("Configuration of kubectl mysqldrift: ~/.config/mysqldrift/config.yaml, or .mysqldrift.yaml in a Git repository", object{
		"defaults": closed("Defaults of flags, for every verb that has the flag", shared),
		"verbs":    closed("Defaults of flags of one verb; they win over those for all", verbs),
		"ignore": object{"type": []string{"array", "null"}, "description": "Drift that is to pass. It stays visible in -o wide and -o json and changes no exit code",
			"items": with(closed("", object{
				"variable":  describe(text, "Variable, or a pattern such as innodb_*"),
				"workload":  describe(text, "Workload, or a pattern: statefulset/mysql, */mysql; all if left out"),
				"namespace": describe(text, "Namespace, or a pattern; all if left out"),
				"reason":    describe(text, "Why it may pass"),
				"owner":     describe(text, "Who answers for that"),
				"expires":   object{"type": "string", "format": "date", "description": "The last day on which the rule holds, YYYY-MM-DD"},
			}), "required", []string{"variable", "reason"})},
		"severities": object{"type": "object", "description": "Severity of a variable's drift instead of the built-in one",
			"additionalProperties": object{"enum": []string{"P0", "P1", "P2", "Info"}}},
		"annotations": closed("Names of the annotations in which a pipeline says what it delivered", object{
			"job":    describe(text, "The Jenkins job (default ci.jenkins/job)"),
			"build":  describe(text, "The build's number (default ci.jenkins/build)"),
			"commit": describe(text, "The commit (default ci.git/commit)"),
			"repo":   describe(text, "The repository's URL (default ci.git/repo)"),
		}),
		"jenkins": closed("Where builds are asked for; the login comes from JENKINS_USER and JENKINS_TOKEN. Not in a repository's file", object{
			"url": object{"type": "string", "format": "uri", "description": "Jenkins to ask about builds"},
		}),
		"git": closed("Where the configuration's history is. A repository's file may set branch and path only", object{
			"repo":         describe(text, "Git repository, a URL or a local path, instead of the one that annotations or controllers name"),
			"branch":       describe(text, "Branch to look at"),
			"path":         describe(text, "File in the repository that became the ConfigMap's key"),
			"trustedHosts": object{"type": "array", "items": text, "description": "Hosts that may get the Git token although only an annotation names them"},
		}),
	})
	schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	schema["$id"] = configfile.SchemaURL
	schema["title"] = "kubectl mysqldrift"
	data, err := json.MarshalIndent(schema, "", "  ")
	return append(data, '\n'), err
}

// addFlag describes a flag by its type and usage.
func addFlag(to object, without []string) func(*pflag.Flag) {
	return func(f *pflag.Flag) {
		if f.Hidden || slices.Contains(without, f.Name) {
			return
		}
		s := object{"type": "string"}
		switch f.Value.Type() {
		case "bool":
			s["type"] = "boolean"
		case "int", "int64":
			s["type"] = "integer"
		case "duration":
			s["type"], s["pattern"] = []string{"string", "integer"}, `^([0-9.]+(ns|us|µs|ms|s|m|h))+$|^0$`
		case "stringArray", "stringSlice":
			s["type"], s["items"] = []string{"string", "array"}, object{"type": "string"}
		}
		to[f.Name] = describe(s, f.Usage)
	}
}

func closed(description string, properties object) object {
	s := object{"type": "object", "additionalProperties": false, "properties": properties}
	if description != "" {
		s["description"] = description
	}
	return s
}

func describe(s object, description string) object { return with(s, "description", description) }

func with(s object, key string, value any) object {
	out := maps.Clone(s)
	out[key] = value
	return out
}
