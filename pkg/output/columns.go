package output

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"regexp"
	"strconv"
	"strings"
	"text/tabwriter"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/util/jsonpath"
)

// CustomColumns prints a row an item of a list, as kubectl's custom-columns do.
type CustomColumns struct {
	columns   []column
	noHeaders bool
}

type column struct {
	header string
	path   *jsonpath.JSONPath
}

// NewCustomColumns parses "HEADER:path,HEADER:path" (format custom-columns) or
// the file of that name with a line of headers and a line of paths
// (custom-columns-file).
func NewCustomColumns(format, spec string, noHeaders bool) (*CustomColumns, error) {
	if spec == "" {
		return nil, fmt.Errorf("%s format specified but no custom columns given", format)
	}
	var pairs [][2]string
	switch format {
	case "custom-columns":
		for part := range strings.SplitSeq(spec, ",") {
			header, path, ok := strings.Cut(part, ":")
			if !ok || header == "" || path == "" {
				return nil, fmt.Errorf("custom-columns %q: want HEADER:JSONPATH, such as POD:.instance.pod", part)
			}
			pairs = append(pairs, [2]string{header, path})
		}
	case "custom-columns-file":
		data, err := os.ReadFile(spec)
		if err != nil {
			return nil, fmt.Errorf("read custom columns: %w", err)
		}
		lines := strings.Split(strings.TrimSpace(string(data)), "\n")
		if len(lines) != 2 {
			return nil, fmt.Errorf("custom-columns-file %s: want two lines, headers and paths", spec)
		}
		headers, paths := strings.Fields(lines[0]), strings.Fields(lines[1])
		if len(headers) != len(paths) {
			return nil, fmt.Errorf("custom-columns-file %s: %d headers but %d paths", spec, len(headers), len(paths))
		}
		for i := range headers {
			pairs = append(pairs, [2]string{headers[i], paths[i]})
		}
	default:
		return nil, fmt.Errorf("unknown format %q", format)
	}
	c := &CustomColumns{noHeaders: noHeaders}
	for _, pair := range pairs {
		path, err := parsePath(pair[1])
		if err != nil {
			return nil, fmt.Errorf("custom column %s: %w", pair[0], err)
		}
		c.columns = append(c.columns, column{pair[0], path})
	}
	return c, nil
}

// PrintObj prints the list's items, or the object itself if it holds none.
func (c *CustomColumns) PrintObj(obj runtime.Object, w io.Writer) error {
	items, err := itemsOf(obj)
	if err != nil {
		return err
	}
	tw := tabwriter.NewWriter(w, 6, 4, 3, ' ', 0)
	if !c.noHeaders {
		c.noHeaders = true // of what a watch prints later, as kubectl get does
		headers := make([]string, len(c.columns))
		for i, col := range c.columns {
			headers[i] = col.header
		}
		fmt.Fprintln(tw, strings.Join(headers, "\t"))
	}
	for _, item := range items {
		cells := make([]string, len(c.columns))
		for i, col := range c.columns {
			if cells[i], err = evaluate(col.path, item); err != nil {
				return fmt.Errorf("custom column %s: %w", col.header, err)
			}
		}
		fmt.Fprintln(tw, strings.Join(cells, "\t"))
	}
	return tw.Flush()
}

func itemsOf(obj runtime.Object) ([]any, error) {
	data, err := json.Marshal(obj)
	if err != nil {
		return nil, err
	}
	var m map[string]any
	if err := json.Unmarshal(data, &m); err != nil {
		return nil, err
	}
	for _, list := range []string{"items", "steps"} { // a plan is a list of steps
		if items, ok := m[list].([]any); ok {
			return items, nil
		}
	}
	if _, isList := m["items"]; isList {
		return nil, nil
	}
	return []any{m}, nil
}

func evaluate(path *jsonpath.JSONPath, item any) (string, error) {
	results, err := path.FindResults(item)
	if err != nil {
		return "", err
	}
	var values []string
	for _, result := range results {
		for _, v := range result {
			if !v.IsValid() || !v.CanInterface() || v.Interface() == nil {
				continue
			}
			values = append(values, Escape(text(v.Interface())))
		}
	}
	if len(values) == 0 {
		return "<none>", nil
	}
	return strings.Join(values, ","), nil
}

// text prints whole numbers without an exponent: JSON knows only floats.
func text(v any) string {
	if f, ok := v.(float64); ok {
		return strconv.FormatFloat(f, 'f', -1, 64)
	}
	return fmt.Sprint(v)
}

var pathPattern = regexp.MustCompile(`^\{\.?([^{}]+)\}$|^\.?([^{}]+)$`)

// parsePath takes the paths that kubectl's custom-columns and --sort-by take:
// {.a.b}, .a.b or a.b.
func parsePath(path string) (*jsonpath.JSONPath, error) {
	m := pathPattern.FindStringSubmatch(path)
	if m == nil {
		return nil, fmt.Errorf("unexpected path %q: want a form such as '.instance.pod' or '{.instance.pod}'", path)
	}
	j := jsonpath.New("column").AllowMissingKeys(true)
	if err := j.Parse("{." + m[1] + m[2] + "}"); err != nil {
		return nil, fmt.Errorf("path %q: %w", path, err)
	}
	return j, nil
}
