package configfile

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

// Schema is the JSON schema of both files. Its list of flags is written from the
// commands by go test ./test/docs -update.
//
//go:embed config.schema.json
var Schema []byte

// SchemaURL is where editors find it.
const SchemaURL = "https://raw.githubusercontent.com/mysqldrift/kubectl-mysqldrift/main/pkg/configfile/config.schema.json"

// validate holds a file's value to the schema and tells every fault with its line.
func validate(t *tree, value any) error {
	schema, err := compile()
	if err != nil {
		return fmt.Errorf("the built-in schema: %w", err)
	}
	var invalid *jsonschema.ValidationError
	err = schema.Validate(value)
	if err == nil || !errors.As(err, &invalid) {
		return err
	}
	var faults []fault
	collect(t, invalid, &faults)
	slices.SortFunc(faults, func(a, b fault) int { return a.place.Line - b.place.Line })
	var lines []string
	for _, f := range faults {
		if text := f.place.String() + ": " + f.text; !slices.Contains(lines, text) {
			lines = append(lines, text)
		}
	}
	return errors.New(strings.Join(lines, "\n"))
}

func compile() (*jsonschema.Schema, error) {
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema))
	if err != nil {
		return nil, err
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource(SchemaURL, document); err != nil {
		return nil, err
	}
	return c.Compile(SchemaURL)
}

type fault struct {
	place Place
	text  string
}

// collect takes the innermost faults: the outer ones only repeat that there are some.
func collect(t *tree, e *jsonschema.ValidationError, faults *[]fault) {
	for _, cause := range e.Causes {
		collect(t, cause, faults)
	}
	if len(e.Causes) > 0 {
		return
	}
	where := e.InstanceLocation
	if extra, ok := e.ErrorKind.(*kind.AdditionalProperties); ok {
		for _, name := range extra.Properties {
			*faults = append(*faults, fault{t.place(append(slices.Clone(where), name)...), unknown(name, where)})
		}
		return
	}
	text := e.ErrorKind.LocalizedString(message.NewPrinter(language.English))
	if len(where) > 0 {
		text = strings.Join(where, ".") + ": " + text
	}
	*faults = append(*faults, fault{t.place(where...), text})
}

func unknown(name string, where []string) string {
	switch {
	case len(where) == 0:
		return fmt.Sprintf("there is no section %q", name)
	case where[0] == "defaults" && len(where) == 1:
		return fmt.Sprintf("there is no flag --%s that a file may set for all verbs", name)
	case where[0] == "verbs" && len(where) == 1:
		return fmt.Sprintf("there is no verb %q", name)
	case where[0] == "verbs":
		return fmt.Sprintf("%s has no flag --%s that a file may set", where[1], name)
	}
	return fmt.Sprintf("%s has no field %q", strings.Join(where, "."), name)
}
