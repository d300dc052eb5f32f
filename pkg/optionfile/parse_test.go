package optionfile

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
)

// read parses text and gives what this server takes from it.
func read(t *testing.T, version, text string) []string {
	t.Helper()
	s := server(t, version)
	var out []string
	for _, o := range Parse("my.cnf", []byte(text), Options{Server: s}).For(Groups(s, "")) {
		out = append(out, o.String())
	}
	return out
}

func TestParseLine(t *testing.T) {
	for _, c := range []struct{ line, want string }{
		{`a=1`, "--a=1"},
		{`  a =  1  `, "--a=1"},
		{`a`, "--a"},
		{`a # comment`, "--a"},
		{`a=`, "--a="},
		{`a=""`, "--a="},
		{`a="`, `--a="`},
		{`a='x "y" z'`, `--a=x "y" z`},
		{`a="x # y" # z`, "--a=x # y"},
		{`a=it's # kept`, "--a=it's # kept"},
		{`a="x\"#y" # z`, `--a=x"#y`},
		{`a=x\"#y`, `--a=x"#y`},
		{`a=\n\t\r\b\s\"\'\\\q`, "--a=\n\t\r\b \"'\\\\q"},
		{`a=x\`, `--a=x\`},
		{`a="x" y`, `--a="x" y`},
		{`a=x;y # z`, "--a=x;y"},
		{`a==b`, "--a==b"},
		{"a\v=\f1", "--a=1"},
		{"a=1\xa0", "--a=1"},
		{`a-b_c=1`, "--a-b_c=1"},
		{`port 3307`, "--port 3307"},
		{`=5`, "--=5"},
		{` = 5`, "--= 5\n=5"},
	} {
		for _, version := range []string{"5.7.44", "8.0.36", "9.7.4", "10.11.19-MariaDB"} {
			if got := read(t, version, "[mysqld]\n"+c.line+"\n"); !slices.Equal(got, []string{c.want}) {
				t.Errorf("%s: %q is read as %q, want %q", version, c.line, got, c.want)
			}
		}
	}
}

func TestPositions(t *testing.T) {
	f := Parse("/etc/my.cnf", []byte("# c\r\n\r\n[mysqld]\r\n\ta = 1\r\n\r\n  [server] x\r\nb\r\n"), Options{Server: server(t, "8.0.36")})
	var got []string
	for _, s := range f.Settings {
		got = append(got, fmt.Sprintf("%s:%d:%d [%s] %s", s.File, s.Line, s.Column, s.Group, s))
	}
	for _, p := range f.Problems {
		got = append(got, fmt.Sprintf("%d:%d %s", p.Line, p.Column, p.Code))
	}
	want := []string{"/etc/my.cnf:4:2 [mysqld] --a=1", "/etc/my.cnf:7:1 [server] --b", "6:3 TextAfterGroup"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q\nwant %q", got, want)
	}
}

// Where the servers differ.
func TestDialects(t *testing.T) {
	long := "[mysqld]\n#" + strings.Repeat("x", 5000) + "\na=1\n"
	for _, c := range []struct{ name, version, text, want string }{
		{"long line, old", "5.7.44", long, "--" + strings.Repeat("x", 5001-shortPiece) + "|--a=1"},
		{"long line, MariaDB", "11.4.2-MariaDB", long, "--" + strings.Repeat("x", 5001-shortPiece) + "|--a=1"},
		{"long line, new", "8.4.2", long, "--a=1"},
		{"NUL, old", "5.7.44", "[mysqld]\na=1\x00x\nb=2\n", "--a=1|--b=2"},
		{"NUL, new", "8.4.2", "[mysqld]\na=1\x00x\nb=2\n", "--a=1b=2"},
		{"NUL begins a line, MariaDB", "11.4.2-MariaDB", "[mysqld]\n\x00a\nb=2\n", "--b=2"},
		{"NUL begins a line, new", "9.7.4", "[mysqld]\n\x00a\nb=2\n", ""},
	} {
		if got := strings.Join(read(t, c.version, c.text), "|"); got != c.want {
			t.Errorf("%s: %.80q, want %.80q", c.name, got, c.want)
		}
	}
}

// modeFS gives some of the files of a Map another mode.
type modeFS struct {
	FS
	modes map[string]fs.FileMode
}

func (m modeFS) ReadFile(name string) ([]byte, fs.FileMode, error) {
	data, mode, err := m.FS.ReadFile(name)
	if other, ok := m.modes[name]; ok {
		mode = other
	}
	return data, mode, err
}

func TestIncludes(t *testing.T) {
	files := map[string][]byte{
		"/c/b.cnf":      []byte("[mysqld]\nx=b\n"),
		"/c/a.cnf":      []byte("[mysqld]\nx=a\n"),
		"/c/a.b.cnf":    []byte("[mysqld]\nx=ab\n"),
		"/c/B.cnf":      []byte("[mysqld]\nx=B\n"),
		"/c/.h.cnf":     []byte("[mysqld]\nx=h\n"),
		"/c/n.conf":     []byte("[mysqld]\nx=conf\n"),
		"/c/sub/s.cnf":  []byte("[mysqld]\nx=sub\n"),
		"/one.cnf":      []byte("[mysqld]\nx=1\n[client]\n"),
		"/broken.cnf":   []byte("[mysqld]\nx=before\n[mysqld\nx=after\n"),
		"/nogroup.cnf":  []byte("x=none\n"),
		"/writable.cnf": []byte("[mysqld]\nx=w\n"),
		"/up.cnf":       []byte("!include /one.cnf\n[mysqld]\nx=up"),
		"/loop.cnf":     []byte("[mysqld]\nx=l\n!include /loop.cnf\n"),
	}
	vfs := modeFS{Map(files), map[string]fs.FileMode{"/writable.cnf": 0o666}}
	for _, c := range []struct{ name, version, text, want, codes string }{
		{"folder", "9.7.4", "!includedir /c\n", "h B ab a b", "SkippedFile IncludeOrder IncludeOrder IncludeOrder IncludeOrder"},
		{"folder, first dot", "5.7.44", "!includedir /c/\n", "B a b", "SkippedFile SkippedFile SkippedFile IncludeOrder IncludeOrder"},
		{"missing folder", "9.7.4", "[mysqld]\nx=1\n!includedir /no\n", "1", "MissingIncludeDir"},
		{"file, group goes on", "9.7.4", "[mysqld]\n!include /one.cnf\nx=2\n", "1 2", ""},
		{"missing file", "9.7.4", "[mysqld]\n!include /no.cnf\nx=2\n", "2", "MissingInclude"},
		{"rest lost", "9.7.4", "!include /broken.cnf\n[mysqld]\nx=2\n", "before 2", "BadGroupLine"},
		{"no group", "9.7.4", "!include /nogroup.cnf\n[mysqld]\nx=2\n", "2", "OptionBeforeGroup"},
		{"group does not come out", "9.7.4", "!include /one.cnf\nx=2\n", "1", "OptionBeforeGroup"},
		{"world-writable", "9.7.4", "!include /writable.cnf\n[mysqld]\nx=2\n", "2", "WorldWritable"},
		{"nested", "9.7.4", "!include /up.cnf\n", "1 up", ""},
		{"loop", "9.7.4", "!include /loop.cnf\n", strings.TrimSpace(strings.Repeat("l ", 10)), "IncludeDepth"},
		{"comment, new", "9.7.4", "!include /one.cnf # c\n", "1", ""},
		{"comment, old", "8.4.2", "!include /one.cnf # c\n", "", "MissingInclude"},
		{"comment, MariaDB", "10.11.19-MariaDB", "!include /one.cnf # c\n", "", "MissingInclude"},
		{"no newline, new", "9.7.4", "!include /one.cnf", "1", ""},
		{"no newline, old", "8.4.2", "!include /one.cnf", "", "TruncatedInclude MissingInclude"},
		{"blank at the end, old", "8.4.2", "!include /one.cnf ", "1", ""},
		{"no name", "9.7.4", "[mysqld]\nx=1\n!include \nx=2\n", "1", "BadDirective"},
		{"not a directive", "9.7.4", "!includes x\n!INCLUDE /one.cnf\n", "", "BadDirective BadDirective"},
		{"blanks", "9.7.4", " !  include\t/one.cnf\n", "1", ""},
	} {
		s := server(t, c.version)
		f := Parse("/my.cnf", []byte(c.text), Options{FS: vfs, Server: s})
		var values, codes []string
		for _, o := range f.For(Groups(s, "")) {
			values = append(values, o.Value)
		}
		for _, p := range f.Problems {
			codes = append(codes, p.Code)
		}
		if strings.Join(values, " ") != c.want || strings.Join(codes, " ") != c.codes {
			t.Errorf("%s: read %q (want %q), problems %q (want %q)", c.name, values, c.want, codes, c.codes)
		}
	}
}

func TestIncludesNotFollowed(t *testing.T) {
	f := Parse("/my.cnf", []byte("[mysqld]\n!includedir /no\n!include no.cnf\nx=1\n"), Options{Server: server(t, "9.7.4")})
	if f.Fatal || len(f.Problems) != 0 || len(f.Settings) != 1 {
		t.Errorf("without a file system includes are only noted: %+v", f)
	}
	want := []Include{{Path: "/no", Dir: true, File: "/my.cnf", Line: 2, Column: 1}, {Path: "no.cnf", File: "/my.cnf", Line: 3, Column: 1}}
	if len(f.Includes) != 2 || fmt.Sprint(f.Includes) != fmt.Sprint(want) {
		t.Errorf("includes %+v, want %+v", f.Includes, want)
	}
}

func TestMainFileWorldWritable(t *testing.T) {
	f := Parse("/my.cnf", []byte("[mysqld]\nx=1\n"), Options{Server: server(t, "9.7.4"), Mode: 0o666})
	if len(f.Settings) != 0 || len(f.Problems) != 1 || f.Problems[0].Code != CodeWorldWritable || f.Fatal {
		t.Errorf("the file is ignored and the server starts: %+v", f)
	}
	f = Parse("/my.cnf", []byte("[mysqld]\nx=1\n"), Options{Server: server(t, "9.7.4"), Mode: 0o664})
	if len(f.Settings) != 1 || len(f.Problems) != 0 {
		t.Errorf("the group may write: %+v", f)
	}
}

func TestGroupSuffix(t *testing.T) {
	s := server(t, "9.7.4")
	f := Parse("/my.cnf", []byte("[mysqld]\na=1\n[MySQLd_x]\na=2\n[server-x]\na=3\n"), Options{Server: s, GroupSuffix: "_x"})
	if got := f.For(Groups(s, "_x")); len(got) != 2 || got[1].Value != "2" {
		t.Errorf("read %v", got)
	}
}

// Two files that include each other twice are read 2^10 times; a folder of
// files that include their own folder would keep a server busy for hours.
func TestKnotOfIncludesEnds(t *testing.T) {
	files := map[string][]byte{}
	for i := range 20 {
		files[fmt.Sprintf("/c/%02d.cnf", i)] = []byte("!includedir /c\n[mysqld]\nx=1\n")
	}
	f := Parse("/my.cnf", []byte("!includedir /c\n"), Options{FS: Map(files), Server: server(t, "9.7.4")})
	if n := len(f.Problems); n == 0 || len(f.Settings) > maxFiles {
		t.Errorf("%d settings, %d problems", len(f.Settings), n)
	}
}
