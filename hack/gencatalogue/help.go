package main

import (
	"regexp"
	"strings"
)

// An option is one entry of `mysqld --verbose --help`.
type option struct {
	Name string // with dashes
	// Placeholder is what stands after '=': "#", "name", "path"; empty if nothing does.
	Placeholder string
	// Optional is set for --x[=#].
	Optional bool
	// Value is the entry of the table of values at the end; HasValue is false
	// if the option is not there, or "(No default value)".
	Value    string
	HasValue bool
	InTable  bool
}

var optionLine = regexp.MustCompile(`^  (?:-\S, )?--([A-Za-z0-9_.-]+)(\[?)(?:=([^\]\s]+)\]?)?(\s|$)`)

// parseHelp reads the text of `--verbose --help`: the signatures first, then
// the table of values.
func parseHelp(text string) map[string]*option {
	options := map[string]*option{}
	head, table, _ := strings.Cut(text, "\nVariables (--variable-name=value)\n")
	for _, line := range strings.Split(head, "\n") {
		m := optionLine.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		name := dashes(m[1])
		if _, ok := options[name]; !ok {
			options[name] = &option{Name: name, Placeholder: m[3], Optional: m[2] == "["}
		}
	}
	for _, line := range strings.Split(table, "\n") {
		name, value, ok := tableLine(line)
		if !ok {
			continue
		}
		o := options[name]
		if o == nil {
			o = &option{Name: name}
			options[name] = o
		}
		o.InTable = true
		if value != "(No default value)" {
			o.Value, o.HasValue = value, true
		}
	}
	return options
}

// tableLine splits a line of the table of values; headings and the closing
// paragraph are no such lines.
func tableLine(line string) (name, value string, ok bool) {
	if line == "" || strings.HasPrefix(line, "and boolean options") || strings.HasPrefix(line, "---") {
		return "", "", false
	}
	name, value, found := strings.Cut(line, " ")
	if strings.HasPrefix(line, "To see what") || strings.HasPrefix(line, "'mysqladmin") || strings.HasPrefix(line, "'SELECT") {
		return "", "", false
	}
	if !found && !optionName.MatchString(name) {
		return "", "", false
	}
	return dashes(name), strings.TrimSpace(value), optionName.MatchString(name)
}

var optionName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_.-]*$`)

func dashes(s string) string     { return strings.ReplaceAll(s, "_", "-") }
func underlines(s string) string { return strings.ToLower(strings.ReplaceAll(s, "-", "_")) }
