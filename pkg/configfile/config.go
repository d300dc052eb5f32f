package configfile

import (
	"fmt"
	"maps"
	"time"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/policy"
)

// Config is what the files say together. The zero Config says nothing.
type Config struct {
	// Defaults are flags' values, by flag, for every verb that has the flag; Verbs
	// are those of one verb and win.
	Defaults map[string]Value
	Verbs    map[string]map[string]Value

	Ignore     []Rule
	Severities policy.Severities

	// Files are those that were read, in the order in which they apply.
	Files []string
}

// Value is a flag's value with its place.
type Value struct {
	Texts []string // one, or an item of a list each
	Place Place
}

// Place is a line of a file, for messages.
type Place struct {
	File string
	Line int
}

func (p Place) String() string { return fmt.Sprintf("%s:%d", p.File, p.Line) }

// Rule is an ignore rule with its place.
type Rule struct {
	policy.Ignore
	Place Place
}

// Rules is the policy that the files make.
func (c *Config) Rules(now time.Time) policy.Rules {
	rules := policy.Rules{Now: now}
	if c == nil {
		return rules
	}
	rules.Severities = c.Severities
	for _, r := range c.Ignore {
		rules.Ignore = append(rules.Ignore, r.Ignore)
	}
	return rules
}

// Expired are the ignore rules that no longer hold: each a sentence with its place.
func (c *Config) Expired(now time.Time) []string {
	var said []string
	if c == nil {
		return nil
	}
	for _, r := range c.Ignore {
		if r.Expired(now) {
			said = append(said, fmt.Sprintf("%s: the rule that ignores %s expired on %s (%s): renew it, or take it out", r.Place, r.Variable, r.Expires, policy.Describe(r.Ignore)))
		}
	}
	return said
}

// Repeated are the rules of one file that are about the same as an earlier one of it
// that holds: each a sentence with its place.
func (c *Config) Repeated(now time.Time) []string {
	var said []string
	if c == nil {
		return nil
	}
	first := map[[4]string]Place{}
	for _, r := range c.Ignore {
		if r.Expired(now) {
			continue
		}
		about := [4]string{r.Place.File, r.Variable, r.Workload, r.Namespace}
		if place, repeated := first[about]; repeated {
			said = append(said, fmt.Sprintf("%s: a rule for the same drift of %s stands in line %d: take one of them out", r.Place, r.Variable, place.Line))
			continue
		}
		first[about] = r.Place
	}
	return said
}

// Variables are the names and patterns of the ignore rules and severities, each
// with its place as far as it is kept.
func (c *Config) Variables() map[string]string {
	said := map[string]string{}
	if c == nil {
		return said
	}
	for name := range c.Severities {
		said[name] = "severities"
	}
	for _, r := range c.Ignore {
		said[r.Variable] = r.Place.String() + ": ignore rule"
	}
	return said
}

// Flag is the default of a verb's flag.
func (c *Config) Flag(verb, flag string) (Value, bool) {
	if c == nil {
		return Value{}, false
	}
	if v, ok := c.Verbs[verb][flag]; ok {
		return v, true
	}
	v, ok := c.Defaults[flag]
	return v, ok
}

// add lets a later file win, field by field; ignore rules are joined.
func (c *Config) add(o *Config) {
	c.Files = append(c.Files, o.Files...)
	c.Defaults = joined(c.Defaults, o.Defaults)
	for verb, flags := range o.Verbs {
		if c.Verbs == nil {
			c.Verbs = map[string]map[string]Value{}
		}
		c.Verbs[verb] = joined(c.Verbs[verb], flags)
	}
	c.Ignore = append(c.Ignore, o.Ignore...)
	c.Severities = joined[string, v1.Severity](c.Severities, o.Severities)
}

func joined[K comparable, V any](a, b map[K]V) map[K]V {
	if len(b) == 0 {
		return a
	}
	out := maps.Clone(a)
	if out == nil {
		out = map[K]V{}
	}
	maps.Copy(out, b)
	return out
}
