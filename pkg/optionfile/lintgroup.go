package optionfile

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
)

// The problems of groups: those that this server does not read although
// somebody seems to have meant it to.

func (s *source) lintHeader(after string, column int) {
	after = strings.TrimLeft(trimEnd(after), " \t")
	if after == "" || after[0] == '#' || after[0] == ';' {
		return
	}
	s.problem(column, CodeTextAfterGroup, Ignored, "the server ignores what follows ] on a group's line", "put it on a line of its own")
}

// add notes an option in a group that is not read.
func (g *groupLine) add(option string) {
	if safeGroups[foldGroup(g.name)] && safeOptions[strings.ReplaceAll(option, "_", "-")] {
		return
	}
	g.count++
	if len(g.options) < 3 {
		g.options = append(g.options, ShownName(option))
	}
}

func (r *reader) lintGroups() {
	type verdict struct{ code, why, suggestion string }
	known := map[string]verdict{}
	for _, g := range r.file.groups {
		if len(g.options) == 0 {
			continue
		}
		v, ok := known[g.name]
		if !ok {
			v.code, v.why, v.suggestion = r.whyNotRead(g.name)
			known[g.name] = v
		}
		if v.code == "" {
			continue
		}
		r.report(Problem{File: g.file, Line: g.line, Column: g.column, Code: v.code, Severity: Ignored,
			Message:    fmt.Sprintf("the server does not read the group [%s] (%s): %s", g.name, g.list(), v.why),
			Suggestion: v.suggestion})
	}
}

func (g groupLine) list() string {
	text := strings.Join(g.options, ", ")
	if g.count > len(g.options) {
		text += ", …"
	}
	return text
}

var versionedGroup = regexp.MustCompile(`^(mysqld|mariadb|mariadbd)-([0-9.]+)$`)

// whyNotRead is empty for groups of other programs.
func (r *reader) whyNotRead(name string) (code Code, why, suggestion string) {
	folded := foldGroup(name)
	if r.readGroups[folded] || otherPrograms[folded] {
		return "", "", ""
	}
	if trimmed := strings.TrimSpace(folded); r.readGroups[trimmed] {
		return CodeGroupSpelling, "there is a blank in the brackets", "write [" + trimmed + "]"
	}
	if safeGroups[folded] {
		return CodeGroupNotRead, "it is mysqld_safe's, and what that does not know itself it drops", "move them to [mysqld]"
	}
	s := r.opts.Server
	if m := versionedGroup.FindStringSubmatch(folded); m != nil && !s.Version.IsZero() {
		if m[1] != "mysqld" && s.Flavour == model.MySQL {
			return CodeGroupNotRead, "only MariaDB does", "move them to [mysqld] if they are meant for this server"
		}
		own := fmt.Sprintf("%s-%d.%d", m[1], s.Version.Major, s.Version.Minor)
		if !strings.Contains(m[2], ".") || strings.HasPrefix(m[2], strings.TrimPrefix(own, m[1]+"-")+".") {
			return CodeGroupNotRead, "a version has two numbers there", "write [" + own + "]"
		}
		return CodeGroupNotRead, "it is of another version than " + s.String(), "write [" + own + "] if they are meant for this server"
	}
	if s.Flavour == model.MySQL && mariadbGroups[folded] {
		return CodeGroupNotRead, "only MariaDB does", "move them to [mysqld] if they are meant for this server"
	}
	if rest, ok := strings.CutPrefix(folded, "mysqld"); ok && rest != "" && strings.Trim(rest, "0123456789") == "" {
		return CodeGroupNotRead, "it is for a server that mysqld_multi starts, or for --defaults-group-suffix=" + rest, "move them to [mysqld]"
	}
	if near := r.nearGroup(folded); near != "" {
		return CodeGroupSpelling, "its name looks mistyped", "write [" + near + "]"
	}
	if strings.Contains(folded, "mysqld") || strings.Contains(folded, "mariadb") || strings.Contains(folded, "server") {
		return CodeGroupNotRead, "it knows no group of that name", "move them to [mysqld] if they are meant for this server"
	}
	return "", "", ""
}

