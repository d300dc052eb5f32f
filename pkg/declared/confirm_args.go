package declared

import (
	"context"
	"slices"
	"strings"
)

// start is the start that was followed, with the pod's files and, where it is
// known, the pod's command line.
func (c *confirmation) start(ctx context.Context) start {
	s := start{argv: c.best.start.argv, env: c.best.start.env, view: c.view(ctx), doubt: c.best.start.doubt, seen: true, dropsRoot: c.best.start.dropsRoot}
	actual := c.commandLine()
	if len(actual) == 0 {
		return s
	}
	s.argv, s.doubt = c.declaredArgs(joinValues(plainArgs(actual[1:]))), ""
	return s
}

// commandLine is the server process's own, nil where it is not known.
func (c *confirmation) commandLine() []string {
	if teller, ok := c.r.opts.PodFiles.(interface{ CommandLine() []string }); ok {
		return teller.CommandLine()
	}
	return nil
}

// declaredArgs are the process's arguments, each with the source that it has by
// the manifests. The container got its environment when it was started: where an
// object that an argument takes its value from was changed since, the argument as
// a start would have it now is the declared one.
func (c *confirmation) declaredArgs(actual []text) []text {
	derived := joinValues(c.best.start.argv)
	var out []text
	matched := make([]bool, len(derived))
	for _, arg := range actual {
		declared := text{{s: arg.String(), src: imageSource}} // an entry point or a wrapper gave it
		best := -1
		for i, d := range derived {
			switch {
			case d.String() == arg.String():
				best, declared = i, d
			case couldEqual(d.String(), arg.String()) != 1:
				best, declared = i, text{{s: arg.String(), src: wholeSource(d)}}
			case best < 0 && fromObject(d) && d.known() && !matched[i] && optionName(d.String()) == optionName(arg.String()):
				best, declared = i, d
			}
		}
		if best >= 0 {
			matched[best] = true
		}
		if best >= 0 && declared.String() != arg.String() {
			c.lateArgs = true
		}
		out = append(out, declared)
	}
	for i, d := range derived {
		if !matched[i] && fromObject(d) && d.known() {
			out, c.lateArgs = append(out, d), true
		}
	}
	return out
}

// wholeSource is the source of an argument that is one text now, secret if any
// part of it was.
func wholeSource(arg text) *source {
	src := firstSource(arg)
	if src == nil || !slices.ContainsFunc(arg, func(r run) bool { return r.src != nil && r.src.secret }) {
		return src
	}
	secret := *src
	secret.secret = true
	return &secret
}

// fromObject says whether part of an argument comes from a ConfigMap or Secret.
func fromObject(arg text) bool {
	return strings.HasPrefix(arg.String(), "-") && slices.ContainsFunc(arg, func(r run) bool {
		if r.src == nil {
			return false
		}
		_, _, _, isKey := splitSource(r.src.object)
		return isKey
	})
}

func plainArgs(list []string) []text {
	out := make([]text, len(list))
	for i, s := range list {
		out[i] = plain(s)
	}
	return out
}
