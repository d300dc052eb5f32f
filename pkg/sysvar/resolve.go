package sysvar

import (
	"sort"
	"strings"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
)

// Resolution is what a server takes an option name for.
type Resolution struct {
	// Option is the canonical option name, with dashes.
	Option string
	// Variable is the system variable that shows it, empty if none does.
	Variable string
	// Spec is nil if the option is unknown.
	Spec *Spec

	Negated bool // skip- or disable-: the value is turned round
	Enabled bool // enable-
	Ceiling bool // maximum-: the value is an upper bound for sessions, not the value
	AutoSet bool // autoset- (MariaDB): the server chooses
	Loose   bool // loose-: no error if the option is unknown
	Abbrev  bool // MariaDB took an abbreviated name

	Unknown   bool
	Ambiguous []string // MariaDB: an abbreviation of several options
	// Removed: the server does not know it any more; Since and ReplacedBy as far as known.
	Removed           bool
	Since, ReplacedBy string
	// Ignored: still accepted, without any effect (MariaDB).
	Ignored bool
	// Suggestion is the nearest real name for an unknown one.
	Suggestion string
}

// Resolve finds the option that a name in an option file or on the command line
// means. As the servers do, it looks for the whole name first, and only then
// for one of the prefixes skip-, disable-, enable-, maximum-, loose- and
// (MariaDB) autoset-, which stack. '-' and '_' are the same. MySQL wants names
// and prefixes in lower case, to MariaDB case is nothing since 10.6.6 (MDEV-27126).
// (mysys/my_getopt)
func (c *Catalogue) Resolve(option string) Resolution {
	r := c.resolve(option)
	if r.Unknown && !r.Removed && !r.Loose {
		if r.Suggestion = c.Nearest(option); r.Suggestion == "" {
			r.Suggestion = c.Nearest(r.Option)
		}
	}
	return r
}

// resolve is Resolve without a suggestion, which takes time to find. MariaDB reads
// some options in a first pass that knows no others, abbreviations and all.
func (c *Catalogue) resolve(option string) Resolution {
	name := underscored(strings.TrimLeft(option, "-"))
	if !c.isMaria() {
		return c.resolvePass(name, c.findOption)
	}
	name = strings.ToLower(name)
	if r := c.resolvePass(name, c.findEarly); !r.Unknown || len(r.Ambiguous) > 0 {
		return r
	}
	return c.resolvePass(name, c.findOption)
}

// ofKeyCache finds what an option with the name of a key cache before a dot sets:
// hot.key_buffer_size is of a cache that no global variable shows, default. is the
// main one. MariaDB takes such a name before every option and looks at it for key
// caches only. (check_struct_option in mysys/my_getopt.c; seen on 9.7.4 and 10.11.19)
func (c *Catalogue) ofKeyCache(name string, find func(string, *Resolution) (*Spec, string), r *Resolution) (*Spec, string) {
	cache, option, ok := strings.Cut(name, ".")
	if !ok || cache == "" || option == "" {
		return nil, ""
	}
	ofCache := option == "key_buffer_size" || strings.HasPrefix(option, "key_cache_")
	if !ofCache && !c.isMaria() {
		return nil, ""
	}
	s, optionName := find(option, r)
	if s == nil || !ofCache || cache == "default" {
		return s, optionName
	}
	named := *s
	named.Name, named.Observable = "", false
	return &named, cache + "." + optionName
}

// resolvePass looks for a name, and then for what is left of it after each prefix.
func (c *Catalogue) resolvePass(name string, find func(string, *Resolution) (*Spec, string)) Resolution {
	var r Resolution
	for {
		s, optionName := find(name, &r)
		if s != nil {
			r.fill(s, optionName)
			return r
		}
		if len(r.Ambiguous) > 0 {
			return r
		}
		if s, optionName = c.ofKeyCache(name, find, &r); s != nil {
			r.fill(s, optionName)
			return r
		}
		rest, prefix := cutPrefix(name, c.server.Flavour)
		if prefix == "" {
			break
		}
		switch prefix {
		case "skip", "disable":
			r.Negated = true
		case "enable":
			r.Enabled = true
		case "maximum":
			r.Ceiling = true
		case "autoset":
			r.AutoSet = true
		case "loose":
			r.Loose = true
		}
		name = rest
	}
	r.Unknown = true
	r.Option = strings.ReplaceAll(name, "_", "-")
	if gone, ok := removedOptions[c.server.Flavour][name]; ok && c.server.Version.Compare(gone.since) >= 0 {
		r.Removed, r.Since, r.ReplacedBy = true, gone.since.String(), gone.replacedBy
	}
	return r
}

func (r *Resolution) fill(s *Spec, option string) {
	r.Spec = s
	r.Option = strings.ReplaceAll(option, "_", "-")
	r.Variable = s.Name
	r.Ignored = s.Ignored
	if !s.Observable && s.Name == "" {
		r.Variable = ""
	}
}

