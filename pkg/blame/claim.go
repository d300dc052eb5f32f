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

// Sources of records about a change at run time. Statement.Source has more.
const (
	fromRow    = "variables_info"
	fromAuto   = "mysqld-auto.cnf"
	fromDigest = "digest"
)

// family is the instrument behind a source: records of one family are one record
// read twice. Statement history and digests are filled by the same probe. The row
// in variables_info and the entry in mysqld-auto.cnf are both copied from the
// session's account by the same statement, and after a restart the row is a copy
// of the entry.
func family(source string) string {
	switch source {
	case fromRow, fromAuto:
		return "account noted by the server"
	case fromDigest, "statement history":
		return "performance schema statements"
	}
	return source
}

// act is one change of the global value, with all records that tell of it.
type act struct {
	user, who string // empty where no record tells
	when      time.Time
	value     string
	hasValue  bool
	persisted bool
	// begun is the earliest that a record dates its beginning.
	begun time.Time
	// program: a stored program or an event did it, in the name of its definer.
	program bool
	// earlier runs of the same statement are counted, and seen of them are recorded
	// one by one.
	earlier, seen int
	records       []Statement
	// naming are the sources that name the user, noting those that show the act only.
	naming, noting []string
}

// closeEnough is how far two records of one event may lie apart where at least
// one keeps whole seconds: managedFields, tables of tools.
const closeEnough = 2 * time.Second

// sameMoment is the same for records with microseconds.
const sameMoment = 100 * time.Millisecond

func near(a, b time.Time, by time.Duration) bool {
	return !a.IsZero() && !b.IsZero() && a.Sub(b).Abs() <= by
}

// covers tells whether a statement may have written a row of variables_info with
// the given time, which the server takes when it has changed the variable. sure:
// it did, and not somebody else meanwhile. The row is the last one's to write it,
// so another's would lie between the statement's own, which is after its
// beginning, and the given time: that must be short. A long statement proves
// nothing unless its variable has no session value, for then nobody else is there.
func (s Statement) covers(t time.Time, globalOnly bool) (maybe, sure bool) {
	const soon = 10 * time.Millisecond
	slack := 500 * time.Microsecond // dated by counting back from now
	if s.Source == fromDigest {
		slack = 10 * time.Microsecond
	}
	begun := s.When.Add(-s.Took)
	switch {
	case s.When.IsZero() || t.IsZero():
		return false, false
	case s.Took == 0: // a log's own clock
		return near(s.When, t, closeEnough), false
	case t.After(s.When.Add(slack)) || t.Before(begun.Add(-slack)):
		return false, false
	case globalOnly:
		return true, true
	case s.TookAtMost: // it began later
		return true, s.Took <= 5*soon
	}
	return true, !t.After(begun.Add(soon))
}

// systemUsers are accounts of the server's own threads and plugins.
var systemUsers = []string{"mysql.session", "mysql.sys", "mysql.infoschema", "event_scheduler", "system user", "mariadb.sys"}

// initFile is the user that a server notes for statements of its init_file and
// at its own bootstrap.
const initFile = "boot"

func account(user, host string) string {
	if strings.Count(host, ":") == 1 { // host:port of a process list
		host, _, _ = strings.Cut(host, ":")
	}
	if host == "" {
		return user
	}
	return user + "@" + host
}

