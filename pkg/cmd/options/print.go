package options

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/cli-runtime/pkg/printers"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/output"
)

// Print is -o and what goes with it. Text ("" and wide) is the verb's own; all
// else is kubectl's, so that it behaves as users know it.
type Print struct {
	Output    string
	NoHeaders bool
	SortBy    string

	// Text is the list of text formats that the verb renders itself besides "".
	Text []string

	jsonYaml *genericclioptions.JSONYamlPrintFlags
	template *genericclioptions.KubeTemplatePrintFlags
	names    printers.ResourcePrinter
	// made is the printer of -o, one for all lists of a watch: it parts documents
	// of YAML, and prints headers once.
	made printers.ResourcePrinter
}

// NewPrint makes the print flags of a verb that has these text formats besides
// the default one ("wide", …).
func NewPrint(text ...string) *Print {
	return &Print{
		Text:     text,
		jsonYaml: genericclioptions.NewJSONYamlPrintFlags(),
		template: genericclioptions.NewKubeTemplatePrintFlags(),
		names:    output.Names{},
	}
}

// NewObjectPrint is for a verb that prints Kubernetes' own objects.
func NewObjectPrint(text ...string) *Print {
	p := NewPrint(text...)
	p.names = printers.ResourcePrinterFunc(objectNames)
	return p
}

// objectNames prints each object of a list, which kubectl's own printer does
// only for lists that came from an API server.
func objectNames(list runtime.Object, w io.Writer) error {
	objects, err := meta.ExtractList(list)
	if err != nil {
		return err
	}
	names := &printers.NamePrinter{ShortOutput: true}
	for _, o := range objects {
		if err := names.PrintObj(o, w); err != nil {
			return err
		}
	}
	return nil
}

// NewValuePrint is for a verb that prints a value which is no object and has no name.
func NewValuePrint() *Print {
	p := NewPrint()
	p.names = nil
	return p
}

// AddFlags binds -o and the template flags to a verb.
func (p *Print) AddFlags(cmd *cobra.Command) {
	cmd.Flags().StringVarP(&p.Output, "output", "o", "", "Output format. One of: ("+strings.Join(p.Formats(), ", ")+")")
	p.template.AddFlags(cmd)
	_ = cmd.RegisterFlagCompletionFunc("output", cobra.FixedCompletions(p.Formats(), cobra.ShellCompDirectiveNoFileComp))
}

// AddHeaderFlag binds the flag of verbs whose text has headings.
func (p *Print) AddHeaderFlag(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&p.NoHeaders, "no-headers", false, "Do not print headers and footer in text output")
}

// AddTableFlags binds the flags of verbs that print a list whose order is free.
func (p *Print) AddTableFlags(cmd *cobra.Command) {
	p.AddHeaderFlag(cmd)
	cmd.Flags().StringVar(&p.SortBy, "sort-by", "", "Sort the list by a JSONPath expression, such as '{.instance.pod}'")
}

// Formats lists what -o takes.
func (p *Print) Formats() []string {
	formats := []string{"json", "yaml", "kyaml"}
	if p.names != nil {
		formats = append(formats, "name")
	}
	formats = append(formats, p.Text...)
	return append(formats, "jsonpath", "jsonpath-as-json", "jsonpath-file", "go-template", "go-template-file", "custom-columns", "custom-columns-file")
}

// IsText says whether the verb renders the output itself.
func (p *Print) IsText() bool { return p.Output == "" || slices.Contains(p.Text, p.Output) }

// Validate checks -o and --sort-by before anything is read, so that what is
// mistyped costs no scan.
func (p *Print) Validate() error {
	if err := output.ValidPath(p.SortBy); err != nil {
		return Usagef("--sort-by: %w", err)
	}
	if p.IsText() {
		return nil
	}
	_, err := p.printer()
	return err
}

// Object prints a list in a machine's format.
func (p *Print) Object(w io.Writer, list runtime.Object) error {
	if p.made == nil {
		printer, err := p.printer()
		if err != nil {
			return err
		}
		p.made = printer
	}
	if IsTerminal(w) {
		// A person's terminal obeys escapes in a server's values; a pipe gets the
		// bytes as they are.
		w = output.EscapeWriter(w)
	}
	return p.made.PrintObj(list, w)
}

// Value prints a value that has no type of its own in the API.
func (p *Print) Value(w io.Writer, kind string, value any) error {
	fields, err := runtime.DefaultUnstructuredConverter.ToUnstructured(value)
	if err != nil {
		return fmt.Errorf("print %s: %w", kind, err)
	}
	object := &unstructured.Unstructured{Object: fields}
	object.SetAPIVersion(v1.APIVersion)
	object.SetKind(kind)
	return p.Object(w, object)
}

func (p *Print) printer() (printers.ResourcePrinter, error) {
	format := p.Output
	if format == "name" && p.names != nil {
		return p.names, nil
	}
	if name, spec, ok := strings.Cut(format, "="); ok && strings.HasPrefix(name, "custom-columns") {
		return output.NewCustomColumns(name, spec, p.NoHeaders)
	}
	if strings.HasPrefix(format, "custom-columns") {
		return nil, Usagef("-o %s: custom-columns needs columns, such as -o custom-columns=POD:.instance.pod,STATE:.state", format)
	}
	if printer, err := p.jsonYaml.ToPrinter(format); !genericclioptions.IsNoCompatiblePrinterError(err) {
		return printer, err
	}
	printer, err := p.template.ToPrinter(format)
	if genericclioptions.IsNoCompatiblePrinterError(err) {
		return nil, Usagef("unable to match a printer for -o %q, allowed formats are: %s", format, strings.Join(p.Formats(), ","))
	}
	if err != nil {
		return nil, &ExitError{Code: ExitFailure, Err: fmt.Errorf("-o %s: %w", format, err)}
	}
	return printer, nil
}
