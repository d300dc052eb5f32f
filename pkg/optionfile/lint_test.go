package optionfile

import (
	"strings"
	"testing"
)

// Each row has a twin without the problem: a detector that always speaks fails.
func TestLint(t *testing.T) {
	const my, maria = "9.7.4", "10.11.19-MariaDB"
	for _, c := range []struct{ name, version, text, want string }{ // want: LINE:CODE:SEVERITY
		{"fine", my, "[mysqld]\na=1\nb = \"x # y\" # z\nskip-c\n", ""},
		{"bad group", my, "[mysqld]\na=1\n[client\n", "3:BadGroupLine:Fatal"},
		{"no group", my, "a=1\n", "1:OptionBeforeGroup:Fatal"},
		{"byte order mark", my, "\xef\xbb\xbf[mysqld]\na=1\n", "1:OptionBeforeGroup:Fatal"},
		{"text after group", my, "[mysqld] a=1\n", "1:TextAfterGroup:Ignored"},
		{"comment after group", my, "[mysqld] # x\n[server];x\n", ""},

		{"colon", my, "[mysqld]\nport: 3306\n", "2:ColonSeparator:Fatal"},
		{"colon, loose", my, "[mysqld]\nloose-x : 3306\n", "2:ColonSeparator:Ignored"},
		{"colon in a value", my, "[mysqld]\nbind-address=::\n", ""},
		{"colon in a group of others", my, "[client]\nport: 3306\n", ""},
		{"space", my, "[mysqld]\nport 3306\n", "2:SpaceSeparator:Fatal"},
		{"space in name", my, "[mysqld]\ninit connect = x\n", "2:SpaceSeparator:Fatal"},
		{"dashes", my, "[mysqld]\n--port=3306\n", "2:LeadingDashes:Fatal"},
		{"no name", my, "[mysqld]\n = 1\n", "2:NoName:Fatal"},
		{"list goes on", my, "[mysqld]\nsql_mode=A,\n B,\n C\n", "3:BadCharacter:Fatal"},
		{"full-width equals", my, "[mysqld]\nport\uff1d1\n", "2:BadCharacter:Fatal"},
		{"names with dots", my, "[mysqld]\nvalidate_password.length=8\nhot_cache.key_buffer_size=1M\n", ""},
		{"no-break space", my, "[mysqld]\na=1\u00a0\n", "2:BadCharacter:Warning"},
		{"other letters in a value", my, "[mysqld]\na=é\n", ""},

		{"quote not closed", my, "[mysqld]\na=\"x\n", "2:UnclosedQuote:Warning"},
		{"quote hides a comment", my, "[mysqld]\na=it's # x\n", "2:UnclosedQuote:Warning"},
		{"quote inside", my, "[mysqld]\na=it's\nb=x\"y\"z\nc=SET NAMES 'utf8'\n", ""},
		{"text after a quote", my, "[mysqld]\na=\"x\";\n", "2:UnclosedQuote:Warning"},
		{"hash in a word", my, "[mysqld]\nreport-password=pa#ss\n", "2:HashInValue:Warning"},
		{"hash first", my, "[mysqld]\nreport-password=#ss\n", "2:HashInValue:Warning"},
		{"hash after a number", my, "[mysqld]\na=16M#mine\nb=ON#x\nc=x #y\nd=x# y\n", ""},
		{"semicolon comment", my, "[mysqld]\na=1 ; c\n", "2:InnerComment:Warning"},
		{"semicolons in lists", my, "[mysqld]\nplugin_load=a=a.so ;b=b.so\nwsrep_provider_options=gcache.size=1G ; x=1\ninit_connect=BEGIN ; COMMIT\n", ""},
		{"slashes", my, "[mysqld]\na=1 // c\n", "2:InnerComment:Warning"},
		{"windows path", my, "[mysqld]\na=C:\\data\\new\n", "2:EscapeInPath:Warning"},
		{"windows path, slashes", my, "[mysqld]\na=C:/data/new\nb=C:\\\\new\n", ""},
		{"backslash at the end", my, "[mysqld]\na=x,\\\nb=1\n", "2:Continuation:Warning"},
		{"two backslashes at the end", my, "[mysqld]\na=x\\\\\n", ""},

		{"long line", maria, "[mysqld]\na=" + strings.Repeat("x", 5000) + "\n", "2:LongLine:Warning"},
		{"long comment above all", maria, "# " + strings.Repeat("x", 4200) + "\n[mysqld]\n", "1:LongLine:Warning 1:OptionBeforeGroup:Fatal"},
		{"long line, new", my, "[mysqld]\na=" + strings.Repeat("x", 5000) + "\n", ""},
		{"NUL", maria, "[mysqld]\na=x\x00\n", "2:NULByte:Ignored"},
		{"NUL ends all", my, "[mysqld]\na=1\n\x00\nb=1\n", "3:NULByte:Ignored"},

		{"mistyped group", my, "[mysqd]\na=1\n", "1:GroupSpelling:Ignored"},
		{"mistyped group, empty", my, "[mysqd]\n[mysqld]\n", ""},
		{"blank in group", my, "[ mysqld]\na=1\n", "1:GroupSpelling:Ignored"},
		{"blank after group", my, "[mysqld ]\na=1\n", ""},
		{"mysql-server", my, "[mysql-server]\na=1\n", "1:GroupNotRead:Ignored"},
		{"major version only", my, "[mysqld-9]\na=1\n", "1:GroupNotRead:Ignored"},
		{"other version", my, "[mysqld-8.0]\na=1\n", "1:GroupNotRead:Ignored"},
		{"own version", my, "[mysqld-9.7]\na=1\n", ""},
		{"mariadb on MySQL", my, "[mariadb]\na=1\n", "1:GroupNotRead:Ignored"},
		{"mariadb on MariaDB", maria, "[mariadb]\na=1\n[mariadbd-10.11]\nb=1\n", ""},
		{"safe, server's option", my, "[mysqld_safe]\nmax_connections=1\nlog-error=x\n", "1:GroupNotRead:Ignored"},
		{"safe, own options", my, "[mysqld_safe]\nlog_error=x\npid-file=y\nmalloc-lib=z\n", ""},
		{"multi", my, "[mysqld1]\na=1\n", "1:GroupNotRead:Ignored"},
		{"other programs", my, "[client]\na=1\n[mysql]\na=1\n[mysqldump]\na=1\n[xtrabackup]\na=1\n[sst]\na=1\n[foo]\na=1\n", ""},
	} {
		f := Parse("my.cnf", []byte(c.text), Options{Server: server(t, c.version)})
		var got []string
		for _, p := range f.Problems {
			got = append(got, string(rune('0'+p.Line))+":"+p.Code+":"+string(p.Severity))
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %q, want %q\n%v", c.name, got, c.want, f.Problems)
		}
	}
}

