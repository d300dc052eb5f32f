package explain

import (
	"fmt"
	"strings"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cmd/options"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/sysvar"
)

// A description is what `explain` prints: the catalogue's entry in the words of
// the reports.
type description struct {
	Server   string   `json:"server"`
	Variable string   `json:"variable,omitempty"`
	Options  []string `json:"options,omitempty"`
	Aliases  []string `json:"aliases,omitempty"`

	Type     string   `json:"type,omitempty"`
	Argument string   `json:"argument,omitempty"`
	Scope    string   `json:"scope,omitempty"`
	Dynamic  bool     `json:"dynamic"`
	Default  *string  `json:"default,omitempty"`
	Minimum  string   `json:"minimum,omitempty"`
	Maximum  string   `json:"maximum,omitempty"`
	Block    string   `json:"blockSize,omitempty"`
	Members  []string `json:"members,omitempty"`
	// Combined are members that stand for others too.
	Combined map[string][]string `json:"combined,omitempty"`

	Introduced string `json:"introduced,omitempty"`
	Deprecated string `json:"deprecated,omitempty"`
	Removed    string `json:"removed,omitempty"`
	ReplacedBy string `json:"replacedBy,omitempty"`
	// Present is false for what this release does not have.
	Present bool `json:"present"`

	Ignored       bool `json:"ignored,omitempty"`
	Observable    bool `json:"observable"`
	Sensitive     bool `json:"sensitive,omitempty"`
	PerPod        bool `json:"perPod,omitempty"`
	PerRole       bool `json:"perRole,omitempty"`
	HostDependent bool `json:"hostDependent,omitempty"`

	Description string `json:"description,omitempty"`
	Source      string `json:"source"`
}

// describe finds a name as a variable, an alias, an option as it may stand in a
// file (prefixes, abbreviations), or something that the release does not have.
func describe(c *sysvar.Catalogue, name string) (*description, error) {
	if s, ok := c.Lookup(name); ok {
		return newDescription(c, s, true), nil
	}
	if s, ok := c.Option(name); ok {
		return newDescription(c, s, true), nil
	}
	if s, ok := c.Gone(name); ok {
		return newDescription(c, s, false), nil
	}
	r := c.Resolve(strings.TrimLeft(name, "-"))
	if r.Spec != nil {
		return newDescription(c, r.Spec, true), nil
	}
	message := fmt.Sprintf("%s has no variable or option %q", c.Server(), name)
	switch {
	case len(r.Ambiguous) > 0:
		message += "; it may be short for " + strings.Join(r.Ambiguous, ", ")
	case r.Removed:
		message += "; it was removed in " + r.Since
		if r.ReplacedBy != "" {
			message += ", use " + r.ReplacedBy
		}
	case r.Suggestion != "":
		message += "; did you mean " + r.Suggestion + "?"
	}
	return nil, &options.ExitError{Code: options.ExitFailure, Err: fmt.Errorf("%s", message)}
}

func newDescription(c *sysvar.Catalogue, s *sysvar.Spec, present bool) *description {
	d := &description{
		Server: c.Server().String(), Variable: s.Name, Options: s.Options, Aliases: s.Aliases,
		Type: string(s.Type), Argument: string(s.Arg), Scope: string(s.Scope), Dynamic: s.Dynamic,
		Introduced: s.Introduced, Deprecated: s.Deprecated, Removed: s.Removed, ReplacedBy: s.ReplacedBy, Present: present,
		Ignored: s.Ignored, Observable: s.Observable, Sensitive: s.Sensitive, PerPod: s.PerPod, PerRole: s.PerRole, HostDependent: s.HostDependent,
		Source: s.Source,
	}
	for _, m := range s.Members {
		if m == "NOT_USED" || strings.HasPrefix(m, "NOT_USED_") {
			continue // a bit without a meaning
		}
		d.Members = append(d.Members, m)
		if others := c.StandsFor(m); s.Name == "sql_mode" && len(others) > 0 {
			if d.Combined == nil {
				d.Combined = map[string][]string{}
			}
			d.Combined[m] = others
		}
	}
	if !c.Exact() {
		d.Server += " (described by the table of " + c.Series() + ")"
	}
	if s.HasDefault {
		value := s.Default
		d.Default = &value
	}
	switch s.Type {
	case sysvar.TypeInt, sysvar.TypeUint, sysvar.TypeDouble:
		d.Minimum, d.Maximum = s.Min, s.Max
		if s.Block != "0" && s.Block != "1" {
			d.Block = s.Block
		}
	}
	key := s.Name
	if key == "" {
		key = "--" + s.Options[0]
	}
	d.Description = c.Documentation(key)
	return d
}
