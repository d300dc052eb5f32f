package declared

import (
	"context"
	"strings"
)

// explore follows the pod's start and reads what the server reads.
func (r *resolver) explore(ctx context.Context) []*reading {
	env := r.environment(ctx, r.container)
	v := r.viewOf(r.container, r.profile.volume(), r.volumes, env)
	var argv []text
	for _, a := range append(append([]string{}, r.container.Command...), r.container.Args...) {
		argv = append(argv, expandRefs(a, env, &source{object: "arg", kind: valueText}))
	}
	for len(argv) > 0 && !strings.HasPrefix(argv[0].String(), "-") {
		argv = argv[1:]
	}
	return []*reading{r.read(start{argv: argv, env: env, view: v})}
}
