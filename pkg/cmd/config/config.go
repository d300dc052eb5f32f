// Package config is the verb `config`: what is declared for each server, and
// where each line of it comes from. It turns flags into a selection, asks package
// declared, and prints; how sources are found is not known here.
package config

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"k8s.io/apimachinery/pkg/api/meta"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cluster"
	shared "github.com/mysqldrift/kubectl-mysqldrift/pkg/cmd/cluster"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cmd/options"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/declared"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/output"
)

type flags struct {
	root      *options.Root
	print     *options.Print
	selection options.Select
	filenames []string
	recursive bool
	tree      bool
	confirm   bool
}

// New makes the command.
func New(root *options.Root) *cobra.Command {
	f := &flags{root: root, print: options.NewPrint("wide")}
	cmd := &cobra.Command{
		Use:   "config [POD | WORKLOAD]...",
		Short: "Print what is declared for a server, with the origin of each line",
		Long: `Print the configuration that is declared for MySQL and MariaDB servers, in the
order in which they read it, each line with the ConfigMap key, Secret key,
argument, environment variable or image file that it comes from, and the
operator's resource that a user edits.

Mounts, init containers that copy and edit files, start scripts, what images and
operators do at the start, and the server's own order of files are followed. Each
source is confirmed (the file in the pod equals it), derived (from the manifests)
or ambiguous (it could not be told; the candidates are given). Values from Secrets
are never shown.

With -f nothing but the manifests is read: the answer is what they would give.

Exit codes: 0 read, 2 failure or wrong use, 3 something could not be read.`,
		Example: `  # What governs every pod of a StatefulSet, line by line
  kubectl mysqldrift config sts/mysql

  # The chain from owner to file as a picture
  kubectl mysqldrift config mysql-0 --tree

  # What manifests would give, before they are applied
  kubectl mysqldrift config -f k8s/ -o json
  helm template db bitnami/mysql | kubectl mysqldrift config -f -`,
		ValidArgsFunction: shared.CompleteNames(root),
		RunE: func(cmd *cobra.Command, args []string) error {
			if !cmd.Flags().Changed("confirm") {
				f.confirm = len(args) > 0
			}
			return f.run(cmd.Context(), args)
		},
	}
	f.print.AddFlags(cmd)
	f.print.AddTableFlags(cmd)
	f.selection.AddFlags(cmd.Flags())
	cmd.Flags().StringSliceVarP(&f.filenames, "filename", "f", nil, "Read manifests from files, directories or - (standard input) instead of the cluster")
	cmd.Flags().BoolVarP(&f.recursive, "recursive", "R", false, "Read the folders within the folders given with -f too")
	cmd.Flags().BoolVar(&f.tree, "tree", false, "Draw the chain from owner to file instead of the lines")
	cmd.Flags().BoolVar(&f.confirm, "confirm", false, "Compare the files in the pods with their sources, by exec (default: where names are given)")
	return cmd
}

func (f *flags) run(parent context.Context, names []string) error {
	if err := f.print.Validate(); err != nil {
		return err
	}
	if f.tree && !f.print.IsText() {
		return options.Usagef("--tree is text: leave -o %s out", f.print.Output)
	}
	ctx, cancel := f.root.Context(parent)
	defer cancel()
	objs, connector, selection, err := f.sources(names)
	if err != nil {
		return err
	}
	list := collect(ctx, objs, connector, selection)
	if err := output.SortBy(list.Items, f.print.SortBy); err != nil {
		return err
	}
	if err := f.render(list); err != nil {
		return err
	}
	return f.exit(ctx, objs, list)
}

// sources are the objects to read and the servers that are meant.
func (f *flags) sources(names []string) (cluster.Objects, *cluster.Connector, cluster.Selection, error) {
	selection := cluster.Selection{
		AllNamespaces: f.selection.AllNamespaces, LabelSelector: f.selection.LabelSelector, FieldSelector: f.selection.FieldSelector, Names: names,
	}
	if len(f.filenames) > 0 {
		// Manifests are looked at whole, whatever the kubeconfig's namespace is.
		selection.AllNamespaces = true
		if ns := f.root.Config.Namespace; ns != nil && *ns != "" && !f.selection.AllNamespaces {
			selection.AllNamespaces, selection.Namespaces = false, []string{*ns}
		}
		var options []cluster.FilesOption
		if f.recursive {
			options = append(options, cluster.Recursive)
		}
		objs, err := cluster.NewFiles(f.filenames, f.stdin(), options...)
		return objs, nil, selection, err
	}
	if !selection.AllNamespaces {
		ns, err := f.root.Namespace()
		if err != nil {
			return nil, nil, selection, err
		}
		selection.Namespaces = []string{ns}
	}
	config, err := f.root.Config.ToRESTConfig()
	if err != nil {
		return nil, nil, selection, fmt.Errorf("read the kubeconfig: %w", err)
	}
	live, err := cluster.NewLive(config, cluster.LiveOptions{
		ChunkSize: f.selection.ChunkSize,
		Mapper:    func() (meta.RESTMapper, error) { return f.root.Config.ToRESTMapper() },
	})
	if err != nil || !f.confirm {
		return live, nil, selection, err
	}
	connector, err := cluster.NewConnector(config)
	return live, connector, selection, err
}

func (f *flags) stdin() io.Reader {
	if f.root.Streams.In != nil {
		return f.root.Streams.In
	}
	return os.Stdin
}

// exit tells by code that something could not be read, as every verb does.
func (f *flags) exit(ctx context.Context, objs cluster.Objects, list *v1.ConfigReportList) error {
	output.ConfigErrors(f.root.Streams.ErrOut, list)
	unread := func(r v1.ConfigReport) bool { return len(r.Errors) > 0 }
	if len(list.Errors) > 0 || slices.ContainsFunc(list.Items, unread) {
		return options.Exit(shared.UnreadCode(len(list.Items), list.Errors))
	}
	if len(list.Items) == 0 {
		shared.SayNothing(f.root.Streams.ErrOut, f.where())
		f.sayResources(ctx, objs)
	}
	return nil
}

// sayResources names what of the manifests an operator makes servers of: what it
// would make is not in them.
func (f *flags) sayResources(ctx context.Context, objs cluster.Objects) {
	if len(f.filenames) == 0 {
		return
	}
	if names := declared.OperatorResources(ctx, objs); len(names) > 0 {
		fmt.Fprintf(f.root.Streams.ErrOut, "%s: an operator makes the servers of it. What it makes (StatefulSets or Pods with their ConfigMaps) has to be among the manifests; "+
			"in a cluster, kubectl mysqldrift config reads it.\n", output.Escape(strings.Join(names, ", ")))
	}
}

// where says where was looked.
func (f *flags) where() string {
	if len(f.filenames) > 0 {
		return " in " + strings.Join(f.filenames, ", ")
	}
	namespace, err := f.root.Namespace()
	if err != nil {
		namespace = ""
	}
	return shared.Where(f.selection, namespace)
}

// perPod bounds the reading of one pod's files: one that hangs must not take the
// time of the others.
const perPod = 10 * time.Second
