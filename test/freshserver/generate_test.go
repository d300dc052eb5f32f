//go:build lab

package freshserver

import (
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/sysvar"
)

// line is one line of an option file.
type line struct {
	text string
	// variable is what the line sets; empty for a group, a comment and an option
	// without a variable.
	variable string
	spec     *sysvar.Spec
	// written: it stands in a server's group of a file that was not made here.
	written bool
}

// generator makes option files for one server.
type generator struct {
	*kind
	specs []sysvar.Spec           // all that can stand in a file
	by    map[string]*sysvar.Spec // by option name, with dashes
	real  [][]string              // lines of real files
}

// never are options that stop the server from being what the test needs: one
// that runs in the foreground, can be asked, and lives in its own folders.
var never = set("basedir plugin-load plugin-load-add early-plugin-load chroot daemonize init-file bootstrap socket bind-address port mysqlx-socket mysqlx-bind-address mysqlx-port " +
	"admin-port innodb-force-recovery innodb-read-only skip-grant-tables gdb debug-gdb super-large-pages large-pages memlock lower-case-table-names innodb-page-size " +
	"innodb-force-load-corrupted core-file skip-networking innodb-dedicated-server upgrade initialize initialize-insecure tc-heuristic-recover help version verbose " +
	"validate-config require-secure-transport transaction-read-only offline-mode skip-ssl ssl-ca ssl-cert ssl-key ssl-capath ssl-crl ssl-crlpath ssl-cipher wsrep-provider " +
	"wsrep-on wsrep-cluster-address wsrep-start-position wsrep-provider-options keyring-migration-source keyring-migration-destination keyring-migration-to-component " +
	"auto-generate-certs caching-sha2-password-auto-generate-rsa-keys wsrep-sst-auth wsrep-recover stack-trace exit-info print-defaults thread-stack no-dd-upgrade " +
	"language skip-stack-trace console log-isam performance-schema-instrument debug des-key-file delay-key-write-for-all-tables thread-handling wsrep-new-cluster mysqlx autocommit")

func set(words string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(words) {
		out[w] = true
	}
	return out
}

// plugins' options exist only where the plugin is loaded.
var pluginOptions = []string{"group-replication", "clone-", "rewriter", "connection-control", "validate-password", "component-", "dragnet", "thread-pool", "wsrep-",
	"rpl-semi-sync-source", "rpl-semi-sync-replica", "keyring-", "audit-log", "authentication-", "ddl-rewriter", "telemetry", "syseventlog", "version-tokens", "mysqlx-ssl", "admin-ssl"}

func newGenerator(k *kind) *generator {
	g := &generator{kind: k, by: map[string]*sysvar.Spec{}}
	c := sysvar.For(k.server)
	for _, s := range c.All() {
		if len(s.Options) == 0 || s.Removed != "" && !s.Ignored {
			continue
		}
		if _, ok := c.Option(s.Options[0]); !ok {
			continue
		}
		skip := s.Name == "" && more[s.Options[0]] == nil
		for _, o := range s.Options {
			skip = skip || never[o]
			for _, p := range pluginOptions {
				skip = skip || strings.HasPrefix(o, p) && (!k.maria() || p == "wsrep-" && o != "wsrep-debug") && !strings.HasPrefix(o, "authentication-policy")
			}
		}
		if skip {
			continue
		}
		g.specs = append(g.specs, s)
	}
	for i := range g.specs {
		for _, o := range g.specs[i].Options {
			g.by[o] = &g.specs[i]
		}
	}
	if dir := os.Getenv("MYSQLDRIFT_FRESH_SOURCES"); dir != "" {
		files, _ := filepath.Glob(filepath.Join(dir, "*.cnf"))
		sort.Strings(files)
		for _, f := range files {
			text, _ := os.ReadFile(f)
			g.real = append(g.real, strings.Split(string(text), "\n"))
		}
	}
	return g
}

