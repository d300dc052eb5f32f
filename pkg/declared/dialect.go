package declared

import (
	"path"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cluster"
)

// dialect is which shell reads a script.
type dialect int

const (
	dialectBash    dialect = iota // bash, and sh where it is bash
	dialectDash                   // sh of Debian and Ubuntu
	dialectAsh                    // sh of busybox and Alpine
	dialectUnknown                // sh of an image that does not tell
)

// dialectOf is the dialect of a shell by its name, in an image.
func dialectOf(name, image string) dialect {
	switch path.Base(name) {
	case "dash":
		return dialectDash
	case "ash":
		return dialectAsh
	case "sh":
		return shOf(image)
	}
	return dialectBash
}

// debianWords in an image's tag or name say that its sh is dash, busyboxWords that
// it is busybox', redHatWords that it is bash. The image named bash is Alpine's.
var (
	debianWords  = []string{"debian", "ubuntu", "jessie", "stretch", "buster", "bullseye", "bookworm", "trixie", "xenial", "bionic", "focal", "jammy", "noble", "slim"}
	busyboxWords = []string{"alpine", "busybox", "bash"}
	redHatWords  = []string{"oracle", "oraclelinux", "centos", "centos7", "ubi", "ubi8", "ubi9", "rhel", "rhel7", "rhel8", "rhel9", "fedora", "rocky", "rockylinux", "almalinux"}
)

// shOf is what /bin/sh of an image is.
func shOf(ref string) dialect {
	img := cluster.ParseImage(ref)
	words := strings.FieldsFunc(strings.ToLower(img.Name+" "+img.Tag), func(r rune) bool { return strings.ContainsRune(" -_.", r) })
	has := func(known []string, number string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return slices.Contains(known, strings.TrimRight(w, number)) })
	}
	switch {
	case has(busyboxWords, ""):
		return dialectAsh
	case has(redHatWords, ""):
		return dialectBash
	case has(debianWords, "0123456789"):
		return dialectDash
	}
	server := cluster.ImageServer(ref)
	switch p := profileOf(ref, server); p.family {
	case familyMariaDB:
		if isLibrary(img) && !strings.Contains(img.Tag, "ubi") {
			return dialectDash
		}
	case familyOfficial:
		switch {
		case !isLibrary(img) || server.Version.IsZero() && img.Tag != "" && img.Tag != "latest":
			return dialectUnknown
		case onDebian(img.Tag, server.Version):
			return dialectDash
		}
		return dialectBash
	case familyPercona, familyPXC, familySclorg, familyOracle:
		return dialectBash
	case familyBitnami:
		return dialectDash
	}
	return dialectUnknown
}

// isDash decides, where the image does not tell it, which shell a script that they
// read differently is run by: one way a run, as for conditions.
func (m *machine) isDash() bool {
	if m.dialect == dialectUnknown {
		m.dialect = dialectBash
		if !m.choose.next() {
			m.dialect = dialectDash
		}
	}
	return m.dialect == dialectDash
}

// dashUnknown are commands that bash has and dash has not.
var dashUnknown = words("[[ source declare typeset let shopt mapfile readarray pushd popd disown function")

// ashUnknown are those that busybox' sh has not.
var ashUnknown = words("declare typeset shopt mapfile readarray pushd popd disown builtin")

// lacks says whether the shell does not know a command of bash's.
func (m *machine) lacks(name string) bool {
	switch m.dialect {
	case dialectBash:
		return false
	case dialectAsh:
		return ashUnknown[name]
	}
	return dashUnknown[name] && m.isDash()
}

// isPlain says whether the shell is not bash, in what dash and busybox' sh do not
// know either.
func (m *machine) isPlain() bool {
	return m.dialect == dialectAsh || m.dialect != dialectBash && m.isDash()
}

// refusedBy says whether dash, or with ash busybox' sh, cannot run a statement: what
// it does not read at all ends the script, what it takes for a command is not found.
func refusedBy(s *syntax.Stmt, ash bool) (refuses bool) {
	syntax.Walk(s, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.ArrayExpr, *syntax.CStyleLoop:
			refuses = true
		case *syntax.ProcSubst, *syntax.CoprocClause:
			refuses = refuses || !ash
		case *syntax.ParenTest:
			refuses = true
		case *syntax.BinaryTest:
			if w, ok := n.Y.(*syntax.Word); ok && n.Op == syntax.TsReMatch {
				for _, p := range w.Parts {
					lit, ok := p.(*syntax.Lit)
					refuses = refuses || ok && strings.ContainsAny(strings.ReplaceAll(strings.ReplaceAll(lit.Value, `\(`, ""), `\)`, ""), "()")
				}
			}
		case *syntax.FuncDecl:
			refuses = refuses || n.RsrvWord && !ash
		case *syntax.BinaryCmd:
			refuses = refuses || n.Op == syntax.PipeAll
		case *syntax.Redirect:
			refuses = refuses || n.Op == syntax.WordHdoc
		}
		return !refuses
	})
	return refuses
}

// readable cuts a script off where its shell stops reading it. It reads a line at a time,
// so that what stands on the line of the fault does not run either.
func (m *machine) readable(list []*syntax.Stmt) (run []*syntax.Stmt, whole bool) {
	if m.dialect == dialectBash {
		return list, true
	}
	for i, s := range list {
		if !refusedBy(s, m.dialect == dialectAsh) {
			continue
		}
		if !m.isPlain() {
			return list, true
		}
		for i > 0 && list[i-1].End().Line() >= s.Pos().Line() {
			i--
		}
		return list[:i], false
	}
	return list, true
}

// notFound is a command that the shell has not.
func (m *machine) notFound() { m.status = 127 }

// badSubstitution says whether dash, or with ash busybox' sh, cannot expand a
// parameter: it ends the script.
func badSubstitution(p *syntax.ParamExp, ash bool) bool {
	if p.Excl || p.Index != nil || p.Names != 0 || !ash && (p.Slice != nil || p.Repl != nil) {
		return true
	}
	if p.Exp != nil {
		switch p.Exp.Op {
		case syntax.UpperAll, syntax.UpperFirst, syntax.LowerAll, syntax.LowerFirst, syntax.OtherParamOps:
			return true
		}
	}
	return false
}

// shebang is the shell that a script's first line names, "" without one.
func shebang(script string) string {
	line, _, _ := strings.Cut(script, "\n")
	rest, found := strings.CutPrefix(line, "#!")
	fields := strings.Fields(rest)
	if !found || len(fields) == 0 {
		return ""
	}
	if path.Base(fields[0]) == "env" && len(fields) > 1 {
		return fields[len(fields)-1]
	}
	return fields[0]
}

// shebangOptions are those in a script's first line: #!/bin/sh -eu.
func shebangOptions(line string) (o shellOptions) {
	fields := strings.Fields(line)
	for i, f := range fields {
		if i == 0 || f[0] != '-' || strings.HasPrefix(f, "--") {
			continue
		}
		name := ""
		if i+1 < len(fields) && strings.Contains(f, "o") {
			name = fields[i+1]
		}
		o.take(f, name)
	}
	return o
}
