package cluster

import (
	"path"
	"regexp"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// serverPrograms start a server when they run.
var serverPrograms = map[string]bool{
	"mysqld": true, "mariadbd": true, "mysqld_safe": true, "mariadbd-safe": true, "mysqld-debug": true,
	"mysqlctld": true, "run-mysqld": true, "run-mysqld-source": true, "run-mysqld-replica": true,
	"run-mysqld-master": true, "run-mysqld-slave": true, "run-mysqld-galera": true,
}

// entrypoints put a server's name before options that stand alone.
var entrypoints = map[string]bool{
	"docker-entrypoint.sh": true, "entrypoint.sh": true, "ps-entrypoint.sh": true, "pxc-entrypoint.sh": true,
	"mariadb-entrypoint.sh": true, "entry-point.sh": true, "container-entrypoint": true,
}

// wrappers run the program that follows their own options.
var wrappers = map[string]bool{
	"exec": true, "sudo": true, "gosu": true, "su-exec": true, "tini": true, "dumb-init": true, "env": true, "nice": true,
	"ionice": true, "nohup": true, "command": true, "catatonit": true, "numactl": true, "setpriv": true, "runuser": true,
	"syncer": true, "time": true, "stdbuf": true, "chroot": true, "catchsegv": true,
}

var shells = map[string]bool{"sh": true, "bash": true, "dash": true, "ash": true, "ksh": true, "zsh": true}

// onlyOnce are options with which mysqld does a job and ends.
var onlyOnce = regexp.MustCompile(`^--(initialize|initialize-insecure|bootstrap|help|verbose|version|wsrep[-_]recover|print-defaults|validate-config|install|skip-networking)\b`)

// commandKind is what a container's command says about it.
type commandKind int

const (
	commandNone    commandKind = iota // none given: the image's own
	commandOptions                    // options only: the image's entry point gets them
	commandServer                     // it starts a server
	commandScript                     // a script whose text is not here
	commandOther                      // something else
)

// classify reads command and args. Text for a shell is parsed, so that a server
// named in an echo or a probe is not taken for one that runs.
func classify(command, args []string) commandKind {
	argv := append(append([]string{}, command...), args...)
	if len(argv) == 0 {
		return commandNone
	}
	if len(command) == 0 && strings.HasPrefix(argv[0], "-") {
		return commandOptions
	}
	return classifyArgv(argv)
}

func classifyArgv(argv []string) commandKind {
	for len(argv) > 0 {
		name := path.Base(argv[0])
		switch {
		case serverPrograms[name]:
			for _, a := range argv[1:] {
				if onlyOnce.MatchString(a) {
					return commandOther
				}
			}
			return commandServer
		case shells[name]:
			return classifyShell(argv[1:])
		case entrypoints[name]:
			if len(argv) == 1 {
				return commandScript
			}
			if strings.HasPrefix(argv[1], "-") {
				return commandServer
			}
			argv = argv[1:]
			continue
		case wrappers[name]:
			argv = afterWrapper(argv)
			continue
		case len(argv) > 1 && (name == "source" || name == "."):
			return commandScript
		case name == "kolla_start" || strings.HasSuffix(name, ".sh") || strings.HasSuffix(name, ".py") && strings.Contains(name, "start"):
			return commandScript
		case strings.HasPrefix(name, "python") && len(argv) > 1:
			argv = argv[1:]
			continue
		}
		return commandOther
	}
	return commandOther
}

// afterWrapper is the command line that a wrapper runs: what follows "--", or
// the first words that are a server's, an entry point or a shell.
func afterWrapper(argv []string) []string {
	for i, a := range argv {
		if i > 0 && a == "--" {
			return argv[i+1:]
		}
	}
	for i := 1; i < len(argv); i++ {
		name := path.Base(argv[i])
		if serverPrograms[name] || entrypoints[name] || shells[name] || wrappers[name] || strings.HasSuffix(name, ".sh") {
			return argv[i:]
		}
	}
	return nil
}

func classifyShell(argv []string) commandKind {
	for i, a := range argv {
		if strings.HasPrefix(a, "-") || strings.HasPrefix(a, "+") {
			if strings.HasPrefix(a, "-") && !strings.HasPrefix(a, "--") && strings.Contains(a, "c") && i+1 < len(argv) {
				return classifyText(argv[i+1])
			}
			continue
		}
		return commandScript
	}
	return commandOther
}

// classifyText looks for a call that starts a server anywhere in a script.
func classifyText(text string) commandKind {
	file, err := syntax.NewParser().Parse(strings.NewReader(text), "")
	if err != nil {
		if serverWord.MatchString(text) {
			return commandServer
		}
		return commandScript
	}
	kind := commandOther
	syntax.Walk(file, func(node syntax.Node) bool {
		call, ok := node.(*syntax.CallExpr)
		if !ok || kind == commandServer || len(call.Args) == 0 {
			return kind != commandServer
		}
		var argv []string
		for _, w := range call.Args {
			argv = append(argv, literal(w))
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

// literal is a word's text as far as it is fixed; the rest stands as "$".
func literal(w *syntax.Word) string {
	var b strings.Builder
	var parts func([]syntax.WordPart)
	parts = func(list []syntax.WordPart) {
		for _, p := range list {
			switch p := p.(type) {
			case *syntax.Lit:
				b.WriteString(p.Value)
			case *syntax.SglQuoted:
				b.WriteString(p.Value)
			case *syntax.DblQuoted:
				parts(p.Parts)
			default:
				b.WriteByte('$')
			}
		}
	}
	parts(w.Parts)
	return b.String()
}
