package sysvar

import (
	"slices"
	"strconv"
	"strings"
)

// findMember finds a value among an enum's or set's members as find_type does:
// the whole word in any case, else the only member that begins with it. The
// index is -1 for none, -2 for an ambiguous beginning.
func findMember(word string, members []string) int {
	found := -1
	for i, m := range members {
		if strings.EqualFold(m, word) {
			return i
		}
		if len(word) > 0 && len(m) > len(word) && strings.EqualFold(m[:len(word)], word) {
			if found >= 0 {
				found = -2
			} else if found == -1 {
				found = i
			}
		}
	}
	return found
}

// enumValue is the member that an enum option's text means: a name first, an
// index second.
func enumValue(text string, members []string) (string, bool) {
	if i := findMember(text, members); i >= 0 {
		return members[i], true
	} else if i == -2 {
		return "", false
	}
	if i, err := strconv.ParseUint(strings.TrimSpace(text), 10, 32); err == nil && int(i) < len(members) {
		return members[i], true
	}
	return "", false
}

// setMask is the bit mask that a set's text means where it is written by people
// or printed by a server: a list of names, blanks and empty words aside, or a number.
func setMask(text string, members []string) (uint64, bool) {
	var words []string
	for _, word := range strings.Split(text, ",") {
		if word = strings.TrimSpace(word); word != "" {
			words = append(words, word)
		}
	}
	if mask, ok := namedMask(words, members); ok {
		return mask, true
	}
	return numberedMask(text, members)
}

// optionMask is the bit mask that a set option's text means to a server: a list of
// names, before which no blank may stand and of which none is empty, or a number;
// to MariaDB also the word all. (find_typeset in mysys/typelib.c, GET_SET in
// mysys/my_getopt.c; seen on 9.7.4 and 10.11.19)
func (c *Catalogue) optionMask(text string, members []string) (uint64, bool) {
	var words []string
	if text != "" {
		words = strings.Split(text, ",")
	}
	for i, word := range words {
		words[i] = strings.TrimRight(word, " ")
	}
	if mask, ok := namedMask(words, members); ok {
		return mask, true
	}
	if c.isMaria() && strings.EqualFold(text, "all") {
		return 1<<uint(len(members)) - 1, true
	}
	return numberedMask(text, members)
}

func namedMask(words, members []string) (mask uint64, ok bool) {
	for _, word := range words {
		i := findMember(word, members)
		if i < 0 {
			return 0, false
		}
		mask |= 1 << uint(i)
	}
	return mask, true
}

func numberedMask(text string, members []string) (uint64, bool) {
	n, err := strconv.ParseUint(strings.TrimSpace(text), 10, 64)
	if err != nil || len(members) < 64 && n >= 1<<uint(len(members)) {
		return 0, false
	}
	return n, true
}

// setText lists a mask's members in bit order, as SHOW VARIABLES prints a set.
func setText(mask uint64, members []string) string {
	var out []string
	for i, m := range members {
		if mask&(1<<uint(i)) != 0 {
			out = append(out, m)
		}
	}
	return strings.Join(out, ",")
}

// flags reads a "name=on,name=off" list; names are lower-cased.
func flags(text string) map[string]string {
	out := map[string]string{}
	for _, word := range strings.Split(text, ",") {
		name, value, ok := strings.Cut(strings.TrimSpace(word), "=")
		if ok {
			out[strings.ToLower(strings.TrimSpace(name))] = strings.ToLower(strings.TrimSpace(value))
		}
	}
	return out
}

// withDefaults puts the value in the place of NAME=default where it is known.
func withDefaults(text string, s *Spec) string {
	if !s.HasDefault || !strings.Contains(strings.ToLower(text), "default") {
		return text
	}
	def, words := flags(s.Default), strings.Split(text, ",")
	for i, word := range words {
		name, value, _ := strings.Cut(word, "=")
		name = strings.ToLower(strings.TrimSpace(name))
		if on := def[name]; on != "" && strings.EqualFold(strings.TrimSpace(value), "default") {
			words[i] = name + "=" + on
		}
	}
	return strings.Join(words, ",")
}

// UndeclaredFlags are the flags of a list that the declaration does not name and
// that run otherwise than the server has them by default, as NAME=VALUE; ok is
// false if the default is not known.
func (c *Catalogue) UndeclaredFlags(variable string, declared *Value, running string) (differ []string, ok bool) {
	s, found := c.Lookup(variable)
	if !found || !s.HasDefault || s.Type != TypeFlagSet {
		return nil, false
	}
	def, named, have := flags(s.Default), flags(declared.Text), flags(running)
	for name, value := range def {
		if on := named[name]; on != "" && on != "default" {
			continue
		}
		if now, there := have[name]; there && now != value {
			differ = append(differ, name+"="+now)
		}
	}
	slices.Sort(differ)
	return differ, true
}

// WithFlagsBack is a declared list with the flags of UndeclaredFlags at their
// defaults: a SET of the declared ones alone leaves those as they run.
func (c *Catalogue) WithFlagsBack(variable string, declared *Value, running string) string {
	differ, ok := c.UndeclaredFlags(variable, declared, running)
	if !ok {
		return declared.Text
	}
	s, _ := c.Lookup(variable)
	def, out := flags(s.Default), declared.Text
	for _, flag := range differ {
		name, _, _ := strings.Cut(flag, "=")
		out += "," + name + "=" + def[name]
	}
	return strings.TrimPrefix(out, ",")
}
