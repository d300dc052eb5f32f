package optionfile

import (
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"time"
)

// counting is a file system that knows how often each file was read.
type counting struct {
	FS
	reads map[string]int
}

func (c counting) ReadFile(name string) ([]byte, fs.FileMode, error) {
	c.reads[name]++
	return c.FS.ReadFile(name)
}

// A folder whose files include it again is what a server is at for hours: reading
// ends, with one problem that says so, and what stands behind it is read.
func TestKnotOfLargeFiles(t *testing.T) {
	files := map[string][]byte{}
	for i := range 20 {
		files[fmt.Sprintf("/d/%02d.cnf", i)] = []byte("[mysqld]\n" + strings.Repeat(fmt.Sprintf("loose-a%d=1\n", i), 20000) + "!includedir /d\n")
	}
	from := counting{Map(files), map[string]int{}}
	for _, s := range fuzzServers {
		begin := time.Now()
		file := Parse("/my.cnf", []byte("!includedir /d\n[mysqld]\nback_log=7\n"), Options{FS: from, Server: s})
		if d := time.Since(begin); d > 10*time.Second {
			t.Errorf("%s: %v", s, d)
		}
		knots := 0
		for _, p := range file.Problems {
			if p.Code == CodeIncludeKnot {
				knots++
			}
		}
		if last := file.Settings[len(file.Settings)-1]; knots != 1 || last.Option != "back_log" || len(file.Unread()) != 1 {
			t.Errorf("%s: %d problems of a knot, the last setting is %s", s, knots, last)
		}
	}
	for name, n := range from.reads {
		if n > len(fuzzServers) {
			t.Errorf("%s was read %d times for %d readings", name, n, len(fuzzServers))
		}
	}
}

// A file counts once for each time that it is included, as in a server.
func TestIncludedTwice(t *testing.T) {
	from := counting{Map(map[string][]byte{"/a.cnf": []byte("[mysqld]\nplugin-load-add=x\n")}), map[string]int{}}
	file := Parse("/my.cnf", []byte("!include /a.cnf\n!include /a.cnf\n"), Options{FS: from, Server: fuzzServers[2]})
	if len(file.Settings) != 2 || from.reads["/a.cnf"] != 1 || len(file.Problems) != 0 {
		t.Errorf("%d settings, read %d times, problems %v", len(file.Settings), from.reads["/a.cnf"], file.Problems)
	}
}

type elsewhere struct{ FS }

func (elsewhere) ReadFile(string) ([]byte, fs.FileMode, error) {
	return nil, 0, &NotFollowed{"it is elsewhere"}
}
func (elsewhere) ReadDir(string) ([]string, error) { return nil, &NotFollowed{"it is elsewhere"} }

// What a file system does not look up is told, and costs nothing else.
func TestNotFollowed(t *testing.T) {
	file := Parse("/my.cnf", []byte("!include /a.cnf\n!includedir /d\n[mysqld]\nback_log=7\n"), Options{FS: elsewhere{}, Server: fuzzServers[2]})
	if file.Fatal || len(file.Settings) != 1 || len(file.Unread()) != 2 || file.Unread()[1].Line != 2 {
		t.Errorf("fatal %v, settings %v, problems %v", file.Fatal, file.Settings, file.Problems)
	}
}
