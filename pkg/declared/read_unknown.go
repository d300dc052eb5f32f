package declared

import (
	"slices"
	"strings"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
)

// takeUnknownValue notes an option whose value is not known. What was set before
// it is not what the server has in the end, and is not given as if it were.
func (out *reading) takeUnknownValue(option, what string) {
	note := what + " is only known when the pod runs"
	key := optionKey(option)
	out.settings = slices.DeleteFunc(out.settings, func(s model.Setting) bool {
		if optionKey(s.Option) != key {
			return false
		}
		note += "; it comes after " + s.Origin.String()
		return true
	})
	out.missing = append(out.missing, note)
}

// optionKey is an option's name without what leaves it the same option: case, dashes, and
// the prefixes that the servers take off.
func optionKey(option string) string {
	key := strings.ReplaceAll(strings.ToLower(option), "-", "_")
	for _, prefix := range []string{"loose_", "maximum_", "skip_", "disable_", "enable_"} {
		key = strings.TrimPrefix(key, prefix)
	}
	return key
}

// openGroups are the lines of which it is not known which group they are of.
func openGroups(lines []text) map[int]bool {
	var open map[int]bool
	inOpen := false
	for i, l := range lines {
		if strings.HasPrefix(strings.TrimSpace(l.String()), "[") {
			_, _, _, doubt := l.origin()
			inOpen = doubt || !l.known()
		}
		if inOpen {
			if open == nil {
				open = map[int]bool{}
			}
			open[i+1] = true
		}
	}
	return open
}
