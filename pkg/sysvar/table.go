package sysvar

import (
	"fmt"
	"sort"
	"strings"
)

// A table is the generated description of one server version: a text file
// data/FLAVOUR-MAJOR.MINOR.tsv, beside it data/FLAVOUR-MAJOR.MINOR.doc.tsv with
// documentation, read by `explain` only. A line of the table is one Spec: tab
// separated columns in the order of tableHeader; lists are joined with ','
// (Options, Aliases) or '|' (Members); '#' starts a comment line. The format is
// plain so that a diff shows what a release changed, and so that reading it
// takes well under a millisecond.
const tableHeader = "name\toptions\taliases\ttype\targ\tdefault\tmin\tmax\tblock\tmembers\tscope\tflags\tintroduced\tdeprecated\tremoved\treplacedby\tsource"

const docHeader = "name\tdoc"

// The letters of the flags column.
const (
	flagDynamic       = 'D'
	flagHasDefault    = 'V'
	flagIgnored       = 'I'
	flagSensitive     = 'S'
	flagPerPod        = 'P'
	flagPerRole       = 'R'
	flagHostDependent = 'H'
	flagObservable    = 'O'
)

// FormatTable writes specs as a table, sorted; doc is the text for the file of
// documentation. comment lines stand at the top of both.
func FormatTable(specs []Spec, comment string) (table, doc string) {
	sorted := append([]Spec(nil), specs...)
	sort.SliceStable(sorted, func(i, j int) bool { return tableKey(&sorted[i]) < tableKey(&sorted[j]) })
	var t, d strings.Builder
	for _, line := range strings.Split(strings.TrimSpace(comment), "\n") {
		fmt.Fprintf(&t, "# %s\n", line)
		fmt.Fprintf(&d, "# %s\n", line)
	}
	t.WriteString(tableHeader + "\n")
	d.WriteString(docHeader + "\n")
	for i := range sorted {
		s := &sorted[i]
		t.WriteString(strings.Join([]string{
			s.Name, strings.Join(s.Options, ","), strings.Join(s.Aliases, ","), string(s.Type), string(s.Arg),
			escape(s.Default), s.Min, s.Max, s.Block, escape(strings.Join(s.Members, "|")), string(s.Scope), formatFlags(s),
			s.Introduced, s.Deprecated, s.Removed, escape(s.ReplacedBy), escape(s.Source),
		}, "\t") + "\n")
		if s.Doc != "" {
			d.WriteString(tableKey(s) + "\t" + escape(s.Doc) + "\n")
		}
	}
	return t.String(), d.String()
}

// tableKey names a spec in the file of documentation: the variable, or the
// option with its dashes where there is no variable.
func tableKey(s *Spec) string {
	if s.Name != "" {
		return s.Name
	}
	if len(s.Options) > 0 {
		return "--" + s.Options[0]
	}
	return ""
}

func formatFlags(s *Spec) string {
	var b strings.Builder
	for _, f := range []struct {
		set  bool
		flag rune
	}{
		{s.Dynamic, flagDynamic}, {s.HasDefault, flagHasDefault}, {s.Ignored, flagIgnored}, {s.Sensitive, flagSensitive},
		{s.PerPod, flagPerPod}, {s.PerRole, flagPerRole}, {s.HostDependent, flagHostDependent}, {s.Observable, flagObservable},
	} {
		if f.set {
			b.WriteRune(f.flag)
		}
	}
	return b.String()
}

// ParseTable reads what FormatTable wrote.
func ParseTable(table string) ([]Spec, error) {
	specs := make([]Spec, 0, 1024)
	seenHeader := false
	for n := 1; table != ""; n++ {
		var line string
		line, table, _ = strings.Cut(table, "\n")
		if line == "" || line[0] == '#' {
			continue
		}
		if !seenHeader {
			if line != tableHeader {
				return nil, fmt.Errorf("variable table, line %d: unexpected header", n)
			}
			seenHeader = true
			continue
		}
		var f [17]string
		rest, ok := line, true
		for i := range f {
			if !ok {
				return nil, fmt.Errorf("variable table, line %d: %d columns, want %d", n, i, len(f))
			}
			f[i], rest, ok = strings.Cut(rest, "\t")
		}
		s := Spec{
			Name: f[0], Options: list(f[1], ","), Aliases: list(f[2], ","), Type: Type(f[3]), Arg: Arg(f[4]),
			Default: unescape(f[5]), Min: f[6], Max: f[7], Block: f[8], Members: list(unescape(f[9]), "|"), Scope: Scope(f[10]),
			Introduced: f[12], Deprecated: f[13], Removed: f[14], ReplacedBy: unescape(f[15]), Source: unescape(f[16]),
		}
		parseFlags(&s, f[11])
		specs = append(specs, s)
	}
	return specs, nil
}

func parseFlags(s *Spec, flags string) {
	for _, f := range flags {
		switch f {
		case flagDynamic:
			s.Dynamic = true
		case flagHasDefault:
			s.HasDefault = true
		case flagIgnored:
			s.Ignored = true
		case flagSensitive:
			s.Sensitive = true
		case flagPerPod:
			s.PerPod = true
		case flagPerRole:
			s.PerRole = true
		case flagHostDependent:
			s.HostDependent = true
		case flagObservable:
			s.Observable = true
		}
	}
}

func list(s, sep string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, sep)
}

var escaper = strings.NewReplacer(`\`, `\\`, "\t", `\t`, "\n", `\n`, "\r", `\r`)
var unescaper = strings.NewReplacer(`\\`, `\`, `\t`, "\t", `\n`, "\n", `\r`, "\r")

func escape(s string) string { return escaper.Replace(s) }

func unescape(s string) string {
	if strings.IndexByte(s, '\\') < 0 {
		return s
	}
	return unescaper.Replace(s)
}
