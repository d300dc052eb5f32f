package blame

import (
	"fmt"
	"strings"
	"time"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/blame/fieldmanager"
)

// write is the newest known write to the key.
type write struct {
	owner *fieldmanager.Owner
	tool  fieldmanager.Tool
	audit *AuditEvent
	// content: the audited request holds the key's present content.
	content bool
	// agree: the audit event and the owner's entry are one event.
	agree bool
	// doubt says why the write need not have changed the variable, "" if nothing does.
	doubt string
}

// lastWrite is the newest write that gave the variable its value, as far as that is
// told.
func lastWrite(f *Facts) write { return ofValue(f, lastText(f.Object)) }

// lastText is the newest write of the key's text.
func lastText(o *ObjectFacts) write {
	var w write
	if len(o.Owners) > 0 {
		w.owner = &o.Owners[0]
		w.tool = w.owner.Tool()
	}
	var before bool
	w.audit, w.content, before = auditedWrite(o)
	if w.audit == nil || w.owner == nil {
		return w
	}
	// Of several owners with one value, the one that the event is of.
	for i := range o.Owners {
		if w.content && o.Owners[i].Manager == w.audit.Manager {
			w.owner = &o.Owners[i]
		}
	}
	named, moment := w.audit.Manager != "", near(w.audit.When, w.owner.Time, closeEnough)
	switch {
	case w.audit.Data == nil:
		w.audit, w.agree = withoutBody(o.Audit, w.owner)
	case !w.content: // the present content came by another write, which the log lacks
	case named && w.audit.Manager != w.owner.Manager:
	case !before && (w.audit.Verb == "update" || w.owner.Operation == "Apply"):
		// Such a request holds the whole object: a write that the log lacks may have
		// brought the content, and this one something else.
		w.agree = moment && w.owner.Sole
	default:
		// A manager's time moves with whatever it writes of the object later.
		w.agree = moment || named && w.owner.Time.After(w.audit.When)
	}
	return w
}

// ofValue goes back from the write of the key's present text to the one that gave the
// variable its value: a key is written whole, so that whoever edits a comment or
// another setting sends the variable as well. Where that cannot be told, nobody is
// named.
func ofValue(f *Facts, w write) write {
	o := f.Object
	switch {
	case w.audit == nil || !w.agree || o.Content == "":
		return w
	case w.audit.Data == nil:
		if other := otherWriter(f, w.audit); other != "" {
			w.agree, w.doubt = false, fmt.Sprintf("%s wrote the object before that too, and the log does not hold what: which of the two changed %s is not told", other, f.Variable)
		}
		return w
	case !w.content:
		return w
	}
	first, known := broughtValue(f, w.audit)
	switch {
	case first == w.audit && (known || !f.appliedAsNow()):
		return w
	case first == w.audit:
		w.doubt = fmt.Sprintf("the last applied configuration set %s to the same value, so that the write changed something else of the text", f.Variable)
	case !known:
		w.doubt = fmt.Sprintf("the log does not reach back to when %s had another value", f.Variable)
	}
	w.audit, w.agree = first, w.doubt == ""
	return w
}

// broughtValue is the first of the writes in a row, up to the given one, after which
// the key had the variable's present value. known: the log shows that it had another
// one before, or none.
func broughtValue(f *Facts, e *AuditEvent) (first *AuditEvent, known bool) {
	first = e
	for i := indexOf(f.Object.Audit, e) - 1; i >= 0 && first.Verb != "create"; i-- {
		e := &f.Object.Audit[i]
		body, has := e.Data[f.Object.Key]
		switch {
		case e.Verb == "delete" || has && !f.setsAsNow(body) || !has && e.Verb == "create":
			return first, true
		case e.Data == nil:
			return first, false
		case has:
			first = e
		}
	}
	return first, first.Verb == "create"
}

func indexOf(events []AuditEvent, e *AuditEvent) int {
	for i := range events {
		if &events[i] == e {
			return i
		}
	}
	return -1
}

// setsAsNow: a text of the key gives the variable the value that it has.
func (f *Facts) setsAsNow(text string) bool {
	if text == f.Object.Content { // of thousands of writes most are the same
		return true
	}
	value, _, has := f.find(text)
	return has == f.Object.HasValue && (!has || f.same(value, f.Object.Value))
}

