package trace

import (
	"context"
	"slices"
	"strings"
	"time"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
)

// Step is a hop of one chain whose state or revision changed.
type Step struct {
	Chain *v1.TraceReport
	Hop   v1.TraceHop
}

// Follow asks again and again until the head of each chain runs in every pod, or
// until it is clear twice in a row that it will not by itself. progress gets each
// hop that changed.
func Follow(ctx context.Context, every time.Duration, ask func(context.Context) (*v1.TraceReportList, error), progress func(*v1.TraceReportList, []Step) error) (*v1.TraceReportList, error) {
	seen := map[string]v1.TraceHop{}
	blocked := false
	for {
		list, err := ask(ctx)
		if err != nil || ctx.Err() != nil {
			return list, err
		}
		if steps := changed(list, seen); len(steps) > 0 {
			if err := progress(list, steps); err != nil {
				return list, err
			}
		}
		// Once may be a moment between two steps of a controller.
		now := Blocked(list) != "" || onlyGitUnread(list)
		if Arrived(list) || now && blocked {
			return list, nil
		}
		blocked = now
		select {
		case <-ctx.Done():
			return list, nil
		case <-time.After(every):
		}
	}
}

// Arrived: every chain has arrived, and nothing is left unread.
func Arrived(list *v1.TraceReportList) bool {
	return len(list.Items) > 0 && len(list.Errors) == 0 && !slices.ContainsFunc(list.Items, func(r v1.TraceReport) bool { return !r.Arrived || len(r.Errors) > 0 })
}

// onlyGitUnread: all else has arrived, and what Git's head is cannot be read.
func onlyGitUnread(list *v1.TraceReportList) bool {
	other := func(e v1.ReportError) bool { return e.Reason != ReasonGitUnread }
	return len(list.Items) > 0 && len(list.Errors) == 0 && !Arrived(list) &&
		!slices.ContainsFunc(list.Items, func(r v1.TraceReport) bool { return !r.Arrived || slices.ContainsFunc(r.Errors, other) })
}

// Blocked are the reasons for which chains will not arrive by themselves. It is
// empty while another chain still moves.
func Blocked(list *v1.TraceReportList) string {
	var why []string
	for _, r := range list.Items {
		switch {
		case r.Blocked != "":
			why = append(why, r.Head+": "+r.Blocked)
		case !r.Arrived:
			return ""
		}
	}
	return strings.Join(why, "\n")
}

// changed are the hops that differ from those seen before, which it keeps.
func changed(list *v1.TraceReportList, seen map[string]v1.TraceHop) []Step {
	var steps []Step
	for i := range list.Items {
		r := &list.Items[i]
		for _, h := range r.Hops {
			key := strings.Join([]string{r.Namespace, r.Workload, r.Source, h.Hop, h.Object}, " ")
			if before, known := seen[key]; !known || before.State != h.State || before.Revision != h.Revision || before.Why != h.Why {
				steps = append(steps, Step{r, h})
			}
			seen[key] = h
		}
	}
	return steps
}
