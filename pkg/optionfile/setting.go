package optionfile

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

// Setting is one option as it stands in a file.
type Setting struct {
	Group  string // as written between the brackets
	Option string // as written, without leading dashes of its own
	Value  string // unquoted and unescaped
	// HasValue tells `option=` (an empty value) from `option` (none).
	HasValue bool
	File     string
	Line     int // 1-based
	Column   int // 1-based, in bytes, of the option's name
}

// String is the setting as my_print_defaults prints it.
func (s Setting) String() string {
	if s.HasValue {
		return "--" + s.Option + "=" + s.Value
	}
	return "--" + s.Option
}

// Include is an !include or !includedir directive.
type Include struct {
	Path   string // as written: relative paths are relative to the server's working directory
	Dir    bool   // !includedir
	File   string // the file that holds the directive
	Line   int
	Column int
	// Read lists the files that were read for it, in reading order.
	Read []string
}

// File is what a server gets out of one option file and its includes.
type File struct {
	Path string
	// Settings are those of all groups in reading order, includes expanded in place.
	Settings []Setting
	Problems []Problem
	Includes []Include
	// Fatal means that the server refuses to start with this file.
	Fatal bool

	groups []groupLine
}

// groupLine is a group header, kept for lint: a group may be empty.
type groupLine struct {
	name         string
	file         string
	line, column int
	options      []string // the first few that stand in it, if the server does not read them
	count        int      // how many there are
}

// For returns the settings that stand in one of groups, in reading order.
// Group names are compared as the servers do, without regard to case.
func (f *File) For(groups []string) []Setting {
	wanted := make(map[string]bool, len(groups))
	for _, g := range groups {
		wanted[foldGroup(g)] = true
	}
	last, in := "", wanted[""] // of the group before: settings of one stand together
	is := func(group string) bool {
		if group != last {
			last, in = group, wanted[foldGroup(group)]
		}
		return in
	}
	n := 0
	for i := range f.Settings {
		if is(f.Settings[i].Group) {
			n++
		}
	}
	if n == 0 {
		return nil
	}
	out := make([]Setting, 0, n)
	for i := range f.Settings {
		if is(f.Settings[i].Group) {
			out = append(out, f.Settings[i])
		}
	}
	return out
}

// GroupLines are the lines in file at which one of groups begins, with options or
// without.
func (f *File) GroupLines(file string, groups []string) []int {
	var lines []int
	for _, g := range f.groups {
		if g.file == file && slices.ContainsFunc(groups, func(name string) bool { return foldGroup(name) == foldGroup(g.name) }) {
			lines = append(lines, g.line)
		}
	}
	return lines
}

// Unread lists the problems that leave open what the server reads: of what stands
// nowhere in Settings, nothing can be said then.
func (f *File) Unread() []Problem {
	var out []Problem
	for _, p := range f.Problems {
		if p.Code == CodeNotFollowed || p.Code == CodeIncludeKnot {
			out = append(out, p)
		}
	}
	return out
}

// Target is what the include of an Unread problem names, a folder with a slash at
// its end; false where the server's working directory decides.
func (f *File) Target(p Problem) (string, bool) {
	for _, i := range f.Includes {
		if i.File != p.File || i.Line != p.Line || !strings.HasPrefix(i.Path, "/") {
			continue
		}
		target := path.Clean(i.Path)
		if i.Dir {
			target = strings.TrimSuffix(target, "/") + "/"
		}
		return target, true
	}
	return "", false
}

// foldGroup folds ASCII only: the servers fold Latin-1, but no group that they
// look for has a letter beyond ASCII.
func foldGroup(name string) string { return strings.ToLower(name) }

// Severity is what a problem costs.
type Severity string

const (
	Fatal   Severity = "Fatal"   // the server does not start
	Ignored Severity = "Ignored" // the server starts without what is written there
	Warning Severity = "Warning" // read, but hardly as it was meant
)

// Problem is a finding about the language of a file, not about its variables.
type Problem struct {
	File         string
	Line, Column int // 0 where the whole file is meant
	Code         Code
	Severity     Severity
	Message      string
	Suggestion   string
}

func (p Problem) String() string {
	if p.Line == 0 {
		return fmt.Sprintf("%s: %s: %s", p.File, p.Severity, p.Message)
	}
	return fmt.Sprintf("%s:%d:%d: %s: %s", p.File, p.Line, p.Column, p.Severity, p.Message)
}

// Code names a kind of problem; it is stable and can be matched on.
type Code = string

const (
	CodeBadGroup         Code = "BadGroupLine"       // no ] on the line
	CodeNoGroup          Code = "OptionBeforeGroup"  // an option before any group
	CodeWorldWritable    Code = "WorldWritable"      // anybody may write the file
	CodeUnreadable       Code = "Unreadable"         // the file cannot be read
	CodeMissingInclude   Code = "MissingInclude"     // !include of a file that is not there
	CodeMissingDir       Code = "MissingIncludeDir"  // !includedir of a folder that is not there
	CodeBadDirective     Code = "BadDirective"       // !include without a name, or another word after !
	CodeIncludeDepth     Code = "IncludeDepth"       // nested too deep
	CodeIncludeKnot      Code = "IncludeKnot"        // files that include each other over and over
	CodeNotFollowed      Code = "IncludeNotFollowed" // only known where the server runs
	CodeIncludeOrder     Code = "IncludeOrder"       // one option in two files of one folder
	CodeSkippedFile      Code = "SkippedFile"        // a file in an included folder that is not *.cnf
	CodeTruncatedInclude Code = "TruncatedInclude"   // the name lost its last character
	CodeGroupNotRead     Code = "GroupNotRead"       // this server does not read the group
	CodeGroupSpelling    Code = "GroupSpelling"      // the group's name looks mistyped
	CodeLineEnds         Code = "LineEnds"           // lines end in carriage returns alone
	CodeTextAfterGroup   Code = "TextAfterGroup"     // text after [group] is ignored
	CodeColon            Code = "ColonSeparator"     // key : value
	CodeSpaceSeparator   Code = "SpaceSeparator"     // key value
	CodeLeadingDashes    Code = "LeadingDashes"      // --option in a file
	CodeBadCharacter     Code = "BadCharacter"       // a character that no option's name has, or one cut in half
	CodeNoName           Code = "NoName"             // a line that starts with =
	CodeUnclosedQuote    Code = "UnclosedQuote"      // a quote that stays in the value, or hides a comment
	CodeHashInValue      Code = "HashInValue"        // # cuts the value
	CodeInnerComment     Code = "InnerComment"       // ; or // is taken as part of the value
	CodeEscape           Code = "EscapeInPath"       // C:\new holds a line break
	CodeContinuation     Code = "Continuation"       // a backslash at the end does not continue the line
	CodeLongLine         Code = "LongLine"           // the server reads it as several lines
	CodeNUL              Code = "NULByte"            // the rest of the line is not read
)
