package policy

import "strings"

// kinds are the short names that kubectl has for workloads; reports hold the long ones.
var kinds = map[string]string{"sts": "statefulset", "statefulsets": "statefulset", "deploy": "deployment", "deployments": "deployment",
	"ds": "daemonset", "daemonsets": "daemonset", "rs": "replicaset", "replicasets": "replicaset", "po": "pod", "pods": "pod"}

// WorkloadPattern is the pattern for what a person calls a workload: sts/mysql is
// statefulset/mysql, and a bare name is of any kind.
func WorkloadPattern(text string) string {
	kind, name, ok := strings.Cut(text, "/")
	if !ok && text != "" {
		return "*/" + text
	}
	if long := kinds[strings.ToLower(kind)]; long != "" {
		return long + "/" + name
	}
	return text
}
