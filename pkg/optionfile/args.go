package optionfile

import "strings"

// StartOptions are the options that tell a server which files to read. The
// servers know them only at the start of the command line; elsewhere they are
// options of unknown name.
type StartOptions struct {
	DefaultsFile      string // --defaults-file: read this file only
	DefaultsExtraFile string // --defaults-extra-file: read after the global files
	GroupSuffix       string // --defaults-group-suffix
	NoDefaults        bool   // --no-defaults: read no file
	PrintDefaults     bool   // --print-defaults: print and leave
}

// SplitArgs takes the start options off a command line that lacks the
// program's name. Each counts once, and --no-defaults only in the first place;
// after it no file can be named any more.
// Source: get_defaults_options in mysys/my_default.cc.
func SplitArgs(args []string) (StartOptions, []string) {
	var o StartOptions
	seen := map[string]bool{}
	for first := true; len(args) > 0; args, first = args[1:], false {
		name, value, has := strings.Cut(args[0], "=")
		if seen[name] {
			return o, args
		}
		seen[name] = true
		switch {
		case args[0] == "--no-defaults" && first:
			o.NoDefaults = true
		case name == "--defaults-file" && has && !o.NoDefaults:
			o.DefaultsFile = value
		case name == "--defaults-extra-file" && has && !o.NoDefaults:
			o.DefaultsExtraFile = value
		case name == "--defaults-group-suffix" && has:
			o.GroupSuffix = value
		case name == "--login-path" && has, args[0] == "--no-login-paths":
			// consumed by MySQL, and without effect on a server
		case args[0] == "--print-defaults":
			o.PrintDefaults = true
			return o, args[1:]
		default:
			return o, args
		}
	}
	return o, nil
}

// ParseArgs reads a server's command line, without the program's name. Settings
// have no group and no file; Line is the argument's place, 1-based.
//
// A word without dashes after `--option` is that option's value: a server takes
// no other words and would not have started.
func ParseArgs(args []string) ([]Setting, StartOptions) {
	return ParseArgsFunc(args, nil)
}

// ParseArgsFunc is ParseArgs with a function that knows which options require a
// value, and so take the next argument even if it begins with a dash.
func ParseArgsFunc(args []string, requiresValue func(option string) bool) ([]Setting, StartOptions) {
	start, rest := SplitArgs(args)
	p := argParser{args: args, at: len(args) - len(rest), requiresValue: requiresValue}
	for p.at < len(p.args) {
		if p.args[p.at] == "--" {
			break
		}
		p.next()
	}
	return p.out, start
}

type argParser struct {
	args          []string
	at            int
	requiresValue func(string) bool
	out           []Setting
}

// next takes one argument, and its value if that is the following one.
func (p *argParser) next() {
	arg, place := p.args[p.at], p.at+1
	p.at++
	switch {
	case strings.HasPrefix(arg, "--"):
		name, value, has := strings.Cut(arg[2:], "=")
		if name == "set-variable" {
			p.setVariable(value, has, place)
			return
		}
		if !has {
			value, has = p.value(name)
		}
		p.add(name, value, has, place)
	case strings.HasPrefix(arg, "-O"):
		p.setVariable(arg[2:], len(arg) > 2, place)
	case strings.HasPrefix(arg, "-"):
		p.short(arg[1:], place)
	}
}

// value takes the next argument as the value of an option written without '='.
func (p *argParser) value(name string) (string, bool) {
	if p.at >= len(p.args) {
		return "", false
	}
	next := p.args[p.at]
	if strings.HasPrefix(next, "-") && (p.requiresValue == nil || !p.requiresValue(name)) {
		return "", false
	}
	p.at++
	return next, true
}

// setVariable is the old form -O name=value.
func (p *argParser) setVariable(text string, has bool, place int) {
	if !has {
		text, has = p.value("set-variable")
	}
	if name, value, ok := strings.Cut(text, "="); has {
		p.add(strings.TrimSpace(name), strings.TrimSpace(value), ok, place)
	}
}

// shortOptions are the servers' options of one letter; those in valued take
// the rest of the argument or the next one.
var (
	shortOptions = map[byte]string{'a': "ansi", 'b': "basedir", 'C': "character-set-server", 'h': "datadir", 'I': "initialize-insecure",
		'L': "lc-messages-dir", 'P': "port", 'r': "chroot", 's': "symbolic-links", 't': "tmpdir", 'u': "user", 'W': "log-warnings"}
	valued = "bChLPrtu"
)

// short takes a cluster of one-letter options: -u mysql, -umysql, -aP3307.
func (p *argParser) short(cluster string, place int) {
	for i := range len(cluster) {
		letter := cluster[i]
		name, known := shortOptions[letter]
		rest := cluster[i+1:]
		switch {
		case strings.IndexByte(valued, letter) >= 0:
			has := rest != ""
			if !has {
				rest, has = p.value(name)
			}
			p.add(name, rest, has, place)
			return
		case letter == 'W' && rest != "":
			p.add(name, rest, true, place)
			return
		case !known:
			return
		}
		p.add(name, "", false, place)
	}
}

func (p *argParser) add(name, value string, has bool, place int) {
	p.out = append(p.out, Setting{Option: name, Value: value, HasValue: has, Line: place, Column: 1})
}
