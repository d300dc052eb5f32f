package declared

import (
	"fmt"
	"slices"
	"strings"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
)

// merge puts the ways together that a pod's start can go. What is the same in
// all of them is derived, what is not is ambiguous, with every possibility.
func (r *resolver) merge(readings []*reading) *Resolution {
	res := &Resolution{}
	decl := &res.Declaration
	decl.Complete = true
	if len(readings) == 0 {
		decl.Complete = false
		decl.Missing = append(r.missing, "how the server is started could not be followed")
		return res
	}
	res.Problems = commonProblems(readings)

	type id struct{ path, source string }
	count := map[id]int{}
	for _, rd := range readings {
		seen := map[id]bool{}
		for _, e := range rd.entries {
			if k := (id{e.Path, e.Source}); !seen[k] {
				seen[k] = true
				count[k]++
			}
		}
	}
	added := map[id]bool{}
	for _, rd := range readings {
		for _, e := range rd.entries {
			k := id{e.Path, e.Source}
			if added[k] {
				continue
			}
			added[k] = true
			if count[k] < len(readings) && e.Certainty != v1.Ambiguous {
				e.Certainty = v1.Ambiguous
				e.Why = "only where something holds that the manifests do not tell"
				decl.Complete = false
			}
			res.Governing = append(res.Governing, e.GoverningFile)
		}
	}
	for i := range res.Governing {
		g := &res.Governing[i]
		g.Order = i
		if g.Certainty != v1.Ambiguous || len(g.Candidates) > 0 {
			continue
		}
		for _, other := range res.Governing {
			if other.Path == g.Path && other.Certainty == v1.Ambiguous {
				g.Candidates = append(g.Candidates, other.Source)
			}
		}
	}
	decl.Settings, decl.Missing = common(readings)
	decl.Missing = append(r.missing, decl.Missing...)
	decl.Complete = decl.Complete && len(decl.Missing) == 0
	return res
}

// unreadBy lists the objects that could not be read: ConfigMaps of volumes, and
// what the server reads.
func (r *resolver) unreadBy(readings []*reading) []string {
	list := r.unread
	for _, rd := range readings {
		for _, note := range rd.unread {
			object, _, _ := strings.Cut(note, ":")
			if !slices.ContainsFunc(list, func(s string) bool { return s == note || strings.HasPrefix(s, object+":") }) {
				list = append(list, note)
			}
		}
	}
	return list
}

// common is the settings that every reading has, in the first one's order.
func common(readings []*reading) (settings []model.Setting, missing []string) {
	counts := map[string]int{}
	for _, rd := range readings {
		for _, s := range rd.settings {
			counts[fmt.Sprintf("%+v", s)]++
		}
		for _, m := range rd.missing {
			if !slices.Contains(missing, m) {
				missing = append(missing, m)
			}
		}
	}
	if len(readings) == 1 {
		return readings[0].settings, missing
	}
	open := openOptions(readings)
	told := map[string]bool{}
	for i, rd := range readings {
		for _, s := range rd.settings {
			if counts[fmt.Sprintf("%+v", s)] >= len(readings) {
				if i == 0 && !open[optionKey(s.Option)] {
					settings = append(settings, s)
				}
				continue
			}
			note := "whether " + s.Option + " of " + s.Origin.String() + " applies is only known when the pod runs"
			if !told[note] {
				told[note] = true
				missing = append(missing, note)
			}
		}
	}
	return settings, missing
}

// openOptions are those that do not end the same in all readings.
func openOptions(readings []*reading) map[string]bool {
	last := make([]map[string]string, len(readings))
	for i, rd := range readings {
		last[i] = map[string]string{}
		for _, s := range rd.settings {
			last[i][optionKey(s.Option)] = fmt.Sprintf("%+v", s)
		}
	}
	open := map[string]bool{}
	for _, one := range last {
		for key := range one {
			open[key] = open[key] || slices.ContainsFunc(last, func(m map[string]string) bool { return m[key] != one[key] })
		}
	}
	return open
}
