package output

import (
	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
)

// paint is a colour by meaning, as an SGR sequence's parameters.
type paint string

const (
	plain  paint = ""
	bad    paint = "31"
	warn   paint = "33"
	good   paint = "32"
	faint  paint = "2"
	strong paint = "1"
)

func (p paint) apply(color bool, s string) string {
	if !color || p == plain || s == "" {
		return s
	}
	return "\x1b[" + string(p) + "m" + s + "\x1b[0m"
}

func severityPaint(s v1.Severity) paint {
	switch s {
	case v1.P0:
		return bad
	case v1.P1:
		return warn
	case v1.Info:
		return faint
	}
	return plain
}

func statePaint(s v1.State) paint {
	switch s {
	case v1.StateInSync:
		return good
	case v1.StateDrifted, v1.StateUnauthorized, v1.StateUnreachable:
		return bad
	case v1.StatePendingRestart, v1.StatePending, v1.StateNotReady, v1.StateIncomplete:
		return warn
	}
	return plain
}
