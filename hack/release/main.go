// Command release builds the archives that Krew installs, reproducibly, with
// their checksums, SBOMs, man pages and the Krew manifest, into dist/. It needs
// the go tool only; the signature is the release workflow's business.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

func main() {
	var c config
	flag.StringVar(&c.Version, "version", "", "version to stamp, vMAJOR.MINOR.PATCH")
	flag.StringVar(&c.Commit, "commit", "", "commit to stamp")
	date := flag.String("date", "", "the commit's date to stamp, RFC 3339")
	flag.StringVar(&c.Out, "out", "dist", "folder to write to")
	flag.StringVar(&c.Index, "index", "", "folder of the Krew index to write the manifest to as well")
	only := flag.String("only", "", "comma-separated platforms to build, such as linux/amd64 (default: all; the manifest is then left out)")
	man := flag.String("man", "", "write only the manual pages, into this folder")
	flag.Parse()
	c.Source, c.Targets = ".", targets
	if *only != "" {
		c.Targets = strings.Split(*only, ",")
	}
	var err error
	if c.Date, err = time.Parse(time.RFC3339, *date); err != nil {
		err = fmt.Errorf("-date: %w", err)
	} else if *man != "" {
		err = writeManPages(*man, c)
	} else {
		err = release(c)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
}

// config is all that decides the bytes of a release, besides the Go toolchain.
type config struct {
	Version, Commit string
	Date            time.Time // the commit's, so that a second build gives the same bytes
	Source          string    // the module's root
	Out             string
	Index           string // "" writes the manifest to Out alone
	Targets         []string
}

// release writes everything. A manifest that lacks a platform would hide it from
// Krew's users: it is written for a whole release only.
func release(c config) error {
	if err := validVersion(c.Version); err != nil {
		return err
	}
	if err := os.MkdirAll(c.Out, 0o755); err != nil {
		return err
	}
	pages, err := manPages(c.Version, c.Date)
	if err != nil {
		return fmt.Errorf("man pages: %w", err)
	}
	var built []archive
	for _, target := range c.Targets {
		a, err := buildArchive(c, target, pages)
		if err != nil {
			return fmt.Errorf("%s: %w", target, err)
		}
		built = append(built, a)
	}
	if err := writeChecksums(c.Out, built); err != nil {
		return err
	}
	if len(built) < len(targets) {
		if c.Index != "" {
			return errors.New("-index needs all platforms: leave -only out")
		}
		return nil
	}
	manifest, err := krewManifest(c, built)
	if err != nil {
		return err
	}
	return writeManifest(c, manifest)
}

// writeManifest puts the manifest beside the archives and into the index, whose
// folder a checkout without a release may lack.
func writeManifest(c config, manifest []byte) error {
	for _, dir := range []string{c.Out, c.Index} {
		if dir == "" {
			continue
		}
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, manifestName), manifest, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// writeChecksums lists what a user verifies, in the form that sha256sum -c reads.
func writeChecksums(out string, built []archive) error {
	var sums strings.Builder
	for _, a := range built {
		fmt.Fprintf(&sums, "%s  %s\n%s  %s\n", a.SHA256, a.Name, a.sbomSHA256, a.sbomName())
	}
	return os.WriteFile(filepath.Join(out, "checksums.txt"), []byte(sums.String()), 0o644)
}
