package rights

import (
	"cmp"
	"slices"
)

// Set is the rules that lie in one namespace, "" for a ClusterRole.
type Set struct {
	Namespace string
	Rules     []Rule
}

// Sets lays rules out by namespace: those of tools that live elsewhere get a
// Role there. at overrides a tool's namespace. With all, one ClusterRole holds
// everything.
func Sets(rules []Rule, namespace string, all bool, at map[string]string) []Set {
	byNamespace := map[string][]Rule{}
	for _, r := range rules {
		where := namespace
		if r.Tool != "" {
			where = cmp.Or(at[r.Tool], Tools[r.Tool].Namespace, namespace)
		}
		if all {
			where = ""
		}
		byNamespace[where] = append(byNamespace[where], r)
	}
	sets := make([]Set, 0, len(byNamespace))
	for where, list := range byNamespace {
		sets = append(sets, Set{where, list})
	}
	slices.SortFunc(sets, func(a, b Set) int {
		if (a.Namespace == namespace) != (b.Namespace == namespace) {
			if a.Namespace == namespace {
				return -1
			}
			return 1
		}
		return cmp.Compare(a.Namespace, b.Namespace)
	})
	return sets
}
