package main

import (
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"sort"
	"strings"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/sysvar"
)

// releases are the series that have a table, newest first: one that is made
// from another follows it.
var releases = []string{
	"mysql-9.7", "mysql-8.4", "mysql-8.0", "mysql-5.7",
	"mariadb-11.8", "mariadb-11.4", "mariadb-10.11", "mariadb-10.6",
}

// entries is a release before it is written: by variable, or "--option" for an
// option without one.
type entries map[string]*sysvar.Spec

func build(factsDir, captures, out string, w io.Writer) error {
	f, err := readFacts(factsDir)
	if err != nil {
		return err
	}
	raw := map[string]entries{}
	for _, release := range releases {
		if raw[release], err = f.raw(release, captures, raw); err != nil {
			return fmt.Errorf("%s: %w", release, err)
		}
		if raw[release] == nil {
			fmt.Fprintf(w, "%-14s no capture and no delta: left out\n", release)
		}
	}
	for _, release := range releases {
		if raw[release] == nil {
			continue
		}
		specs := f.finish(release, raw)
		variables := 0
		for i := range specs {
			if specs[i].Name != "" && !isGone(&specs[i], release) {
				variables++
			}
		}
		table, doc := sysvar.FormatTable(specs, "Made by `go run ./hack/gencatalogue build`; do not edit.")
		if err := os.WriteFile(filepath.Join(out, release+".tsv"), []byte(table), 0o644); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(out, release+".doc.tsv"), []byte(doc), 0o644); err != nil {
			return err
		}
		fmt.Fprintf(w, "%-14s %4d variables, %4d entries, %6d bytes\n", release, variables, len(specs), len(table)+len(doc))
	}
	return nil
}

// raw is a release as captured, or as made from its base; nil if there is neither.
func (f *facts) raw(release, captures string, done map[string]entries) (entries, error) {
	flavour, _, _ := strings.Cut(release, "-")
	specs, err := readCaptures(captures, release)
	if err != nil {
		return nil, err
	}
	d, ok := f.deltas[release]
	if len(specs) > 0 {
		all, err := f.joinOptions(flavour, specs)
		if err != nil || !ok {
			return all, err
		}
		if d.base != release {
			return nil, fmt.Errorf("%s was captured: its delta must be one of itself", release)
		}
		return all, d.edit(all)
	}
	if !ok || done[d.base] == nil {
		return nil, nil
	}
	return d.make(done[d.base])
}

// readCaptures reads RELEASE.tsv and what RELEASE+NAME.tsv have beside it:
// captures of the same server with a plugin that changes other variables, of
// which only what is new counts.
func readCaptures(dir, release string) ([]sysvar.Spec, error) {
	files, err := filepath.Glob(filepath.Join(dir, release+"+*.tsv"))
	if err != nil {
		return nil, err
	}
	main := filepath.Join(dir, release+".tsv")
	if _, err := os.Stat(main); err != nil {
		return nil, nil
	}
	var all []sysvar.Spec
	have := map[string]bool{}
	for _, file := range append([]string{main}, files...) {
		data, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		specs, err := sysvar.ParseTable(string(data))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		for _, s := range specs {
			key := s.Name
			if key == "" {
				key = "--" + s.Options[0]
			}
			if !have[key] {
				have[key] = true
				all = append(all, s)
			}
		}
	}
	return all, nil
}

// joinOptions gives options to the variable that they set under another name.
func (f *facts) joinOptions(flavour string, specs []sysvar.Spec) (entries, error) {
	all := entries{}
	for i := range specs {
		s := &specs[i]
		if s.Name != "" {
			all[s.Name] = s
		}
	}
	variable := map[string]string{}
	for _, o := range f.options {
		if o.flavour == flavour {
			variable[o.option] = o.variable
		}
	}
	for i := range specs {
		s := &specs[i]
		if s.Name != "" {
			continue
		}
		if v := all[variable[s.Options[0]]]; v != nil {
			v.Options = append(v.Options, s.Options...)
			if v.Arg == "" {
				v.Arg = s.Arg
			}
			continue
		}
		all["--"+s.Options[0]] = s
	}
	return all, nil
}

// make applies a delta to a copy of its base.
func (d delta) make(base entries) (entries, error) {
	all := entries{}
	for key, s := range base {
		c := *s
		c.Source = d.source + "; rest as " + lastSource(s.Source)
		all[key] = &c
	}
	return all, d.edit(all)
}

// edit applies a delta where it stands.
func (d delta) edit(all entries) error {
	for _, e := range d.edits {
		s := all[e.key]
		switch {
		case e.op == '-' && s == nil, e.op == '~' && s == nil:
			return fmt.Errorf("%s: %s is not in %s", e.where, e.key, d.base)
		case e.op == '+' && s != nil:
			return fmt.Errorf("%s: %s is in %s already", e.where, e.key, d.base)
		case e.op == '-':
			delete(all, e.key)
			continue
		case e.op == '+':
			s = newEntry(e.key, d.source)
			all[e.key] = s
		}
		if err := e.apply(s); err != nil {
			return err
		}
	}
	return nil
}

// lastSource is the server at the end of a chain of sources.
func lastSource(s string) string {
	return strings.TrimPrefix(s[strings.LastIndex(s, "; ")+1:], " rest as ")
}

// newEntry has the usual properties of a variable; the edit says the others.
func newEntry(key, source string) *sysvar.Spec {
	s := &sysvar.Spec{Type: sysvar.TypeUint, Arg: sysvar.ArgRequired, Source: source}
	if option, ok := strings.CutPrefix(key, "--"); ok {
		s.Options = []string{option}
		return s
	}
	s.Name, s.Observable, s.Scope = key, true, sysvar.ScopeGlobal
	s.Options = []string{strings.ReplaceAll(key, "_", "-")}
	return s
}