// findOption looks a whole name up: exactly, or as MariaDB does by a unique
// beginning. A removed option (with Removed set in the table) is not found.
func (c *Catalogue) findOption(name string, r *Resolution) (*Spec, string) {
	if name == "" {
		return nil, ""
	}
	if v, ok := optionVariables[c.server.Flavour][name]; ok {
		if s, ok := c.Lookup(v); ok && c.present(s) {
			return s, name
		}
	}
	if s := c.table.options[name]; s != nil {
		if c.present(s) {
			if s.Name != "" && c.snap != nil {
				if live, ok := c.Lookup(s.Name); ok {
					return live, name
				}
			}
			return s, name
		}
		if s.Removed != "" {
			r.Removed, r.Since, r.ReplacedBy = true, s.Removed, s.ReplacedBy
		}
		return nil, ""
	}
	// A variable that only the running server told of: a plugin's or a fork's.
	if c.snap != nil {
		if _, ok := c.snap.Variables[name]; ok && !settableOnlyBySQL[name] {
			if s, ok := c.Lookup(name); ok && (len(s.Options) > 0 || c.table.variables[name] == nil) {
				return s, name
			}
		}
	}
	if c.server.Flavour != model.MariaDB && c.server.Version.AtLeast(8, 0, 0) {
		return nil, "" // MySQL gave abbreviations up in 8.0
	}
	return c.abbreviated(name, r, func(o string) bool { return !c.isMaria() || !early(o) })
}

// early reports whether MariaDB reads an option in its first pass: the performance
// schema's and what it is sized by. (PARSED_EARLY in sql/sys_vars.cc and
// pfs_early_options in sql/mysqld.cc; seen on 10.11.19)
func early(option string) bool {
	return option == "max_connections" || strings.HasPrefix(option, "performance_schema")
}

// findEarly is findOption in the first pass: max_c is max_connections there, for
// max_connect_errors is not looked at yet.
func (c *Catalogue) findEarly(name string, r *Resolution) (*Spec, string) {
	if early(name) {
		if s, option := c.findOption(name, r); s != nil {
			return s, option
		}
	}
	if name == "" || !strings.HasPrefix("max_connections", name) && !strings.HasPrefix("performance_schema", name) && !early(name) {
		return nil, "" // no need to go through all names
	}
	return c.abbreviated(name, r, early)
}

// present reports whether the server's version still has an option.
func (c *Catalogue) present(s *Spec) bool {
	if s.Removed == "" && s.Introduced == "" {
		return true
	}
	server := c.server.Version
	if server.IsZero() {
		server = c.table.server.Version
	}
	// A variable that has an older name too was there before it got the new one.
	if s.Introduced != "" && len(s.Aliases) == 0 {
		if v, err := model.ParseServer(s.Introduced); err == nil && before(server, v.Version) {
			return false
		}
	}
	if s.Removed == "" || s.Ignored {
		return true
	}
	v, err := model.ParseServer(s.Removed)
	return err == nil && before(server, v.Version)
}

// before reports whether a server is older than a version. A server of which
// only the series is known ("8.0") counts as its newest release.
func before(server, v model.Version) bool {
	if server.Patch == 0 && server.Major == v.Major && server.Minor == v.Minor {
		return false
	}
	return server.Compare(v) < 0
}

// abbreviated finds the option, among those of a pass, that a name is a unique
// beginning of. Several names of one variable are no ambiguity.
func (c *Catalogue) abbreviated(name string, r *Resolution, among func(option string) bool) (*Spec, string) {
	var found *Spec
	var option string
	var all []string
	for o, s := range c.table.options {
		if !strings.HasPrefix(o, name) || !among(o) || !c.present(s) {
			continue
		}
		all = append(all, o)
		if found == nil || o < option {
			found, option = s, o
		}
	}
	if len(all) > 1 {
		same := true
		for _, o := range all {
			same = same && c.table.options[o].Name != "" && c.table.options[o].Name == found.Name
		}
		if !same {
			sort.Strings(all)
			r.Ambiguous, r.Unknown = all, true
			return nil, ""
		}
	}
	if found != nil {
		r.Abbrev = true
		if found.Name != "" && c.snap != nil {
			if live, ok := c.Lookup(found.Name); ok {
				found = live
			}
		}
	}
	return found, option
}

// cutPrefix takes one special prefix off an underscored name.
func cutPrefix(name string, f model.Flavour) (rest, prefix string) {
	for _, p := range [...]string{"skip", "disable", "enable", "maximum", "loose", "autoset"} {
		if p == "autoset" && f != model.MariaDB {
			continue
		}
		if rest, ok := strings.CutPrefix(name, p+"_"); ok && rest != "" {
			return rest, p
		}
	}
	return name, ""
}
