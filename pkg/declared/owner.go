package declared

import (
	"context"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cluster"
)

// operator is what is known of one operator: from which field of its resource it
// writes which object, and what a change does.
type operator struct {
	// field names the field for a ConfigMap or Secret key; "" where a user sets none.
	field func(name, key string, cr *unstructured.Unstructured) string
	// main is the field that users edit for the server's configuration.
	main     string
	onChange string
	// undone is set where the operator puts its own text back after a hand edit.
	undone bool
	// ignores is set where the operator restarts no pod for an object that changed.
	ignores bool
}

// operators are known by the kind and API group of the resource that users edit.
var operators = map[string]operator{
	"PerconaXtraDBCluster.pxc.percona.com": {
		field: func(name, _ string, _ *unstructured.Unstructured) string {
			if strings.HasPrefix(name, "auto-") {
				return "spec.pxc.resources.limits.memory"
			}
			return "spec.pxc.configuration"
		},
		main: "spec.pxc.configuration", undone: true, onChange: "the operator restarts the pods one by one",
	},
	"PerconaServerMySQL.ps.percona.com": {
		field: func(name, _ string, _ *unstructured.Unstructured) string {
			if strings.HasPrefix(name, "auto-") {
				return "spec.mysql.resources.limits.memory"
			}
			return "spec.mysql.configuration"
		},
		main: "spec.mysql.configuration", undone: true, onChange: "the operator sets dynamic variables at run time (crVersion above 1.2.0) or restarts the pods one by one",
	},
	"InnoDBCluster.mysql.oracle.com": {
		field: func(_, key string, _ *unstructured.Unstructured) string {
			switch key {
			case "99-extra.cnf":
				return "spec.mycnf"
			case "02-ssl.cnf":
				return "spec.tlsUseSelfSigned"
			}
			return ""
		},
		main: "spec.mycnf", ignores: true, onChange: "nothing: the operator ignores edits of spec.mycnf after the cluster was made, until the server version changes",
	},
	"Cluster.mysql.oracle.com": { // Oracle's first operator
		field: constantField("spec.config"), main: "spec.config", ignores: true, onChange: "nothing until the pods are recreated",
	},
	"Galera.mariadb.openstack.org": {
		field: func(_, key string, _ *unstructured.Unstructured) string {
			if key == "galera_custom.cnf.in" {
				return "spec.customServiceConfig"
			}
			return ""
		},
		main: "spec.customServiceConfig", undone: true, onChange: "the operator restarts the pods one by one",
	},
	"MySQLCluster.moco.cybozu.com": {
		field: func(_, _ string, cr *unstructured.Unstructured) string {
			if user, _, _ := unstructured.NestedString(cr.Object, "spec", "mysqlConfigMapName"); user != "" {
				return "spec.mysqlConfigMapName (configmap/" + user + ")"
			}
			return "spec.mysqlConfigMapName"
		},
		main: "spec.mysqlConfigMapName", undone: true, onChange: "an edit of the user's ConfigMap makes a new generated one: the pods restart one by one",
	},
	"MariaDB.k8s.mariadb.com": {
		field: func(name, _ string, cr *unstructured.Unstructured) string {
			switch {
			case strings.HasSuffix(name, "-config-default"):
				return "spec.timeZone"
			case strings.HasSuffix(name, "-config-tls"):
				return "spec.tls"
			}
			if text, _, _ := unstructured.NestedString(cr.Object, "spec", "myCnf"); text == "" {
				return "spec.myCnfConfigMapKeyRef"
			}
			return "spec.myCnf"
		},
		main: "spec.myCnf", undone: true, onChange: "the operator restarts the pods, replicas first",
	},
	"MysqlCluster.mysql.presslabs.org": {
		field: constantField("spec.mysqlConf"), main: "spec.mysqlConf", undone: true, onChange: "the operator restarts the pods one by one",
	},
	"MysqlCluster.mysql.radondb.com": {
		field: func(_, key string, _ *unstructured.Unstructured) string {
			if key == "plugin.cnf" {
				return "spec.mysqlOpts.pluginConf"
			}
			return "spec.mysqlOpts.mysqlConf"
		},
		main: "spec.mysqlOpts.mysqlConf", onChange: "the operator restarts the pods; hand edits of the ConfigMap stay",
	},
	"Cluster.apps.kubeblocks.io": {
		field: constantField("spec.componentSpecs[].configs (OpsRequest Reconfiguring)"), main: "spec.componentSpecs[].configs",
		undone: true, onChange: "dynamic variables are set at run time, static ones by a restart",
	},
	"VitessCluster.planetscale.com": {
		field: constantField("spec.keyspaces[].partitionings[].equal.shardTemplate.tabletPools[].mysqld.configOverrides"),
		main:  "spec.keyspaces[].partitionings[].equal.shardTemplate.tabletPools[].mysqld.configOverrides", onChange: "the operator recreates the pods; my.cnf is written only when the data directory is initialised",
	},
}

