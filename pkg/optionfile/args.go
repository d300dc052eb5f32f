package optionfile

import "strings"

// StartOptions are the options that tell a server which files to read. The
// servers know them only at the start of the command line.
type StartOptions struct {
	DefaultsFile      string // --defaults-file: read this file only
	DefaultsExtraFile string // --defaults-extra-file: read after the global files
	GroupSuffix       string // --defaults-group-suffix
	NoDefaults        bool   // --no-defaults: read no file
	PrintDefaults     bool   // --print-defaults: print and leave
}

// ParseArgs reads a command line as the servers do, without the program's name.
// Settings have no group and no file; Line is the argument's place, 1-based.
func ParseArgs(args []string) ([]Setting, StartOptions) {
	start, rest := SplitArgs(args)
	var out []Setting
	for i := len(args) - len(rest); i < len(args); i++ {
		arg := args[i]
		body, ok := strings.CutPrefix(arg, "--")
		if !ok || body == "" {
			continue
		}
		name, value, has := strings.Cut(body, "=")
		out = append(out, Setting{Option: name, Value: value, HasValue: has, Line: i + 1, Column: 1})
	}
	return out, start
}

// SplitArgs takes the start options off a command line.
func SplitArgs(args []string) (StartOptions, []string) {
	var o StartOptions
	for len(args) > 0 {
		name, value, has := strings.Cut(args[0], "=")
		switch {
		case name == "--defaults-file" && has:
			o.DefaultsFile = value
		case name == "--defaults-extra-file" && has:
			o.DefaultsExtraFile = value
		case name == "--defaults-group-suffix" && has:
			o.GroupSuffix = value
		case args[0] == "--no-defaults":
			o.NoDefaults = true
		case args[0] == "--print-defaults":
			o.PrintDefaults = true
		default:
			return o, args
		}
		args = args[1:]
	}
	return o, nil
}
