package scan

import (
	"context"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cluster"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/declared"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
)

const editedPath = "/etc/mysql/conf.d/my.cnf"

// A server started at 10:00 of which a SET at 11:00 is noted.
type afterSet struct {
	flavour         model.Flavour
	variable        string
	declared, runs  string // declared "" is nowhere
	inPod           string // where the pod's file is an older one
	written         int    // hour
	set             int    // hour, 0 for a server that does not tell
	scope           string
	applied         string // by kubectl, before another wrote the ConfigMap
	otherEdited     bool
	source          model.Source
	class           v1.Class
	message, absent string
}

func (c afterSet) judge(t *testing.T) v1.Finding {
	t.Helper()
	hour := func(h int) time.Time { return time.Date(2026, 11, 27, h, 0, 0, 0, time.UTC) }
	origin := model.Origin{Hop: model.HopConfigMap, Object: "configmap/mysql:my.cnf", Path: editedPath, Line: 2}
	v := model.Variable{Name: c.variable, Value: c.runs, Source: c.source, Meta: &model.Metadata{Scope: c.scope}}
	if v.Source == "" {
		v.Source = model.SourceDynamic
	}
	if c.set > 0 {
		v.SetTime, v.SetUser, v.SetHost = hour(c.set), "app", "10.0.0.1"
	}
	version := model.Version{Major: 9, Minor: 7, Patch: 4}
	if c.flavour == model.MariaDB {
		version = model.Version{Major: 10, Minor: 11, Patch: 19}
	}
	snap := &model.Snapshot{Server: model.Server{Flavour: c.flavour, Version: version}, TakenAt: hour(14), Uptime: 4 * time.Hour,
		HasSources: true, HasPersisted: true, Variables: map[string]model.Variable{c.variable: v}}
	res := &declared.Resolution{Written: map[string]time.Time{editedPath: hour(c.written)}, Declaration: model.Declaration{Complete: true}}
	line := "[mysqld]\n"
	if c.declared != "" {
		line += c.variable + "=" + c.declared + "\n"
		res.Declaration.Settings = []model.Setting{{Option: c.variable, Value: c.declared, HasValue: true, Origin: origin}}
	}
	if c.otherEdited {
		res.Declaration.Settings = append(res.Declaration.Settings, model.Setting{Option: "back_log", Value: "77", HasValue: true, Origin: origin})
		snap.Variables["back_log"] = model.Variable{Name: "back_log", Value: "66", Source: model.SourceFile}
	}
	if c.inPod != "" {
		differs := declared.StaleSetting{Option: c.variable, InPod: &c.inPod}
		if c.declared != "" {
			differs.Current = &c.declared
		}
		res.Stale = []declared.StaleFile{{Path: editedPath, Source: origin.Object, Differs: []declared.StaleSetting{differs}, Lasting: true}}
	}
	cm := corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "mysql"}, Data: map[string]string{"my.cnf": line}}
	if c.applied != "" {
		cm.Annotations = map[string]string{corev1.LastAppliedConfigAnnotation: `{"data":{"my.cnf":"[mysqld]\n` + c.variable + `=` + c.applied + `\n"}}`}
	}
	p := pod("mysql-0")
	d := &Detail{Instance: cluster.Instance{Instance: v1.Instance{Namespace: "shop", Pod: "mysql-0"}, PodObject: &p}, Resolution: res, Snapshot: snap, Report: &v1.DriftReport{}}
	judge(context.Background(), Config{Objects: objects{configMaps: []corev1.ConfigMap{cm}}}, d)
	for _, f := range d.Report.Findings {
		if f.Variable == c.variable {
			return f
		}
	}
	return v1.Finding{}
}

