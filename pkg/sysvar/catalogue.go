package sysvar

import (
	"embed"
	"fmt"
	"path"
	"sort"
	"strings"
	"sync"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
)

//go:embed data
var dataFS embed.FS

// table is one parsed file of data/, shared by all catalogues, never modified.
type table struct {
	server    model.Server
	specs     []Spec
	variables map[string]*Spec // by variable name and alias
	options   map[string]*Spec // by option name, dashes as underscores
}

// Catalogue describes the variables of one server. It is safe for concurrent
// use as long as it is not made by WithLive; such a one belongs to one caller.
type Catalogue struct {
	server model.Server
	table  *table
	snap   *model.Snapshot
	live   map[string]*Spec
}

var tables struct {
	sync.Mutex
	byFile map[string]*table
}

// For is the catalogue of a server: the table of its own release series, else
// the newest one that is not newer than it and of the same major version, else
// the next one of the same major version, else the nearest of its flavour.
func For(s model.Server) *Catalogue {
	if s.Flavour == "" {
		s.Flavour = model.MySQL
	}
	return &Catalogue{server: s, table: loadTable(s)}
}

// Server is the server that the catalogue describes.
func (c *Catalogue) Server() model.Server { return c.server }

// Exact reports whether the table is one of the server's own release series,
// so that its defaults can be relied on.
func (c *Catalogue) Exact() bool {
	a, b := c.table.server.Version, c.server.Version
	return len(c.table.specs) > 0 && a.Major == b.Major && a.Minor == b.Minor
}

func loadTable(s model.Server) *table {
	file, version := chooseFile(s)
	tables.Lock()
	defer tables.Unlock()
	if t := tables.byFile[file]; t != nil {
		return t
	}
	t := &table{server: model.Server{Flavour: s.Flavour, Version: version}}
	if file != "" {
		data, err := dataFS.ReadFile(file)
		if err == nil {
			t.specs, err = ParseTable(string(data))
		}
		if err != nil {
			// The tables are part of the program: a broken one is a defect that the tests find.
			panic(fmt.Sprintf("embedded %s: %v", file, err))
		}
	}
	t.index()
	if tables.byFile == nil {
		tables.byFile = map[string]*table{}
	}
	tables.byFile[file] = t
	return t
}

// embedded is one table file of data/.
type embedded struct {
	file    string
	version model.Version
}

// embeddedOf lists the tables of a flavour, oldest release first.
func embeddedOf(flavour model.Flavour) []embedded {
	var all []embedded
	entries, _ := dataFS.ReadDir("data")
	for _, e := range entries {
		name, ok := strings.CutSuffix(e.Name(), ".tsv")
		if !ok || strings.HasSuffix(name, ".doc") {
			continue
		}
		number, ok := strings.CutPrefix(name, string(flavour)+"-")
		if !ok {
			continue
		}
		v, err := model.ParseServer(number)
		if err != nil {
			continue
		}
		all = append(all, embedded{path.Join("data", e.Name()), v.Version})
	}
	sort.Slice(all, func(i, j int) bool { return all[i].version.Compare(all[j].version) < 0 })
	return all
}

// chooseFile finds the table file for a server among those embedded.
func chooseFile(s model.Server) (string, model.Version) {
	all := embeddedOf(s.Flavour)
	if len(all) == 0 {
		return "", model.Version{}
	}
	if s.Version.IsZero() {
		last := all[len(all)-1]
		return last.file, last.version
	}
	chosen := all[0]
	for _, c := range all[1:] {
		older := c.version.Compare(model.Version{Major: s.Version.Major, Minor: s.Version.Minor}) <= 0
		// 9.1 is nearer to 9.7 than to 8.4, and 11.2 to 11.4 than to 10.11.
		sameMajor := c.version.Major == s.Version.Major && chosen.version.Major != s.Version.Major
		if older || sameMajor {
			chosen = c
		}
	}
	return chosen.file, chosen.version
}

func (t *table) index() {
	t.variables = make(map[string]*Spec, 2*len(t.specs))
	t.options = make(map[string]*Spec, 2*len(t.specs))
	for i := range t.specs {
		s := &t.specs[i]
		if s.Name != "" {
			t.variables[s.Name] = s
		}
		for _, o := range s.Options {
			o = underscored(o)
			// A variable's own option beats an option without a variable of the same name.
			if old := t.options[o]; old == nil || old.Name == "" {
				t.options[o] = s
			}
		}
	}
	for i := range t.specs {
		for _, a := range t.specs[i].Aliases {
			if t.variables[a] == nil {
				t.variables[a] = &t.specs[i]
			}
		}
	}
}

func underscored(s string) string { return strings.ReplaceAll(s, "-", "_") }

// Lookup finds a variable by its name or an alias, in any case and with dashes
// or underscores. Where a snapshot says more of it (WithLive), that wins.
func (c *Catalogue) Lookup(name string) (*Spec, bool) {
	name = underscored(strings.ToLower(strings.TrimSpace(name)))
	if c.snap != nil {
		if s := c.lookupLive(name); s != nil {
			return s, true
		}
	}
	if s := c.table.variables[name]; s != nil && c.present(s) {
		return s, true
	}
	return nil, false
}

// All is every spec of the catalogue's table, in the order of names; options
// without a variable come first. The result must not be modified.
func (c *Catalogue) All() []Spec { return c.table.specs }

// Documentation is the paragraph on a variable or option ("--option"), empty
// if there is none.
func (c *Catalogue) Documentation(key string) string {
	file, _ := chooseFile(c.server)
	data, err := dataFS.ReadFile(strings.TrimSuffix(file, ".tsv") + ".doc.tsv")
	if err != nil {
		return ""
	}
	for text := string(data); text != ""; {
		var line string
		line, text, _ = strings.Cut(text, "\n")
		if doc, ok := strings.CutPrefix(line, key+"\t"); ok {
			return unescape(doc)
		}
	}
	return ""
}

// KnowsDefaults reports whether the default of a variable is this very server's:
// said by itself, or taken from a server of the same release.
func (c *Catalogue) KnowsDefaults(variable string) bool {
	if c.snap != nil {
		if m := c.snap.Variables[variable].Meta; m != nil && m.HasDef {
			return true
		}
	}
	mine, table := c.server.Version, c.table.server.Version
	return mine.Major == table.Major && mine.Minor == table.Minor
}
