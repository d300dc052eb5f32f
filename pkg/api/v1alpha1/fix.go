package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// FixPlan is what `fix` prints: the steps that put findings right, in the order
// in which they are to be taken.
type FixPlan struct {
	metav1.TypeMeta `json:",inline"`
	// Prefer is the side that wins: declared or running.
	Prefer string    `json:"prefer"`
	Steps  []FixStep `json:"steps"`
	// Unplanned are findings that no step puts right, and why.
	Unplanned []FixUnplanned `json:"unplanned,omitempty"`
	Errors    []ReportError  `json:"errors,omitempty"`
	Summary   FixSummary     `json:"summary"`
}

// FixKind is what a step does.
type FixKind string

const (
	FixSetGlobal      FixKind = "SetGlobal"
	FixSetPersist     FixKind = "SetPersist"
	FixResetPersist   FixKind = "ResetPersist"
	FixPatchConfigMap FixKind = "PatchConfigMap"
	FixGitPatch       FixKind = "GitPatch"
	FixRolloutRestart FixKind = "RolloutRestart"
	FixManual         FixKind = "Manual" // for a person to do
)

// FixStep is one step of a plan.
type FixStep struct {
	Number int     `json:"number"`
	Kind   FixKind `json:"kind"`
	// Automatic steps are those that --apply takes.
	Automatic bool   `json:"automatic"`
	Context   string `json:"context,omitempty"`
	Namespace string `json:"namespace,omitempty"`
	// Object is what is changed: pod/mysql-0 (its server), configmap/mysql, statefulset/mysql.
	Object    string `json:"object"`
	Pod       string `json:"pod,omitempty"`
	Container string `json:"container,omitempty"`
	Server    string `json:"server,omitempty"` // "MySQL 9.7.4"
	Role      string `json:"role,omitempty"`
	// Variables that the step puts right, by name.
	Variables []string `json:"variables,omitempty"`
	Classes   []Class  `json:"classes,omitempty"`
	// From is the value that is replaced, To the one that stands then.
	From string `json:"from,omitempty"`
	To   string `json:"to,omitempty"`
	// Statement is the SQL.
	Statement string `json:"statement,omitempty"`
	// Command is what a person may run to do the same.
	Command string `json:"command,omitempty"`
	// Key of a ConfigMap, and the change to it. Its whole new text is not printed: a
	// line of it may hold a secret.
	Key  string `json:"key,omitempty"`
	Text string `json:"-"`
	Diff string `json:"diff,omitempty"`
	// ResourceVersion of the object that the step was planned for.
	ResourceVersion string `json:"resourceVersion,omitempty"`
	// File is the name of a patch file, FileText what is written to it if asked for.
	File     string   `json:"file,omitempty"`
	FileText string   `json:"-"`
	Why      string   `json:"why"`
	Warnings []string `json:"warnings,omitempty"`
	// Result is set by --apply and --dry-run=server.
	Result *FixResult `json:"result,omitempty"`
}

// FixOutcome is what became of a step.
type FixOutcome string

const (
	FixApplied  FixOutcome = "Applied"  // and seen to be so
	FixAccepted FixOutcome = "Accepted" // by a dry run
	FixDiffers  FixOutcome = "Differs"  // done, but it is not as planned
	FixFailed   FixOutcome = "Failed"
	FixStale    FixOutcome = "Stale"    // not done: it is no longer as it was planned for
	FixDeclined FixOutcome = "Declined" // not done: the answer was no
	FixLeft     FixOutcome = "Left"     // not done: for a person, or after a failure
)

// FixResult is what became of a step.
type FixResult struct {
	Outcome FixOutcome `json:"outcome"`
	// Value is what was read after the step.
	Value    string   `json:"value,omitempty"`
	Warnings []string `json:"warnings,omitempty"` // the server's own
	Text     string   `json:"text,omitempty"`
}

// FixUnplanned is a finding that no step puts right.
type FixUnplanned struct {
	Namespace string `json:"namespace,omitempty"`
	Pod       string `json:"pod"`
	Variable  string `json:"variable"`
	Class     Class  `json:"class"`
	Why       string `json:"why"`
}

// FixSummary counts what the plan holds.
type FixSummary struct {
	Instances  int  `json:"instances"`
	Findings   int  `json:"findings"` // drift findings that were looked at
	Steps      int  `json:"steps"`
	Automatic  int  `json:"automatic"`
	Applied    int  `json:"applied"`
	Remaining  int  `json:"remaining"`  // drift findings that are there after --apply
	Incomplete bool `json:"incomplete"` // some server could not be read
}

// GetObjectKind makes the plan printable by cli-runtime's printers.
func (p *FixPlan) GetObjectKind() schema.ObjectKind { return &p.TypeMeta }

// DeepCopyObject satisfies runtime.Object; printers never modify what they print.
func (p *FixPlan) DeepCopyObject() runtime.Object {
	c := *p
	c.Steps = append([]FixStep{}, p.Steps...)
	return &c
}