// An option in two files of one folder.
func TestLintIncludeOrder(t *testing.T) {
	for _, c := range []struct{ name, a, b, want string }{
		{"two values", "[mysqld]\nmax-connections=1\n", "[mysqld]\n\nmax_connections=2\n", "/c/b.cnf:3 IncludeOrder"},
		{"with and without", "[mysqld]\nx\n", "[server]\nloose-x=0\n", "/c/b.cnf:2 IncludeOrder"},
		{"one value", "[mysqld]\nx=1\n", "[mysqld]\nx=1\n", ""},
		{"one file", "[mysqld]\nx=1\nx=2\n", "[mysqld]\ny=1\n", ""},
		{"another group", "[mysqld]\nx=1\n", "[client]\nx=2\n", ""},
		{"accumulates", "[mysqld]\nplugin-load-add=1\n", "[mysqld]\nplugin_load_add=2\n", ""},
	} {
		vfs := Map(map[string][]byte{"/c/a.cnf": []byte(c.a), "/c/b.cnf": []byte(c.b)})
		f := Parse("/my.cnf", []byte("!includedir /c\n"), Options{FS: vfs, Server: server(t, "9.7.4")})
		var got []string
		for _, p := range f.Problems {
			got = append(got, p.File+":"+string(rune('0'+p.Line))+" "+p.Code)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// Values may be secrets: no message repeats one.
func TestLintKeepsSecrets(t *testing.T) {
	const secret = "s3cr3t"
	for _, line := range []string{"report-password=" + secret + "#x", "report-password " + secret, "report-password: " + secret,
		"report-password=\"" + secret, "report-password=\"" + secret + "\" x", "report-password=" + secret + " ; c", "report-password=" + secret + `\`,
		"report password = " + secret, "report-password " + secret + " = \"" + secret, "report-password " + secret + "=a#b", "--report-password=" + secret, "report-password\u00a0=" + secret, "x=" + secret + "\x00y", "= " + secret} {
		for _, version := range []string{"9.7.4", "10.11.19-MariaDB"} {
			for _, head := range []string{"[mysqld]\n", "[mysqd]\n", ""} {
				f := Parse("my.cnf", []byte(head+line+"\n"), Options{Server: server(t, version)})
				for _, p := range f.Problems {
					if strings.Contains(p.Message+p.Suggestion, secret) {
						t.Errorf("%q: %s (%s)", head+line, p, p.Suggestion)
					}
				}
			}
		}
	}
}
