package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// BlameReportList is what `blame` prints: a chain an instance and variable.
type BlameReportList struct {
	metav1.TypeMeta `json:",inline"`
	Items           []BlameReport `json:"items"`
	Errors          []ReportError `json:"errors,omitempty"`
}

// BlameReport is one variable's history on one instance, oldest hop first.
type BlameReport struct {
	metav1.TypeMeta `json:",inline"`
	Instance        Instance   `json:"instance"`
	Variable        string     `json:"variable"`
	Declared        *Declared  `json:"declared,omitempty"`
	Running         *Running   `json:"running,omitempty"`
	Hops            []BlameHop `json:"hops"`
	Verdict         Verdict    `json:"verdict"`
	// Severity of the drift, and the rule that ignores it, by the policy in force.
	Severity Severity `json:"severity,omitempty"`
	Ignored  *Ignored `json:"ignored,omitempty"`
	// Findings are those of the tracing itself: Untraceable, with why.
	Findings []Finding     `json:"findings,omitempty"`
	Errors   []ReportError `json:"errors,omitempty"`
}

// BlameHop is what is known of one hop of the chain.
type BlameHop struct {
	Hop    string `json:"hop"`
	Object string `json:"object,omitempty"`
	// Value is the variable's value at this hop, as far as known.
	Value string `json:"value,omitempty"`
	// Broken: the value changed here while the hop before it did not.
	Broken       bool         `json:"broken,omitempty"`
	Who          string       `json:"who,omitempty"`
	When         *metav1.Time `json:"when,omitempty"`
	How          string       `json:"how,omitempty"`
	Evidence     []Evidence   `json:"evidence,omitempty"`
	NotAvailable string       `json:"notAvailable,omitempty"` // "not available because …"
	// OnChange is what an edit at this hop does, where that is known.
	OnChange string `json:"onChange,omitempty"`
	// What is known of the hop in full, where a source told it.
	Commit   *Commit   `json:"commit,omitempty"`
	Build    *Build    `json:"build,omitempty"`
	Delivery *Delivery `json:"delivery,omitempty"`
}

// Verdict says at which hop the value parted, by whom, and how sure that is.
type Verdict struct {
	Hop         string   `json:"hop,omitempty"` // empty: it did not part
	Class       Class    `json:"class,omitempty"`
	Culprit     string   `json:"culprit,omitempty"`     // only with two independent sources
	CulpritKind string   `json:"culpritKind,omitempty"` // person, tool, server
	Commit      string   `json:"commit,omitempty"`      // that brought the value, if one did
	Sources     []string `json:"sources,omitempty"`     // that agree on the culprit
	LastToucher string   `json:"lastToucher,omitempty"` // a lead, not a culprit
	Confidence  string   `json:"confidence"`            // proven, likely, possible, not proven
	Text        string   `json:"text"`
	Against     []string `json:"against,omitempty"` // what argues against it
}

// GetObjectKind makes the list printable by cli-runtime's printers.
func (l *BlameReportList) GetObjectKind() schema.ObjectKind { return &l.TypeMeta }

// DeepCopyObject satisfies runtime.Object; printers never modify what they print.
func (l *BlameReportList) DeepCopyObject() runtime.Object {
	c := *l
	c.Items = append([]BlameReport{}, l.Items...)
	return &c
}
