package sysvar

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTableRoundTrip(t *testing.T) {
	specs := []Spec{
		{Options: []string{"skip-grant-tables"}, Type: TypeBool, Arg: ArgNone, Source: "help"},
		{
			Name: "sql_mode", Options: []string{"sql-mode"}, Aliases: []string{"a", "b"}, Type: TypeSet, Arg: ArgRequired,
			Default: "A\tB\\n", HasDefault: true, Min: "0", Max: "18446744073709551615", Block: "1", Members: []string{"X", "Y,Z"},
			Dynamic: true, Scope: ScopeSession, Introduced: "5.0", Deprecated: "8.0", Removed: "9.0", ReplacedBy: "none",
			Ignored: true, Sensitive: true, PerPod: true, PerRole: true, HostDependent: true, Observable: true, Source: "manual",
		},
	}
	table, doc := FormatTable(specs, "two\nlines")
	got, err := ParseTable(table)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(specs, got); d != "" {
		t.Errorf("table (-want +got):\n%s", d)
	}
	if doc != "# two\n# lines\nname\tdoc\n" {
		t.Errorf("doc = %q", doc)
	}
	if _, err := ParseTable("name\tdoc\n"); err == nil {
		t.Error("a wrong header was accepted")
	}
	if _, err := ParseTable(tableHeader + "\nsql_mode\tsql-mode\n"); err == nil {
		t.Error("a short line was accepted")
	}
}
