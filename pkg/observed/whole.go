package observed

import (
	"fmt"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/sysvar"
)

// CutShort says that a file holds less than what a server said: a client that
// was killed, a full disk. What is missing in it proves nothing then.
type CutShort struct {
	What string // "dump of variables"
	Why  string
}

func (e *CutShort) Error() string { return fmt.Sprintf("%s is cut short: %s", e.What, e.Why) }

// alwaysThere are variables that every server has had since MySQL 5.0, near the
// end of a list by name.
var alwaysThere = [...]string{"version", "wait_timeout"}

// Whole reports whether a snapshot holds all that its server has to say, nil or
// a *CutShort.
func Whole(s *model.Snapshot) error {
	const what = "the list of variables"
	if len(s.Variables) == 0 {
		return &CutShort{what, "no variable is in it"}
	}
	for _, name := range alwaysThere {
		if _, ok := s.Variables[name]; !ok {
			return &CutShort{what, fmt.Sprintf("%s, which every server has, is not in it", name)}
		}
	}
	// Plugins and components make up less than a third of the catalogue.
	known, seen := 0, 0
	for _, spec := range sysvar.For(s.Server).All() {
		if spec.Name == "" || spec.Scope == sysvar.ScopeSessionOnly || spec.Removed != "" {
			continue
		}
		known++
		if _, ok := s.Variables[spec.Name]; ok {
			seen++
		}
	}
	if seen*2 < known {
		return &CutShort{what, fmt.Sprintf("%d variables are in it, far fewer than %s has", len(s.Variables), s.Server)}
	}
	return nil
}

// WholeSources reports whether sources were read of (nearly) every variable, nil
// or a *CutShort. Both servers have a row for each; a plugin may have come or
// gone between two dumps.
func WholeSources(s *model.Snapshot) error {
	with := 0
	for _, v := range s.Variables {
		if v.Meta != nil {
			with++
		}
	}
	if with*20 < len(s.Variables)*19 {
		return &CutShort{"dump of sources", fmt.Sprintf("it tells of %d of %d variables", with, len(s.Variables))}
	}
	return nil
}
