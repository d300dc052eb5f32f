package jenkins

import (
	"net/url"
	"strconv"
	"strings"
)

// jobPath is the URL path of a job as JOB_NAME or an annotation has it. A
// multibranch job's branch is encoded once in its name already (feature%2Fx), and
// once more in the URL (feature%252Fx): each part is escaped as it stands.
func jobPath(job string) string {
	var path strings.Builder
	for part := range strings.SplitSeq(strings.Trim(job, "/"), "/") {
		if part == "" {
			continue
		}
		path.WriteString("/job/")
		path.WriteString(url.PathEscape(part))
	}
	return path.String()
}

// straight: no part of the job's name is one that servers and proxies resolve to
// another path. The login is for Jenkins' jobs, and a name may be anybody's.
func straight(job string) bool {
	for part := range strings.SplitSeq(job, "/") {
		plain := part
		for range 3 { // encoded, and encoded again
			if once, err := url.PathUnescape(plain); err == nil {
				plain = once
			}
		}
		for inner := range strings.FieldsFuncSeq(plain, func(r rune) bool { return r == '/' || r == '\\' }) {
			if inner, _, _ = strings.Cut(inner, ";"); inner == "." || inner == ".." {
				return false
			}
		}
	}
	return true
}

// parseJobPath reads job and number from a build's URL path.
func parseJobPath(escaped string) (job string, number int, ok bool) {
	parts := strings.Split(strings.Trim(escaped, "/"), "/")
	var names []string
	i := 0
	for ; i+1 < len(parts) && parts[i] == "job"; i += 2 {
		name, err := url.PathUnescape(parts[i+1])
		if err != nil {
			return "", 0, false
		}
		names = append(names, name)
	}
	if len(names) == 0 || i >= len(parts) {
		return "", 0, false
	}
	number, err := strconv.Atoi(parts[i])
	return strings.Join(names, "/"), number, err == nil && number > 0
}
