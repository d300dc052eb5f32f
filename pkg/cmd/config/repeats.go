package config

import (
	"fmt"
	"slices"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
)

// lastReadings leaves each line once, where it is read last, which is the reading
// that counts. Files that include one another are read up to ten deep; a note says
// of each how often.
func lastReadings(list []model.Setting) (once []model.Setting, notes []string) {
	type place struct {
		path string
		line int
	}
	times := map[place]int{}
	most := map[string]int{} // by path
	for _, s := range slices.Backward(list) {
		at := place{s.Origin.Path, s.Origin.Line}
		if at.path != "" && at.line > 0 {
			times[at]++
			most[at.path] = max(most[at.path], times[at])
		}
		if times[at] <= 1 {
			once = append(once, s)
		}
	}
	slices.Reverse(once)
	for _, s := range once {
		if n := most[s.Origin.Path]; n > 1 {
			notes = append(notes, fmt.Sprintf("%s is read %d times, as files include it or one another: its settings stand here where they are read last", s.Origin.Path, n))
			delete(most, s.Origin.Path)
		}
	}
	return once, notes
}
