package cluster

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/pflag"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cmd/options"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/output"
)

// Page is --html: the reports as a page besides the usual output.
type Page struct {
	File  string
	Title string
	// Open shows every server's findings at once.
	Open bool
}

// AddFlags binds the flag to a verb.
func (p *Page) AddFlags(flags *pflag.FlagSet) {
	flags.StringVar(&p.File, "html", "", "Write the result also as one self-contained HTML page into this file; - writes the page alone to standard output")
}

// Alone says whether standard output belongs to the page.
func (p *Page) Alone() bool { return p.File == "-" }

// write replaces the file as a whole: a browser that reloads it sees the old page or the new.
func (p *Page) write(root *options.Root, list *v1.DriftReportList) error {
	if p.File == "" {
		return nil
	}
	var b bytes.Buffer
	by := strings.TrimSpace("kubectl mysqldrift " + root.Build.Version)
	if err := output.Page(&b, list, output.PageOptions{Title: p.Title, Made: time.Now(), By: by, Open: p.Open}); err != nil {
		return fmt.Errorf("make the page: %w", err)
	}
	if p.Alone() {
		_, err := root.Streams.Out.Write(b.Bytes())
		return err
	}
	if info, err := os.Stat(p.File); err == nil && !info.Mode().IsRegular() {
		return os.WriteFile(p.File, b.Bytes(), 0o644) // a pipe or a device
	}
	if err := options.ReplaceFile(p.File, b.Bytes()); err != nil {
		return fmt.Errorf("write the page: %w", err)
	}
	return nil
}

// Scope says in words what a scan looks at: a page's title.
func (f *Flags) Scope(names []string) string {
	text := "MySQL and MariaDB servers"
	if len(names) > 0 {
		text = strings.Join(names, ", ")
	}
	return text + f.Where()
}
