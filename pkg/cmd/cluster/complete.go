package cluster

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cluster"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cmd/options"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/sysvar"
)

// CompleteNames completes workloads and pods that run a server.
func CompleteNames(root *options.Root) cobra.CompletionFunc {
	return complete(root, func(ctx context.Context, objects cluster.Objects, namespace, typed string) []string {
		found, _ := cluster.Discover(ctx, objects, cluster.Selection{Namespaces: []string{namespace}})
		return namesOf(found, typed)
	})
}

// complete asks the cluster for names, for as long as somebody who pressed Tab waits.
func complete(root *options.Root, names func(ctx context.Context, objects cluster.Objects, namespace, typed string) []string) cobra.CompletionFunc {
	return func(cmd *cobra.Command, _ []string, toComplete string) ([]string, cobra.ShellCompDirective) {
		f := &Flags{Root: root, Connect: options.Connect{Via: options.ViaAuto, Parallel: 1}}
		target, err := f.Target(false)
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		objects, err := target.Objects()
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		ctx, cancel := context.WithTimeout(cmd.Context(), completeWithin)
		defer cancel()
		return names(ctx, objects, target.namespace, toComplete), cobra.ShellCompDirectiveNoFileComp
	}
}

// rootCertificates is what Kubernetes itself mounts into each pod.
const rootCertificates = "kube-root-ca.crt"

// namesOf are the workloads and pods that begin as typed, in the kind's form that
// was typed (sts/, statefulsets.apps/) or without one; after cm/ and secret/ those
// that the pods use.
func namesOf(found []cluster.Instance, typed string) []string {
	var names []string
	add := func(name string) {
		if strings.HasPrefix(name, typed) && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	kind, _, hasKind := strings.Cut(typed, "/")
	for i := range found {
		for _, name := range found[i].Used(kind) { // a ConfigMap names the servers that it governs
			if name != rootCertificates {
				add(kind + "/" + name)
			}
		}
		for _, object := range []string{found[i].Workload, found[i].Object()} {
			itsKind, name, ok := strings.Cut(object, "/")
			if !ok {
				continue
			}
			add(object)
			if hasKind && cluster.SameKind(kind, itsKind) {
				add(kind + "/" + name)
			}
			if typed != "" {
				add(name)
			}
		}
	}
	return names
}

// CompleteNamespaces completes the cluster's namespaces.
func CompleteNamespaces(root *options.Root) cobra.CompletionFunc {
	return complete(root, func(ctx context.Context, objects cluster.Objects, _, typed string) []string {
		found, _ := objects.List(ctx, "", "", "Namespace")
		var names []string
		for _, ns := range found {
			if strings.HasPrefix(ns.GetName(), typed) {
				names = append(names, ns.GetName())
			}
		}
		return names
	})
}

// completeWithin is how long a shell waits: rather nothing than late.
const completeWithin = 3 * time.Second

// CompleteVariables completes variables of the newest servers that the plugin
// knows: which server is meant, only a scan could tell.
func CompleteVariables(toComplete string) ([]string, cobra.ShellCompDirective) {
	seen := map[string]bool{}
	var names []string
	for _, version := range []string{"9.7.0", "11.8.0-MariaDB"} {
		server, err := model.ParseServer(version)
		if err != nil {
			continue
		}
		for _, spec := range sysvar.For(server).All() {
			if spec.Name != "" && !seen[spec.Name] && strings.HasPrefix(spec.Name, toComplete) {
				seen[spec.Name] = true
				names = append(names, spec.Name)
			}
		}
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}
