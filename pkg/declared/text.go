package declared

import "strings"

// unknown stands in a text for what cannot be told without running the pod: the
// output of a program, the content of a disk.
const unknown = "\uE000"

// source is where text came from before a script handled it.
type source struct {
	object string // configmap/NAME:KEY, secret/NAME:KEY, image, env, arg, …
	secret bool
	kind   sourceKind
	// unread says why its text is not known, where it could not be read.
	unread string
	// maybe is set where it may not be there at all.
	maybe bool
}

// sourceKind tells a file's text, which makes a line its own wherever it is
// copied to, from what scripts put lines together with.
type sourceKind int

const (
	fileText   sourceKind = iota
	valueText             // an environment variable's value, an argument
	scriptText            // literal words of a script
	guessText             // a program that is not known read it, and made something else of it
)

// run is a stretch of text of one origin. A nil source means that a script or
// program made it up.
type run struct {
	s    string
	src  *source
	line int // line of src that s begins in; 0 where lines mean nothing
	// edited is set when the text is no longer what the source holds.
	edited bool
	// doubt is set when an edit could not be followed: the source is right, its
	// values may not be.
	doubt bool
}

// text is a value that remembers where each part came from. Shell variables,
// command output and files are texts, so that a line copied through cat, sed and
// a redirection still knows its ConfigMap key and line.
type text []run

func plain(s string) text {
	if s == "" {
		return nil
	}
	return text{{s: s}}
}

func sourced(s string, src *source) text { return text{{s: s, src: src, line: 1}} }

func (t text) String() string {
	if len(t) == 1 {
		return t[0].s
	}
	var b strings.Builder
	for _, r := range t {
		b.WriteString(r.s)
	}
	return b.String()
}

func (t text) known() bool {
	for _, r := range t {
		if strings.Contains(r.s, unknown) {
			return false
		}
	}
	return true
}

// allUnknown says whether nothing of a text is known.
func (t text) allUnknown() bool {
	s := t.String()
	return strings.Contains(s, unknown) && strings.Trim(s, unknown+" \t\r\n") == ""
}

func join(parts ...text) text {
	var all text
	for _, p := range parts {
		all = append(all, p...)
	}
	return all
}

// lines splits at newlines; each line keeps its newline.
func (t text) lines() []text {
	var out []text
	var current text
	for _, r := range t {
		line := r.line
		rest := r.s
		for rest != "" {
			piece := rest
			i := strings.IndexByte(rest, '\n')
			if i >= 0 {
				piece = rest[:i+1]
			}
			rest = rest[len(piece):]
			part := r
			part.s, part.line = piece, line
			current = append(current, part)
			if i >= 0 {
				out = append(out, current)
				current = nil
				if line > 0 {
					line++
				}
			}
		}
	}
	if len(current) > 0 {
		out = append(out, current)
	}
	return out
}

// origin is the source that most of a line is from, the source's line, and
// whether the line differs from it. A line that a script put together from
// values is from nowhere, one that is a value as a whole is from there.
func (t text) origin() (src *source, line int, edited, doubt bool) {
	best, total := -1, len(strings.TrimSpace(t.String()))
	for _, r := range t {
		n := len(strings.TrimSpace(r.s))
		doubt = doubt || r.doubt
		ours := r.src != nil && (r.src.kind == fileText || r.src.kind == valueText && n == total)
		edited = edited || r.edited || !ours && n > 0
		if ours && n > best {
			best, src, line = n, r.src, r.line
		}
	}
	return src, line, edited, doubt
}

// rewrite is a line's new text, of the same origin.
func (t text) rewrite(s string) text {
	if t.String() == s {
		return t
	}
	src, line, _, doubt := t.origin()
	return text{{s: s, src: src, line: line, edited: true, doubt: doubt}}
}

// doubted is the text after a change that could not be followed.
func (t text) doubted() text {
	out := make(text, len(t))
	for i, r := range t {
		r.edited, r.doubt = true, true
		out[i] = r
	}
	return out
}

// settled is a value that conditions can go by: one line that a program made in a
// way that was not followed is unknown.
func (t text) settled() text {
	if anyDoubt(t) && !strings.Contains(t.String(), "\n") {
		return plain(unknown)
	}
	return t
}

// trimNewlines drops trailing newlines, as $(…) does.
func (t text) trimNewlines() text {
	out := append(text(nil), t...)
	for len(out) > 0 {
		last := &out[len(out)-1]
		last.s = strings.TrimRight(last.s, "\n")
		if last.s != "" {
			break
		}
		out = out[:len(out)-1]
	}
	return out
}
