package optionfile

import (
	"slices"
	"strings"
	"testing"
)

func TestSplitArgs(t *testing.T) {
	for _, c := range []struct {
		args string
		want StartOptions
		rest string
	}{
		{"--defaults-file=/a.cnf --user=mysql", StartOptions{DefaultsFile: "/a.cnf"}, "--user=mysql"},
		{"--defaults-extra-file=/b.cnf --defaults-group-suffix=_x", StartOptions{DefaultsExtraFile: "/b.cnf", GroupSuffix: "_x"}, ""},
		{"--user=mysql --defaults-file=/a.cnf", StartOptions{}, "--user=mysql --defaults-file=/a.cnf"},
		{"--no-defaults --port=1", StartOptions{NoDefaults: true}, "--port=1"},
		{"--defaults-group-suffix=1 --no-defaults", StartOptions{GroupSuffix: "1"}, "--no-defaults"},
		{"--no-defaults --defaults-file=/a.cnf", StartOptions{NoDefaults: true}, "--defaults-file=/a.cnf"},
		{"--defaults-file /a.cnf", StartOptions{}, "--defaults-file /a.cnf"},
		{"--defaults-file=/a --defaults-file=/b", StartOptions{DefaultsFile: "/a"}, "--defaults-file=/b"},
		{"--defaults-file=/a --print-defaults --x", StartOptions{DefaultsFile: "/a", PrintDefaults: true}, "--x"},
		{"", StartOptions{}, ""},
	} {
		got, rest := SplitArgs(strings.Fields(c.args))
		if got != c.want || strings.Join(rest, " ") != c.rest {
			t.Errorf("SplitArgs(%q) = %+v, %q", c.args, got, rest)
		}
	}
}

func TestParseArgs(t *testing.T) {
	requires := func(o string) bool { return o == "init-connect" }
	for _, c := range []struct {
		args []string
		want []string // PLACE:SETTING
	}{
		{[]string{"--max-connections=5", "--skip-name-resolve", "--log-bin="}, []string{"1:--max-connections=5", "2:--skip-name-resolve", "3:--log-bin="}},
		{[]string{"--defaults-file=/a", "--port", "3307", "--x"}, []string{"2:--port=3307", "4:--x"}},
		{[]string{"-u", "mysql", "-P3307", "-aP", "1"}, []string{"1:--user=mysql", "3:--port=3307", "4:--ansi", "4:--port=1"}},
		{[]string{"-O", "max_connections=7", "-Okey_buffer=1M", "--set-variable=a=b"}, []string{"1:--max_connections=7", "3:--key_buffer=1M", "4:--a=b"}},
		{[]string{"--init-connect", "--foo", "--port"}, []string{"1:--init-connect=--foo", "3:--port"}},
		{[]string{"--sql-mode=a=b", "--init-connect=SET x='y z'"}, []string{"1:--sql-mode=a=b", "2:--init-connect=SET x='y z'"}},
		{[]string{"--a", "--", "--b"}, []string{"1:--a"}},
		{[]string{"-?", "-", "-W2", "stray"}, []string{"3:--log-warnings=2"}},
		{nil, nil},
	} {
		settings, _ := ParseArgsFunc(c.args, requires)
		var got []string
		for _, s := range settings {
			got = append(got, string(rune('0'+s.Line))+":"+s.String())
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("ParseArgs(%q) = %q, want %q", c.args, got, c.want)
		}
	}
}
