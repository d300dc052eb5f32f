package declared

import (
	"strings"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/optionfile"
)

// joinValues puts an option and the value that follows it as a word of its own
// together.
func joinValues(argv []text) []text {
	var out []text
	for i := 0; i < len(argv); i++ {
		a := argv[i].String()
		if strings.HasPrefix(a, "--") && len(a) > 2 && !strings.Contains(a, "=") && i+1 < len(argv) {
			if next := argv[i+1].String(); next != "" && !strings.HasPrefix(next, "-") {
				out = append(out, join(argv[i], text{{s: "=", src: firstSource(argv[i])}}, argv[i+1]))
				i++
				continue
			}
		}
		out = append(out, argv[i])
	}
	return out
}

// takeArgs turns the command line into settings and entries, one entry for each
// place that its options come from.
func (r *resolver) takeArgs(out *reading, args []text) {
	var plainArgs []string
	for _, a := range args {
		plainArgs = append(plainArgs, a.String())
	}
	settings, _ := optionfile.ParseArgs(plainArgs)
	for _, s := range settings {
		src := firstSource(args[s.Line-1])
		setting := model.Setting{Option: s.Option, Value: s.Value, HasValue: s.HasValue, Origin: model.Origin{Hop: model.HopArgument, Object: argObject(src)}}
		for _, run := range args[s.Line-1] {
			setting.Secret = setting.Secret || run.src != nil && run.src.secret
		}
		if strings.Contains(s.Option+s.Value, unknown) {
			out.takeUnknownValue(s.Option, "the value of --"+clean(s.Option))
			continue
		}
		out.settings = append(out.settings, setting)
	}
	index := map[string]int{}
	for _, a := range args {
		if !strings.HasPrefix(a.String(), "-") {
			continue
		}
		object := argObject(firstSource(a))
		i, seen := index[object]
		if !seen {
			i = len(out.entries)
			index[object] = i
			out.entries = append(out.entries, entry{GoverningFile: v1.GoverningFile{Path: CommandLine, Source: object, Certainty: v1.Derived, Via: "command", Verbatim: a.known()}})
		}
		for _, run := range a {
			if run.src != nil && run.src.object != object && (strings.HasPrefix(run.src.object, "configmap/") || strings.HasPrefix(run.src.object, "secret/")) {
				name, _, _ := strings.Cut(a.String(), "=")
				note := name + " takes its value from " + run.src.object
				if !strings.Contains(out.entries[i].Why, note) {
					out.entries[i].Why = strings.TrimPrefix(out.entries[i].Why+"; "+note, "; ")
				}
			}
		}
	}
}

func argObject(src *source) string {
	if src == nil {
		return "arg"
	}
	switch {
	case src.kind == valueText && src.object != "arg" && src.object != "image":
		return "env"
	case src.kind == guessText:
		return "arg"
	}
	return src.object
}
