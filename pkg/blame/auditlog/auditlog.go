// Package auditlog reads writes to one object from the API server's audit log:
// JSON lines as the log backend writes them and as webhooks deliver them, also
// as EventList. Values of Secrets are never kept.
package auditlog

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/blame"
)

// Log is a blame.AuditLog over files: a path, or a pattern that names rotated
// ones. Compressed files are recognised.
type Log struct{ Pattern string }

// event is the part of audit.k8s.io/v1 Event that is read.
type event struct {
	AuditID          string
	Stage            string
	Verb             string
	RequestURI       string
	UserAgent        string
	SourceIPs        []string
	User             user
	ImpersonatedUser *user
	ObjectRef        struct{ Resource, Namespace, Name, Subresource string }
	RequestObject    json.RawMessage
	ResponseStatus   struct{ Code int }
	StageTimestamp   time.Time

	Items []event // of an EventList
}

type user struct {
	Username string
	Groups   []string
}

// Writes implements blame.AuditLog.
func (l Log) Writes(ctx context.Context, resource, namespace, name string) ([]blame.AuditEvent, error) {
	files, err := filepath.Glob(l.Pattern)
	if err != nil || len(files) == 0 {
		return nil, fmt.Errorf("no audit log %s", l.Pattern)
	}
	var found []blame.AuditEvent
	for _, file := range files {
		events, err := readFile(ctx, file, resource, namespace, name)
		if err != nil {
			return nil, fmt.Errorf("read audit log %s: %w", file, err)
		}
		found = append(found, events...)
	}
	slices.SortStableFunc(found, func(a, b blame.AuditEvent) int { return a.When.Compare(b.When) })
	return found, nil
}

func readFile(ctx context.Context, path, resource, namespace, name string) ([]blame.AuditEvent, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return Read(ctx, file, resource, namespace, name)
}

