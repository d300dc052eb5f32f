package blame

import (
	"fmt"
	"slices"
	"time"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
)

// weight is the outcome of laying claims against each other.
type weight struct {
	leader  *party // nil: nobody leads
	rivals  []string
	named   bool
	proven  bool
	when    time.Time
	sources []string
	why     string // for people, if nobody is named
}

// party is one actor with the claims that speak of them.
type party struct {
	user, who, kind string
	claims          []claim
	valued          bool
	newest          time.Time // of the valued claims, or of all if none is
}

// weigh groups claims by actor and looks for the one that two independent
// sources name, with the value among what they tell, and whom nobody rivals.
func weigh(f *Facts, claims []claim) weight {
	parties := group(claims)
	w := weight{}
	if len(parties) == 0 {
		w.why = "the records name nobody"
		return w
	}
	leader := parties[0]
	w.leader, w.when = leader, leader.newest
	rivalled := false
	for _, other := range parties[1:] {
		w.rivals = append(w.rivals, other.who)
		// The row of variables_info alone is no rival to a statement with the value
		// where SET SESSION may have written it.
		if other.valued || f.Server.GlobalOnly || !leader.valued {
			rivalled = true
		}
	}
	w.sources = sourcesOf(leader)
	confirmed, tight := confirmation(f, leader, claims)
	w.sources = append(w.sources, confirmed...)
	enough := len(w.sources) >= 2 && (leader.valued || len(confirmed) > 0)
	switch {
	case rivalled:
		w.why = fmt.Sprintf("the records name %s as well as %s", leader.who, join(w.rivals))
	case !enough && leader.valued:
		w.why = fmt.Sprintf("only %s names %s", join(w.sources), leader.who)
	case !enough && f.Server.GlobalOnly:
		w.why = fmt.Sprintf("only variables_info names %s; one source is not enough to name anybody", leader.who)
	case !enough:
		w.why = fmt.Sprintf("only variables_info names %s, and a SET SESSION writes there too", leader.who)
	default:
		w.named = true
		w.proven = leader.valued && tight && len(w.rivals) == 0
	}
	return w
}

// verdict turns the weight into the report's form.
func (w weight) verdict(against []string) v1.Verdict {
	v := v1.Verdict{Confidence: NotProven, Against: slices.Clone(against)}
	if w.leader == nil {
		return v
	}
	for _, r := range w.rivals {
		v.Against = append(v.Against, "another record names "+r)
	}
	if !w.named {
		v.LastToucher = w.leader.who
		return v
	}
	v.Culprit, v.CulpritKind, v.Sources, v.Confidence = w.leader.who, w.leader.kind, w.sources, Likely
	if w.proven {
		v.Confidence = Proven
	}
	return v
}

// group sorts parties so that those with the value come first, then the newest.
func group(claims []claim) []*party {
	var parties []*party
	for _, c := range claims {
		if c.user == "" {
			continue
		}
		i := slices.IndexFunc(parties, func(p *party) bool { return p.user == c.user })
		if i < 0 {
			parties = append(parties, &party{user: c.user, who: c.who, kind: c.kind})
			i = len(parties) - 1
		}
		p := parties[i]
		p.claims = append(p.claims, c)
		if len(c.who) > len(p.who) {
			p.who = c.who
		}
		switch {
		case c.valued && !p.valued:
			p.valued, p.newest = true, c.when
		case c.valued == p.valued && c.when.After(p.newest):
			p.newest = c.when
		}
	}
	slices.SortStableFunc(parties, func(a, b *party) int {
		if a.valued != b.valued {
			if a.valued {
				return -1
			}
			return 1
		}
		return b.newest.Compare(a.newest)
	})
	return parties
}

func sourcesOf(p *party) []string {
	var names []string
	for _, c := range p.claims {
		if !slices.Contains(names, c.source) {
			names = append(names, c.source)
		}
	}
	return names
}

// confirmation finds records that name nobody (a digest) but show the change at
// the moment that the leader's record tells. tight is true if any two of the
// leader's records, or one and a confirmation, tell the same moment.
func confirmation(f *Facts, leader *party, claims []claim) (names []string, tight bool) {
	for _, c := range claims {
		if c.user != "" || !c.valued {
			continue
		}
		for _, own := range leader.claims {
			if independent(c, own) && near(c.when, own.when, tolerance(f, own)) && !slices.Contains(names, c.source) {
				names, tight = append(names, c.source), true
			}
		}
	}
	for i, a := range leader.claims {
		for _, b := range leader.claims[i+1:] {
			if a.source != b.source && near(a.when, b.when, closeEnough) {
				tight = true
			}
		}
	}
	return names, tight
}

// independent: digests and statement history come from the same instrument, so
// one says nothing new about the other.
func independent(a, b claim) bool {
	instrument := func(c claim) bool { return c.source == "digest" || c.source == "statement history" }
	return a.source != b.source && !(instrument(a) && instrument(b))
}

// tolerance is narrow for a row that a SET SESSION may have overwritten a moment
// after somebody else's SET GLOBAL.
func tolerance(f *Facts, c claim) time.Duration {
	if c.source == "variables_info" && !f.Server.GlobalOnly {
		return 100 * time.Millisecond
	}
	return closeEnough
}
