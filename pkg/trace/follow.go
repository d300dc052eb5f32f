package trace

import (
	"context"
	"time"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
)

// Follow asks again and again until the chain's head runs in every pod, or until
// it is clear twice in a row that it will not arrive by itself. progress gets
// each hop whose state or revision changed.
func Follow(ctx context.Context, every time.Duration, ask func(context.Context) (v1.TraceReport, error), progress func(v1.TraceHop)) (v1.TraceReport, error) {
	seen := map[string]v1.TraceHop{}
	blocked := ""
	for {
		r, err := ask(ctx)
		if err != nil {
			return r, err
		}
		for _, h := range r.Hops {
			key := h.Hop + " " + h.Object
			if before, known := seen[key]; !known || before.State != h.State || before.Revision != h.Revision || before.Why != h.Why {
				progress(h)
			}
			seen[key] = h
		}
		// Once may be a moment between two steps of a controller.
		if r.Arrived || r.Blocked != "" && r.Blocked == blocked {
			return r, nil
		}
		blocked = r.Blocked
		select {
		case <-ctx.Done():
			return r, ctx.Err()
		case <-time.After(every):
		}
	}
}
