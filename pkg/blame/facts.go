package blame

import (
	"time"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/blame/fieldmanager"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
)

// Facts is everything that was found out about one variable on one instance.
// Judge, Chain and Contradictions read nothing else.
type Facts struct {
	Variable string
	Class    v1.Class // "" = no finding
	// SetPossible: a SET may have parted the value before the declaration changed.
	SetPossible bool
	Drift       bool
	Hop         model.Hop // where the finding says that it parted
	Declared    *v1.Declared
	Running     *v1.Running

	Server ServerFacts
	Object *ObjectFacts // nil: not from a ConfigMap or Secret, or not readable
	File   *FileFacts
	Pod    *WorkloadFacts
	// OnChange is what an edit of the declaring source does.
	OnChange string
	Git      *GitHistory
	// GitUnread says why a repository that is named was not read: unlike one that
	// nothing names, it may hold what has not come.
	GitUnread string
	Build     *v1.Build
	Deliver   []v1.Delivery
	// SpecAudit are the audited writes to each delivery's SpecOf.
	SpecAudit map[string][]AuditEvent
	// Events are Kubernetes Events about the pod and the objects above it.
	Events []EventFact

	// Absent says why a source has no answer, by the source's name.
	Absent map[string]string
	Values Values
}

// ServerFacts is what the server itself tells.
type ServerFacts struct {
	Server       model.Server
	TakenAt      time.Time
	StartedAt    time.Time // zero = not known
	HasSources   bool
	HasPersisted bool
	Variable     model.Variable
	Persisted    *model.Persisted
	// Auto is the entry in mysqld-auto.cnf itself; nil: the file was not read.
	Auto *AutoEntry
	// GlobalOnly is true where the server says that no session value exists, so
	// that SET SESSION cannot have touched the variable.
	GlobalOnly bool
	// InitConnect says why init_connect, which runs in the name of whoever connects,
	// may have set the variable; "" if it has not.
	InitConnect string
	// InitFile says why init_file may have given the variable its present value at the
	// server's start; "" if it has not.
	InitFile   string
	Statements []Statement
	// Anonymous are the hosts of accounts without a name: whoever comes in by one
	// gives any name, and the server's own records show that name.
	Anonymous []string
}

// ObjectFacts is what is known of the ConfigMap key that declares the variable.
type ObjectFacts struct {
	Resource             string // configmap, secret
	Namespace, Name, Key string
	Created              time.Time
	Value                string // the variable in the key
	HasValue             bool
	Content              string // of the key; empty for a Secret
	// Owners own the key's data, newest first.
	Owners []fieldmanager.Owner
	Marks  Marks
	// LastApplied is the key in the last-applied-configuration annotation.
	LastApplied    string
	HasLastApplied bool
	Audit          []AuditEvent // writes to the object, oldest first
}

// FileFacts is the option file as the pod has it.
type FileFacts struct {
	Path     string
	Read     bool
	ModTime  time.Time
	Value    string
	HasValue bool
	// Same tells whether the file equals the object's key; meaningful if Read.
	Same bool
	Via  string // mount, subPath, …
	// Verbatim: the file is a copy of the key, not made from it.
	Verbatim bool
	// Digest of the content in short; empty for a Secret's.
	Digest string
}

// WorkloadFacts is what is known of the pod and the objects above it.
type WorkloadFacts struct {
	Pod              string
	PodCreated       time.Time
	ContainerStarted time.Time
	Restarts         int
	Owner            string // statefulset/mysql
	// Template are the owners of the container's args, env and image, newest first.
	Template []TemplateOwner
	// Revisions are the rollouts that changed the container, oldest first.
	Revisions []Rollout
	Audit     []AuditEvent
}

// TemplateOwner owns a field of the server's container in the template.
type TemplateOwner struct {
	Field string // args, command, env, image
	fieldmanager.Owner
}

// Rollout is one revision of a workload's template, as it differs from the one before.
type Rollout struct {
	Name    string
	Created time.Time
	// Again: the revision is older than the one before it: it was put in force again,
	// and Created does not tell when.
	Again bool
	Image string
	Args  []string
	// Changed are the fields of the container that differ from the revision before.
	Changed []string
	Value   string // the variable on the command line
	Has     bool
}

// same compares two values of the variable as the server would.
func (f *Facts) same(a, b string) bool {
	if f.Values == nil {
		return PlainValues{}.Equal(f.Variable, a, b)
	}
	return f.Values.Equal(f.Variable, a, b)
}

// find is the variable's setting in an option file's text.
func (f *Facts) find(text string) (value string, line int, ok bool) {
	if f.Values == nil {
		return PlainValues{}.Find([]byte(text), f.Variable)
	}
	return f.Values.Find([]byte(text), f.Variable)
}

// makes tells whether a SET to the value may have given the running one.
func (f *Facts) makes(value, running string) bool {
	if f.Values == nil {
		return PlainValues{}.Makes(f.Variable, value, running)
	}
	return f.Values.Makes(f.Variable, value, running)
}