// file makes the lines of one option file.
func (g *generator) file(r *rand.Rand) []line {
	if len(g.real) > 0 {
		return g.mixed(r)
	}
	lines := []line{{text: "# made at random"}, {text: "[mysqld]"}}
	if chance(r, 30) {
		lines = append(lines, g.option(r, "datadir"))
	}
	var body []line
	for _, combine := range []func(*rand.Rand) []line{g.replication, g.charsets, g.bufferPool, g.fileLimits, g.performanceSchema, g.modes, g.logs} {
		if chance(r, 35) {
			body = append(body, combine(r)...)
		}
	}
	for n := 8 + r.Intn(25); n > 0; n-- {
		body = append(body, g.random(r))
	}
	r.Shuffle(len(body), func(i, j int) { body[i], body[j] = body[j], body[i] })
	if chance(r, 20) && len(body) > 4 { // a repeated option
		again := body[r.Intn(len(body))]
		if again.spec != nil {
			body = append(body, g.assign(r, again.spec))
		}
	}
	for i, l := range body {
		if chance(r, 4) {
			lines = append(lines, line{text: pick(r, "[server]", "[mysqld]", "[client]\nport=3306\n[mysqld]", g.ownGroup(r))})
		}
		if i%7 == 6 && chance(r, 30) {
			lines = append(lines, line{text: pick(r, "", "# a comment", "; another")})
		}
		lines = append(lines, l)
	}
	return lines
}

func (g *generator) ownGroup(r *rand.Rand) string {
	if g.maria() {
		return pick(r, "[mariadb]", "[mariadbd]", "[mariadb-10.11]", "[MYSQLD]", "[client-server]")
	}
	return pick(r, "[mysqld-9.7]", "[MYSQLD]")
}

// mixed joins lines of two real files, and gives some of their options other values.
func (g *generator) mixed(r *rand.Rand) []line {
	c := sysvar.For(g.server)
	var lines []line
	for range 1 + r.Intn(2) {
		for _, text := range g.real[r.Intn(len(g.real))] {
			trimmed := strings.TrimSpace(text)
			if trimmed == "" || trimmed[0] == '#' || trimmed[0] == '!' || trimmed[0] == ';' {
				continue
			}
			l := line{text: text}
			name, _, _ := strings.Cut(trimmed, "=")
			res := c.Resolve(strings.TrimSpace(name))
			if trimmed[0] != '[' && res.Spec != nil && res.Spec.Name != "" {
				if never[res.Option] || res.Option == "datadir" && !strings.Contains(text, "/var/lib/mysql") {
					continue
				}
				l.spec, l.variable = res.Spec, res.Spec.Name
				if g.by[res.Option] != nil && chance(r, 40) {
					l = g.assign(r, g.by[res.Option])
				}
			}
			lines = append(lines, l)
		}
	}
	if len(lines) == 0 || !strings.HasPrefix(strings.TrimSpace(lines[0].text), "[") {
		lines = append([]line{{text: "[mysqld]"}}, lines...)
	}
	return lines
}

func (g *generator) random(r *rand.Rand) line {
	for {
		s := &g.specs[r.Intn(len(g.specs))]
		if l := g.assign(r, s); l.text != "" {
			return l
		}
	}
}

// option is a line for an option by name, empty if the server does not have it.
func (g *generator) option(r *rand.Rand, name string, values ...string) line {
	s := g.by[name]
	if s == nil {
		return line{}
	}
	if len(values) == 0 {
		return g.assign(r, s)
	}
	return line{text: spelled(r, name) + assigned(r, pick(r, values...)), variable: s.Name, spec: s}
}

func spelled(r *rand.Rand, name string) string {
	if chance(r, 60) {
		return strings.ReplaceAll(name, "-", "_")
	}
	return name
}

