package explain

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// text prints a description in the manner of `kubectl explain`: capital
// headings, then what does not fit on a line.
func (d *description) text() string {
	var b strings.Builder
	field := func(name, value string) {
		if value != "" {
			fmt.Fprintf(&b, "%-12s%s\n", name+":", value)
		}
	}
	field("SERVER", d.Server)
	if d.Variable == "" {
		field("VARIABLE", "none: what the option did cannot be seen on a running server")
	}
	field("VARIABLE", d.Variable)
	field("ALIASES", strings.Join(d.Aliases, ", "))
	if len(d.Options) > 0 {
		field("OPTIONS", "--"+strings.Join(d.Options, ", --")+d.argument())
	} else {
		field("OPTIONS", "none: it cannot stand in an option file")
	}
	if d.Type != "" {
		field("TYPE", "<"+d.Type+">")
	}
	field("SCOPE", d.Scope)
	if d.Variable != "" && d.Scope != "session-only" {
		field("DYNAMIC", yesNo(d.Dynamic, "yes, SET GLOBAL changes it", "no, only a restart changes it"))
	}
	field("DEFAULT", d.defaultText())
	if d.Minimum != "" || d.Maximum != "" {
		field("BOUNDS", d.Minimum+" to "+d.Maximum)
	}
	if d.Block != "" {
		field("BLOCK", d.Block+" (values are rounded to a multiple of it)")
	}
	b.WriteString(d.history())
	if d.Description != "" {
		b.WriteString("\nDESCRIPTION:\n" + indent(d.Description))
	}
	if len(d.Members) > 0 {
		b.WriteString("\nMEMBERS:\n" + indent(strings.Join(d.Members, ", ")))
		for _, m := range slices.Sorted(maps.Keys(d.Combined)) {
			b.WriteString("\n" + indent(m+" stands for "+strings.Join(d.Combined[m], ", ")+" as well."))
		}
	}
	if notes := d.notes(); len(notes) > 0 {
		b.WriteString("\nNOTES:\n")
		for _, n := range notes {
			fmt.Fprintf(&b, "    - %s\n", n)
		}
	}
	fmt.Fprintf(&b, "\nSOURCE:\n%s", indent(d.Source))
	return b.String()
}

func (d *description) argument() string {
	switch d.Argument {
	case "required":
		return " (=VALUE)"
	case "optional":
		return " ([=VALUE])"
	case "none":
		return " (takes no value)"
	}
	return ""
}

func (d *description) defaultText() string {
	switch {
	case d.Default != nil && *d.Default == "":
		return `""`
	case d.Default != nil:
		return *d.Default
	case d.PerPod:
		return "each server has its own"
	case d.HostDependent:
		return "computed when the server starts"
	}
	return ""
}

func (d *description) history() string {
	var parts []string
	if d.Introduced != "" {
		parts = append(parts, "introduced "+d.Introduced)
	}
	if d.Deprecated != "" {
		parts = append(parts, "deprecated "+d.Deprecated)
	}
	if d.Removed != "" {
		parts = append(parts, "removed "+d.Removed)
	}
	text := ""
	if len(parts) > 0 {
		text = fmt.Sprintf("%-12s%s\n", "HISTORY:", strings.Join(parts, ", "))
	}
	if d.ReplacedBy != "" {
		text += fmt.Sprintf("%-12s%s\n", "USE:", d.ReplacedBy)
	}
	return text
}

func (d *description) notes() []string {
	var notes []string
	add := func(is bool, note string) {
		if is {
			notes = append(notes, note)
		}
	}
	add(!d.Present, "This release does not have it: a server that finds it in its option file does not start, unless it is written with loose-.")
	add(d.Ignored, "The server accepts the option and does nothing with it.")
	add(d.Sensitive, "Its value is never shown.")
	add(d.PerPod, "It differs between pods by nature; that is no drift.")
	add(d.PerRole, "It differs between primary and replica by nature; that is no drift.")
	add(d.HostDependent, "Its value depends on the host (CPUs, memory, limits) or on other variables.")
	return notes
}

func yesNo(b bool, yes, no string) string {
	if b {
		return yes
	}
	return no
}

// indent folds a paragraph at 76 columns, four spaces in.
func indent(text string) string {
	var b strings.Builder
	column := 0
	for _, word := range strings.Fields(text) {
		switch {
		case column == 0:
			b.WriteString("    ")
			column = 4
		case column+1+len(word) > 80:
			b.WriteString("\n    ")
			column = 4
		default:
			b.WriteByte(' ')
			column++
		}
		b.WriteString(word)
		column += len(word)
	}
	b.WriteByte('\n')
	return b.String()
}
