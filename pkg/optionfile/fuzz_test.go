package optionfile

import (
	"reflect"
	"strings"
	"testing"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
)

var fuzzServers = []model.Server{
	{Flavour: model.MySQL, Version: model.Version{Major: 5, Minor: 7, Patch: 44}},
	{Flavour: model.MySQL, Version: model.Version{Major: 8, Minor: 4, Patch: 2}},
	{Flavour: model.MySQL, Version: model.Version{Major: 9, Minor: 7, Patch: 4}},
	{Flavour: model.MariaDB, Version: model.Version{Major: 10, Minor: 11, Patch: 19}},
	{},
}

// FuzzParse holds what is true of every reading: it ends, it repeats, places
// lie in the file, and a refused file has a fatal problem.
func FuzzParse(f *testing.F) {
	for _, text := range []string{
		"", "[mysqld]\na=1\n", "[mysqld]\na = \"x # y\" # z\nb='\\n'\nskip-c\n", "[a\n", "a=1\n", "=1\n", "[mysqld]\n =1",
		"!include /f\n", "!includedir /d\n[mysqld]\nx", "!includedir /d", "!", "[mysqld]\n!include \n", "\xef\xbb\xbf[mysqld]\n",
		"[mysqld]\r\na=\"\r\n", "[mysqld]\na=1\x00\nb=2\n\x00\nc=3\n", "[mysqld]\nport: 1\nport 1\n--port\n\u00a0x=1\u00a0\n",
		"[mysqld]\n" + strings.Repeat("x", 4094) + "\n" + strings.Repeat("y", 4093) + "\n" + strings.Repeat("z", 9000),
		"[mysqd]\na\n[ mysqld]\nb\n[mysqld-9]\nc\n[mysqld_safe]\nd\n", "[]\n[ ]\n[]]x\n[mysqld]x=1\n",
		"!includedir /d\n[mysqld]\na=1\n!include /f\n", "[mysqld]\n!include ../../etc/shadow\n!includedir ..\n!include /d\n",
	} {
		f.Add(text, text)
	}
	f.Fuzz(func(t *testing.T, text, included string) {
		vfs := Map(map[string][]byte{"/my.cnf": []byte(text), "/f": []byte(included), "/d/a.cnf": []byte(included), "/d/b.cnf": []byte(text)})
		if strings.Count(text+included, "!") > 3 {
			vfs = nil // a knot of includes only costs time
		}
		for _, s := range fuzzServers {
			file := Parse("/my.cnf", []byte(text), Options{FS: vfs, Server: s})
			if again := Parse("/my.cnf", []byte(text), Options{FS: vfs, Server: s}); !reflect.DeepEqual(file, again) {
				t.Fatalf("%s: two readings differ", s)
			}
			fatal := false
			for _, p := range file.Problems {
				fatal = fatal || p.Severity == Fatal
				checkPlace(t, p.File, p.Line, p.Column, text, included)
			}
			if file.Fatal && !fatal {
				t.Fatalf("%s: fatal without a problem that says so", s)
			}
			for _, o := range file.Settings {
				checkPlace(t, o.File, o.Line, o.Column, text, included)
				if !o.HasValue && o.Value != "" {
					t.Fatalf("%s: %+v has a value and has none", s, o)
				}
			}
			if n := len(file.For(Groups(s, ""))); n > len(file.Settings) {
				t.Fatalf("%s: %d settings of %d", s, n, len(file.Settings))
			}
		}
	})
}

func checkPlace(t *testing.T, name string, line, column int, text, included string) {
	t.Helper()
	if name == "/f" || name == "/d/a.cnf" {
		text = included
	}
	lines := strings.Split(text, "\n")
	if line < 1 || line > len(lines) || column < 1 || column > len(lines[line-1])+1 {
		t.Fatalf("%s:%d:%d is no place in %q", name, line, column, text)
	}
}

// FuzzParseArgs: a command line of any form ends, and places lie in it.
func FuzzParseArgs(f *testing.F) {
	for _, text := range []string{"", "--a=1 -u x -P1", "--defaults-file=/a --no-defaults --print-defaults", "-O a=b -O", "-- x", "- -- --=", "-aaaP"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		args := strings.Split(text, " ")
		settings, _ := ParseArgs(args)
		for _, s := range settings {
			if s.Line < 1 || s.Line > len(args) {
				t.Fatalf("%+v is no place in %q", s, args)
			}
		}
	})
}
