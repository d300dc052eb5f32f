package execute

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
)

// Entry is one line of the audit file: a step as it begins, and again as it
// ended. It holds no password, no text of a ConfigMap and no value of a variable
// that may be secret: plans have no such steps.
type Entry struct {
	Time      time.Time     `json:"time"`
	ID        string        `json:"id"`    // joins the two lines of a step
	Event     string        `json:"event"` // begin, end
	Who       string        `json:"who,omitempty"`
	KubeUser  string        `json:"kubeUser,omitempty"`
	Tool      string        `json:"tool,omitempty"`
	Context   string        `json:"context,omitempty"`
	Namespace string        `json:"namespace"`
	Object    string        `json:"object"`
	Container string        `json:"container,omitempty"`
	Server    string        `json:"server,omitempty"`
	Account   string        `json:"account,omitempty"` // in the server
	Via       string        `json:"via,omitempty"`
	Kind      v1.FixKind    `json:"kind"`
	Variables []string      `json:"variables,omitempty"`
	Statement string        `json:"statement,omitempty"`
	Key       string        `json:"key,omitempty"`
	From      string        `json:"from,omitempty"`
	To        string        `json:"to,omitempty"`
	Outcome   v1.FixOutcome `json:"outcome,omitempty"`
	Value     string        `json:"value,omitempty"`
	Warnings  []string      `json:"warnings,omitempty"`
	Text      string        `json:"text,omitempty"`
}

func newEntry(s *v1.FixStep) Entry {
	return Entry{ID: rand.Text()[:12], Context: s.Context, Namespace: s.Namespace, Object: s.Object, Container: s.Container, Server: s.Server,
		Kind: s.Kind, Variables: s.Variables, Statement: s.Statement, Key: s.Key, From: s.From, To: s.To}
}

// Audit writes entries as JSON lines.
type Audit struct {
	// Who runs the program, KubeUser as whom the API server knows them.
	Who, KubeUser, Tool string

	mu       sync.Mutex
	w        io.Writer
	now      func() time.Time
	recorded bool
}

// Recorded says whether anything was: no step that was declined is.
func (a *Audit) Recorded() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.recorded
}

// NewAudit writes to w.
func NewAudit(w io.Writer) *Audit { return &Audit{w: w, now: time.Now} }

// OpenAudit appends to a file that only its owner may read. An empty path is the
// user's own: $XDG_STATE_HOME/mysqldrift/audit.jsonl.
func OpenAudit(path string) (*Audit, string, func() error, error) {
	if path == "" {
		base := os.Getenv("XDG_STATE_HOME")
		if base == "" {
			home, err := os.UserHomeDir()
			if err != nil {
				return nil, "", nil, fmt.Errorf("no place for the audit file (--audit-file names one): %w", err)
			}
			base = filepath.Join(home, ".local", "state")
		}
		path = filepath.Join(base, "mysqldrift", "audit.jsonl")
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return nil, "", nil, fmt.Errorf("folder of the audit file: %w", err)
		}
	}
	file, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, "", nil, fmt.Errorf("audit file: %w", err)
	}
	return NewAudit(file), path, file.Close, nil
}

func (a *Audit) begin(e Entry) error {
	e.Event = "begin"
	return a.write(e)
}

func (a *Audit) end(e Entry, r *v1.FixResult) error {
	e.Event, e.Outcome, e.Value, e.Warnings, e.Text = "end", r.Outcome, r.Value, r.Warnings, r.Text
	return a.write(e)
}

// write appends one line in one call, so that two runs do not mix theirs.
func (a *Audit) write(e Entry) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	e.Time, e.Who, e.KubeUser, e.Tool = a.now().UTC(), a.Who, a.KubeUser, a.Tool
	line, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("audit: %w", err)
	}
	if _, err := a.w.Write(append(line, '\n')); err != nil {
		return fmt.Errorf("audit: %w", err)
	}
	a.recorded = true
	return nil
}
