package offline

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"mvdan.cc/sh/v3/shell"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/drift"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/observed"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/optionfile"
)

// Config says what is compared with what. Paths are on the local disk; "-" is Stdin.
type Config struct {
	OptionFiles []string // in reading order

	// Either a server to ask, …
	DSN     string
	Account Account
	// … or what one said: a snapshot, or TSV dumps.
	Observed, Sources, Persisted string
	Stdin                        io.Reader

	ServerVersion string // where the dump does not say
	ServerArgs    string // the server's command line, as a shell would split it
	IncludeRoot   string // folder below which absolute names of includes are looked for

	Each func(*model.Snapshot) // is told what was observed
}

// Compare makes a list with one report. A server, or a file with what it said,
// that could not be read whole is an error in the report, not of Compare: then
// the report holds no drift, only what is to be said of the files themselves.
func Compare(ctx context.Context, cfg Config) (*v1.DriftReportList, error) {
	snap, err := cfg.observe(ctx)
	var unread *Unread
	if errors.As(err, &unread) {
		snap = unread.part
	} else if err != nil {
		return nil, err
	}
	if snap == nil {
		snap = &model.Snapshot{}
	}
	if cfg.Each != nil {
		cfg.Each(snap)
	}
	report := v1.DriftReport{Errors: []v1.ReportError{}, Findings: []v1.Finding{}, Notes: snap.Notes, Instance: v1.Instance{
		Pod: snap.Hostname, Via: "direct", Role: string(snap.Role),
	}}
	if !snap.Server.Version.IsZero() {
		report.Instance.Server, report.Instance.Version = flavourName(snap.Server), snap.Server.Version.String()
	}
	declaration, err := cfg.declare(ctx, &report, snap.Server)
	if err != nil {
		return nil, err
	}
	findings := drift.Compare(drift.Input{Declaration: declaration, Snapshot: snap, Own: true})
	if unread != nil {
		findings = ofTheFiles(findings, snap)
		report.Errors = append(report.Errors, unread.report())
	}
	report.Findings = append(findings, report.Findings...)
	report.State = drift.State(report.Findings)
	switch {
	case unread != nil:
		report.State = unread.state()
	case !snap.HasSources:
		report.Notes = append(report.Notes, "without the sources of the values, changes of undeclared variables cannot be seen")
	}
	report.ObservedAt, report.StartedAt = timeOf(snap.TakenAt), timeOf(snap.StartedAt())
	list := &v1.DriftReportList{Items: []v1.DriftReport{report}}
	list.APIVersion, list.Kind = v1.APIVersion, "DriftReportList"
	return list, nil
}

// ofTheFiles are the findings that hold whatever the server runs with. Which
// options it knows is only known with its version.
func ofTheFiles(findings []v1.Finding, snap *model.Snapshot) []v1.Finding {
	if snap.Server.Version.IsZero() {
		return nil
	}
	return slices.DeleteFunc(findings, func(f v1.Finding) bool {
		return f.Drift || f.Class != v1.Invalid && f.Class != v1.Shadowed && f.Class != v1.NotObservable
	})
}

func timeOf(t time.Time) *metav1.Time {
	if t.IsZero() {
		return nil
	}
	return &metav1.Time{Time: t.UTC()}
}

func flavourName(s model.Server) string {
	if s.Flavour == model.MariaDB {
		return "MariaDB"
	}
	return "MySQL"
}

// observe asks the server, or reads what one said.
func (cfg Config) observe(ctx context.Context) (*model.Snapshot, error) {
	if cfg.DSN != "" {
		return ObserveDSN(ctx, cfg.DSN, cfg.Account)
	}
	var server model.Server
	if cfg.ServerVersion != "" {
		var err error
		if server, err = model.ParseServer(cfg.ServerVersion); err != nil {
			return nil, fmt.Errorf("--server-version: %w", err)
		}
	}
	files := map[string]io.Reader{}
	for _, path := range []string{cfg.Observed, cfg.Sources, cfg.Persisted} {
		if path == "" {
			continue
		}
		data, err := cfg.read(ctx, path)
		if err != nil {
			return nil, err
		}
		files[path] = bytes.NewReader(data)
	}
	snap, err := cfg.readFiles(files, server)
	if err == nil {
		err = observed.Whole(snap)
	}
	if err == nil && cfg.Sources != "" {
		err = observed.WholeSources(snap)
	}
	if err != nil {
		return nil, &Unread{Object: cfg.Observed, Err: err, part: snap}
	}
	if snap.Server.Version.IsZero() {
		return nil, fmt.Errorf("%s does not say which server it is of: give --server-version", cfg.Observed)
	}
	return snap, nil
}

