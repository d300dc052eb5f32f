package rights

import (
	"slices"
	"testing"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
)

// All that somebody may want holds what each part of it needs.
func TestAllHoldsEachVerb(t *testing.T) {
	all := Rules(Want{})
	for _, verb := range Verbs {
		for _, r := range Rules(Want{Verbs: []string{verb}}) {
			if !slices.ContainsFunc(all, func(a Rule) bool { return a.String() == r.String() }) {
				t.Errorf("%s needs %q, which all verbs together do not", verb, r)
			}
		}
	}
}

func TestEveryRuleSaysWhatItIsFor(t *testing.T) {
	var names []string
	for name := range Tools {
		names = append(names, name)
	}
	want := Want{Secrets: []string{"*"}, Apply: true, Tools: names}
	seen := map[string]bool{}
	for _, r := range Rules(want) {
		if r.For == "" || r.Without == "" || len(r.Verbs) == 0 {
			t.Errorf("rule %q is not explained", r)
		}
		if seen[r.String()] {
			t.Errorf("rule %q stands twice", r)
		}
		seen[r.String()] = true
	}
	for _, flavour := range []model.Flavour{model.MySQL, model.MariaDB} {
		for _, g := range Grants(model.Server{Flavour: flavour}, want) {
			if g.For == "" || g.Without == "" {
				t.Errorf("grant %s is not explained", g.Privilege)
			}
		}
	}
}

func TestSets(t *testing.T) {
	rules := Rules(Want{Tools: []string{"flux", "percona"}})
	sets := Sets(rules, "shop", false, map[string]string{"flux": "gitops"})
	if len(sets) != 2 || sets[0].Namespace != "shop" || sets[1].Namespace != "gitops" {
		t.Fatalf("%+v", sets)
	}
	if n := len(sets[0].Rules) + len(sets[1].Rules); n != len(rules) {
		t.Errorf("%d rules of %d", n, len(rules))
	}
	if one := Sets(rules, "shop", true, nil); len(one) != 1 || one[0].Namespace != "" {
		t.Errorf("%+v", one)
	}
}
