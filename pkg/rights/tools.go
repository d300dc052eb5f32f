package rights

// Tool is a delivery tool or an operator with the rights to read its resources.
type Tool struct {
	// Namespace is where its resources lie; empty where they lie beside the servers.
	Namespace string
	Rules     []Rule
}

// Tools are those whose resources the plugin can read.
var Tools = map[string]Tool{
	"flux": {"flux-system", []Rule{
		delivery("kustomize.toolkit.fluxcd.io", "kustomizations"),
		delivery("source.toolkit.fluxcd.io", "gitrepositories"),
		delivery("source.toolkit.fluxcd.io", "ocirepositories"),
		delivery("source.toolkit.fluxcd.io", "buckets"),
		delivery("source.toolkit.fluxcd.io", "helmcharts"),
		delivery("helm.toolkit.fluxcd.io", "helmreleases"),
	}},
	"argocd":     {"argocd", []Rule{delivery("argoproj.io", "applications")}},
	"percona":    {"", []Rule{operator("pxc.percona.com", "perconaxtradbclusters"), operator("ps.percona.com", "perconaservermysqls")}},
	"oracle":     {"", []Rule{operator("mysql.oracle.com", "innodbclusters")}},
	"moco":       {"", []Rule{operator("moco.cybozu.com", "mysqlclusters")}},
	"mariadb":    {"", []Rule{operator("k8s.mariadb.com", "mariadbs")}},
	"bitpoke":    {"", []Rule{operator("mysql.presslabs.org", "mysqlclusters")}},
	"radondb":    {"", []Rule{operator("mysql.radondb.com", "mysqlclusters")}},
	"kubeblocks": {"", []Rule{operator("apps.kubeblocks.io", "clusters"), operator("apps.kubeblocks.io", "components"), operator("workloads.kubeblocks.io", "instancesets")}},
	"vitess":     {"", []Rule{operator("planetscale.com", "vitessclusters"), operator("planetscale.com", "vitesskeyspaces"), operator("planetscale.com", "vitessshards")}},
}

func delivery(group, resource string) Rule {
	return Rule{Group: group, Resource: resource, Verbs: []string{"list"}, For: "blame and trace: what delivered a ConfigMap", Without: "the delivery's state is not known"}
}

func operator(group, resource string) Rule {
	return Rule{Group: group, Resource: resource, Verbs: []string{"list"}, For: "the field that a user edits", Without: "the operator's resource is known by its name only"}
}