// readFiles reads a snapshot or dumps. With an error of what is in them it gives
// as much of the snapshot as it could read.
func (cfg Config) readFiles(files map[string]io.Reader, server model.Server) (*model.Snapshot, error) {
	main := files[cfg.Observed].(io.ReadSeeker)
	snap, err := observed.ReadSnapshot(main)
	if !errors.Is(err, observed.ErrNotSnapshot) {
		if snap == nil {
			snap = &model.Snapshot{Server: server}
		} else if snap.Server.Version.IsZero() {
			snap.Server = server
		}
		return snap, err
	}
	if _, err := main.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	return observed.ReadDump(main, files[cfg.Sources], files[cfg.Persisted], server)
}

// declare reads the option files, what they include, and the command line.
func (cfg Config) declare(ctx context.Context, report *v1.DriftReport, server model.Server) (model.Declaration, error) {
	d := model.Declaration{Complete: true}
	var args []optionfile.Setting
	var start optionfile.StartOptions
	if cfg.ServerArgs != "" {
		words, err := shell.Fields(cfg.ServerArgs, func(string) string { return "" })
		if err != nil {
			return d, fmt.Errorf("--server-args: %w", err)
		}
		args, start = optionfile.ParseArgs(words)
	}
	governed := map[string]bool{}
	allNamed := true
	for _, path := range cfg.OptionFiles {
		data, err := cfg.read(ctx, path)
		if err != nil {
			return d, err
		}
		includes, err := newBeside(path, cfg.IncludeRoot)
		if err != nil {
			return d, err
		}
		f := optionfile.Parse(path, data, optionfile.Options{FS: includes, Server: server, GroupSuffix: start.GroupSuffix, Mode: cfg.serverMode(path, server)})
		if p, ok := cfg.writable(path, server); ok {
			report.Findings = append(report.Findings, drift.OfFile(p, model.Origin{Hop: model.HopFile, Path: p.File}))
		}
		read := f.For(optionfile.Groups(server, start.GroupSuffix))
		d.Settings = slices.Grow(d.Settings, len(read))
		for _, s := range read {
			d.Settings = append(d.Settings, setting(s, model.HopFile))
		}
		report.GovernedBy = append(report.GovernedBy, governing(path, "file", len(report.GovernedBy)))
		for _, i := range f.Includes {
			for _, name := range i.Read {
				if !governed[name] {
					governed[name] = true
					report.GovernedBy = append(report.GovernedBy, governing(name, "include", len(report.GovernedBy)))
				}
			}
		}
		for _, p := range f.Unread() {
			d.Complete = false
			d.Missing = append(d.Missing, fmt.Sprintf("%s:%d: %s", p.File, p.Line, p.Message))
			target, named := f.Target(p)
			d.Unread, allNamed = append(d.Unread, target), allNamed && named
		}
		for _, p := range f.Problems {
			report.Findings = append(report.Findings, drift.OfFile(p, model.Origin{Hop: model.HopFile, Path: p.File, Line: p.Line, Column: p.Column}))
		}
	}
	for _, s := range args {
		d.Settings = append(d.Settings, setting(s, model.HopArgument))
	}
	if !allNamed {
		d.Unread = nil
	}
	report.Notes = append(report.Notes, d.Missing...)
	return d, nil
}

func governing(path, via string, order int) v1.GoverningFile {
	return v1.GoverningFile{Path: path, Source: path, Certainty: v1.Confirmed, Via: via, Verbatim: true, Order: order}
}

func setting(s optionfile.Setting, hop model.Hop) model.Setting {
	o := model.Origin{Hop: hop, Path: s.File, Line: s.Line, Column: s.Column}
	if hop == model.HopArgument {
		o = model.Origin{Hop: hop, Object: "arg"}
	}
	return model.Setting{Option: s.Option, Value: s.Value, HasValue: s.HasValue, Group: s.Group, Origin: o}
}
