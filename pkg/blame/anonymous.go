package blame

import (
	"context"
	"fmt"
	"net"
	"path"
	"strings"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
)

const fromAccounts = "accounts"

// anonymous asks for accounts without a name. variables_info, mysqld-auto.cnf and
// the statement history note what a client called itself, which such an account
// does not check.
func (g *gatherer) anonymous(ctx context.Context) {
	if g.in.Sources.Accounts == nil {
		return
	}
	hosts, err := g.in.Sources.Accounts.Anonymous(ctx)
	if err != nil {
		g.absent(fromAccounts, "%v", err)
		return
	}
	g.f.Server.Anonymous = hosts
	for i := range g.f.Server.Statements {
		if s := &g.f.Server.Statements[i]; s.Login && s.User != "" && g.f.Server.nameless(s.Host) {
			s.User, s.Host = "", ""
		}
	}
}

// unchecked: where the accounts may not be read, a person's name is not proven.
func unchecked(f *Facts, v v1.Verdict) v1.Verdict {
	if why := f.Absent[fromAccounts]; why != "" && v.Culprit != "" && v.CulpritKind == Person {
		v.Against = append(v.Against, "whether the server has an account without a name, by which anybody comes in under any name, is "+why)
		if v.Confidence == Proven {
			v.Confidence = Likely
		}
	}
	return v
}

// nameless: somebody from the host may have come in by an account without a name.
// The host is empty where the server found no name for the client's address.
func (s ServerFacts) nameless(host string) bool {
	host = strings.ToLower(host)
	if strings.Count(host, ":") == 1 { // host:port of a process list
		host, _, _ = strings.Cut(host, ":")
	}
	for _, pattern := range s.Anonymous {
		pattern = strings.ToLower(pattern)
		named := net.ParseIP(host) == nil
		if strings.Contains(pattern, "/") || named && host != "localhost" && strings.Trim(pattern, "0123456789abcdef.:%_") == "" {
			return true // a netmask, or the address of a host whose name alone is noted, or nothing
		}
		if host == "localhost" && (pattern == "127.0.0.1" || pattern == "::1") {
			return true
		}
		pattern = strings.NewReplacer("%", "*", "_", "?", "*", `\*`, "?", `\?`, "[", `\[`).Replace(pattern)
		if ok, err := path.Match(pattern, host); ok || err != nil {
			return true
		}
	}
	return false
}

// anyName is why a name that the server noted is nobody's.
func anyName(source, who, when string) string {
	return fmt.Sprintf("%s names %s at %s, but the server has an account without a name there, and whoever comes in by it gives any name", source, who, when)
}
