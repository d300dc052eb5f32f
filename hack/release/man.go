package main

import (
	"cmp"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
	"github.com/spf13/pflag"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cmd"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cmd/options"
)

// manPages are made from the commands themselves: one a verb, for man/man1.
func manPages(version string, date time.Time) ([]file, error) {
	// Defaults that hold the builder's home folder must not stand in a page.
	if err := os.Setenv("HOME", "/home/you"); err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "man")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	root := cmd.New(options.NewRoot(genericiooptions.NewTestIOStreamsDiscard(), options.Build{}))
	escape(root, map[*pflag.Flag]bool{})
	header := &doc.GenManHeader{Section: "1", Source: "kubectl-mysqldrift " + version, Manual: "kubectl plugins", Date: &date}
	if err := doc.GenManTree(root, header, dir); err != nil {
		return nil, err
	}
	names, err := filepath.Glob(filepath.Join(dir, "*.1"))
	if err != nil {
		return nil, err
	}
	var pages []file
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		pages = append(pages, file{"man/man1/" + filepath.Base(name), 0o644, text})
	}
	slices.SortFunc(pages, func(a, b file) int { return cmp.Compare(a.name, b.name) })
	return pages, nil
}

// plain keeps what means something in Markdown, which a page goes through, as it is
// written: without it "innodb_*" loses its star and <MAIL> is gone.
var plain = strings.NewReplacer(`*`, `\*`, `_`, `\_`, `<`, `\<`)

// escape makes the commands' texts plain, each flag once: commands share some.
func escape(c *cobra.Command, done map[*pflag.Flag]bool) {
	c.Long = plain.Replace(c.Long)
	for _, flags := range []*pflag.FlagSet{c.LocalFlags(), c.InheritedFlags()} {
		flags.VisitAll(func(f *pflag.Flag) {
			if !done[f] {
				f.Usage, done[f] = plain.Replace(f.Usage), true
			}
		})
	}
	for _, sub := range c.Commands() {
		escape(sub, done)
	}
}

func writeManPages(dir string, c config) error {
	pages, err := manPages(c.Version, c.Date)
	if err != nil {
		return err
	}
	for _, p := range pages {
		path := filepath.Join(dir, p.name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, p.data, p.mode); err != nil {
			return err
		}
	}
	return nil
}