func init() {
	// Names that the same resources had before.
	operators["MariaDB.mariadb.mmontes.io"] = operators["MariaDB.k8s.mariadb.com"]
	operators["ExternalMariaDB.k8s.mariadb.com"] = operators["MariaDB.k8s.mariadb.com"]
	operators["VitessShard.planetscale.com"] = operators["VitessCluster.planetscale.com"]
	operators["MysqlCluster.mysql.bitpoke.org"] = operators["MysqlCluster.mysql.presslabs.org"]
}

// OperatorResources names the resources of known operators among objects, such as
// perconaxtradbcluster/prod.
func OperatorResources(ctx context.Context, objs cluster.Objects) []string {
	var names []string
	for _, id := range sortedKeys(operators) {
		kind, group, _ := strings.Cut(id, ".")
		list, err := objs.List(ctx, metav1.NamespaceAll, group, kind)
		if err != nil {
			continue
		}
		for i := range list {
			names = append(names, strings.ToLower(kind)+"/"+list[i].GetName())
		}
	}
	return names
}

func constantField(field string) func(string, string, *unstructured.Unstructured) string {
	return func(string, string, *unstructured.Unstructured) string { return field }
}

// top follows controller references up to the resource of a known operator, or
// to the last object that can be read.
func (r *resolver) top(ctx context.Context, namespace string, refs []metav1.OwnerReference) (cr *unstructured.Unstructured, op operator, known bool) {
	var last *unstructured.Unstructured // the topmost of a known operator so far
	defer func() {
		if !known && last != nil {
			cr, known = last, true
			op = operators[last.GetKind()+"."+groupOf(last.GetAPIVersion())]
		}
	}()
	for range 6 {
		ref := controllerOf(refs)
		if ref == nil {
			return cr, op, false
		}
		found, ok := operators[ref.Kind+"."+groupOf(ref.APIVersion)]
		next, err := r.objs.Owner(ctx, namespace, *ref)
		if err != nil || next == nil {
			// It may not be read, or its kind is not served: its name is known.
			named := &unstructured.Unstructured{}
			named.SetAPIVersion(ref.APIVersion)
			named.SetKind(ref.Kind)
			named.SetName(ref.Name)
			return named, found, ok
		}
		if ok && controllerOf(next.GetOwnerReferences()) == nil {
			return next, found, true
		}
		if ok {
			last = next
		}
		cr, refs = next, next.GetOwnerReferences()
	}
	return cr, op, false
}

func controllerOf(refs []metav1.OwnerReference) *metav1.OwnerReference {
	for i := range refs {
		if refs[i].Controller != nil && *refs[i].Controller {
			return &refs[i]
		}
	}
	if len(refs) == 1 {
		return &refs[0]
	}
	return nil
}

func groupOf(apiVersion string) string {
	group, _, ok := strings.Cut(apiVersion, "/")
	if !ok {
		return ""
	}
	return group
}

// splitSource takes "configmap/NAME:KEY" apart; names may hold dots, keys no colon.
func splitSource(s string) (kind, name, key string, ok bool) {
	kind, rest, ok := strings.Cut(s, "/")
	if !ok || kind != "configmap" && kind != "secret" {
		return "", "", "", false
	}
	i := strings.LastIndexByte(rest, ':')
	if i < 0 {
		return "", "", "", false
	}
	return kind, rest[:i], rest[i+1:], true
}

