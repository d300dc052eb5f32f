package trace

import (
	"fmt"
	"strings"
	"time"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
)

// pod adds file, start and running of one pod.
func (b *builder) pod(p Pod, source string) {
	object := "pod/" + p.Name
	if p.Replaced {
		b.add(v1.TraceHop{Hop: HopRunning, Object: object, State: Waiting, Why: "the rollout replaces it"}, time.Time{})
		return
	}
	if p.Error != "" || p.Facts == nil {
		h := v1.TraceHop{Hop: HopRunning, Object: object, State: Unknown, Why: orElse(p.Error, "it was not read")}
		if p.Down {
			h.State = Behind
			b.block("%s does not run: %s", object, h.Why)
		}
		b.add(h, time.Time{})
		return
	}
	var mine []v1.Finding
	for _, f := range p.Findings {
		// PendingPersist is about the next start: what runs is as declared.
		if f.Drift && f.Class != v1.PendingPersist && f.Declared != nil && f.Declared.Source == source {
			mine = append(mine, f)
		}
	}
	b.file(p, object)
	b.start(p, object, mine)
	b.running(object, mine)
}

func (b *builder) file(p Pod, object string) {
	f := p.Facts.File
	h := v1.TraceHop{Hop: HopFile, Object: object, State: OK}
	if f == nil || !f.Read {
		h.State, h.NotAvailable = Unknown, orElse(p.Facts.Absent["pod files"], "not available because the pod's files are not read")
		b.add(h, time.Time{})
		return
	}
	h.Object, h.Revision = h.Object+":"+f.Path, f.Digest
	switch {
	case f.Same:
		h.Why, h.Revision = "the same as the key", b.revision(HopObject)
	case p.Facts.Object == nil || p.Facts.Object.Resource != "configmap":
		h.State, h.NotAvailable = Unknown, "not available because the content of a Secret is not compared"
	case !f.Verbatim:
		h.State, h.NotAvailable = Unknown, "not available because the file is made from the key, not a copy of it"
	case f.Via == "volume" || f.Via == "projected":
		h.State, h.Why = Waiting, "kubelet brings the new content within two minutes"
	case f.Via == "subPath":
		h.State, h.Why = Behind, "mounted by subPath: never updated in a running pod"
		b.block("%s mounts the file by subPath: it needs a new pod", object)
	default:
		h.State, h.Why = Behind, "the file was made when the pod started"
		b.block("%s made its file at the start (%s): it needs a new pod", object, f.Via)
	}
	b.add(h, f.ModTime)
}

// revision of a hop that was added.
func (b *builder) revision(hop string) string {
	for _, h := range b.report.Hops {
		if h.Hop == hop {
			return h.Revision
		}
	}
	return ""
}

func (b *builder) start(p Pod, object string, drifted []v1.Finding) {
	h := v1.TraceHop{Hop: HopStart, Object: object, State: OK}
	pending, late := names(drifted, v1.PendingRestart), names(drifted, v1.NotApplied)
	switch {
	case pending != "":
		h.State, h.Why = Behind, "needs a restart for "+strings.TrimPrefix(pending+", "+late, ", ")
		h.Why = strings.TrimSuffix(h.Why, ", ")
		b.block("%s %s", object, h.Why)
	case late != "":
		h.State, h.Why = Behind, "needs a restart, or SET GLOBAL, for "+late
		b.block("%s %s", object, h.Why)
	}
	started := p.Facts.Server.StartedAt
	if started.IsZero() && h.State == OK {
		h.State, h.NotAvailable = Unknown, "not available because the server's uptime is not known"
	}
	before := b.last
	b.add(h, started)
	if started.Before(before) {
		b.last = before
	}
}

func (b *builder) running(object string, drifted []v1.Finding) {
	h := v1.TraceHop{Hop: HopRunning, Object: object, State: OK, Why: "as declared"}
	var other []string
	waits := false
	for _, f := range drifted {
		switch f.Class {
		case v1.PendingRestart, v1.NotApplied, v1.StaleMount:
			waits = true
		default:
			other = append(other, fmt.Sprintf("%s (%s)", f.Variable, f.Class))
		}
	}
	if waits {
		h.State, h.Why = Behind, "waits for a restart"
	}
	if len(other) > 0 {
		h.State, h.Why = Behind, strings.Join(other, ", ")
		b.block("%s runs with other values: %s", object, h.Why)
	}
	b.add(h, time.Time{})
}

func names(findings []v1.Finding, class v1.Class) string {
	var list []string
	for _, f := range findings {
		if f.Class == class {
			list = append(list, f.Variable)
		}
	}
	return strings.Join(list, ", ")
}