// Read reads one log. Lines that are no JSON (a log cut off at its end) are left
// out; only a log without any is an error.
func Read(ctx context.Context, r io.Reader, resource, namespace, name string) ([]blame.AuditEvent, error) {
	in := bufio.NewReaderSize(r, 1<<20)
	if magic, _ := in.Peek(2); bytes.Equal(magic, []byte{0x1f, 0x8b}) {
		unpacked, err := gzip.NewReader(in)
		if err != nil {
			return nil, err
		}
		in = bufio.NewReaderSize(unpacked, 1<<20)
	}
	var found []blame.AuditEvent
	lines, good := 0, 0
	for {
		line, err := in.ReadBytes('\n')
		if len(bytes.TrimSpace(line)) > 0 {
			lines++
			// Most lines are of other objects: they are not decoded.
			if good > 0 && !bytes.Contains(line, []byte(name)) {
				continue
			}
			var e event
			if json.Unmarshal(line, &e) == nil {
				good++
				for _, one := range append([]event{e}, e.Items...) {
					if write, ok := one.write(resource, namespace, name); ok {
						found = append(found, write)
					}
				}
			}
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
	}
	if lines > 0 && good == 0 {
		return nil, errors.New("it is not an audit log of JSON lines")
	}
	return found, nil
}

// write is the event as a write to the object, if it is one that was accepted.
func (e event) write(resource, namespace, name string) (blame.AuditEvent, bool) {
	switch e.Verb {
	case "create", "update", "patch", "delete":
	default:
		return blame.AuditEvent{}, false
	}
	ref := e.ObjectRef
	body := bodyOf(e.RequestObject)
	if ref.Name == "" {
		ref.Name = body.Metadata.Name
	}
	accepted := e.ResponseStatus.Code >= 200 && e.ResponseStatus.Code < 300
	if e.Stage != "ResponseComplete" || !accepted || ref.Resource != resource || ref.Namespace != namespace || ref.Name != name {
		return blame.AuditEvent{}, false
	}
	query := url.Values{}
	if u, err := url.Parse(e.RequestURI); err == nil {
		query = u.Query()
	}
	if query.Has("dryRun") {
		return blame.AuditEvent{}, false // kubectl diff and the like wrote nothing
	}
	w := blame.AuditEvent{Verb: e.Verb, User: e.User.Username, Groups: e.User.Groups, SourceIPs: e.SourceIPs, UserAgent: e.UserAgent,
		Manager: orProgram(query.Get("fieldManager"), e.UserAgent), When: e.StageTimestamp.UTC(), ID: e.AuditID, Subresource: ref.Subresource}
	if e.ResponseStatus.Code == http.StatusCreated {
		w.Verb = "create" // a server-side apply creates as well
	}
	if e.ImpersonatedUser != nil {
		w.As = e.ImpersonatedUser.Username
	}
	if applied := body.Metadata.Annotations["kubectl.kubernetes.io/last-applied-configuration"]; applied != "" {
		sum := sha256.Sum256([]byte(applied))
		w.LastApplied = hex.EncodeToString(sum[:6])
	}
	if resource != "secrets" && len(e.RequestObject) > 0 {
		w.Data, w.Spec = body.Data, slices.Sorted(maps.Keys(body.Spec))
		if w.Data == nil {
			w.Data = map[string]string{} // a body that sets no key
		}
	}
	return w, true
}

// orProgram is the manager that the API server notes: the one that the request
// names, or else the user agent up to its slash.
func orProgram(manager, userAgent string) string {
	if manager != "" {
		return manager
	}
	program, _, _ := strings.Cut(userAgent, "/")
	return program
}

type body struct {
	Metadata struct {
		Name        string
		Annotations map[string]string
	}
	Data       map[string]string
	BinaryData map[string][]byte
	Spec       map[string]json.RawMessage
}

// bodyOf reads an object, a merge patch, or a JSON patch. Keys of binaryData are put
// beside those of data: an object has a key in one of them.
func bodyOf(raw json.RawMessage) body {
	var b body
	if json.Unmarshal(raw, &b) == nil {
		b.bytes(b.BinaryData)
		return b
	}
	var loose struct {
		Data       map[string]any // a merge patch deletes keys by null
		BinaryData map[string][]byte
	}
	if json.Unmarshal(raw, &loose) == nil && loose.Data != nil { // no object of this kind has a spec
		b.texts(loose.Data)
		b.bytes(loose.BinaryData)
		return b
	}
	var operations []struct {
		Op, Path string
		Value    json.RawMessage
	}
	if json.Unmarshal(raw, &operations) != nil {
		return b
	}
	for _, o := range operations {
		b.operation(o.Path, o.Value)
	}
	return b
}

// operation reads one of a JSON patch: of a key, or of all keys.
func (b *body) operation(path string, value json.RawMessage) {
	if path == "" {
		*b = bodyOf(value)
		return
	}
	field, key, one := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	if one && field == "spec" {
		part, _, _ := strings.Cut(key, "/")
		b.part(part)
		return
	}
	if one {
		key = strings.NewReplacer("~1", "/", "~0", "~").Replace(key)
		name, _ := json.Marshal(key)
		if len(value) == 0 {
			value = json.RawMessage(`""`)
		}
		value = fmt.Appendf(nil, "{%s:%s}", name, value)
	}
	var texts map[string]any
	var blobs map[string][]byte
	var parts map[string]json.RawMessage
	switch {
	case field == "spec" && json.Unmarshal(value, &parts) == nil:
		for part := range parts {
			b.part(part)
		}
	case field == "data" && json.Unmarshal(value, &texts) == nil:
		b.texts(texts)
	case field == "binaryData" && json.Unmarshal(value, &blobs) == nil:
		b.bytes(blobs)
	}
}

func (b *body) part(name string) {
	if b.Spec == nil {
		b.Spec = map[string]json.RawMessage{}
	}
	b.Spec[name] = nil
}

func (b *body) texts(data map[string]any) {
	for key, value := range data {
		text, _ := value.(string)
		b.set(key, text)
	}
}

func (b *body) bytes(data map[string][]byte) {
	for key, value := range data {
		b.set(key, string(value))
	}
}

// set keeps a key's text; one that is moved from one field to the other is no more
// empty than it was.
func (b *body) set(key, text string) {
	if b.Data == nil {
		b.Data = map[string]string{}
	}
	if text != "" || b.Data[key] == "" {
		b.Data[key] = text
	}
}
