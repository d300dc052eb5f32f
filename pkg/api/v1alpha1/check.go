package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// CheckReport is what `check` prints.
type CheckReport struct {
	metav1.TypeMeta `json:",inline"`
	Items           []CheckItem  `json:"items"`
	Summary         CheckSummary `json:"summary"`
}

// CheckStatus is the outcome of one check.
type CheckStatus string

const (
	CheckPassed  CheckStatus = "Passed"
	CheckLimited CheckStatus = "Limited" // works, but not all of it
	CheckFailed  CheckStatus = "Failed"
	CheckUnknown CheckStatus = "Unknown" // could not be checked
	CheckSkipped CheckStatus = "Skipped" // of no use, since another check failed
)

// CheckItem is one check.
type CheckItem struct {
	// Section is Versions, Rights, Servers, Grants or Sources.
	Section string      `json:"section"`
	Object  string      `json:"object,omitempty"` // pod/mysql-0, namespace/shop
	Via     string      `json:"via,omitempty"`    // port-forward, exec, direct
	Check   string      `json:"check"`            // what was looked at
	Status  CheckStatus `json:"status"`
	Text    string      `json:"text,omitempty"`  // what was found
	Verbs   []string    `json:"verbs,omitempty"` // of the plugin, that it matters to
	Fix     string      `json:"fix,omitempty"`   // what to do about it
}

// CheckSummary counts what Items hold.
type CheckSummary struct {
	Checks  int `json:"checks"`
	Passed  int `json:"passed"`
	Limited int `json:"limited"`
	Failed  int `json:"failed"`
	Unknown int `json:"unknown"`
	Skipped int `json:"skipped"`
}

// GetObjectKind makes the report printable by cli-runtime's printers.
func (r *CheckReport) GetObjectKind() schema.ObjectKind { return &r.TypeMeta }

// DeepCopyObject satisfies runtime.Object; printers never modify what they print.
func (r *CheckReport) DeepCopyObject() runtime.Object {
	c := *r
	c.Items = append([]CheckItem{}, r.Items...)
	return &c
}
