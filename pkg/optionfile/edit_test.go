package optionfile

import (
	"errors"
	"testing"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
)

func TestSetValue(t *testing.T) {
	for _, tc := range []struct{ name, text, option, value, want string }{
		{"plain", "[mysqld]\nmax_connections=100\nport=1\n", "max_connections", "500", "[mysqld]\nmax_connections=500\nport=1\n"},
		{"space and comment stay", "[mysqld]\n  max_connections = 100   # as agreed\n", "max_connections", "500", "[mysqld]\n  max_connections = 500   # as agreed\n"},
		{"no newline at the end", "[mysqld]\nmax_connections=100", "max_connections", "500", "[mysqld]\nmax_connections=500"},
		{"CRLF", "[mysqld]\r\nmax_connections=100\r\n", "max_connections", "500", "[mysqld]\r\nmax_connections=500\r\n"},
		{"no value before", "[mysqld]\nlocal-infile\n", "local-infile", "OFF", "[mysqld]\nlocal-infile = OFF\n"},
		{"another spelling", "[mysqld]\nskip-name-resolve # why\n", "skip_name_resolve", "OFF", "[mysqld]\nskip_name_resolve = OFF # why\n"},
		{"a hash", "[mysqld]\ninit_connect=x\n", "init_connect", "a#b", "[mysqld]\ninit_connect=\"a#b\"\n"},
		{"quotes, backslash, lines", "[mysqld]\ninit_connect='x'\n", "init_connect", "SET @a='\\n\"'\n", "[mysqld]\ninit_connect=\"SET @a='\\\\n\\\"'\\n\"\n"},
		{"space around", "[mysqld]\nx=1\n", "x", " a ", "[mysqld]\nx=\" a \"\n"},
		{"empty", "[mysqld]\nsql_mode=ANSI\n", "sql_mode", "", "[mysqld]\nsql_mode=\n"},
	} {
		line := 2
		got, err := SetValue(tc.text, line, tc.option, tc.value, Options{})
		if err != nil || got != tc.want {
			t.Errorf("%s: %q, %v; want %q", tc.name, got, err, tc.want)
		}
	}
}

func TestSetValueRefuses(t *testing.T) {
	for _, tc := range []struct {
		name, text, option, value string
		line                      int
	}{
		{"no such line", "[mysqld]\nx=1\n", "x", "2", 9},
		{"a comment", "[mysqld]\n# x=1\n", "x", "2", 2},
		{"NUL", "[mysqld]\nx=1\n", "x", "\x00", 2},
		{"an option that is none", "[mysqld]\nx=1\n", "x\n[mysqld]\ny", "2", 2},
		{"another option", "[mysqld]\nx=1\n", "x=2\nz", "2", 2},
	} {
		if got, err := SetValue(tc.text, tc.line, tc.option, tc.value, Options{}); !errors.Is(err, ErrNotEditable) {
			t.Errorf("%s: %q, %v", tc.name, got, err)
		}
	}
}

func TestAddOption(t *testing.T) {
	for _, tc := range []struct{ name, text, want string }{
		{"at the end of the group", "[mysqld]\nport=1\n\n[client]\nport=2\n", "[mysqld]\nport=1\nmax_connections = 500\n\n[client]\nport=2\n"},
		{"before a comment's section", "[mysqld]\nport=1\n# the rest\n[client]\n", "[mysqld]\nport=1\nmax_connections = 500\n# the rest\n[client]\n"},
		{"the last of two", "[mysqld]\na=1\n[client]\n[mysqld]\nb=2", "[mysqld]\na=1\n[client]\n[mysqld]\nb=2\nmax_connections = 500\n"},
		{"an empty group", "[mysqld]\n", "[mysqld]\nmax_connections = 500\n"},
		{"no group", "[client]\nport=2\n", "[client]\nport=2\n\n[mysqld]\nmax_connections = 500\n"},
		{"nothing", "", "[mysqld]\nmax_connections = 500\n"},
		{"CRLF", "[MySQLd]\r\nport=1\r\n", "[MySQLd]\r\nport=1\r\nmax_connections = 500\r\n"},
		{"an include after it", "[mysqld]\nport=1\n!includedir /etc/x\n", "[mysqld]\nport=1\nmax_connections = 500\n!includedir /etc/x\n"},
	} {
		got, err := AddOption(tc.text, "mysqld", "max_connections", "500", Options{})
		if err != nil || got != tc.want {
			t.Errorf("%s: %q, %v; want %q", tc.name, got, err, tc.want)
		}
	}
	if got, err := AddOption("port=1\n[mysqld]\n", "mysqld", "x", "1", Options{}); !errors.Is(err, ErrNotEditable) {
		t.Errorf("a file that the server does not start with: %q, %v", got, err)
	}
}

// Whatever a value holds, it comes back as it was, and nothing else comes with it.
func FuzzSetValue(f *testing.F) {
	for _, v := range []string{"1", "a#b", "'", `"`, `\`, `\\n`, "x\n[mysqld]\nskip-grant-tables", "\r", " ", "ä", "\xa0", "; x", "=", "'a'", `"a`} {
		f.Add(v)
	}
	mysql, _ := model.ParseServer("9.7.4")
	maria, _ := model.ParseServer("10.11.18-MariaDB")
	f.Fuzz(func(t *testing.T, value string) {
		for _, server := range []model.Server{mysql, maria} {
			opts := Options{Server: server}
			got, err := SetValue("[mysqld]\na=1\nx=1 # why\nz=3\n", 3, "x", value, opts)
			if err != nil {
				continue
			}
			s := parseAlone(got, opts).Settings
			if len(s) != 3 || s[1].Option != "x" || s[1].Value != value || s[0].Value != "1" || s[2].Value != "3" {
				t.Errorf("%q: %q is read as %+v", value, got, s)
			}
		}
	})
}
