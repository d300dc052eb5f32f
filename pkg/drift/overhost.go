package drift

import (
	"fmt"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/sysvar"
)

// overHost tells of a variable that somebody gave a value which nothing
// declares and which the host's processors or memory may give as well. What is
// persisted, or comes from a line that is gone, is drift unless most hosts give
// just that; what was set may have been set back, and is told only.
func (c *comparison) overHost(f v1.Finding, spec *sysvar.Spec, v model.Variable, persistedInForce bool) []v1.Finding {
	verdict := c.fresh.HostVerdict(v.Name, v.Value)
	if verdict == sysvar.HostNone && c.setOverUnknown(spec, v) {
		verdict = sysvar.HostPossible
	}
	if verdict != sysvar.HostUsual && verdict != sysvar.HostPossible || !brought(v.Source, persistedInForce) || spec.PerPod {
		return nil
	}
	persisted := persistedInForce || v.Source == model.SourcePersisted
	f.Hop = string(model.HopRuntime)
	switch {
	case persisted:
		f.Class, f.Hop = v1.PersistedOverride, string(model.HopPersisted)
		f.Remedy = "RESET PERSIST IF EXISTS " + v.Name + " and restart; or commit the value"
		f.Message = fmt.Sprintf("persisted as %s, declared nowhere (the default depends on the host)", quoted(f.Running.Value))
	case v.Source == model.SourceFile:
		f.Class, f.Hop, f.Remedy = v1.PendingRestart, string(model.HopStart), "restart the server"
		f.Message = fmt.Sprintf("running %s from an option file that does not hold it any more (the default depends on the host)", quoted(f.Running.Value))
	default:
		f.Message = fmt.Sprintf("set to %s at run time, declared nowhere (the default depends on the host)", quoted(f.Running.Value))
	}
	switch {
	case v.Source == model.SourceDynamic && !persisted, verdict == sysvar.HostUsual:
		f.Class, f.Remedy = v1.NotObservable, ""
		f.Message += ": whether this is the default cannot be told"
	case v.Source == model.SourceFile && !c.fileKnown(v):
		return nil
	default:
		f.Drift = true
	}
	return []v1.Finding{f}
}

// setOverUnknown reports whether a SET that no session can make alone gave a
// variable its value, where the default is the host's and there is no telling it.
func (c *comparison) setOverUnknown(spec *sysvar.Spec, v model.Variable) bool {
	_, known := c.fresh.Default(v.Name)
	return !known && spec.HostDependent && spec.Scope == sysvar.ScopeGlobal && v.Source == model.SourceDynamic && c.snap.Persisted[v.Name].Name == ""
}
