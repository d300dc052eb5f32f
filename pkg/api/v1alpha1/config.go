package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// ConfigReportList is what `config` prints: what is declared for each instance.
type ConfigReportList struct {
	metav1.TypeMeta `json:",inline"`
	Items           []ConfigReport `json:"items"`
	// Errors that belong to no instance.
	Errors []ReportError `json:"errors,omitempty"`
}

// ConfigReport is one instance's declared configuration and where it comes from.
type ConfigReport struct {
	metav1.TypeMeta `json:",inline"`
	Instance        Instance `json:"instance"`
	// GovernedBy lists the sources in the order in which the server reads them.
	GovernedBy []GoverningFile `json:"governedBy"`
	// Settings are all options in reading order; of those that do not accumulate,
	// the last one counts.
	Settings []ConfigSetting `json:"settings"`
	// Problems are lines that the server does not take as they are meant.
	Problems []ConfigProblem `json:"problems,omitempty"`
	// Stale lists files in the pod that differ from their source.
	Stale    []StaleFile `json:"stale,omitempty"`
	OnChange string      `json:"onChange,omitempty"`
	// Complete is false if something that the server reads could not be read here.
	Complete bool     `json:"complete"`
	Missing  []string `json:"missing,omitempty"`
	// Notes say what the manifests mean beside the configuration: scaled to nothing.
	Notes  []string      `json:"notes,omitempty"`
	Errors []ReportError `json:"errors,omitempty"`
}

// ConfigSetting is one option as declared.
type ConfigSetting struct {
	Option string `json:"option"`
	// Value is as written; absent where none is, and where it is a secret: from a
	// Secret, or of an option that holds passwords or keys.
	Value  *string `json:"value,omitempty"`
	Secret bool    `json:"secret,omitempty"`
	Group  string  `json:"group,omitempty"`
	Source string  `json:"source"`
	Path   string  `json:"path,omitempty"`
	Line   int     `json:"line,omitempty"`
	// OverriddenBy is the origin of the later setting of the same option that counts.
	OverriddenBy string `json:"overriddenBy,omitempty"`
}

// ConfigProblem is a fault in an option file's language.
type ConfigProblem struct {
	Code     string `json:"code"`             // BadGroupLine, WorldWritable, …
	Source   string `json:"source,omitempty"` // configmap/NAME:KEY, image, …
	Path     string `json:"path"`
	Line     int    `json:"line,omitempty"` // in the source
	Column   int    `json:"column,omitempty"`
	Severity string `json:"severity"`
	Text     string `json:"text"`
}

// StaleFile is a file in a pod that no longer equals its source.
type StaleFile struct {
	Path    string       `json:"path"`
	Source  string       `json:"source"`
	Since   *metav1.Time `json:"since,omitempty"`
	Options []string     `json:"options,omitempty"`
	Why     string       `json:"why,omitempty"`
}

// GetObjectKind makes the list printable by cli-runtime's printers.
func (l *ConfigReportList) GetObjectKind() schema.ObjectKind { return &l.TypeMeta }

// DeepCopyObject satisfies runtime.Object; printers never modify what they print.
func (l *ConfigReportList) DeepCopyObject() runtime.Object {
	c := *l
	c.Items = append([]ConfigReport{}, l.Items...)
	return &c
}
