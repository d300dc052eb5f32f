package cluster

import (
	"regexp"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// classifyText looks for a call that starts a server anywhere in a script.
func classifyText(text string) commandKind {
	file, err := syntax.NewParser().Parse(strings.NewReader(text), "")
	if err != nil {
		if serverWord.MatchString(text) {
			return commandServer
		}
		return commandScript
	}
	words := &scriptWords{vars: map[string]string{}}
	kind := commandOther
	syntax.Walk(file, func(node syntax.Node) bool {
		if assign, ok := node.(*syntax.Assign); ok {
			words.assign(assign)
		}
		call, ok := node.(*syntax.CallExpr)
		if !ok || kind == commandServer || len(call.Args) == 0 {
			return kind != commandServer
		}
		var argv []string
		for _, w := range call.Args {
			argv = append(argv, words.of(w)...)
		}
		if len(argv) > 2 && argv[0] == "set" && argv[1] == "--" {
			words.params = argv[2:]
		}
		if len(argv) == 0 || argv[0] == fixedAtRun {
			return true // a client under a variable's name, as often as a server
		}
		switch k := classifyArgv(argv); k {
		case commandServer:
			kind = k
		case commandScript:
			if kind == commandOther {
				kind = k
			}
		}
		return true
	})
	return kind
}

var serverWord = regexp.MustCompile(`(?m)^\s*(exec\s+)?(\S*/)?(mysqld|mariadbd|mysqld_safe)(\s|$)`)

// scriptWords tells what words of a script are, as far as its own text fixes that.
type scriptWords struct {
	vars   map[string]string // what is assigned before, in the order of the text
	params []string          // what the last `set --` left
}

func (s *scriptWords) assign(a *syntax.Assign) {
	if a.Name == nil || a.Array != nil || a.Append {
		return
	}
	value := ""
	if a.Value != nil {
		value = s.text(a.Value.Parts)
	}
	s.vars[a.Name.Value] = value
}

// of is what a word becomes: "$@" and an unquoted variable may be several words.
func (s *scriptWords) of(w *syntax.Word) []string {
	if len(w.Parts) != 1 {
		return []string{s.text(w.Parts)}
	}
	part := w.Parts[0]
	if q, ok := part.(*syntax.DblQuoted); ok && len(q.Parts) == 1 {
		if p, ok := q.Parts[0].(*syntax.ParamExp); ok && plainParam(p) == "@" && s.params != nil {
			return s.params
		}
	}
	if p, ok := part.(*syntax.ParamExp); ok {
		switch name := plainParam(p); {
		case (name == "@" || name == "*") && s.params != nil:
			return s.params
		case name != "" && s.vars[name] != "":
			return strings.Fields(s.vars[name])
		}
	}
	return []string{s.text(w.Parts)}
}

// text is a word's text; what is not fixed stands as "$".
func (s *scriptWords) text(list []syntax.WordPart) string {
	var b strings.Builder
	for _, p := range list {
		switch p := p.(type) {
		case *syntax.Lit:
			b.WriteString(p.Value)
		case *syntax.SglQuoted:
			b.WriteString(p.Value)
		case *syntax.DblQuoted:
			b.WriteString(s.text(p.Parts))
		case *syntax.ParamExp:
			if value := s.vars[plainParam(p)]; value != "" {
				b.WriteString(value)
			} else {
				b.WriteString(fixedAtRun)
			}
		default:
			b.WriteString(fixedAtRun)
		}
	}
	return b.String()
}

// plainParam is the name in $NAME or ${NAME}, "" for anything that computes.
func plainParam(p *syntax.ParamExp) string {
	if p.Excl || p.Length || p.Width || p.Index != nil || p.Slice != nil || p.Repl != nil || p.Exp != nil || p.Names != 0 || p.Param == nil {
		return ""
	}
	return p.Param.Value
}
