package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// DriftReportList is what `diff` and `status` print: a report an instance.
type DriftReportList struct {
	metav1.TypeMeta `json:",inline"`
	Items           []DriftReport `json:"items"`
	Summary         Summary       `json:"summary"`
}

// VariableIncludeNotFollowed stands as Finding.Variable for an include that was not read.
const VariableIncludeNotFollowed = "IncludeNotFollowed"

// Summary counts what Items hold, so that text and JSON show the same figures.
type Summary struct {
	Instances  int `json:"instances"`
	InSync     int `json:"inSync"`
	Drifted    int `json:"drifted"`
	Unread     int `json:"unread"` // instances that could not be read whole
	Findings   int `json:"findings"`
	Drift      int `json:"drift"`
	Severities `json:",inline"`
	Ignored    int  `json:"ignored"`    // findings that a rule of the user's ignores: no drift
	Incomplete bool `json:"incomplete"` // some target could not be read: never a clean result
	// IncludesUnread counts the includes that were not followed, offline where their
	// files lie elsewhere: what these declare was not compared.
	IncludesUnread int `json:"includesUnread,omitempty"`
	// Errors that belong to no instance: a namespace that could not be listed.
	Errors []ReportError `json:"errors,omitempty"`
}

// Severities counts findings of drift by severity; what is for the record only is in none.
type Severities struct {
	P0 int `json:"p0"`
	P1 int `json:"p1"`
	P2 int `json:"p2"`
}

// Count adds a finding if it is drift.
func (s *Severities) Count(f Finding) {
	switch {
	case !f.Drift || f.Severity == Info:
	case f.Severity == P0:
		s.P0++
	case f.Severity == P1:
		s.P1++
	default:
		s.P2++
	}
}

// DriftReport is one instance's findings and errors.
type DriftReport struct {
	metav1.TypeMeta `json:",inline"`
	Instance        Instance        `json:"instance"`
	State           State           `json:"state"`
	GovernedBy      []GoverningFile `json:"governedBy"`
	Findings        []Finding       `json:"findings"`
	Errors          []ReportError   `json:"errors"`
	Notes           []string        `json:"notes,omitempty"`
	// LastChange is the newest change that evidence shows, RFC 3339.
	LastChange *metav1.Time `json:"lastChange,omitempty"`
	ObservedAt *metav1.Time `json:"observedAt,omitempty"`
	StartedAt  *metav1.Time `json:"startedAt,omitempty"`
}

// State is an instance's condition in one word.
type State string

const (
	StateInSync         State = "InSync"
	StateDrifted        State = "Drifted"
	StatePendingRestart State = "PendingRestart" // the only drift is one that a restart ends
	StatePending        State = "PendingPersist" // the only finding takes effect at the next restart
	StateUnreachable    State = "Unreachable"
	StateNotReady       State = "NotReady"
	StateUnauthorized   State = "Unauthorized"
	StateIncomplete     State = "Incomplete" // read in part
	StateUngoverned     State = "Ungoverned" // no declared configuration found
)

// Instance is one server container in one pod.
type Instance struct {
	Context   string `json:"context,omitempty"`
	Namespace string `json:"namespace"`
	Workload  string `json:"workload"` // statefulset/mysql
	Pod       string `json:"pod"`
	Container string `json:"container"`
	Role      string `json:"role,omitempty"`
	Server    string `json:"server,omitempty"` // MySQL, MariaDB
	Version   string `json:"version,omitempty"`
	Image     string `json:"image,omitempty"`
	// RecognisedBy says why the container was taken for a server.
	RecognisedBy string            `json:"recognisedBy,omitempty"`
	Owner        string            `json:"owner,omitempty"` // the resource that a user edits: perconaxtradbcluster/prod:spec.pxc.configuration
	Via          string            `json:"via,omitempty"`   // port-forward, exec, direct
	Node         string            `json:"node,omitempty"`
	Labels       map[string]string `json:"labels,omitempty"`
}

// Certainty says how well a governing source is known.
type Certainty string

const (
	Confirmed Certainty = "confirmed" // the file read in the pod equals the key
	Derived   Certainty = "derived"   // from the manifest
	Ambiguous Certainty = "ambiguous" // candidates only
)

// GoverningFile is one option file or argument source, in reading order.
type GoverningFile struct {
	Path      string    `json:"path"`   // in the container; "(command line)" for arguments
	Source    string    `json:"source"` // configmap/NAME:KEY, secret/NAME:KEY, arg, env, image, generated
	Certainty Certainty `json:"certainty"`
	// Via is how it gets there: mount, subPath, projected, initContainer-copy, entrypoint, …
	Via string `json:"via,omitempty"`
	// Owner is the resource field that a user edits, where an operator writes the source.
	Owner string `json:"owner,omitempty"`
	// OnChange is what happens when the source is edited: nothing, file changes, restart, dynamic apply.
	OnChange   string   `json:"onChange,omitempty"`
	Verbatim   bool     `json:"verbatim"`
	Candidates []string `json:"candidates,omitempty"`
	Why        string   `json:"why,omitempty"`
	IncludedBy string   `json:"includedBy,omitempty"`
	Order      int      `json:"order"`
}

// Class says what kind of departure a finding is.
type Class string

