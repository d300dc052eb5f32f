package check

import (
	"context"
	"slices"
	"strings"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cluster"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/rights"
)

const (
	forward = "pods/portforward"
	execute = "pods/exec"
)

var wayOf = map[string]cluster.Via{forward: cluster.ViaPortForward, execute: cluster.ViaExec}

// rights asks the API server for each right that the verbs need.
func (r *run) rights(ctx context.Context) {
	for _, namespace := range r.cfg.Namespaces {
		var ways []v1.CheckItem
		for _, rule := range rights.Rules(r.cfg.Want) {
			item, granted := r.right(ctx, namespace, rule)
			if via, isWay := wayOf[rule.Resource]; isWay {
				r.ways[via] = granted > 0 || item.Status == v1.CheckUnknown
				ways = append(ways, item)
				continue
			}
			if rule.Resource == "pods" && item.Status == v1.CheckFailed {
				r.blind = true
			}
			r.add(item)
		}
		if len(ways) > 1 && !slices.ContainsFunc(ways, func(i v1.CheckItem) bool { return i.Status != v1.CheckLimited || !strings.HasPrefix(i.Text, "no:") }) {
			for i := range ways {
				ways[i].Status = v1.CheckFailed // one of them is enough, but there is none
			}
		}
		for _, w := range ways {
			r.add(w)
		}
	}
}

// right asks for each verb of one rule; granted is how many are allowed.
func (r *run) right(ctx context.Context, namespace string, rule rights.Rule) (item v1.CheckItem, granted int) {
	item = v1.CheckItem{Section: Rights, Object: place(namespace), Check: rule.String(), Status: v1.CheckPassed, Verbs: r.needing(rule)}
	names := rule.Names
	if len(names) == 0 {
		names = []string{""}
	}
	var refused []string
	for _, verb := range rule.Verbs {
		for _, name := range names {
			ok, err := r.cfg.Asker.Allowed(ctx, namespace, rule.Group, rule.Resource, verb, name)
			if err != nil {
				e := cluster.ErrorReport("API server", err)
				item.Status, item.Text, item.Fix = v1.CheckUnknown, e.Text, e.Hint
				return item, 0
			}
			if ok {
				granted++
			} else {
				refused = append(refused, strings.TrimSpace(verb+" "+name))
			}
		}
	}
	if len(refused) == 0 {
		return item, granted
	}
	item.Fix = r.rbacCommand(namespace, rule)
	switch {
	case wayOf[rule.Resource] != "" && granted > 0:
		// Which of the two verbs counts depends on protocol and version: see Servers.
		item.Status, item.Text = v1.CheckLimited, strings.Join(refused, ", ")+" is refused: one of the two protocols is closed"
	case rule.Needed:
		item.Status, item.Text = v1.CheckFailed, "no: "+rule.Without
	default:
		item.Status, item.Text = v1.CheckLimited, "no: "+rule.Without
	}
	return item, granted
}

// needing are the plugin's verbs that want a rule.
func (r *run) needing(rule rights.Rule) []string {
	var out []string
	for _, verb := range rights.Verbs {
		if len(r.cfg.Want.Verbs) > 0 && !slices.Contains(r.cfg.Want.Verbs, verb) {
			continue
		}
		w := r.cfg.Want
		w.Verbs, w.Apply = []string{verb}, w.Apply && verb == rights.Fix
		if slices.ContainsFunc(rights.Rules(w), func(o rights.Rule) bool { return o.String() == rule.String() }) {
			out = append(out, verb)
		}
	}
	return out
}

// rbacCommand prints what a cluster's administrator has to apply.
func (r *run) rbacCommand(namespace string, rule rights.Rule) string {
	args := "-n " + namespace + " rbac"
	if namespace == "" {
		args = "rbac -A"
	}
	if verbs := r.needing(rule); len(r.cfg.Want.Verbs) > 0 {
		args += " --verb " + strings.Join(verbs, ",")
	}
	if via := r.cfg.Want.Via; via != "" && via != rights.Auto {
		args += " --via " + via
	}
	if rule.Resource == "secrets" {
		args += " --secrets " + strings.Join(r.secretNames(), ",")
	}
	if slices.Contains(rule.Verbs, "patch") {
		args += " --apply"
	}
	if user := r.user; strings.HasPrefix(user, "system:serviceaccount:") {
		args += " --serviceaccount " + strings.TrimPrefix(user, "system:serviceaccount:")
	} else if user != "" {
		args += " --kube-user " + shellWord(user)
	}
	return "have an administrator run: kubectl mysqldrift " + args + " | kubectl apply -f -"
}

func (r *run) secretNames() []string {
	if slices.Contains(r.cfg.Want.Secrets, "*") {
		return []string{"NAME"}
	}
	return r.cfg.Want.Secrets
}

func place(namespace string) string {
	if namespace == "" {
		return "all namespaces"
	}
	return "namespace/" + namespace
}

// shellWord is a text as one word of a shell.
func shellWord(text string) string {
	if strings.Trim(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789@%_+=:,./-") == "" {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}
