package rights

import (
	"strings"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
)

// Grant is one privilege in a server.
type Grant struct {
	Privilege string
	On        string // "*.*", "performance_schema.*"
	// For says what it is for, Without what is lost where it is missing.
	For, Without string
	Needed       bool
}

// Grants are the fewest privileges that do what is wanted. Variables, their
// sources and persisted settings need none: any account may read those tables.
func Grants(server model.Server, w Want) []Grant {
	var grants []Grant
	if w.does(Status, Diff, Blame, Trace, Snapshot, Check, Fix) {
		grants = append(grants, Grant{Privilege: replicationPrivilege(server), On: "*.*", For: "the role in replication",
			Without: "the role is taken from the pod's labels", Needed: true})
	}
	if w.does(Blame, Check) {
		grants = append(grants, Grant{Privilege: "SELECT", On: "performance_schema.*", For: "blame: statements that the server remembers",
			Without: "who set a variable is known from fewer sources"})
		grants = append(grants, Grant{Privilege: "SELECT (Host, User)", On: "mysql.user", For: "blame: whether an account without a name lets in anybody under any name",
			Without: "who set a variable is never more than likely"})
	}
	if w.Apply {
		grants = append(grants, applyGrants(server)...)
	}
	return grants
}

// replicationPrivilege lets an account ask for the replication status: MariaDB
// 10.5 gave it a name of its own.
func replicationPrivilege(s model.Server) string {
	if s.Flavour == model.MariaDB && (s.Version.IsZero() || s.Version.AtLeast(10, 5, 9)) {
		return "SLAVE MONITOR"
	}
	return "REPLICATION CLIENT"
}

// applyGrants let an account set global variables. MariaDB asks for a privilege
// of the variable's subject, and for SUPER where it has none (sql/privilege.h of
// 10.5 and newer).
func applyGrants(s model.Server) []Grant {
	const set, without = "fix --apply: SET GLOBAL", "the statement is refused"
	if s.Flavour == model.MariaDB {
		grants := []Grant{{Privilege: "SUPER", On: "*.*", For: set, Without: without, Needed: true}}
		if s.Version.IsZero() || s.Version.AtLeast(10, 5, 2) {
			for _, p := range []string{"CONNECTION ADMIN", "BINLOG ADMIN", "REPLICATION MASTER ADMIN", "REPLICATION SLAVE ADMIN"} {
				grants = append(grants, Grant{Privilege: p, On: "*.*", For: set + " of variables of that subject", Without: without})
			}
		}
		return grants
	}
	if !s.Version.IsZero() && !s.Version.AtLeast(8, 0, 0) {
		return []Grant{{Privilege: "SUPER", On: "*.*", For: set, Without: without, Needed: true}}
	}
	return []Grant{
		{Privilege: "SYSTEM_VARIABLES_ADMIN", On: "*.*", For: set + ", SET PERSIST, RESET PERSIST", Without: without, Needed: true},
		{Privilege: "PERSIST_RO_VARIABLES_ADMIN", On: "*.*", For: "fix --apply: RESET PERSIST of variables that are read at a start only", Without: "that statement is refused"},
	}
}

// Account is 'USER'@'HOST' as SQL has it.
func Account(user, host string) string { return quote(user) + "@" + quote(host) }

// quote makes a text safe between single quotes, with and without
// NO_BACKSLASH_ESCAPES: names with a backslash are refused before.
func quote(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }

// Statement is the GRANT for an account (see Account).
func (g Grant) Statement(account string) string {
	return "GRANT " + g.Privilege + " ON " + g.On + " TO " + account + ";"
}
