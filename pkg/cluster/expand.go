package cluster

import (
	"regexp"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// fixedAtRun stands for text that the manifest does not tell.
const fixedAtRun = "$"

// kubeletRef is what the kubelet replaces in commands and values: $(VAR), and $$,
// which is a dollar.
var kubeletRef = regexp.MustCompile(`\$\$|\$\(([^)]*)\)`)

// expandedArgv is a container's command and args as the kubelet hands them over,
// as far as the manifest tells the variables.
func expandedArgv(c *corev1.Container) (command, args []string) {
	if !strings.Contains(strings.Join(append(append([]string{}, c.Command...), c.Args...), " "), "$") {
		return c.Command, c.Args
	}
	env := map[string]string{}
	for _, e := range c.Env {
		if e.ValueFrom != nil {
			env[e.Name] = fixedAtRun
		} else {
			env[e.Name] = expandRefs(e.Value, env)
		}
	}
	for _, w := range c.Command {
		command = append(command, expandRefs(w, env))
	}
	for _, w := range c.Args {
		args = append(args, expandRefs(w, env))
	}
	return command, args
}

func expandRefs(s string, env map[string]string) string {
	return kubeletRef.ReplaceAllStringFunc(s, func(ref string) string {
		if ref == "$$" {
			return "$"
		}
		if value, ok := env[ref[2:len(ref)-1]]; ok {
			return value
		}
		return ref
	})
}
