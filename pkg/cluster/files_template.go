package cluster

import (
	"encoding/json"
	"regexp"
)

// templateObjects are an OpenShift Template's objects, with the values that its
// parameters have where nobody sets them. What is only made up when the template
// is used stays as it is written.
func templateObjects(template map[string]any) []any {
	objects, _ := template["objects"].([]any)
	values := map[string]string{}
	parameters, _ := template["parameters"].([]any)
	for _, p := range parameters {
		m, _ := p.(map[string]any)
		name, _ := m["name"].(string)
		switch value := m["value"].(type) {
		case nil:
		case string:
			values[name] = value
		default:
			if text, err := json.Marshal(value); err == nil {
				values[name] = string(text)
			}
		}
	}
	out := make([]any, len(objects))
	for i, o := range objects {
		out[i] = fillParameters(o, values)
	}
	return out
}

var (
	parameter     = regexp.MustCompile(`\$\{([A-Za-z0-9_]+)\}`)
	bareParameter = regexp.MustCompile(`^\$\{\{([A-Za-z0-9_]+)\}\}$`)
)

// fillParameters replaces ${NAME} within strings, and a string that is ${{NAME}}
// by the value as it is, a number for one.
func fillParameters(v any, values map[string]string) any {
	switch x := v.(type) {
	case string:
		if m := bareParameter.FindStringSubmatch(x); m != nil {
			var value any
			if json.Unmarshal([]byte(values[m[1]]), &value) == nil {
				if n, ok := value.(float64); ok && n == float64(int64(n)) {
					return int64(n)
				}
				return value
			}
			return x
		}
		return parameter.ReplaceAllStringFunc(x, func(s string) string {
			if value, ok := values[s[2:len(s)-1]]; ok {
				return value
			}
			return s
		})
	case map[string]any:
		out := make(map[string]any, len(x))
		for key, child := range x {
			out[key] = fillParameters(child, values)
		}
		return out
	case []any:
		out := make([]any, len(x))
		for i, child := range x {
			out[i] = fillParameters(child, values)
		}
		return out
	}
	return v
}