func assigned(r *rand.Rand, value string) string {
	if value == bare {
		return ""
	}
	if !strings.ContainsAny(value, `'"#\`) && value != "" && chance(r, 8) {
		value = pick(r, `"`+value+`"`, "'"+value+"'")
	}
	if strings.Contains(value, "#") {
		value = `"` + value + `"`
	}
	return pick(r, "=", "=", " = ", "\t= ") + value + pick(r, "", "", "", " ", " # why")
}

// bare stands for an option without a value.
const bare = "\x00"

// assign makes one line that sets a spec's option to something.
func (g *generator) assign(r *rand.Rand, s *sysvar.Spec) line {
	option := pick(r, s.Options...)
	value := g.value(r, s, option)
	if value == "\x01" {
		return line{}
	}
	prefix := ""
	if s.Type == sysvar.TypeBool && s.Arg != sysvar.ArgNone && chance(r, 25) {
		prefix, value = pick(r, "skip-", "disable-", "enable-", "skip_", "loose-skip-"), bare
		if chance(r, 15) {
			value = pick(r, "0", "1")
		}
	} else if chance(r, 8) {
		prefix = pick(r, "loose-", "loose_")
	}
	if s.Arg == sysvar.ArgNone {
		value = bare
	}
	return line{text: prefix + spelled(r, option) + assigned(r, value), variable: s.Name, spec: s}
}

// value is a value for an option file.
func (g *generator) value(r *rand.Rand, s *sysvar.Spec, option string) string {
	if s.Arg == sysvar.ArgOptional && chance(r, 10) {
		return bare
	}
	if list, ok := more[option]; ok && len(list) > 0 {
		return or(pick(r, list...), bare)
	}
	if list, ok := texts[s.Name]; ok {
		return pick(r, list...)
	}
	switch s.Type {
	case sysvar.TypeBool:
		if chance(r, 3) {
			return "YES"
		}
		return pick(r, "ON", "OFF", "on", "off", "1", "0", "true", "FALSE", "True")
	case sysvar.TypeInt, sysvar.TypeUint:
		return number(r, s, true)
	case sysvar.TypeDouble:
		return double(r, s)
	case sysvar.TypeEnum:
		if len(s.Members) > 0 {
			i := r.Intn(len(s.Members))
			return pick(r, randomCase(r, s.Members[i]), randomCase(r, s.Members[i]), strconv.Itoa(i))
		}
	case sysvar.TypeSet:
		if len(s.Members) > 0 {
			chosen := subset(r, s.Members)
			if chance(r, 10) {
				return strconv.Itoa(1 << uint(r.Intn(min(len(s.Members), 30))))
			}
			return randomCase(r, strings.Join(chosen, ","))
		}
	case sysvar.TypeFlagSet:
		return flagList(r, s.Members)
	}
	return "\x01"
}

func (g *generator) options(r *rand.Rand, percent int, names ...string) []line {
	var out []line
	for _, n := range names {
		if chance(r, percent) {
			if l := g.option(r, n); l.text != "" {
				out = append(out, l)
			}
		}
	}
	return out
}

func (g *generator) replication(r *rand.Rand) []line {
	return append([]line{g.option(r, "server-id", "1", "2", "0", "4294967295", "5000000000")},
		g.options(r, 50, "log-bin", "log-bin-index", "relay-log", "relay-log-index", "gtid-mode", "enforce-gtid-consistency", "log-slave-updates", "log-replica-updates",
			"expire-logs-days", "binlog-expire-logs-seconds", "binlog-format", "sync-binlog", "max-binlog-size", "max-relay-log-size", "replica-parallel-workers", "slave-parallel-threads",
			"slave-skip-errors", "binlog-do-db", "replicate-do-db", "replicate-wild-ignore-table", "read-only", "super-read-only", "relay-log-recovery", "auto-increment-offset",
			"auto-increment-increment", "slave-parallel-mode", "gtid-strict-mode", "binlog-row-image", "replica-preserve-commit-order", "gtid-domain-id", "report-host")...)
}

func (g *generator) charsets(r *rand.Rand) []line {
	return append(g.options(r, 60, "character-set-server", "collation-server", "default-time-zone", "lc-messages", "lc-time-names"),
		g.options(r, 30, "init-connect", "character-set-filesystem", "character-set-client-handshake")...)
}

func (g *generator) bufferPool(r *rand.Rand) []line {
	size := pick(r, "8M", "5242880", "100M", "128M", "200M", "256M", "300000000", "512m", "1G", "1000M", "1536M", "2G", "3000M", fmt.Sprint(5<<20+r.Intn(1<<30)), "1M", "4G")
	out := []line{g.option(r, "innodb-buffer-pool-size", size)}
	if chance(r, 50) {
		out = append(out, g.option(r, "innodb-buffer-pool-instances", "1", "2", "3", "4", "8", "10", "16", "64", "65", "0"))
	}
	if chance(r, 50) {
		out = append(out, g.option(r, "innodb-buffer-pool-chunk-size", "1M", "2M", "64M", "128M", "256M", "1G", "1048576", "1500000", fmt.Sprint(1<<20+r.Intn(1<<28))))
	}
	return append(out, g.options(r, 40, "innodb-log-file-size", "innodb-redo-log-capacity", "innodb-log-buffer-size", "innodb-io-capacity", "innodb-io-capacity-max", "innodb-page-cleaners",
		"innodb-flush-method", "innodb-read-io-threads", "innodb-purge-threads", "innodb-open-files", "innodb-lru-scan-depth", "innodb-max-dirty-pages-pct", "innodb-max-dirty-pages-pct-lwm",
		"temptable-max-ram", "temptable-max-mmap", "innodb-doublewrite", "innodb-doublewrite-files", "innodb-doublewrite-pages")...)
}

func (g *generator) fileLimits(r *rand.Rand) []line {
	var out []line
	for _, o := range [][]string{
		{"max-connections", "10", "1", "100", "500", "1000", "2000", "5000", "20000", "100000", "200000"},
		{"open-files-limit", "0", "100", "1024", "2000", "5000", "10000", "65535", "1048576"},
		{"table-open-cache", "1", "64", "200", "400", "1000", "2000", "4096", "10000", "524288"},
		{"table-open-cache-instances", "1", "4", "8", "16", "64"}, {"table-definition-cache", "256", "400", "1400", "5000"},
		{"thread-cache-size", "0", "8", "64", "300", "16384"}, {"innodb-open-files", "10", "300", "1000", "4000", "65535"},
		{"back-log", "0", "50", "500", "80", "70000"}, {"host-cache-size", "0", "128", "1000"}, {"extra-max-connections", "1", "10"},
	} {
		if chance(r, 45) {
			if l := g.option(r, o[0], o[1:]...); l.text != "" {
				out = append(out, l)
			}
		}
	}
	return out
}

func (g *generator) performanceSchema(r *rand.Rand) []line {
	out := []line{g.option(r, "performance-schema", "ON", "OFF", "1", "0", bare)}
	for range 1 + r.Intn(5) {
		s := &g.specs[r.Intn(len(g.specs))]
		for !strings.HasPrefix(s.Name, "performance_schema") {
			s = &g.specs[r.Intn(len(g.specs))]
		}
		out = append(out, g.assign(r, s))
	}
	return out
}

func (g *generator) modes(r *rand.Rand) []line {
	out := g.options(r, 80, "sql-mode", "optimizer-switch", "optimizer-switch", "explicit-defaults-for-timestamp", "transaction-isolation", "log-output")
	if chance(r, 30) {
		out = append(out, g.option(r, "sql-mode", "TRADITIONAL", "ANSI", "ansi,traditional", "", "''", "STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION", "ORACLE", "0", "4194304", "NO_AUTO_CREATE_USER", "DB2,ANSI_QUOTES"))
	}
	return out
}

func (g *generator) logs(r *rand.Rand) []line {
	out := g.options(r, 40, "log-error", "general-log", "general-log-file", "slow-query-log", "slow-query-log-file", "long-query-time", "pid-file", "tmpdir", "secure-file-priv",
		"log-queries-not-using-indexes", "min-examined-row-limit", "innodb-data-home-dir", "innodb-log-group-home-dir", "slave-load-tmpdir", "character-sets-dir", "plugin-dir",
		"lc-messages-dir", "log-error-verbosity", "log-warnings", "log-slow-verbosity", "log-slow-disabled-statements", "log-disabled-statements", "symbolic-links", "skip-external-locking", "skip-name-resolve")
	return out
}

func join(lines []line) string {
	var out strings.Builder
	for _, l := range lines {
		out.WriteString(l.text + "\n")
	}
	return out.String()
}

// flavourOf is how the comparison is told which server a dump is of.
func flavourOf(k *kind) string {
	if k.server.Flavour == model.MariaDB && !strings.Contains(k.text, "MariaDB") {
		return k.text + "-MariaDB"
	}
	return k.text
}
