package rights

import (
	"slices"
	"strings"
)

// Verbs of the plugin that read a cluster. Others (explain, version, …) need no
// right in it.
const (
	Status   = "status"
	Diff     = "diff"
	Blame    = "blame"
	Config   = "config"
	Snapshot = "snapshot"
	Check    = "check"
	Fix      = "fix"
	Trace    = "trace"
)

// Verbs are all of them, in the order in which a user meets them.
var Verbs = []string{Status, Diff, Blame, Trace, Config, Snapshot, Check, Fix}

// Ways to a server, as --via has them.
const (
	Auto        = "auto"
	PortForward = "port-forward"
	Exec        = "exec"
	Direct      = "direct"
)

// Want is what somebody wants to do.
type Want struct {
	// Verbs of the plugin; empty means all.
	Verbs []string
	// Via is the way to the servers, empty for auto.
	Via string
	// Secrets that may be read, by name; "*" means every one.
	Secrets []string
	// Apply is set for fix --apply: the one use that writes.
	Apply bool
	// Tools are delivery tools and operators whose resources are to be read too,
	// by their names in Tools.
	Tools []string
}

// Rule is one right in Kubernetes.
type Rule struct {
	Group    string // "" is the core group
	Resource string // "pods", "pods/exec"
	Verbs    []string
	// Names restricts the rule to objects of these names.
	Names []string
	// For says what the right is for, Without what is lost where it is missing.
	For, Without string
	// Needed is set if the verb fails without it; else it says what it does not know.
	Needed bool
	// Tool is set for a rule that belongs to a delivery tool or an operator.
	Tool string
}

// Rules are the fewest rights that do what is wanted.
func Rules(w Want) []Rule {
	rules := []Rule{
		{Resource: "pods", Verbs: []string{"list"}, For: "finding servers", Without: "nothing works", Needed: true},
		{Resource: "namespaces", Verbs: []string{"get"}, For: "telling an empty namespace from one that does not exist", Without: "a namespace without pods is told as not read"},
	}
	if w.does(Status, Diff, Blame, Trace, Config, Check, Fix) {
		rules = append(rules, Rule{Resource: "configmaps", Verbs: []string{"list"}, For: "what is declared", Without: "nothing is known to be declared", Needed: true})
	}
	if len(w.Secrets) > 0 {
		r := Rule{Resource: "secrets", Verbs: []string{"get"}, For: "accounts of servers, option files in Secrets", Without: "the password is used in the pod by exec, or given with --user; option files in Secrets are unknown"}
		if !slices.Contains(w.Secrets, "*") {
			r.Names = w.Secrets
		}
		rules = append(rules, r)
	}
	rules = append(rules, Rule{Group: "apps", Resource: "statefulsets", Verbs: []string{"list"}, For: "roles in replication and operators", Without: "a primary is not told from a server that stands alone; operators are not seen"},
		Rule{Group: "apps", Resource: "replicasets", Verbs: []string{"list"}, For: "the Deployment of a pod", Without: "Deployments are known by their pods' labels only"},
		Rule{Group: "apps", Resource: "deployments", Verbs: []string{"list"}, For: "roles in replication and operators of Deployments", Without: "a primary is not told from a server that stands alone"})
	if w.does(Blame, Trace) {
		rules = append(rules, Rule{Group: "apps", Resource: "controllerrevisions", Verbs: []string{"list"}, For: "when arguments and images changed", Without: "rollouts of StatefulSets are not known"})
	}
	if w.does(Blame) {
		rules = append(rules, Rule{Resource: "events", Verbs: []string{"list"}, For: "why a server was restarted or moved", Without: "blame tells when it started, not what made it"})
	}
	rules = append(rules, w.ways()...)
	if w.Apply {
		rules = append(rules, applyRules()...)
	}
	for _, name := range w.Tools {
		for _, t := range Tools[name].Rules {
			t.Tool = name
			rules = append(rules, t)
		}
	}
	return rules
}

// ways are the rights that open a connection. Streams open by WebSocket, which
// wants get before Kubernetes 1.35 and create too from 1.35 on; by SPDY it is
// create.
func (w Want) ways() []Rule {
	forward := Rule{Resource: "pods/portforward", Verbs: []string{"get", "create"}, For: "the connection to a server", Without: "--via port-forward fails, auto uses exec"}
	run := Rule{Resource: "pods/exec", Verbs: []string{"get", "create"}, For: "option files as they are in the pod, and the pod's own client", Without: "--via exec fails; what governs a server is derived from the manifests"}
	switch w.Via {
	case PortForward:
		forward.Needed = true
		return []Rule{forward}
	case Exec:
		run.Needed = true
		return []Rule{run}
	case Direct:
		return nil
	}
	if !w.does(Status, Diff, Blame, Trace, Snapshot, Check, Fix) {
		return []Rule{run} // config reads files, and no server
	}
	return []Rule{forward, run}
}

// applyRules are what fix --apply needs besides reading.
func applyRules() []Rule {
	return []Rule{
		{Resource: "configmaps", Verbs: []string{"patch"}, For: "fix --apply: declaring the running value", Without: "the patch is printed, and cannot be sent", Needed: true},
		{Group: "apps", Resource: "statefulsets", Verbs: []string{"get", "patch"}, For: "fix --apply: restarting a StatefulSet", Without: "the restart is left to you", Needed: true},
		{Group: "apps", Resource: "deployments", Verbs: []string{"get", "patch"}, For: "fix --apply: restarting a Deployment", Without: "the restart is left to you", Needed: true},
	}
}

// does reports whether any of these verbs is wanted.
func (w Want) does(verbs ...string) bool {
	if len(w.Verbs) == 0 {
		return true
	}
	return slices.ContainsFunc(w.Verbs, func(v string) bool { return slices.Contains(verbs, v) })
}

// String is the rule for people: "list pods", "get secrets named a, b".
func (r Rule) String() string {
	text := strings.Join(r.Verbs, ", ") + " " + r.Resource
	if r.Group != "" {
		text += "." + r.Group
	}
	if len(r.Names) > 0 {
		text += " named " + strings.Join(r.Names, ", ")
	}
	return text
}
