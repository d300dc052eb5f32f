package policy

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
)

// Ignore waives the drift of a variable. Empty patterns match everything;
// patterns are as in path.Match ("innodb_*", "statefulset/mysql").
type Ignore struct {
	Variable  string `json:"variable"`
	Workload  string `json:"workload,omitempty"`
	Namespace string `json:"namespace,omitempty"`
	Reason    string `json:"reason"`
	Owner     string `json:"owner,omitempty"`
	// Expires is the last day, YYYY-MM-DD, on which the rule holds.
	Expires string `json:"expires,omitempty"`
}

// Rules is what a user's policy says. The zero Rules is the built-in policy.
type Rules struct {
	Severities Severities
	Ignore     []Ignore
	Now        time.Time // expiry is judged by it
}

// Validate says what is wrong with rules before they are used.
func (r Rules) Validate() error {
	for name, s := range r.Severities {
		if !slices.Contains([]v1.Severity{v1.P0, v1.P1, v1.P2, v1.Info}, s) {
			return fmt.Errorf("severity of %s: %q is none of P0, P1, P2, Info", name, s)
		}
	}
	for i, rule := range r.Ignore {
		if err := rule.Validate(); err != nil {
			return fmt.Errorf("ignore rule %d: %w", i+1, err)
		}
	}
	return nil
}

// Validate says what is wrong with one rule.
func (i Ignore) Validate() error {
	if i.Variable == "" {
		return fmt.Errorf("variable is missing; write '*' to waive all")
	}
	if i.Reason == "" {
		return fmt.Errorf("a reason is missing for %s", i.Variable)
	}
	for _, p := range []string{i.Variable, i.Workload, i.Namespace} {
		if _, err := path.Match(p, ""); err != nil {
			return fmt.Errorf("pattern %q: %w", p, err)
		}
	}
	if i.Expires != "" && !IsDate(i.Expires) {
		return fmt.Errorf("expires %q: want YYYY-MM-DD", i.Expires)
	}
	return nil
}

// IsDate reports whether a text is a day, as an expiry has it.
func IsDate(s string) bool {
	_, err := time.Parse(time.DateOnly, s)
	return err == nil
}

func (i Ignore) matches(f v1.Finding, in v1.Instance) bool {
	return match(i.Variable, strings.ToLower(f.Variable)) && match(i.Workload, in.Workload) && match(i.Namespace, in.Namespace)
}

// Expired is true from the day after Expires on.
func (i Ignore) Expired(now time.Time) bool {
	day, err := time.Parse(time.DateOnly, i.Expires)
	return i.Expires != "" && (err != nil || !now.Before(day.AddDate(0, 0, 1)))
}

func match(pattern, text string) bool {
	if pattern == "" {
		return true
	}
	ok, _ := path.Match(pattern, text)
	return ok
}

// Apply judges every report of a list: severities, ignore rules, states, totals.
// An ignored finding stays in the report, as no drift and with the reason, so that
// nothing vanishes unseen. An expired rule ignores nothing and is told. A second
// pass over a list changes nothing.
func Apply(list *v1.DriftReportList, rules Rules) {
	for i := range list.Items {
		ApplyReport(&list.Items[i], rules)
	}
	list.Summary = Summarise(list.Items, list.Summary.Errors)
}

// ApplyReport is Apply for one report, which may have been through it before.
func ApplyReport(r *v1.DriftReport, rules Rules) {
	waived := false
	for i := range r.Findings {
		f := &r.Findings[i]
		if f.Ignored != nil { // by an earlier pass over this report
			waived = true
			continue
		}
		f.Severity = Severity(*f)
		if s, ok := rules.Severities[f.Variable]; ok && f.Drift {
			f.Severity = s
		}
		if !f.Drift {
			if f.Class != v1.Invalid && f.Class != v1.Untraceable {
				f.Severity = v1.Info
			}
			continue
		}
		for _, rule := range rules.Ignore {
			if !rule.matches(*f, r.Instance) {
				continue
			}
			if rule.Expired(rules.Now) {
				note := fmt.Sprintf("the rule that ignores %s expired on %s (%s)", rule.Variable, rule.Expires, Describe(rule))
				if !slices.Contains(r.Notes, note) {
					r.Notes = append(r.Notes, note)
				}
				continue
			}
			f.Drift = false
			f.Severity = v1.Info
			f.Ignored = &v1.Ignored{Reason: rule.Reason, Owner: rule.Owner, Expires: rule.Expires}
			waived = true
			break
		}
	}
	if waived && !slices.ContainsFunc(r.Findings, func(f v1.Finding) bool { return f.Drift }) {
		switch r.State {
		case v1.StateDrifted, v1.StatePendingRestart, v1.StatePending:
			r.State = v1.StateInSync
		}
	}
	slices.SortStableFunc(r.Findings, compare)
}

// Describe is a rule's reason with its owner and last day.
func Describe(i Ignore) string {
	text := i.Reason
	if i.Owner != "" {
		text += ", " + i.Owner
	}
	if i.Expires != "" {
		text += ", until " + i.Expires
	}
	return text
}

// compare puts drift before notes, then the worst first, then by name.
func compare(a, b v1.Finding) int {
	if a.Drift != b.Drift {
		if a.Drift {
			return -1
		}
		return 1
	}
	if c := strings.Compare(rank(a.Severity), rank(b.Severity)); c != 0 {
		return c
	}
	return strings.Compare(a.Variable, b.Variable)
}

func rank(s v1.Severity) string {
	if s == v1.Info || s == "" {
		return "Z"
	}
	return string(s)
}

// Summarise counts what reports hold.
func Summarise(items []v1.DriftReport, errors []v1.ReportError) v1.Summary {
	s := v1.Summary{Instances: len(items), Errors: errors, Incomplete: len(errors) > 0}
	for _, r := range items {
		drift := 0
		for _, f := range r.Findings {
			s.Findings++
			if f.Ignored != nil {
				s.Ignored++
			}
			if f.Variable == v1.VariableIncludeNotFollowed {
				s.IncludesUnread++
			}
			if !f.Drift {
				continue
			}
			drift++
			s.Count(f)
		}
		s.Drift += drift
		unread := len(r.Errors) > 0
		switch {
		case drift > 0:
			s.Drifted++
		case unread:
			s.Unread++
		case r.State == v1.StateInSync:
			s.InSync++
		}
		if unread {
			s.Incomplete = true
		}
	}
	return s
}
