package check

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/go-sql-driver/mysql"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/observed"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/rights"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/scan"
)

// grantsOf asks one server for each privilege that the verbs need: by what it
// answered to the scan, by a statement that wants it, or by its list of grants
// where only a change would tell.
func (r *run) grantsOf(ctx context.Context, d *scan.Detail) []v1.CheckItem {
	if d.Conn == nil || d.Snapshot == nil {
		return nil
	}
	account := currentUser(ctx, d.Conn)
	var listed *granted
	var items []v1.CheckItem
	for _, g := range rights.Grants(d.Snapshot.Server, r.cfg.Want) {
		item := v1.CheckItem{Section: Grants, Object: d.Instance.Namespace + "/" + d.Instance.Pod, Status: v1.CheckPassed,
			Check: fmt.Sprintf("%s/%s: %s ON %s", d.Instance.Namespace, d.Instance.Pod, g.Privilege, g.On)}
		has, sure := false, true
		switch {
		case strings.HasPrefix(g.For, "fix --apply"):
			item.Verbs = []string{rights.Fix}
			if listed == nil {
				listed = grantsIn(ctx, d.Conn)
			}
			has, sure = listed.has(g.Privilege), listed.sure()
		case g.On == "performance_schema.*":
			item.Verbs = []string{rights.Blame}
			has, sure = probe(ctx, d.Conn, remembered)
		case g.On == "mysql.user":
			item.Verbs = []string{rights.Blame}
			has, sure = probe(ctx, d.Conn, "SELECT Host FROM mysql.user WHERE User = '' LIMIT 0")
		default:
			has = !slices.ContainsFunc(d.Snapshot.Notes, func(n string) bool { return strings.Contains(n, "GRANT "+g.Privilege) })
		}
		switch {
		case has:
		case !sure:
			item.Status, item.Text = v1.CheckLimited, "not certain: the account's grants do not show it, a role may give it"
		case g.Needed && strings.HasPrefix(g.For, "fix --apply"):
			item.Status = v1.CheckFailed
		default:
			item.Status = v1.CheckLimited
		}
		if !has {
			if item.Text == "" {
				item.Text = "no: " + g.Without
			}
			item.Fix = "in the server: " + g.Statement(account)
		}
		items = append(items, item)
	}
	return items
}

// remembered is a table that blame reads.
const remembered = "SELECT 1 FROM performance_schema.events_statements_summary_by_digest LIMIT 0"

// probe runs a statement that needs a privilege.
func probe(ctx context.Context, conn observed.Conn, statement string) (has, sure bool) {
	_, _, err := conn.Query(ctx, statement)
	if err == nil {
		return true, true
	}
	var server *mysql.MySQLError
	if errors.As(err, &server) && (server.Number == 1142 || server.Number == 1227 || server.Number == 1044) {
		return false, true
	}
	return false, false
}

// currentUser is the account as the server matched it, quoted for a statement.
func currentUser(ctx context.Context, conn observed.Conn) string {
	rows, _, err := conn.Query(ctx, "SELECT CURRENT_USER()")
	if err == nil && len(rows) == 1 && rows[0][0] != nil {
		if i := strings.LastIndexByte(*rows[0][0], '@'); i >= 0 {
			return rights.Account((*rows[0][0])[:i], (*rows[0][0])[i+1:])
		}
	}
	return "ACCOUNT"
}

// granted is what SHOW GRANTS lists on *.*.
type granted struct {
	privileges map[string]bool
	roles      bool // some privileges may come from roles, which it does not resolve
	unread     bool
}

var globalGrant = regexp.MustCompile(`(?i)^GRANT (.+) ON \*\.\* TO `)

func grantsIn(ctx context.Context, conn observed.Conn) *granted {
	g := &granted{privileges: map[string]bool{}}
	rows, _, err := conn.Query(ctx, "SHOW GRANTS")
	g.unread = err != nil
	for _, row := range rows {
		if len(row) == 0 || row[0] == nil {
			continue
		}
		m := globalGrant.FindStringSubmatch(*row[0])
		if m == nil {
			g.roles = g.roles || !strings.Contains(*row[0], " ON ")
			continue
		}
		for _, p := range strings.Split(m[1], ",") {
			g.privileges[strings.ToUpper(strings.TrimSpace(p))] = true
		}
	}
	return g
}

func (g *granted) has(privilege string) bool {
	// SUPER still allows what was split from it, save in MariaDB from 11.0 on,
	// where the names that it lost are asked for by themselves.
	return g.privileges["ALL PRIVILEGES"] || g.privileges[privilege] || g.privileges["SUPER"] && strings.HasSuffix(privilege, "_VARIABLES_ADMIN")
}

func (g *granted) sure() bool { return !g.roles && !g.unread }
