package fieldmanager

import "strings"

// Means is the way in which a change came in, by its manager's name.
type Means string

const (
	Hand       Means = "by hand"       // a person at a terminal or a console
	Client     Means = "client"        // kubectl apply and the like: a person or a pipeline
	Controller Means = "controller"    // a GitOps controller
	Release    Means = "release tool"  // Helm, Terraform, Spinnaker
	Operator   Means = "operator"      // some other controller in the cluster
	System     Means = "control plane" // Kubernetes itself
)

// Tool is what a manager's name stands for.
type Tool struct {
	Name  string // "kubectl edit", "Flux"
	Means Means
}

// named are managers whose name is fixed in their tool's source.
var named = map[string]Tool{
	"kubectl-edit":                  {"kubectl edit", Hand}, // k9s as well
	"kubectl-patch":                 {"kubectl patch", Hand},
	"kubectl-replace":               {"kubectl replace", Client},
	"kubectl-create":                {"kubectl create", Client},
	"kubectl-annotate":              {"kubectl annotate", Hand},
	"kubectl-label":                 {"kubectl label", Hand},
	"kubectl-set":                   {"kubectl set", Hand},
	"kubectl-rollout":               {"kubectl rollout", Hand},
	"kubectl-client-side-apply":     {"kubectl apply", Client},
	"kubectl-last-applied":          {"kubectl apply", Client},
	"kubectl":                       {"kubectl apply --server-side", Client},
	"before-first-apply":            {"a client before the first server-side apply", Client},
	"kustomize-controller":          {"Flux Kustomization", Controller},
	"helm-controller":               {"Flux HelmRelease", Controller},
	"argocd-controller":             {"Argo CD", Controller},
	"argocd-application-controller": {"Argo CD", Controller},
	"helm":                          {"Helm", Release},
	"Terraform":                     {"Terraform", Release},
	"HashiCorp":                     {"Terraform", Release},
	"pulumi-kubernetes":             {"Pulumi", Release},
	"node-fetch":                    {"Lens", Hand},
	"Mozilla":                       {"a web console", Hand},
	"rancher":                       {"Rancher", Hand},
	"dashboard":                     {"the Kubernetes dashboard", Hand},
	"OpenAPI-Generator":             {"a generated client (as Jenkins' kubernetes-cd uses)", Client},
	"fabric8-kubernetes-client":     {"the fabric8 Java client (as Jenkins plugins use)", Client},
	"kube-controller-manager":       {"kube-controller-manager", System},
	"kube-scheduler":                {"kube-scheduler", System},
	"kubelet":                       {"kubelet", System},
	Ancient:                         {"older changes, folded by the API server", System},
}

// Describe says which tool a manager's name stands for. A name that nobody
// fixed is taken as the client's own and may be anything.
func Describe(manager string) Tool {
	if tool, ok := named[manager]; ok {
		return tool
	}
	switch {
	case strings.HasPrefix(manager, "pulumi-kubernetes-"):
		return Tool{"Pulumi", Release}
	case strings.HasPrefix(manager, "kubectl-"):
		return Tool{"kubectl " + strings.TrimPrefix(manager, "kubectl-"), Client}
	case strings.Contains(manager, "operator") || strings.HasSuffix(manager, "-controller"):
		return Tool{manager, Operator}
	case manager == "":
		return Tool{"an unnamed client", Client}
	}
	return Tool{manager, Client}
}

// Tool is what stands behind an owner. kubectl's commands that name no manager of
// their own, rollout undo among them, send updates in kubectl's name: only its
// server-side apply is an Apply.
func (o Owner) Tool() Tool {
	if o.Manager == "kubectl" && o.Operation == "Update" {
		return Tool{"kubectl (rollout undo or another command, no apply)", Client}
	}
	return Describe(o.Manager)
}
