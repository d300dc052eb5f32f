package blame

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
)

// Kinds of actors.
const (
	Person       = "person"
	Tool         = "tool"
	ServerItself = "server"
)

// claim is one source's word on who gave the variable its present value.
type claim struct {
	source string // claims of one source are not independent of each other
	user   string // whom it names, for comparing; "" = it names nobody
	who    string // the same for people: user@host
	kind   string
	when   time.Time
	// valued: the record carries the value, and it is the present one.
	valued bool
	text   string
}

// close is how far two records of one event may lie apart: managedFields and
// some logs keep whole seconds.
const closeEnough = 2 * time.Second

func near(a, b time.Time, by time.Duration) bool {
	return !a.IsZero() && !b.IsZero() && a.Sub(b).Abs() <= by
}

// systemUsers are accounts of the server's own threads and plugins.
var systemUsers = []string{"mysql.session", "mysql.sys", "mysql.infoschema", "event_scheduler", "system user", "mariadb.sys"}

func account(user, host string) string {
	host, _, _ = strings.Cut(host, "%")
	if strings.Count(host, ":") == 1 { // host:port of a process list
		host, _, _ = strings.Cut(host, ":")
	}
	if host == "" {
		return user
	}
	return user + "@" + host
}

// runtimeClaims are the words on a SET GLOBAL or SET PERSIST that is in force,
// and what argues against some of them.
func runtimeClaims(f *Facts) (claims []claim, against []string) {
	running := runningValue(f)
	global, session := splitStatements(f)
	for i, s := range global {
		if overwritten(f, global[i+1:], running) {
			continue
		}
		if s.HasValue && !f.same(s.Value, running) {
			against = append(against, fmt.Sprintf("%s: %s set %s to %s at %s, which is not the present value",
				s.Source, orSomebody(account(s.User, s.Host)), f.Variable, s.Value, stamp(s.When)))
			continue
		}
		c := claim{source: s.Source, user: s.User, who: account(s.User, s.Host), kind: Person, when: s.When, valued: s.HasValue}
		c.text = fmt.Sprintf("%s at %s: %s", s.Source, stamp(s.When), s.Text)
		if s.Program != "" {
			c.text += " (client program " + s.Program + ")"
		}
		claims = append(claims, c)
	}
	if p := f.Server.Persisted; p != nil && p.SetUser != "" && f.same(p.Value, running) && !overwrittenAfter(f, global, p.SetTime, running) {
		claims = append(claims, claim{source: "persisted_variables", user: p.SetUser, who: account(p.SetUser, p.SetHost), kind: Person,
			when: p.SetTime, valued: true, text: fmt.Sprintf("mysqld-auto.cnf holds %s, set at %s", p.Value, stamp(p.SetTime))})
	}
	row, why := rowClaim(f, session)
	if row != nil {
		claims = append(claims, *row)
	} else if why != "" {
		against = append(against, why)
	}
	return claims, against
}

// rowClaim is what variables_info says. SET SESSION writes its user and time as
// well, so that the row alone never proves who changed the global value.
func rowClaim(f *Facts, session []Statement) (*claim, string) {
	v := f.Server.Variable
	if !f.Server.HasSources || v.SetUser == "" || v.Source != model.SourceDynamic && v.Source != model.SourcePersisted {
		return nil, ""
	}
	who := account(v.SetUser, v.SetHost)
	if v.Source == model.SourceDynamic && !f.Server.StartedAt.IsZero() && !v.SetTime.IsZero() && v.SetTime.Before(f.Server.StartedAt.Add(-closeEnough)) {
		return nil, fmt.Sprintf("variables_info names %s at %s, before the server started: it cannot be the change in force", who, stamp(v.SetTime))
	}
	if !f.Server.GlobalOnly {
		for _, s := range session {
			if near(s.When, v.SetTime, closeEnough) && (s.User == "" || s.User == v.SetUser) {
				return nil, fmt.Sprintf("variables_info names %s at %s, but %s shows a SET SESSION at that moment, which writes there too", who, stamp(v.SetTime), s.Source)
			}
		}
	}
	return &claim{source: "variables_info", user: v.SetUser, who: who, kind: Person, when: v.SetTime,
		text: fmt.Sprintf("variables_info: %s, last touched at %s", v.Source, stamp(v.SetTime))}, ""
}

// splitStatements parts the statements that can be in force from those that
// touch a session only, oldest first.
func splitStatements(f *Facts) (global, session []Statement) {
	for _, s := range f.Server.Statements {
		switch {
		case !f.Server.StartedAt.IsZero() && !s.When.IsZero() && s.When.Before(f.Server.StartedAt.Add(-closeEnough)) && s.Scope == "GLOBAL":
			// died with the server's earlier life
		case s.Scope == "GLOBAL" || s.Scope == "PERSIST":
			global = append(global, s)
		case s.Scope == "SESSION":
			session = append(session, s)
		}
	}
	byTime := func(a, b Statement) int { return a.When.Compare(b.When) }
	slices.SortStableFunc(global, byTime)
	slices.SortStableFunc(session, byTime)
	return global, session
}

// overwritten tells whether later statements gave the variable another value
// than the present one: then an earlier statement is not what is in force, even
// if it set the same value.
func overwritten(f *Facts, later []Statement, running string) bool {
	for _, s := range later {
		if s.HasValue && !f.same(s.Value, running) {
			return true
		}
	}
	return false
}

func overwrittenAfter(f *Facts, global []Statement, when time.Time, running string) bool {
	for i, s := range global {
		if s.When.After(when.Add(closeEnough)) {
			return overwritten(f, global[i:], running)
		}
	}
	return false
}

func runningValue(f *Facts) string {
	if f.Running != nil {
		return f.Running.Value
	}
	return f.Server.Variable.Value
}

func orSomebody(who string) string {
	if who == "" {
		return "somebody"
	}
	return who
}

// stamp prints a moment as reports do: UTC, to the second.
func stamp(t time.Time) string {
	if t.IsZero() {
		return "a time unknown"
	}
	return t.UTC().Format("2006-01-02 15:04:05Z")
}
