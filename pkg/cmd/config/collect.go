package config

import (
	"context"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cluster"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/declared"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/optionfile"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/scan"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/sysvar"
)

// atOnce is how many servers are resolved at once.
const atOnce = 16

// collect resolves every server of a selection. A fault stands beside the results
// of the others.
func collect(ctx context.Context, objs cluster.Objects, connector *cluster.Connector, selection cluster.Selection) *v1.ConfigReportList {
	list := &v1.ConfigReportList{
		TypeMeta: metav1.TypeMeta{APIVersion: v1.APIVersion, Kind: "ConfigReportList"},
	}
	instances, errs := cluster.Discover(ctx, objs, selection)
	list.Errors = errs
	list.Items = make([]v1.ConfigReport, len(instances))
	scan.Each(instances, atOnce, func(i int, inst *cluster.Instance) {
		list.Items[i] = resolveOne(ctx, objs, connector, inst)
	})
	return list
}

func resolveOne(ctx context.Context, objs cluster.Objects, connector *cluster.Connector, inst *cluster.Instance) v1.ConfigReport {
	item := v1.ConfigReport{
		TypeMeta: metav1.TypeMeta{APIVersion: v1.APIVersion, Kind: "ConfigReport"},
		Instance: inst.Instance, GovernedBy: []v1.GoverningFile{}, Settings: []v1.ConfigSetting{},
	}
	server := cluster.ImageServer(inst.Image)
	server.Flavour = inst.Recognition.Flavour
	if !server.Version.IsZero() && item.Instance.Version == "" {
		item.Instance.Version = server.Raw
	}
	opts := declared.Options{}
	var files *cluster.PodFiles
	if connector != nil {
		files = connector.Files(inst)
		opts.PodFiles = scan.PodFiles{Files: files, Limit: perPod}
	}
	res, err := declared.Resolve(ctx, objs, inst.PodObject, inst.Recognition.Container, server, opts)
	if err != nil {
		e := cluster.ErrorReport(inst.Object(), err)
		e.Tried = "find what governs it"
		item.Errors = append(item.Errors, e)
		return item
	}
	fill(&item, res, sysvar.For(server))
	if cluster.ScaledToZero(ctx, objs, inst.PodObject) {
		item.Notes = append(item.Notes, inst.Workload+" is scaled to no pods (replicas: 0): this is what its first one would have")
	}
	if files != nil && files.Err() != nil {
		e := cluster.ErrorReport(inst.Object(), files.Err())
		item.Missing = append(item.Missing, "files in the pod could not be read, sources are derived from the manifests: "+e.Text)
	}
	if len(res.Unread) > 0 && (files == nil || files.Err() != nil) {
		item.Errors = append(item.Errors, v1.ReportError{Object: inst.Object(), Tried: "read what is declared", Reason: cluster.ReasonForbidden,
			Text: strings.Join(res.Unread, "; "), Hint: "kubectl mysqldrift check tells what else is missing"})
	}
	return item
}

func fill(item *v1.ConfigReport, res *declared.Resolution, catalogue *sysvar.Catalogue) {
	if res.Governing != nil {
		item.GovernedBy = res.Governing
	}
	item.Instance.Owner = res.Owner
	item.OnChange = res.OnChange
	item.Complete = res.Declaration.Complete
	item.Missing = res.Declaration.Missing
	once, notes := lastReadings(res.Declaration.Settings)
	item.Notes = append(item.Notes, notes...)
	item.Settings = append(item.Settings, settings(once, catalogue)...)
	for _, p := range res.Problems {
		text := p.Message
		if p.Suggestion != "" {
			text += "; " + p.Suggestion
		}
		item.Problems = append(item.Problems, v1.ConfigProblem{Code: p.Code, Source: p.Origin.Object, Path: p.Origin.Path,
			Line: p.Origin.Line, Column: p.Origin.Column, Severity: string(p.Severity), Text: text})
	}
	for _, s := range res.Stale {
		stale := v1.StaleFile{Path: s.Path, Source: s.Source, Why: s.Why}
		if !s.Since.IsZero() {
			stale.Since = &metav1.Time{Time: s.Since.UTC()}
		}
		for _, d := range s.Differs {
			stale.Options = append(stale.Options, d.Option)
		}
		item.Stale = append(item.Stale, stale)
	}
}

// settings prepares the lines: values that are secrets are left out, and of what
// is set again later it says where.
func settings(list []model.Setting, catalogue *sysvar.Catalogue) []v1.ConfigSetting {
	last := map[string]int{}
	for i, s := range list {
		last[canonical(s.Option)] = i
	}
	out := make([]v1.ConfigSetting, 0, len(list))
	for i, s := range list {
		c := v1.ConfigSetting{Option: s.Option, Secret: s.Secret || catalogue.Secret(s.Option), Group: s.Group, Source: s.Origin.Object, Path: s.Origin.Path, Line: s.Origin.Line}
		if c.Secret { // of a line that is no option, what stands behind the name may be the value
			c.Option = optionfile.ShownName(s.Option)
		}
		if s.HasValue && !c.Secret {
			value := s.Value
			c.Value = &value
		}
		if by := last[canonical(s.Option)]; by != i && !accumulates(s.Option) {
			c.OverriddenBy = list[by].Origin.String()
		}
		out = append(out, c)
	}
	return out
}

// canonical is an option's name without what spelling leaves free.
func canonical(option string) string {
	name := strings.ReplaceAll(strings.ToLower(option), "-", "_")
	return strings.TrimPrefix(name, "loose_")
}

// accumulates says whether every mention of an option counts.
func accumulates(option string) bool {
	name := canonical(option)
	for _, prefix := range []string{"plugin_load_add", "replicate_", "binlog_do_db", "binlog_ignore_db", "ignore_db_dir", "early_plugin_load", "performance_schema_instrument", "audit_log_"} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}
