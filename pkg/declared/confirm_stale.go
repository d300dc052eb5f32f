package declared

import (
	"sort"
	"strings"
)

// compare tells whether a file equals its source, and gives the declared text:
// the source's, with what only the pod knows filled in.
func (c *confirmation) compare(name string, n *node, file PodFile) text {
	actual := string(file.Data)
	if src := textSource(n.data); src != nil && strings.TrimSpace(n.data.String()) == unknown {
		// The source may not be read; the file in the pod is what it was.
		c.verdicts[name] = verdict{confirmed: false}
		return sourced(actual, src)
	}
	if same(n.data, actual) {
		c.verdicts[name] = verdict{confirmed: true}
	} else {
		c.verdicts[name] = verdict{stale: c.stale(name, n, file)}
	}
	have := optionLines(actual)
	var out text
	for _, line := range n.data.lines() {
		s := line.String()
		src, at, _, doubt := line.origin()
		if !strings.Contains(s, unknown) && !doubt {
			out = append(out, line...)
			continue
		}
		for _, h := range have {
			if optionName(h) == optionName(s) {
				out = append(out, run{s: h + "\n", src: src, line: at, edited: true})
				break
			}
		}
	}
	return out
}

// stale describes how a file differs from what its source has now.
func (c *confirmation) stale(name string, n *node, file PodFile) *StaleFile {
	src := textSource(n.data)
	st := &StaleFile{Path: name, Source: src.object, Since: file.ModTime, Why: staleWhy(n.via)}
	inPod, current := values(string(file.Data)), map[string]string{}
	for _, line := range n.data.lines() {
		s := strings.TrimSpace(line.String())
		_, _, _, doubt := line.origin()
		if s == "" || strings.ContainsAny(s[:1], "#;[!") {
			continue
		}
		if strings.Contains(s, unknown) || doubt {
			delete(inPod, optionName(s))
			continue
		}
		_, value, _ := strings.Cut(s, "=")
		current[optionName(s)] = strings.TrimSpace(value)
	}
	names := sortedKeys(current)
	for _, option := range sortedKeys(inPod) {
		// What a script added to the file is not missing in the source.
		if _, ok := current[option]; !ok && !edited(n.data) {
			names = append(names, option)
		}
	}
	sort.Strings(names)
	for _, option := range names {
		a, okA := inPod[option]
		b, okB := current[option]
		if okA == okB && a == b {
			continue
		}
		d := StaleSetting{Option: option}
		if okA && !src.secret {
			d.InPod = &a
		}
		if okB && !src.secret {
			d.Current = &b
		}
		st.Differs = append(st.Differs, d)
	}
	return st
}

func staleWhy(via string) string {
	switch {
	case via == "mount":
		return "the mount still has the text from before the change"
	case strings.HasPrefix(via, "initContainer"):
		return "an init container made the file before the change"
	}
	return "the file was made before the change"
}

func values(s string) map[string]string {
	out := map[string]string{}
	for _, line := range optionLines(s) {
		if !strings.ContainsAny(line[:1], "[!") {
			_, value, _ := strings.Cut(line, "=")
			out[optionName(line)] = strings.TrimSpace(value)
		}
	}
	return out
}
