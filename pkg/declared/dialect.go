package declared

import (
	"path"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cluster"
)

// dialect is which shell reads a script.
type dialect int

const (
	dialectBash    dialect = iota // bash, and sh where it is bash
	dialectDash                   // sh of Debian and Ubuntu
	dialectUnknown                // sh of an image that does not tell
)

// dialectOf is the dialect of a shell by its name, in an image.
func dialectOf(name, image string) dialect {
	switch path.Base(name) {
	case "dash":
		return dialectDash
	case "sh":
		return shOf(image)
	}
	return dialectBash
}

// debianWords in an image's tag or name say that its sh is dash, redHatWords that
// it is bash. busybox' sh knows most of what bash adds and is taken for it.
var (
	debianWords = []string{"debian", "ubuntu", "jessie", "stretch", "buster", "bullseye", "bookworm", "trixie", "xenial", "bionic", "focal", "jammy", "noble", "slim"}
	redHatWords = []string{"alpine", "busybox", "oracle", "oraclelinux", "centos", "centos7", "ubi", "ubi8", "ubi9", "rhel", "rhel7", "rhel8", "rhel9", "fedora", "rocky", "rockylinux", "almalinux", "bash", "git"}
)

// shOf is what /bin/sh of an image is.
func shOf(ref string) dialect {
	img := cluster.ParseImage(ref)
	words := strings.FieldsFunc(strings.ToLower(img.Name+" "+img.Tag), func(r rune) bool { return strings.ContainsRune(" -_.", r) })
	for _, w := range words {
		for _, known := range redHatWords {
			if w == known {
				return dialectBash
			}
		}
	}
	for _, w := range words {
		for _, known := range debianWords {
			if strings.TrimRight(w, "0123456789") == known {
				return dialectDash
			}
		}
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

// dashRefuses says whether dash cannot run a statement: what it does not read at
// all ends the script, what it takes for a command is not found.
func dashRefuses(s *syntax.Stmt) (refuses bool) {
	syntax.Walk(s, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.ArrayExpr, *syntax.ProcSubst, *syntax.CStyleLoop, *syntax.CoprocClause:
			refuses = true
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
			refuses = refuses || n.RsrvWord
		case *syntax.BinaryCmd:
			refuses = refuses || n.Op == syntax.PipeAll
		case *syntax.Redirect:
			refuses = refuses || n.Op == syntax.WordHdoc
		}
		return !refuses
	})
	return refuses
}

// readable cuts a script off where dash stops reading it. It reads a line at a time,
// so that what stands on the line of the fault does not run either.
func (m *machine) readable(list []*syntax.Stmt) (run []*syntax.Stmt, whole bool) {
	if m.dialect == dialectBash {
		return list, true
	}
	for i, s := range list {
		if !dashRefuses(s) {
			continue
		}
		if !m.isDash() {
			return list, true
		}
		for i > 0 && list[i-1].End().Line() >= s.Pos().Line() {
			i--
		}
		return list[:i], false
	}
	return list, true
}

// notFound is a command that dash has not.
func (m *machine) notFound() { m.status = 127 }

// badSubstitution says whether dash cannot expand a parameter: it ends the script.
func badSubstitution(p *syntax.ParamExp) bool {
	if p.Excl || p.Slice != nil || p.Repl != nil || p.Index != nil || p.Names != 0 {
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
