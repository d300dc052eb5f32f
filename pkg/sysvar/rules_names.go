package sysvar

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
)

// Rules of variables that hold a name which the server must know: a character
// set, a collation, a locale, a storage engine, a time zone, a cipher.

// NotTaken is Unsure of a value that is refused when a server starts up with it, not
// when the option is read: one that is overruled later does no harm.
const NotTaken = "a value that the server does not take"

// refused is a value with which the server does not start; that one runs with it
// proves the opposite, and the lists wrong.
func (st *state) refused(a Assigned, problem string) *Value {
	if a.Value != "" && st.running(a.Variable) == a.Value {
		return &Value{Text: a.Value}
	}
	return &Value{Unsure: NotTaken, Problem: problem + ": the server does not start", Refused: true}
}

// names are the members that the catalogue lists for a variable.
func (st *state) names(variable string) []string {
	s, ok := st.c.Lookup(variable)
	if !ok {
		return nil
	}
	return s.Members
}

func known(name string, names []string) bool {
	return len(names) == 0 || slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, name) })
}

// ruleCharset: a character set and a collation must exist and belong together, a
// collation alone to the compiled character set. utf8 is no name of an option in
// MySQL 9.7 any more. Seen on 9.7.4 and 10.11.19.
func ruleCharset(st *state, a Assigned) *Value {
	if !a.HasValue {
		return nil
	}
	name, kind, listed := st.charset(a.Value), "character set", st.names("character_set_server")
	if a.Variable == "collation_server" {
		kind, listed = "collation", st.names("collation_server")
	}
	switch old := strings.HasPrefix(strings.ToLower(a.Value)+"_", "utf8_"); {
	case old && !st.c.isMaria() && st.c.server.Version.AtLeast(9, 7, 0):
		return st.refused(a, fmt.Sprintf("%s is not taken as a %s any more, write utf8mb3 or utf8mb4", a.Value, kind))
	case st.running(a.Variable) == name: // however it is spelled
		return &Value{Text: name}
	case !old && !known(name, listed) && st.c.listsNames():
		return st.refused(a, fmt.Sprintf("there is no %s %s", kind, a.Value))
	}
	if a.Variable == "collation_server" {
		if set := st.charsetServer(); set != "" && charsetOf(name) != set && known(name, listed) && strings.Contains(name+"_", "_") && !strings.HasPrefix(name, "uca1400_") {
			return st.refused(a, fmt.Sprintf("collation %s is not one of the character set %s: declare character-set-server too", a.Value, set))
		}
	}
	return &Value{Text: name}
}

// charsetServer is the character set that a start has, empty if not known.
func (st *state) charsetServer() string {
	if a, ok := st.last["character_set_server"]; ok {
		if !a.HasValue {
			return ""
		}
		return st.charset(a.Value)
	}
	if s, ok := st.c.Lookup("character_set_server"); ok && s.HasDefault && st.c.Exact() {
		return st.charset(s.Default)
	}
	return ""
}

// charset is a name as the server shows it. utf8 is utf8mb3, to a MariaDB without
// UTF8_IS_UTF8MB3 in its old_mode utf8mb4. Seen on 10.11.19.
func (st *state) charset(name string) string {
	canonical := canonicalCharset(name)
	rest, utf8 := strings.CutPrefix(strings.ToLower(name), "utf8")
	if !utf8 || !st.c.isMaria() || rest != "" && rest[0] != '_' || !st.c.server.Version.AtLeast(10, 6, 1) {
		return canonical
	}
	mode := ""
	if a, ok := st.last["old_mode"]; ok {
		mode = st.evaluate(a).Text
	} else if s, ok := st.c.Lookup("old_mode"); ok {
		if mode = s.Default; !s.HasDefault {
			return canonical
		}
	}
	if strings.Contains(mode, "UTF8_IS_UTF8MB3") {
		return canonical
	}
	return "utf8mb4" + rest
}

// listsNames reports whether the catalogue's lists of names are of this release
// or of a newer one, which has all that older ones had.
func (c *Catalogue) listsNames() bool {
	mine, table := c.server.Version, c.table.server.Version
	return mine.Major < table.Major || mine.Major == table.Major && mine.Minor <= table.Minor
}

