package blame

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"
)

func TestNameless(t *testing.T) {
	for _, tt := range []struct {
		pattern, host string
		want          bool
	}{
		{"localhost", "localhost", true},
		{"localhost", "10.0.0.5", false},
		{"LocalHost", "localhost:4711", true},
		{"%", "10.0.0.5", true},
		{"10.0.%", "10.0.0.5", true},
		{"10.0.%", "10.1.0.5", false},
		{"app_.shop", "app1.shop", true},
		{"app_.shop", "app12.shop", false},
		{"10.0.0.0/255.255.255.0", "10.9.9.9", true}, // not computed: not trusted
		{"::1", "10.0.0.5", false},
		{"127.0.0.1", "localhost", true}, // the server shows the name that it found
		{"10.0.0.5", "app1.shop", true},
		{"10.0.0.6", "10.0.0.5:4711", false},
		{"app1.shop", "10.0.0.5", false},
		{"10.0.0.5", "localhost", false},
		{"10.0.0.5", "", true}, // an address without a name is noted as nothing
		{"localhost", "", false},
		{"fd00::1", "fd00::1", true},
		{"a*", "abc", false},
	} {
		if got := (ServerFacts{Anonymous: []string{tt.pattern}}).nameless(tt.host); got != tt.want {
			t.Errorf("%q for %q: %v", tt.pattern, tt.host, got)
		}
	}
	if (ServerFacts{}).nameless("localhost") {
		t.Error("a server without such accounts")
	}
}

type accounts struct {
	hosts []string
	err   error
}

func (a accounts) Anonymous(context.Context) ([]string, error) { return a.hosts, a.err }

// A name that an account without a name let in is nobody's, however many of the
// server's own records have it; the general log notes the account.
func TestJudgeAnonymous(t *testing.T) {
	persisted := func(f *Facts) {
		persist(f, "mpark", "10.0.0.5", "500", setAt, false)
		f.Server.Statements = []Statement{digest("PERSIST", "500", setAt.Add(time.Millisecond), time.Millisecond)}
	}
	history := func(f *Facts) {
		s := set("GLOBAL", "mpark", "500", setAt.Add(300*time.Millisecond))
		s.Login = true
		f.Server.Statements = []Statement{s}
	}
	log := func(f *Facts) {
		s := set("GLOBAL", "mpark", "500", setAt)
		s.Source, s.Took = "general log", 0
		other := s
		other.Source = "parameter history"
		f.Server.Statements = []Statement{s, other}
	}
	for _, tt := range []struct {
		name       string
		edit       func(*Facts)
		accounts   accounts
		culprit    string
		confidence string
		against    string
	}{
		{"none", history, accounts{}, "mpark@10.0.0.5", Proven, ""},
		{"of another host", history, accounts{hosts: []string{"localhost"}}, "mpark@10.0.0.5", Proven, ""},
		{"row and history", history, accounts{hosts: []string{"10.0.%"}}, "", NotProven, "without a name"},
		{"row, mysqld-auto.cnf and digest", persisted, accounts{hosts: []string{"%"}}, "", NotProven, "without a name"},
		{"records that note the account", log, accounts{hosts: []string{"%"}}, "mpark@10.0.0.5", Likely, "without a name"},
		{"may not be read", history, accounts{err: errors.New("SELECT command denied")}, "mpark@10.0.0.5", Likely, "SELECT command denied"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := override(tt.edit)
			(&gatherer{f: f, in: Input{Sources: Sources{Accounts: tt.accounts}}}).anonymous(t.Context())
			v := Judge(f)
			against := strings.Join(v.Against, "; ")
			if v.Culprit != tt.culprit || v.Confidence != tt.confidence || !strings.Contains(against, tt.against) || (against != "") != (tt.against != "") || tt.culprit == "" && v.LastToucher != "" {
				t.Errorf("%+v", v)
			}
		})
	}
}