// appliedAsNow: the object was edited since the last apply, which gave the variable
// the value already.
func (f *Facts) appliedAsNow() bool {
	o := f.Object
	return o.HasLastApplied && o.LastApplied != o.Content && f.setsAsNow(o.LastApplied)
}

// otherWriter is somebody else who wrote the object before the event, since the
// server took its value: they may have changed the variable, the event something else.
func otherWriter(f *Facts, e *AuditEvent) string {
	var since time.Time
	switch f.Class {
	case v1.PendingRestart, v1.NotApplied:
		since = f.Server.StartedAt
	case v1.StaleMount:
		if f.Pod != nil {
			since = f.Pod.ContainerStarted
		}
	}
	events := f.Object.Audit
	for i := indexOf(events, e) - 1; !since.IsZero() && i >= 0; i-- {
		before := events[i]
		if before.Verb == "delete" || e.Verb == "create" || before.When.Before(since.Add(-closeEnough)) {
			break
		}
		if before.Subresource == "" && (before.User != e.User || before.As != e.As) {
			return before.User
		}
	}
	return ""
}

// auditedWrite is the audited write that gave the key its present content. An
// update sends the whole object, changed or not, so that of several writes in a
// row with the same content the first is meant; what came before the object was
// created anew does not count. before: the log shows that the key had other
// content, or none, before that write.
func auditedWrite(o *ObjectFacts) (event *AuditEvent, content, before bool) {
	for i := len(o.Audit) - 1; i >= 0; i-- {
		e := &o.Audit[i]
		body, has := e.Data[o.Key]
		switch {
		case e.Verb == "delete":
			return event, content, true
		case e.Data == nil && event == nil: // logged without its body
			return e, false, false
		case e.Data == nil:
			return event, content, false
		case has && body != o.Content:
			if event == nil {
				event = e
			}
			return event, content, true
		case has:
			event, content = e, true
		} // else it wrote something else of the object
		if e.Verb == "create" {
			return event, content, true
		}
	}
	return event, content, false
}

// withoutBody picks the owner's write of the key among events that do not tell
// what they wrote. sure: it can have been no other, because the owner's time is
// that of the key alone, or because the log knows the object from its creation
// and the manager's name was used by one user only. Two people who write with one
// tool share its name, and its time is that of the later one.
func withoutBody(events []AuditEvent, owner *fieldmanager.Owner) (event *AuditEvent, sure bool) {
	var at, all []*AuditEvent
	born := false
	for i := len(events) - 1; i >= 0 && !born && events[i].Verb != "delete"; i-- {
		e := &events[i]
		born = e.Verb == "create"
		if e.Subresource != "" || e.Manager != "" && e.Manager != owner.Manager {
			continue
		}
		all = append(all, e)
		if near(e.When, owner.Time, closeEnough) {
			at = append(at, e)
		}
	}
	switch {
	case len(at) == 0:
		return &events[len(events)-1], false
	case !oneUser(at) || !owner.Sole && !oneUser(all):
		return nil, false
	}
	return at[0], owner.Sole || born
}

func oneUser(events []*AuditEvent) bool {
	for _, e := range events {
		if e.User != events[0].User || e.As != events[0].As {
			return false
		}
	}
	return true
}

// byAudit: the audit log names the sender; managedFields agree, or the request
// itself holds the present content.
func byAudit(f *Facts, w write) (v1.Verdict, bool) {
	if w.audit == nil {
		return v1.Verdict{}, false
	}
	e := w.audit
	who := e.User
	if e.As != "" {
		who += " (as " + e.As + ")"
	}
	detail := fmt.Sprintf("by %s at %s from %s with %s", who, stamp(e.When), orElse(strings.Join(e.SourceIPs, ", "), "an unknown address"), orElse(e.UserAgent, "an unnamed client"))
	v := v1.Verdict{Confidence: NotProven}
	switch {
	case w.agree:
		v.Culprit, v.CulpritKind, v.Sources, v.Confidence = who, actorKind(e.User), []string{"audit log", "managedFields"}, Likely
		if w.content {
			v.Confidence = Proven
		}
		v.Text = detail
	case w.owner == nil && w.content:
		v.LastToucher = who
		v.Text = "only the audit log tells, of a write " + detail
	case w.doubt != "":
		v.LastToucher = who
		v.Text = "the audit log has a write " + detail + "; " + w.doubt
	default:
		v.LastToucher = who
		v.Text = "the audit log has a write " + detail + ", which managedFields do not confirm"
	}
	return v, true
}