// describe fills in who writes each source and what an edit of it does.
func (r *resolver) describe(ctx context.Context, res *Resolution) {
	podCR, podOp, podKnown := r.top(ctx, r.pod.Namespace, r.pod.OwnerReferences)
	checksum := r.hasChecksum()
	best := -1
	fixed := map[string]bool{} // sources that are immutable
	counts := map[string]int{}
	for _, s := range res.Declaration.Settings {
		counts[s.Origin.Object]++
	}
	for i := range res.Governing {
		g := &res.Governing[i]
		kind, name, key, isKey := splitSource(g.Source)
		switch {
		case isKey:
			refs, immutable := r.refsOf(ctx, kind, name)
			fixed[g.Source] = immutable
			cr, op, known := r.top(ctx, r.pod.Namespace, refs)
			if known {
				if field := op.field(name, key, cr); field != "" {
					g.Owner = strings.ToLower(cr.GetKind()) + "/" + cr.GetName() + ":" + field
				} else {
					g.Owner = strings.ToLower(cr.GetKind()) + "/" + cr.GetName()
				}
				g.OnChange = op.onChange
				if op.undone {
					g.OnChange += "; a hand edit of the " + kind + " is put back"
				}
				break
			}
			if podKnown && podCR != nil && !podOp.ignores {
				g.OnChange = "the operator of " + strings.ToLower(podCR.GetKind()) + "/" + podCR.GetName() + " restarts the pods where it watches this object; else " + r.onChangeOf(ctx, kind, name, g.Via)
			} else {
				g.OnChange = r.onChangeOf(ctx, kind, name, g.Via)
			}
			if immutable {
				g.OnChange = "immutable: a new object under another name is needed"
			}
			if checksum != "" {
				g.OnChange += "; a Helm upgrade restarts the pods (annotation " + checksum + ")"
			}
		case strings.HasPrefix(g.Source, "pod-annotation/") && podKnown:
			g.Owner = strings.ToLower(podCR.GetKind()) + "/" + podCR.GetName() + ":" + podOp.main
			g.OnChange = podOp.onChange
		case g.Source == "arg" || g.Source == "env":
			g.OnChange = "a change of the pod template: the pods are recreated"
		case g.Source == "image":
			g.OnChange = "with another image only"
		case g.Source == "generated":
			g.OnChange = "written anew at each start"
		}
		if isKey && (best < 0 || better(g, &res.Governing[best], counts)) {
			best = i
		}
	}
	for i := range res.Stale {
		st := &res.Stale[i]
		st.Lasting = !slices.ContainsFunc(res.Governing, func(g v1.GoverningFile) bool {
			return g.Path == st.Path && g.Source == st.Source && keptByKubelet(g.Via) && !fixed[g.Source]
		})
	}
	if best >= 0 {
		res.Owner, res.OnChange = res.Governing[best].Owner, res.Governing[best].OnChange
	}
	if res.Owner == "" && podKnown {
		res.Owner = strings.ToLower(podCR.GetKind()) + "/" + podCR.GetName() + ":" + podOp.main
		if best < 0 {
			res.OnChange = podOp.onChange
		}
	}
}

// better says whether a is more the user's main source than b: not the operator's
// own, then by the number of settings.
func better(a, b *v1.GoverningFile, counts map[string]int) bool {
	made := func(g *v1.GoverningFile) bool {
		_, name, key, _ := splitSource(g.Source)
		return strings.HasPrefix(name, "auto-") || strings.HasSuffix(name, "-config-default") || strings.HasSuffix(name, "-config-tls") ||
			strings.HasPrefix(key, "0") || strings.HasSuffix(key, ".in")
	}
	if made(a) != made(b) {
		return made(b)
	}
	return counts[a.Source] > counts[b.Source]
}

func (r *resolver) refsOf(ctx context.Context, kind, name string) (refs []metav1.OwnerReference, immutable bool) {
	if kind == "secret" {
		s, err := r.objs.Secret(ctx, r.pod.Namespace, name)
		if err != nil {
			return nil, false
		}
		return s.OwnerReferences, s.Immutable != nil && *s.Immutable
	}
	cm, err := r.objs.ConfigMap(ctx, r.pod.Namespace, name)
	if err != nil {
		return nil, false
	}
	return cm.OwnerReferences, cm.Immutable != nil && *cm.Immutable
}

// hasChecksum is a pod annotation that holds a digest of a configuration, as
// charts put it there to make an upgrade restart the pods.
func (r *resolver) hasChecksum() string {
	for _, key := range sortedKeys(r.pod.Annotations) {
		if strings.HasPrefix(key, "checksum/") && strings.Contains(key, "conf") || strings.HasSuffix(key, "/config-hash") {
			return key
		}
	}
	return ""
}

// keptByKubelet: the files of such a volume follow their object while the pod
// lives, unless it is immutable, which the kubelet reads once.
func keptByKubelet(via string) bool {
	return via == "volume" || via == "projected" || via == "downwardAPI"
}

// byVia is what an edit of a source does in a pod that no operator looks after.
func byVia(via string) string {
	switch {
	case keptByKubelet(via):
		return "the file changes in the pod after a minute or so; the server reads it at its next start"
	case strings.HasPrefix(via, "entrypoint"):
		return "nothing until the container restarts"
	}
	return "nothing until the pod is recreated"
}