// A server notes SET SESSION, and SET GLOBAL to the same value, as it notes a
// change: the file in the pod and the times tell them from an edit.
func TestEditAfterSet(t *testing.T) {
	for name, c := range map[string]afterSet{
		"SET SESSION, then the ConfigMap edited, subPath":   {variable: "sort_buffer_size", declared: "524288", inPod: "262144", runs: "262144", written: 9, set: 11, class: v1.StaleMount},
		"SET GLOBAL and back, then edited, subPath":         {variable: "max_connections", scope: "GLOBAL", declared: "400", inPod: "200", runs: "200", written: 9, set: 11, class: v1.StaleMount},
		"SET SESSION, then the line taken out, subPath":     {variable: "sort_buffer_size", inPod: "524288", runs: "524288", written: 9, set: 11, class: v1.StaleMount},
		"SET GLOBAL, then edited, subPath":                  {variable: "max_connections", scope: "GLOBAL", declared: "400", inPod: "200", runs: "300", written: 9, set: 11, class: v1.RuntimeOverride},
		"SET SESSION, then edited":                          {variable: "sort_buffer_size", declared: "524288", runs: "262144", written: 12, set: 11, class: v1.NotApplied, message: "possible as well"},
		"the same, among other edits":                       {variable: "sort_buffer_size", declared: "524288", runs: "262144", written: 12, set: 11, otherEdited: true, class: v1.NotApplied},
		"edited, then SET":                                  {variable: "sort_buffer_size", declared: "524288", runs: "262144", written: 9, set: 11, class: v1.RuntimeOverride},
		"edited from what runs, then SET SESSION on and on": {variable: "sort_buffer_size", declared: "524288", runs: "262144", written: 11, set: 12, applied: "262144", class: v1.NotApplied, message: "what it declared before", absent: "possible"},
		"edited from something else, then SET":              {variable: "sort_buffer_size", declared: "524288", runs: "262144", written: 11, set: 12, applied: "333333", class: v1.RuntimeOverride, absent: "possible as well"},
		"edited from what runs before the start, then SET":  {variable: "sort_buffer_size", declared: "524288", runs: "262144", written: 9, set: 12, applied: "262144", class: v1.RuntimeOverride},
		"edited from what runs, then SET of a global one":   {variable: "max_connections", scope: "GLOBAL", declared: "400", runs: "300", written: 11, set: 12, applied: "300", class: v1.RuntimeOverride},
		"edited from nobody knows what, then SET SESSION":   {variable: "sort_buffer_size", declared: "524288", runs: "262144", written: 11, set: 12, class: v1.RuntimeOverride, message: "is possible as well"},
		"SET GLOBAL, then another option edited":            {variable: "max_connections", scope: "GLOBAL", declared: "400", runs: "300", written: 12, set: 11, otherEdited: true, class: v1.RuntimeOverride},
		"SET GLOBAL, then something edited by hand":         {variable: "sort_buffer_size", declared: "524288", runs: "262144", written: 12, set: 11, applied: `524288\nback_log=5`, class: v1.RuntimeOverride},
		"edited by hand from what runs":                     {variable: "sort_buffer_size", declared: "524288", runs: "262144", written: 12, set: 11, applied: "262144", class: v1.NotApplied, absent: "possible"},
		"edited by hand from something else":                {variable: "sort_buffer_size", declared: "524288", runs: "262144", written: 12, set: 11, applied: "333333", class: v1.NotApplied},
		"MariaDB tells no time, edited":                     {flavour: model.MariaDB, variable: "max_connections", declared: "400", runs: "200", written: 12, class: v1.NotApplied, message: "a SET GLOBAL at run time is possible as well"},
		"MariaDB tells no time, not edited":                 {flavour: model.MariaDB, variable: "max_connections", declared: "400", runs: "200", written: 9, class: v1.RuntimeOverride},
	} {
		if c.flavour == "" {
			c.flavour = model.MySQL
		}
		f := c.judge(t)
		if f.Class != c.class || !strings.Contains(f.Message, c.message) || c.absent != "" && strings.Contains(f.Message, c.absent) {
			t.Errorf("%s: %s %q, want %s %q", name, f.Class, f.Message, c.class, c.message)
		}
		if strings.Contains(f.Remedy, "commit the running value") != (f.Class == v1.RuntimeOverride) {
			t.Errorf("%s: remedy %q", name, f.Remedy)
		}
	}
}
