package main

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/sysvar"
)

// TestTablesAreUpToDate builds the tables anew: they must be those of pkg/sysvar.
func TestTablesAreUpToDate(t *testing.T) {
	dir := t.TempDir()
	if err := build("facts", "captures", dir, io.Discard); err != nil {
		t.Fatal(err)
	}
	for _, release := range releases {
		for _, file := range []string{release + ".tsv", release + ".doc.tsv"} {
			want, err := os.ReadFile(filepath.Join(dir, file))
			if err != nil {
				t.Fatal(err)
			}
			got, err := os.ReadFile(filepath.Join("../../pkg/sysvar/data", file))
			if err != nil {
				t.Fatal(err)
			}
			if string(got) != string(want) {
				t.Errorf("%s is not what the captures and facts give: run `go run ./hack/gencatalogue build`", file)
			}
		}
	}
}

func TestParseHelp(t *testing.T) {
	options := parseHelp(`Usage: mysqld [OPTIONS]

  -a, --ansi          Use ANSI SQL syntax.
  --binlog-cache-size=# 
                      The size, see --max-binlog-size=#
  --log-bin[=name]    Log update queries.
  --general_log       Log connections.

Variables (--variable-name=value)
and boolean options {FALSE|TRUE}                             Value (after reading options)
------------------------------------------------------------ -------------
binlog-cache-size                                            32768
general-log                                                  FALSE
init-connect                                                 
log-bin                                                      (No default value)

To see what values a running MySQL server is using, type
'mysqladmin variables' instead of 'mysqld --verbose --help'.
`)
	for name, want := range map[string]option{
		"ansi":              {Name: "ansi"},
		"binlog-cache-size": {Name: "binlog-cache-size", Placeholder: "#", Value: "32768", HasValue: true, InTable: true},
		"log-bin":           {Name: "log-bin", Placeholder: "name", Optional: true, InTable: true},
		"general-log":       {Name: "general-log", Value: "FALSE", HasValue: true, InTable: true},
		"init-connect":      {Name: "init-connect", HasValue: true, InTable: true},
	} {
		if got := options[name]; got == nil || *got != want {
			t.Errorf("%s: %+v, want %+v", name, got, want)
		}
	}
	if len(options) != 5 {
		t.Errorf("%d options, want 5", len(options))
	}
}

func TestDelta(t *testing.T) {
	base := entries{
		"a": {Name: "a", Default: "1", HasDefault: true, Source: "server 2"},
		"b": {Name: "b", Source: "server 2"},
	}
	d := delta{base: "x", source: "manual", edits: []edit{
		{op: '-', key: "b"},
		{op: '~', key: "a", fields: map[string]string{"default": "?"}},
		{op: '+', key: "c", fields: map[string]string{"default": "", "dynamic": "yes"}},
	}}
	got, err := d.make(base)
	if err != nil {
		t.Fatal(err)
	}
	if got["a"].HasDefault || got["a"].Source != "manual; rest as server 2" || got["b"] != nil || !got["c"].HasDefault || !got["c"].Dynamic {
		t.Errorf("a %+v, b %v, c %+v", got["a"], got["b"], got["c"])
	}
	if !base["a"].HasDefault {
		t.Error("the base was changed")
	}
	for _, e := range []edit{{op: '-', key: "z"}, {op: '~', key: "z"}, {op: '+', key: "a"}, {op: '~', key: "a", fields: map[string]string{"colour": "red"}}} {
		if _, err := (delta{base: "x", edits: []edit{e}}).make(base); err == nil {
			t.Errorf("%c %s %v: no error", e.op, e.key, e.fields)
		}
	}
}

func TestJoinAliases(t *testing.T) {
	all := entries{
		"a_old": {Name: "a_old", Options: []string{"a-old"}, Aliases: []string{"b_new"}},
		"b_new": {Name: "b_new", Options: []string{"b-new"}},
		"c_old": {Name: "c_old", Options: []string{"c-old"}, Aliases: []string{"b_new"}},
		"d":     {Name: "d", Aliases: []string{"not_there"}},
	}
	joinAliases(all)
	b := all["b_new"]
	if len(all) != 2 || strings.Join(b.Aliases, " ") != "a_old c_old" || strings.Join(b.Options, " ") != "b-new a-old c-old" {
		t.Errorf("%d entries, %+v", len(all), b)
	}
	if all["d"].Aliases != nil {
		t.Errorf("d: %+v", all["d"])
	}
}

func TestTraits(t *testing.T) {
	f := &facts{traits: []traitFact{{"*", "keyring_*_password", "S"}, {"mysql", "server_id", "P"}}}
	for _, tt := range []struct {
		flavour, name     string
		sensitive, perPod bool
	}{
		{"mysql", "keyring_file_password", true, false},
		{"mysql", "server_id", false, true},
		{"mariadb", "server_id", false, false},
		{"mysql", "password_history", false, false},
	} {
		s := &sysvar.Spec{Name: tt.name, HasDefault: true}
		f.addTraits(tt.flavour, s)
		if s.Sensitive != tt.sensitive || s.PerPod != tt.perPod || s.HasDefault == tt.perPod {
			t.Errorf("%s %s: %+v", tt.flavour, tt.name, *s)
		}
	}
}
