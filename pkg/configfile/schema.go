package configfile

import (
	"cmp"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	validation "k8s.io/kube-openapi/pkg/validation/errors"
	"k8s.io/kube-openapi/pkg/validation/spec"
	"k8s.io/kube-openapi/pkg/validation/strfmt"
	schemavalidation "k8s.io/kube-openapi/pkg/validation/validate"
)

// Schema is the JSON schema of both files. Its list of flags is written from the
// commands by go test ./test/docs -update.
//
//go:embed config.schema.json
var Schema []byte

// SchemaURL is where editors find it.
const SchemaURL = "https://raw.githubusercontent.com/mysqldrift/kubectl-mysqldrift/main/pkg/configfile/config.schema.json"

// validate holds a file's value to the schema and tells every fault with its line.
// Kubernetes' own validator does it: other libraries compile the schemas of JSON
// Schema itself at each start of the program, whether a file is read or not.
func validate(t *tree, value any) error {
	var schema spec.Schema
	if err := json.Unmarshal(Schema, &schema); err != nil {
		return fmt.Errorf("the built-in schema: %w", err)
	}
	result := schemavalidation.NewSchemaValidator(&schema, nil, "", strfmt.Default).Validate(value)
	var faults []fault
	for _, err := range result.Errors {
		faults = append(faults, faultOf(t, err))
	}
	if len(faults) == 0 {
		return nil
	}
	slices.SortFunc(faults, func(a, b fault) int {
		return cmp.Or(cmp.Compare(a.place.Line, b.place.Line), cmp.Compare(a.text, b.text))
	})
	var lines []string
	for _, f := range faults {
		if text := f.place.String() + ": " + f.text; !slices.Contains(lines, text) {
			lines = append(lines, text)
		}
	}
	return errors.New(strings.Join(lines, "\n"))
}

type fault struct {
	place Place
	text  string
}

// typeFault is how the validator tells a value's type.
var typeFault = regexp.MustCompile(`(must be of type .*): "(\w+)"$`)

// faultOf says one fault in words of the file: the validator names a place as
// "ignore[0].expires", or "ignore.[0].expires" by where it noticed.
func faultOf(t *tree, err error) fault {
	var invalid *validation.Validation
	if !errors.As(err, &invalid) {
		return fault{t.place(), err.Error()}
	}
	where := t.split(invalid.Name)
	if invalid.Code() == validation.UnallowedPropertyCode {
		name := fmt.Sprint(invalid.Value)
		return fault{t.place(append(slices.Clone(where), name)...), unknown(name, where)}
	}
	text := strings.Replace(err.Error(), " in body ", " ", 1)
	text = typeFault.ReplaceAllString(text, "$1, not $2")
	if len(where) == 0 {
		return fault{t.place(), "the file is not made of sections: want lines such as \"ignore:\" or \"defaults:\" at its left edge"}
	}
	if rest, ok := strings.CutPrefix(text, invalid.Name); ok {
		text = strings.Join(where, ".") + ":" + rest
	}
	if invalid.Code() == validation.PatternFailCode { // times alone have one
		text = strings.Join(where, ".") + ": want a time such as 30s or 5m"
	}
	return fault{t.place(where...), text}
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
