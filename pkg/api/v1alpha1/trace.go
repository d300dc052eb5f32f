package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// Commit is one Git commit as far as it concerns one option in one file.
type Commit struct {
	Hash      string       `json:"hash"`
	Author    string       `json:"author,omitempty"` // Name <mail>
	Authored  *metav1.Time `json:"authored,omitempty"`
	Committer string       `json:"committer,omitempty"`
	Committed *metav1.Time `json:"committed,omitempty"`
	Subject   string       `json:"subject,omitempty"`
	Repo      string       `json:"repo,omitempty"` // without credentials
	Branch    string       `json:"branch,omitempty"`
	Path      string       `json:"path,omitempty"` // the file in the repository
	Line      int          `json:"line,omitempty"` // the option's line in that file
	Text      string       `json:"text,omitempty"` // that line
	Before    string       `json:"before,omitempty"`
	After     string       `json:"after,omitempty"`
	// Reviews are pull and merge requests that the message or its trailers name.
	Reviews []string `json:"reviews,omitempty"`
}

// Build is one run of a CI job.
type Build struct {
	Job        string       `json:"job"` // folders and branch with '/' between, as JOB_NAME has it
	Number     int          `json:"number"`
	URL        string       `json:"url,omitempty"`
	Result     string       `json:"result,omitempty"` // empty: still running
	Started    *metav1.Time `json:"started,omitempty"`
	Seconds    float64      `json:"seconds,omitempty"`
	Causes     []BuildCause `json:"causes,omitempty"`
	Parameters []Parameter  `json:"parameters,omitempty"` // those with secret-like names are masked
	Revision   string       `json:"revision,omitempty"`   // of the repository asked about
	Branch     string       `json:"branch,omitempty"`
	Replayed   bool         `json:"replayed,omitempty"` // its script may differ from Git
}

// BuildCause is why a build ran.
type BuildCause struct {
	Kind string `json:"kind"` // user, upstream, scm, timer, branch, rebuild, replay, other
	Who  string `json:"who,omitempty"`
	Text string `json:"text,omitempty"`
}

// Parameter is one name and value that a build was started with.
type Parameter struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Delivery is what a controller or tool says of how an object came to the cluster.
type Delivery struct {
	Tool   string `json:"tool"`             // Flux, Argo CD, Helm
	Object string `json:"object"`           // kustomization/flux-system/shop
	Source string `json:"source,omitempty"` // gitrepository/flux-system/conf
	Repo   string `json:"repo,omitempty"`
	Path   string `json:"path,omitempty"`
	Branch string `json:"branch,omitempty"`
	// Head is the newest revision that the tool has seen, Applied the one it delivered.
	Head   string       `json:"head,omitempty"`
	HeadAt *metav1.Time `json:"headAt,omitempty"`
	// Interval is how often the source is looked at, as the tool writes it: 10m0s.
	Interval  string       `json:"interval,omitempty"`
	Applied   string       `json:"applied,omitempty"`
	AppliedAt *metav1.Time `json:"appliedAt,omitempty"`
	// FirstAppliedAt is when Applied first came, where the tool keeps that: AppliedAt
	// moves each time that the tool applies the same again.
	FirstAppliedAt *metav1.Time `json:"firstAppliedAt,omitempty"`
	// Commit is Applied without branch and digest prefix; empty where it is no Git commit.
	Commit    string `json:"commit,omitempty"`
	Initiator string `json:"initiator,omitempty"`
	// History is what the tool remembers to have delivered, oldest first, the present
	// one last.
	History []Delivered `json:"history,omitempty"`
	// SpecOf is the object of whose spec a part that decides what is delivered was
	// written last, no later than at SpecAt, in the name of the manager SpecBy. Empty
	// if it is as it was created.
	SpecOf string       `json:"specOf,omitempty"`
	SpecBy string       `json:"specBy,omitempty"`
	SpecAt *metav1.Time `json:"specAt,omitempty"`
	// State is Synced, Behind (the source is ahead), Edited (the tool sees that the
	// cluster differs from what it applied), Stuck (tries and fails), Suspended or
	// Unknown.
	State   string `json:"state"`
	Message string `json:"message,omitempty"`
	// NoCorrection is set where the tool would not undo an edit in the cluster.
	NoCorrection bool `json:"noCorrection,omitempty"`
	// Manual is set where the tool delivers only when somebody tells it to.
	Manual bool `json:"manual,omitempty"`
	// Renders: the tool makes the object's text of Git's (substitutions, patches, a
	// chart's templates), so that the two need not be the same.
	Renders bool `json:"renders,omitempty"`
	// Listed is false if the tool's inventory is known and the object is not in it.
	Listed bool `json:"listed"`
}

// Delivered is one delivery that a tool remembers.
type Delivered struct {
	Commit    string       `json:"commit,omitempty"`
	At        *metav1.Time `json:"at,omitempty"`
	Initiator string       `json:"initiator,omitempty"`
	// Origin tells one source (repository, path, parameters) from another; empty
	// where the tool does not keep it.
	Origin string `json:"origin,omitempty"`
}

// TraceReportList is what `trace` prints: a chain a workload and source.
type TraceReportList struct {
	metav1.TypeMeta `json:",inline"`
	Items           []TraceReport `json:"items"`
	Errors          []ReportError `json:"errors,omitempty"`
}

// TraceReport is the delivery chain of one source of a workload as it stands.
type TraceReport struct {
	metav1.TypeMeta `json:",inline"`
	Namespace       string `json:"namespace"`
	Workload        string `json:"workload"`
	Source          string `json:"source,omitempty"` // configmap/NAME:KEY that is followed
	// Head is what is on its way: a commit, or the source as it is in the cluster
	// where no repository was read.
	Head string     `json:"head,omitempty"`
	Hops []TraceHop `json:"hops"`
	// Arrived: every pod runs what Head says.
	Arrived bool `json:"arrived"`
	// Blocked says why it will not arrive by itself; empty where it will.
	Blocked string `json:"blocked,omitempty"`
	// Findings are UnsyncedObject and Untraceable.
	Findings []Finding     `json:"findings,omitempty"`
	Errors   []ReportError `json:"errors,omitempty"`
}

// TraceHop is one station of the chain.
type TraceHop struct {
	Hop      string       `json:"hop"`
	Object   string       `json:"object,omitempty"`
	Revision string       `json:"revision,omitempty"` // commit, or digest of the content
	When     *metav1.Time `json:"when,omitempty"`
	// LagSeconds is the time since the hop before, where both times are known.
	LagSeconds *float64 `json:"lagSeconds,omitempty"`
	// State is ok, behind (differs from the hop before, and stays so), waiting (on
	// its way) or unknown.
	State string `json:"state"`
	Why   string `json:"why,omitempty"`
	// NotAvailable says why nothing is known: "not available because …".
	NotAvailable string `json:"notAvailable,omitempty"`
}

// GetObjectKind makes the list printable by cli-runtime's printers.
func (l *TraceReportList) GetObjectKind() schema.ObjectKind { return &l.TypeMeta }

// DeepCopyObject satisfies runtime.Object; printers never modify what they print.
func (l *TraceReportList) DeepCopyObject() runtime.Object {
	c := *l
	c.Items = append([]TraceReport{}, l.Items...)
	return &c
}