// nearGroup is the group that the server reads and whose name differs by one
// or two typing errors.
func (r *reader) nearGroup(name string) string {
	best, at := "", 3
	for _, g := range Groups(r.opts.Server, r.opts.GroupSuffix) {
		if d := editDistance(name, g); d < at && len(g) > 2*d+1 {
			best, at = g, d
		}
	}
	return best
}

// editDistance counts insertions, deletions, substitutions and swaps of
// neighbours; long names are not compared.
func editDistance(a, b string) int {
	if len(a) > 32 || len(b) > 32 {
		return len(a) + len(b)
	}
	var rows [34][34]int
	for i := 0; i <= len(a); i++ {
		for j := 0; j <= len(b); j++ {
			switch {
			case i == 0:
				rows[i][j] = j
			case j == 0:
				rows[i][j] = i
			default:
				cost := 1
				if a[i-1] == b[j-1] {
					cost = 0
				}
				d := min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+cost)
				if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
					d = min(d, rows[i-2][j-2]+1)
				}
				rows[i][j] = d
			}
		}
	}
	return rows[len(a)][len(b)]
}

func setOf(words string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(words) {
		set[w] = true
	}
	return set
}

var (
	mariadbGroups = setOf("mariadb mariadbd client-server galera")

	// safeGroups are read by mysqld_safe, which knows safeOptions and the few
	// options of the server that it hands on.
	safeGroups  = setOf("mysqld_safe mysqld-safe safe_mysqld mariadb_safe mariadb-safe mariadbd_safe mariadbd-safe")
	safeOptions = setOf(`autoclose basedir core-file-size crash-script datadir err-log flush-caches flush ledir log-error
		malloc-lib mysqld mariadbd mysqld-version mariadbd-version nice numa-interleave open-files-limit pid-file
		plugin-dir port preload-hotbackup skip-kill-mysqld skip-kill-mariadbd skip-log-error skip-syslog socket syslog
		syslog-tag thp-setting timezone tmpdir umask umask-dir user wsrep-urls mysqld-safe-log-timestamps
		skip-auto-config loose-wsrep-urls no-auto-restart no-watch`)

	// otherPrograms are the groups of clients and tools.
	otherPrograms = setOf(`client mysql mysqladmin mysqlbinlog mysqlcheck mysqldump mysqlimport mysqlshow mysqlslap mysqlpump
		mysqlhotcopy mysqltest mysql_upgrade mysql_secure_installation mysql_config_editor mysql_client_test mysql_tzinfo_to_sql
		mysql.server mysqld_multi manager instance myisamchk isamchk myisampack myisamlog myisam_ftdump aria_chk aria_pack
		innochecksum perror replace resolveip xtrabackup xtrabackup-sst innobackupex mariabackup mariadb-backup mbstream sst
		client-mariadb mariadb-client mariadb-admin mariadb-binlog mariadb-check mariadb-dump mariadb-import mariadb-show
		mariadb-slap mariadb-test mariadb-upgrade mariadb-hotcopy mariadb-secure-installation mariadb-conv
		embedded server-embedded mysql_cluster ndb_mgm ndb_mgmd ndbd ndbmtd mysqlrouter mysqlsh mysqlx garb garbd odbc`)
)

// lintLineEnds: the servers know no line end but the line feed.
func (s *source) lintLineEnds() {
	if cut := strings.TrimRight(s.text, "\r\n"); strings.Contains(cut, "\r") && !strings.Contains(s.text, "\n") {
		s.report(Problem{File: s.path, Line: 1, Column: 1, Code: CodeLineEnds, Severity: Ignored,
			Message:    "the lines end in carriage returns alone: the server reads the file as one line, and what it declares is lost",
			Suggestion: "end the lines with line feeds"})
	}
}
