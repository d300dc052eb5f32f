package declared

import (
	"path"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
)

type syntaxStmt = syntax.Stmt

const ambiguous = v1.Ambiguous

// entrypoint runs an image's own entry point with a container's args.
func (m *machine) entrypoint(p profile, args []text) {
	if len(args) == 0 || strings.HasPrefix(args[0].String(), "-") {
		m.startImage(p, append([]text{plain(p.program)}, args...))
		return
	}
	if isServer(path.Base(args[0].String())) || strings.HasPrefix(args[0].String(), "run-mysqld") {
		m.startImage(p, args)
		return
	}
	m.exec(args)
}

// startImage starts the server the way the image's entry point does.
func (m *machine) startImage(p profile, argv []text) {
	m.startServer(argv)
}