// ruleLocale: MariaDB does not start with a locale that it does not have, MySQL
// takes en_US. Seen on 9.7.4 and 10.11.19.
func ruleLocale(st *state, a Assigned) *Value {
	if !a.HasValue || known(a.Value, st.names("lc_time_names")) || !st.c.listsNames() {
		return nil
	}
	if st.c.isMaria() {
		return st.refused(a, fmt.Sprintf("there is no locale %s", a.Value))
	}
	return &Value{Text: "en_US", Adjusted: "no locale of the server", Problem: fmt.Sprintf("%q is no locale: the server takes en_US", a.Value)}
}

// engineNames are the engines' names, and further ones that servers know them by.
var engineNames = map[string]string{
	"innodb": "InnoDB", "innobase": "InnoDB", "memory": "MEMORY", "heap": "MEMORY", "myisam": "MyISAM", "csv": "CSV", "archive": "ARCHIVE",
	"blackhole": "BLACKHOLE", "performance_schema": "PERFORMANCE_SCHEMA", "aria": "Aria", "sequence": "SEQUENCE", "mrg_myisam": "MRG_MYISAM", "merge": "MRG_MYISAM",
}

// loadableEngines come with plugins, with forks, or are switched on.
var loadableEngines = []string{
	"federated", "example", "ndb", "ndbcluster", "ndbinfo", "rocksdb", "tokudb", "columnstore", "spider", "connect", "mroonga", "oqgraph", "sphinx", "s3",
	"xpand", "cassandra", "secondary", "perconaft", "sequoiadb", "polarx", "xengine", "duckdb", "partition", "blackhole", "archive", "aria", "sequence",
}

// ruleEngine: an engine goes by several names, and must be there at the start.
func ruleEngine(st *state, a Assigned) *Value {
	if !a.HasValue || a.Value == "" {
		return nil
	}
	name := strings.ToLower(a.Value)
	if canonical := engineNames[name]; canonical != "" {
		return &Value{Text: canonical}
	}
	if !slices.Contains(loadableEngines, name) {
		return st.refused(a, fmt.Sprintf("there is no storage engine %s", a.Value))
	}
	return &Value{Text: a.Value}
}

var timeZoneOffset = regexp.MustCompile(`^[+-](\d{1,2}):(\d{1,2})$`)

// ruleTimeZone: SYSTEM, an offset, or a name in the server's own tables of time
// zones, which are empty until somebody fills them.
func ruleTimeZone(st *state, a Assigned) *Value {
	if !a.HasValue {
		return nil
	}
	z := a.Value
	switch m := timeZoneOffset.FindStringSubmatch(z); {
	case strings.EqualFold(z, "SYSTEM"):
		return &Value{Text: "SYSTEM"}
	case m != nil && st.c.offsetAllowed(z[0], m[1], m[2]):
		return &Value{Text: canonicalTimeZone(z)}
	case m != nil, z == "", !strings.ContainsAny(z, letters):
		return st.refused(a, fmt.Sprintf("%q is no time zone", z))
	}
	v := &Value{Text: z}
	if !st.c.Equal("time_zone", z, st.running("time_zone")) {
		v.Problem = fmt.Sprintf("the server does not start if its tables of time zones (mysql.time_zone_name) do not hold %q", z)
	}
	return v
}

const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

// offsetAllowed: -13:59 to +14:00 since MySQL 8.0.19, -12:59 to +13:00 before and
// in MariaDB.
func (c *Catalogue) offsetAllowed(sign byte, hours, minutes string) bool {
	var h, m int
	_, _ = fmt.Sscan(hours, &h)
	_, _ = fmt.Sscan(minutes, &m)
	limit := 13 * 60
	if v := c.server.Version; !c.isMaria() && (v.IsZero() || v.AtLeast(8, 0, 19) || v == model.Version{Major: 8}) {
		limit = 14 * 60
	}
	at := h*60 + m
	return m < 60 && (at < limit || at == limit && sign == '+')
}

