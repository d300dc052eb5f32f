package declared

import "strings"

// attributed gives lines that lost their origin in a program back to the file that
// went in: a line belongs to the one of the same option, or the same text.
func attributed(out, in text) text {
	type place struct {
		src  *source
		line int
	}
	places := map[string]place{}
	for _, l := range in.lines() {
		for _, r := range l {
			if r.src != nil && r.src.kind == fileText {
				places[optionName(r.s)] = place{r.src, r.line}
			}
		}
	}
	var all text
	for _, l := range out.lines() {
		p, ok := places[optionName(l.String())]
		if !ok || textSource(l) != nil || strings.TrimSpace(l.String()) == "" {
			all = append(all, l...)
			continue
		}
		all = append(all, run{s: l.String(), src: p.src, line: p.line, edited: true})
	}
	return all
}
