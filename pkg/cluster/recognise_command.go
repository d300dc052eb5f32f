package cluster

import (
	"path"
	"strings"

	corev1 "k8s.io/api/core/v1"
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
	"ionice": true, "nohup": true, "command": true, "eval": true, "catatonit": true, "numactl": true, "setpriv": true, "runuser": true,
	"syncer": true, "time": true, "stdbuf": true, "chroot": true, "catchsegv": true,
}

var shells = map[string]bool{"sh": true, "bash": true, "dash": true, "ash": true, "ksh": true, "zsh": true}

// commandKind is what a container's command says about it.
type commandKind int

const (
	commandNone    commandKind = iota // none given: the image's own
	commandOptions                    // options only: the image's entry point gets them
	commandServer                     // it starts a server
	commandScript                     // a script whose text is not here
	commandOther                      // something else
)

// classify reads command and args as the kubelet hands them over. Text for a shell
// is parsed, so that a server named in an echo or a probe is not taken for one
// that runs.
func classify(c *corev1.Container) commandKind {
	command, args := expandedArgv(c)
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
				if RunsOnce(a) {
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
		case argv[0] == fixedAtRun || name == "exec" && len(argv) > 1 && argv[1] == fixedAtRun:
			return commandScript // whatever the value names
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