// ciphers are those that MySQL 9 allows. (MySQL manual, "Encrypted Connection TLS
// Protocols and Ciphers"; others are refused by 9.7.4)
var ciphers = []string{
	"ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-RSA-AES256-GCM-SHA384",
	"ECDHE-ECDSA-CHACHA20-POLY1305", "ECDHE-RSA-CHACHA20-POLY1305", "ECDHE-ECDSA-AES256-CCM", "ECDHE-ECDSA-AES128-CCM",
	"DHE-RSA-AES128-GCM-SHA256", "DHE-RSA-AES256-GCM-SHA384", "DHE-RSA-AES256-CCM", "DHE-RSA-AES128-CCM", "DHE-RSA-CHACHA20-POLY1305",
	"TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256", "TLS_AES_128_CCM_SHA256",
}

func ruleCiphers(st *state, a Assigned) *Value {
	if !a.HasValue || a.Value == "" || !st.c.server.Version.AtLeast(9, 7, 0) {
		return nil
	}
	for _, name := range strings.Split(a.Value, ":") {
		if !slices.Contains(ciphers, name) {
			return st.refused(a, fmt.Sprintf("the cipher %q is not one that the server allows", name))
		}
	}
	return nil
}

// ruleAuthenticationPolicy: a comma list of factors, each *, a plugin or *:plugin;
// only the first must not be empty. Seen on 9.7.4.
func ruleAuthenticationPolicy(st *state, a Assigned) *Value {
	if !a.HasValue {
		return nil
	}
	for i, factor := range strings.Split(a.Value, ",") {
		plugin := strings.TrimPrefix(strings.TrimSpace(factor), "*:")
		switch {
		case i == 0 && plugin == "":
			return st.refused(a, "the first factor is empty")
		case plugin == "mysql_native_password" && st.c.server.Version.AtLeast(9, 0, 0):
			return st.refused(a, "MySQL 9 has no mysql_native_password")
		case plugin != "" && plugin != "*" && plugin != "caching_sha2_password" && plugin != "sha256_password" && !strings.HasPrefix(plugin, "authentication_") && plugin != "mysql_native_password":
			return st.refused(a, fmt.Sprintf("%q is no plugin for a factor", plugin))
		}
	}
	return nil
}

// ruleErrorServices: what names a service that is not there, or does not end in a
// sink, is passed over for the default. Seen on 9.7.4.
func ruleErrorServices(_ *state, a Assigned) *Value {
	if !a.HasValue || a.Value == "" {
		return nil
	}
	const own = "log_filter_internal; log_sink_internal"
	names := strings.FieldsFunc(a.Value, func(r rune) bool { return r == ';' || r == ',' || r == ' ' })
	if len(names) == 0 || strings.HasPrefix(names[len(names)-1], "log_filter_") {
		return &Value{Text: own, Adjusted: "no list that ends in a sink", Problem: fmt.Sprintf("%q does not end in a sink: the server takes %s", a.Value, own)}
	}
	v := &Value{Text: a.Value}
	for _, name := range names {
		switch name {
		case "log_filter_internal", "log_sink_internal", "log_sink_json", "log_filter_dragnet", "log_sink_syseventlog":
		default:
			v.Problem = fmt.Sprintf("if the server cannot load the service %q, it takes %s", name, own)
			v.Host, v.HostWhy = []string{own}, "a service that cannot be loaded"
		}
	}
	return v
}

var errorNumber = regexp.MustCompile(`^(MY-)?\d+$`)

// ruleSuppressionList: one word that is no error which can be left out empties the
// list. Of symbols there is no telling. Seen on 9.7.4.
func ruleSuppressionList(_ *state, a Assigned) *Value {
	if !a.HasValue {
		return nil
	}
	v := &Value{Text: a.Value}
	for _, word := range strings.Split(a.Value, ",") {
		if word = strings.TrimSpace(word); word != "" && !errorNumber.MatchString(word) {
			v.Host, v.HostWhy = []string{""}, "a word in it that is no error which can be suppressed"
		}
	}
	return v
}