// finish joins aliases, adds traits, life cycle and documentation, and what the
// release's forerunners had and it has not.
func (f *facts) finish(release string, raw map[string]entries) []sysvar.Spec {
	flavour, number, _ := strings.Cut(release, "-")
	all := entries{}
	for key, s := range raw[release] {
		c := *s
		all[key] = &c
	}
	joinAliases(all)
	f.addGone(flavour, number, all, raw)
	f.addIgnored(flavour, release, all)
	var specs []sysvar.Spec
	for _, key := range sortedKeys(all) {
		s := all[key]
		f.addTraits(flavour, s)
		f.addLifecycle(flavour, key, s)
		s.Doc = f.docs[strings.TrimPrefix(key, "--")]
		specs = append(specs, *s)
	}
	return specs
}

// joinAliases makes one entry of a variable and its other names.
func joinAliases(all entries) {
	mains := map[string]*sysvar.Spec{} // by the other name
	for key, s := range all {
		if len(s.Aliases) == 1 && s.Name != "" {
			mains[key] = all[s.Aliases[0]]
			s.Aliases = nil
		}
	}
	for _, key := range sortedKeys(all) {
		main, s := mains[key], all[key]
		if main == nil || main == s {
			continue
		}
		main.Options = append(append([]string(nil), main.Options...), s.Options...)
		main.Aliases = append(append([]string(nil), main.Aliases...), s.Name)
		delete(all, key)
	}
}

// addGone adds entries for what older releases had and life cycle facts call
// removed by now, so that a reader can say when it went and what replaces it.
func (f *facts) addGone(flavour, number string, all entries, raw map[string]entries) {
	this := version(number)
	have := map[string]bool{}
	for key, s := range all {
		have[strings.TrimPrefix(key, "--")] = true
		for _, a := range s.Aliases {
			have[a] = true
		}
		for _, o := range s.Options {
			have[underlines(o)] = true
		}
	}
	for key, l := range f.lifecycle {
		name, ok := strings.CutPrefix(key, flavour+" ")
		if !ok || l.removed == "" || have[underlines(strings.TrimPrefix(name, "--"))] {
			continue
		}
		if r := version(l.removed); r.Major > this.Major || r.Major == this.Major && r.Minor > this.Minor {
			continue
		}
		s := newEntry(name, l.source)
		s.Type, s.Arg, s.Scope = "", "", ""
		for _, other := range releases {
			if o := raw[other][name]; o != nil && strings.HasPrefix(other, flavour+"-") {
				c := *o
				c.Aliases = nil
				s = &c
				break
			}
		}
		s.Source = l.source
		all[name] = s
	}
}

// addIgnored marks options that the release accepts without any effect, and
// adds those that it does not list.
func (f *facts) addIgnored(flavour, release string, all entries) {
	listed := map[string]*sysvar.Spec{}
	for _, s := range all {
		for _, o := range s.Options {
			listed[o] = s
		}
	}
	for _, i := range f.ignored[release] {
		s := listed[i.option]
		if s == nil {
			s = &sysvar.Spec{Options: []string{i.option}, Type: sysvar.TypeString, Arg: sysvar.ArgOptional}
			all["--"+i.option] = s
		}
		if s.Name != "" {
			// The option outlived the variable.
			delete(all, s.Name)
			c := *s
			c.Name, c.Aliases, c.Observable = "", nil, false
			s = &c
			all["--"+i.option] = s
			if l, ok := f.lifecycle[flavour+" "+underlines(i.option)]; ok {
				s.Removed, s.ReplacedBy = l.removed, l.replacedBy
			}
		}
		s.Ignored, s.Source = true, i.source
	}
}

func (f *facts) addTraits(flavour string, s *sysvar.Spec) {
	names := append([]string{s.Name}, s.Aliases...)
	if s.Name == "" {
		names = []string{"--" + s.Options[0]}
	}
	for _, t := range f.traits {
		if t.flavour != "*" && t.flavour != flavour {
			continue
		}
		for _, name := range names {
			if ok, _ := path.Match(t.pattern, name); ok {
				setFlags(s, t.flags)
			}
		}
	}
}

func setFlags(s *sysvar.Spec, flags string) {
	for _, flag := range flags {
		switch flag {
		case 'S':
			s.Sensitive = true
		case 'P':
			s.PerPod = true
		case 'R':
			s.PerRole = true
		case 'H':
			s.HostDependent = true
			s.Default, s.HasDefault = "", false
		case 'L':
			s.HostDependent = true
		case 'I':
			s.Ignored = true
		}
	}
	if s.PerPod {
		s.Default, s.HasDefault = "", false
	}
}

func (f *facts) addLifecycle(flavour, key string, s *sysvar.Spec) {
	l, ok := f.lifecycle[flavour+" "+key]
	if !ok {
		return
	}
	s.Introduced, s.Removed = l.introduced, l.removed
	if l.deprecated != "" {
		s.Deprecated = l.deprecated
	}
	if l.replacedBy != "" {
		s.ReplacedBy = l.replacedBy
	}
}

// isGone reports whether an entry is one of the past in a release.
func isGone(s *sysvar.Spec, release string) bool {
	_, number, _ := strings.Cut(release, "-")
	if s.Removed == "" {
		return false
	}
	r, this := version(s.Removed), version(number)
	return r.Major < this.Major || r.Major == this.Major && r.Minor <= this.Minor
}

func version(s string) model.Version {
	v, err := model.ParseServer(s)
	if err != nil {
		return model.Version{}
	}
	return v.Version
}

func sortedKeys(all entries) []string {
	keys := make([]string, 0, len(all))
	for key := range all {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	return keys
}