const (
	RuntimeOverride   Class = "RuntimeOverride"   // SET GLOBAL
	PersistedOverride Class = "PersistedOverride" // mysqld-auto.cnf beats the declaration
	ArgumentOverride  Class = "ArgumentOverride"  // command line or image beats the ConfigMap
	PendingRestart    Class = "PendingRestart"    // declared changed after the start, static
	NotApplied        Class = "NotApplied"        // the same, dynamic
	StaleMount        Class = "StaleMount"        // ConfigMap changed, the pod's file did not
	UnsyncedObject    Class = "UnsyncedObject"    // ConfigMap differs from Git
	UndeclaredChange  Class = "UndeclaredChange"  // changed at run time, declared nowhere
	PendingPersist    Class = "PendingPersist"    // takes effect at the next restart
	ReplicaDivergence Class = "ReplicaDivergence" // pods of one workload differ (diff --replicas)

	Adjusted           Class = "Adjusted"           // rounded or clamped by the server
	EnvironmentLimited Class = "EnvironmentLimited" // limited by the host
	NotObservable      Class = "NotObservable"      // an option without a variable
	Shadowed           Class = "Shadowed"           // declared twice
	Invalid            Class = "Invalid"            // unknown, mistyped, removed, bad value
	Untraceable        Class = "Untraceable"        // marks of delivery missing or contradictory
)

// Severity: P0 blocks a release, P1 is reviewed, P2 goes into a weekly report.
type Severity string

const (
	P0   Severity = "P0"
	P1   Severity = "P1"
	P2   Severity = "P2"
	Info Severity = "Info"
)

// Finding is one variable's departure from what was declared.
type Finding struct {
	Variable string    `json:"variable"`
	Class    Class     `json:"class"`
	Drift    bool      `json:"drift"`
	Hop      string    `json:"hop,omitempty"` // where it parted
	Severity Severity  `json:"severity"`
	Declared *Declared `json:"declared,omitempty"`
	Running  *Running  `json:"running,omitempty"`
	// Message is one plain sentence for people.
	Message  string     `json:"message"`
	Evidence []Evidence `json:"evidence,omitempty"`
	Remedy   string     `json:"remedy,omitempty"`
	// Edits lead from the declared text to the one in the cluster (UnsyncedObject).
	Edits []Edit `json:"edits,omitempty"`
	// Ignored is the rule by which this finding, which would be drift, is none.
	Ignored *Ignored `json:"ignored,omitempty"`
}

// Ignored says why a finding does not count, who answers for that and until when.
type Ignored struct {
	Reason  string `json:"reason"`
	Owner   string `json:"owner,omitempty"`
	Expires string `json:"expires,omitempty"` // the last day, YYYY-MM-DD
}

// Edit is one step from a text to another.
type Edit struct {
	Op     string   `json:"op"`   // add, remove, change, rename
	Path   string   `json:"path"` // [mysqld] max_connections
	Before string   `json:"before,omitempty"`
	After  string   `json:"after,omitempty"`
	Was    Position `json:"was,omitzero"`
	Is     Position `json:"is,omitzero"`
}

// Position is 1-based; zero where there is none.
type Position struct {
	Line   int `json:"line"`
	Column int `json:"column"`
}

// Declared is what was asked for, and where.
type Declared struct {
	Option string `json:"option,omitempty"` // as written
	Value  string `json:"value"`            // as written
	// Effective is what the server makes of the value when it starts.
	Effective string `json:"effective,omitempty"`
	Source    string `json:"source,omitempty"` // configmap/NAME:KEY, arg, …
	Path      string `json:"path,omitempty"`
	Line      int    `json:"line,omitempty"`
	Column    int    `json:"column,omitempty"`
}

// Running is what the server has.
type Running struct {
	Value   string       `json:"value"`
	Source  string       `json:"source,omitempty"` // as model.Source
	Path    string       `json:"path,omitempty"`
	SetTime *metav1.Time `json:"setTime,omitempty"`
	SetUser string       `json:"setUser,omitempty"`
	SetHost string       `json:"setHost,omitempty"`
	// Next is what the next start makes of it (PendingPersist).
	Next string `json:"next,omitempty"`
}

// Evidence is one fact that a finding or a hop stands on.
type Evidence struct {
	Kind       string       `json:"kind"` // variables_info, persisted_variables, managedFields, annotation, file, …
	Text       string       `json:"text"`
	Object     string       `json:"object,omitempty"`
	Time       *metav1.Time `json:"time,omitempty"`
	Who        string       `json:"who,omitempty"`
	Confidence string       `json:"confidence,omitempty"` // proven, likely, possible, contradicts
}

// ReportError is a fault beside the results of the others.
type ReportError struct {
	Object string `json:"object"` // pod/mysql-0, namespace/shop
	Tried  string `json:"tried,omitempty"`
	Reason string `json:"reason"` // Forbidden, WrongPassword, Timeout, NotReady, …
	Text   string `json:"text"`
	Hint   string `json:"hint,omitempty"` // what to do
}

// GetObjectKind makes the list printable by cli-runtime's printers.
func (l *DriftReportList) GetObjectKind() schema.ObjectKind { return &l.TypeMeta }

// DeepCopyObject satisfies runtime.Object; printers never modify what they print.
func (l *DriftReportList) DeepCopyObject() runtime.Object {
	c := *l
	c.Items = append([]DriftReport{}, l.Items...)
	return &c
}
