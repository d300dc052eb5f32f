package fix

import (
	"regexp"
	"testing"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/sysvar"
)

func TestLiteral(t *testing.T) {
	for _, tc := range []struct {
		kind       sysvar.Type
		text, want string // want empty: refused
	}{
		{sysvar.TypeBool, "ON", "ON"}, {sysvar.TypeBool, "1", "ON"}, {sysvar.TypeBool, "YES", "ON"}, {sysvar.TypeBool, "off", "OFF"}, {sysvar.TypeBool, "ON; DROP", ""},
		{sysvar.TypeUint, "67108864", "67108864"}, {sysvar.TypeInt, "-1", "-1"}, {sysvar.TypeUint, "64M", ""}, {sysvar.TypeUint, "1; SET GLOBAL read_only=0", ""}, {sysvar.TypeUint, "", ""}, {sysvar.TypeUint, "1e9", ""},
		{sysvar.TypeDouble, "2.000000", "2"}, {sysvar.TypeDouble, "0.500000", "0.5"}, {sysvar.TypeDouble, "10", "10"}, {sysvar.TypeDouble, "1/0", ""},
		{sysvar.TypeEnum, "ROW", "'ROW'"}, {sysvar.TypeSet, "", "''"}, {sysvar.TypeString, "/var/log/slow.log", "'/var/log/slow.log'"},
		{sysvar.TypeString, "it's", "'it''s'"}, {sysvar.TypeString, `\' ; DROP DATABASE shop; -- `, "_utf8mb4 X'5c27203b2044524f502044415441424153452073686f703b202d2d20'"},
		{sysvar.TypeString, "ä", "_utf8mb4 X'c3a4'"}, {sysvar.TypeString, "a\nb", "_utf8mb4 X'610a62'"}, {sysvar.TypeString, "a\x00", "_utf8mb4 X'6100'"},
	} {
		got, err := literal(&sysvar.Spec{Type: tc.kind}, tc.text)
		if got != tc.want || (err != nil) != (tc.want == "") {
			t.Errorf("%s %q: %s, %v; want %s", tc.kind, tc.text, got, err, tc.want)
		}
	}
}

// inert is every literal that may come out: nothing in it can end it early,
// whether or not a backslash escapes.
var inert = regexp.MustCompile(`^(ON|OFF|-?[0-9]+(\.[0-9]+)?|'([ -&(-\[\]-~]|'')*'|_utf8mb4 X'([0-9a-f]{2})*')$`)

func FuzzLiteral(f *testing.F) {
	for _, s := range []string{"", "1", "'", "\\", "\\'", "';", "ON", "0x41", "--", "/*", "\x00", "ä'", "1.5", "a`b", "''"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, kind := range []sysvar.Type{sysvar.TypeBool, sysvar.TypeInt, sysvar.TypeUint, sysvar.TypeDouble, sysvar.TypeString, sysvar.TypeEnum, sysvar.TypeSet, sysvar.TypeFlagSet, ""} {
			if got, err := literal(&sysvar.Spec{Type: kind}, text); err == nil && !inert.MatchString(got) {
				t.Errorf("%s %q: %s", kind, text, got)
			}
		}
	})
}

// The name of a variable comes from the server or the catalogue and still has to
// look like one.
func TestNamesAreNotTrusted(t *testing.T) {
	for _, name := range []string{"max_connections = 1; SET GLOBAL read_only", "a b", "`x`", "", "a.b.c", "A"} {
		if variableName.MatchString(name) {
			t.Errorf("%q is taken for a name", name)
		}
	}
	for _, version := range []string{"9.7.4", "8.4.0", "5.7.44", "10.11.18-MariaDB", "11.8.0-MariaDB"} {
		server, err := model.ParseServer(version)
		if err != nil {
			t.Fatal(err)
		}
		for _, spec := range sysvar.For(server).All() {
			if spec.Name != "" && spec.Dynamic && !variableName.MatchString(spec.Name) {
				t.Errorf("%s: %s cannot be set", version, spec.Name)
			}
		}
	}
}