// storedProgram tells that a host is an account's pattern and no connection's: a
// procedure or event with SQL SECURITY DEFINER ran in the account's name, and who
// called it is not told.
func storedProgram(host string) bool {
	return strings.ContainsRune(host, '%') && !strings.ContainsRune(host, ':')
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

// acts puts the records of statements together, oldest act first.
func acts(statements []Statement) []act {
	var list []act
	for _, s := range statements {
		i := slices.IndexFunc(list, func(a act) bool { return a.tells(s) })
		if i < 0 {
			list = append(list, act{})
			i = len(list) - 1
		}
		list[i].add(s)
	}
	slices.SortStableFunc(list, func(a, b act) int { return a.when.Compare(b.when) })
	return list
}

// tells whether a record speaks of this act.
func (a act) tells(s Statement) bool {
	by := sameMoment
	if s.coarse() {
		by = closeEnough
	}
	users := a.user == "" || s.User == "" || a.user == s.User
	values := !a.hasValue || !s.HasValue || a.value == s.Value
	// A digest's records are of one run each.
	another := s.Source == fromDigest && slices.Contains(a.noting, fromDigest)
	return users && values && !another && near(a.when, s.When, by)
}

// unseen is the number of earlier runs of which nothing is recorded.
func (a act) unseen() int { return a.earlier - a.seen }

// coarse: whole seconds, or another machine's clock.
func (s Statement) coarse() bool {
	return s.Source == "parameter history" || s.When.Nanosecond() == 0
}

func (a *act) add(s Statement) {
	a.records = append(a.records, s)
	if a.when.IsZero() || s.When.After(a.when) {
		a.when = s.When
	}
	if s.HasValue {
		a.value, a.hasValue = s.Value, true
	}
	if begun := s.When.Add(-s.Took); a.begun.IsZero() || begun.Before(a.begun) {
		a.begun = begun
	}
	a.persisted = a.persisted || s.Scope == "PERSIST"
	a.program = a.program || s.InProgram
	if s.Earlier > a.earlier {
		a.earlier, a.seen = s.Earlier, s.Seen
	}
	if s.User == "" {
		a.noting = append(a.noting, s.Source)
		return
	}
	a.name(s.User, account(s.User, s.Host), s.Source)
}

// name adds a record that names the user.
func (a *act) name(user, who, source string) {
	a.user = user
	if len(who) > len(a.who) {
		a.who = who
	}
	if !slices.Contains(a.naming, source) {
		a.naming = append(a.naming, source)
	}
}

// sources lists all records, those that name somebody first.
func (a act) sources() []string {
	list := slices.Clone(a.naming)
	for _, s := range a.noting {
		if !slices.Contains(list, s) {
			list = append(list, s)
		}
	}
	return list
}

func families(sources []string) int {
	seen := map[string]bool{}
	for _, s := range sources {
		seen[family(s)] = true
	}
	return len(seen)
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

// row is what variables_info says of who touched the variable last.
type row struct {
	user, who string
	when      time.Time
	// void says why it does not speak of who set the value in force. unknown: yet
	// it may have been set at that moment, by somebody.
	void    string
	unknown bool
}

// rowOf reads the row; nil: it names nobody. SET SESSION and the SET_VAR hint
// write it as well.
func rowOf(f *Facts, global, session []Statement) *row {
	v := f.Server.Variable
	if !f.Server.HasSources || v.SetUser == "" || v.Source != model.SourceDynamic && v.Source != model.SourcePersisted {
		return nil
	}
	r := &row{user: v.SetUser, who: account(v.SetUser, v.SetHost), when: v.SetTime}
	switch {
	case v.Source == model.SourceDynamic && !f.Server.StartedAt.IsZero() && !v.SetTime.IsZero() && v.SetTime.Before(f.Server.StartedAt.Add(-closeEnough)):
		r.void = fmt.Sprintf("variables_info names %s at %s, before the server started: it cannot be the change in force", r.who, stamp(v.SetTime))
	case f.Server.nameless(v.SetHost):
		r.unknown, r.void = true, anyName(fromRow, r.who, stamp(v.SetTime))
	case storedProgram(v.SetHost):
		r.unknown = true
		r.void = fmt.Sprintf("variables_info names %s at %s, which is an account and no connection: a stored program or event ran in its name, called by somebody unknown", r.who, stamp(v.SetTime))
	}
	for _, s := range global {
		if maybe, _ := s.covers(v.SetTime, false); maybe && s.InProgram && s.User != v.SetUser && r.void == "" {
			r.void = fmt.Sprintf("variables_info names %s at %s, but %s shows that a stored program or event ran %s at that moment, which is noted in its definer's name", r.who, stamp(r.when), s.Source, s.Text)
		}
	}
	if !f.Server.GlobalOnly && r.void == "" {
		for _, s := range session {
			if maybe, _ := s.covers(v.SetTime, false); maybe && (s.User == "" || s.User == v.SetUser) {
				r.void = fmt.Sprintf("variables_info names %s at %s, but %s shows %s at that moment, which writes there too and changes nothing for others", r.who, stamp(v.SetTime), s.Source, s.Text)
			}
		}
	}
	return r
}
