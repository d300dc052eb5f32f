package offline

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
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
}

// Compare makes a list with one report.
func Compare(ctx context.Context, cfg Config) (*v1.DriftReportList, error) {
	snap, err := cfg.observe(ctx)
	if err != nil {
		return nil, err
	}
	report := v1.DriftReport{Errors: []v1.ReportError{}, Notes: snap.Notes, Instance: v1.Instance{
		Pod: snap.Hostname, Via: "direct", Server: flavourName(snap.Server), Version: snap.Server.Version.String(), Role: string(snap.Role),
	}}
	declaration, err := cfg.declare(&report, snap.Server)
	if err != nil {
		return nil, err
	}
	report.Findings = append(drift.Compare(drift.Input{Declaration: declaration, Snapshot: snap}), report.Findings...)
	if report.Findings == nil {
		report.Findings = []v1.Finding{}
	}
	report.State = drift.State(report.Findings)
	if !snap.HasSources {
		report.Notes = append(report.Notes, "without the sources of the values, changes of undeclared variables cannot be seen")
	}
	report.ObservedAt, report.StartedAt = timeOf(snap.TakenAt), timeOf(snap.StartedAt())
	list := &v1.DriftReportList{Items: []v1.DriftReport{report}}
	list.APIVersion, list.Kind = v1.APIVersion, "DriftReportList"
	return list, nil
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
	open := func(path string) (io.Reader, error) {
		if path == "" {
			return nil, nil
		}
		data, err := cfg.read(path)
		return strings.NewReader(string(data)), err
	}
	main, err := open(cfg.Observed)
	if err != nil {
		return nil, err
	}
	snap, err := observed.ReadSnapshot(main)
	if err == nil {
		if !server.Version.IsZero() && snap.Server.Version.IsZero() {
			snap.Server = server
		}
		return snap, nil
	}
	if !errors.Is(err, observed.ErrNotSnapshot) {
		return nil, fmt.Errorf("%s: %w", cfg.Observed, err)
	}
	main.(*strings.Reader).Seek(0, io.SeekStart) //nolint:errcheck // memory
	sources, err := open(cfg.Sources)
	if err != nil {
		return nil, err
	}
	persisted, err := open(cfg.Persisted)
	if err != nil {
		return nil, err
	}
	if snap, err = observed.ReadDump(main, sources, persisted, server); err != nil {
		return nil, fmt.Errorf("%s: %w", cfg.Observed, err)
	}
	if snap.Server.Version.IsZero() {
		return nil, fmt.Errorf("%s does not say which server it is of: give --server-version", cfg.Observed)
	}
	return snap, nil
}

func (cfg Config) read(path string) ([]byte, error) {
	if path == "-" && cfg.Stdin != nil {
		data, err := io.ReadAll(cfg.Stdin)
		if err != nil {
			return nil, fmt.Errorf("read standard input: %w", err)
		}
		return data, nil
	}
	return os.ReadFile(path)
}

// declare reads the option files and the command line. Includes are not
// followed: their paths are those of the server's machine, not of this one.
func (cfg Config) declare(report *v1.DriftReport, server model.Server) (model.Declaration, error) {
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
	for n, path := range cfg.OptionFiles {
		data, err := cfg.read(path)
		if err != nil {
			return d, err
		}
		f := optionfile.Parse(path, data, optionfile.Options{Server: server, GroupSuffix: start.GroupSuffix})
		for _, s := range f.For(optionfile.Groups(server, start.GroupSuffix)) {
			d.Settings = append(d.Settings, setting(s, model.HopFile))
		}
		for _, i := range f.Includes {
			d.Complete = false
			d.Missing = append(d.Missing, fmt.Sprintf("%s:%d: %s is not followed; give its files with --option-file", path, i.Line, i.Path))
		}
		for _, p := range f.Problems {
			report.Findings = append(report.Findings, problem(p))
		}
		report.GovernedBy = append(report.GovernedBy, v1.GoverningFile{Path: path, Source: path, Certainty: v1.Confirmed, Via: "file", Verbatim: true, Order: n})
	}
	for _, s := range args {
		d.Settings = append(d.Settings, setting(s, model.HopArgument))
	}
	report.Notes = append(report.Notes, d.Missing...)
	return d, nil
}

func setting(s optionfile.Setting, hop model.Hop) model.Setting {
	o := model.Origin{Hop: hop, Path: s.File, Line: s.Line, Column: s.Column}
	if hop == model.HopArgument {
		o = model.Origin{Hop: hop, Object: "arg"}
	}
	return model.Setting{Option: s.Option, Value: s.Value, HasValue: s.HasValue, Group: s.Group, Origin: o}
}

// problem is what is wrong with a file's language, as a finding.
func problem(p optionfile.Problem) v1.Finding {
	severity := v1.Info
	if p.Severity == optionfile.Fatal {
		severity = v1.P0
	}
	message := p.Message
	if p.Suggestion != "" {
		message += "; " + p.Suggestion
	}
	return v1.Finding{Variable: string(p.Code), Class: v1.Invalid, Severity: severity, Hop: string(model.HopFile), Message: message,
		Declared: &v1.Declared{Path: p.File, Line: p.Line, Column: p.Column}}
}
