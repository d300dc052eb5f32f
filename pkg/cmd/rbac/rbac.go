// Package rbac is the verb `rbac`: it prints the fewest rights with which the
// plugin's verbs work. Which those are is in package rights. It asks neither a
// cluster nor a server.
package rbac

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"

	"github.com/spf13/cobra"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cmd/options"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/rights"
)

type flags struct {
	root           *options.Root
	verbs          []string
	via            string
	allNamespaces  bool
	secrets        []string
	apply          bool
	tools          []string
	name           string
	serviceAccount string
	kubeUser       string
	group          string
	account        string
	server         string
	print          *options.Print
}

// Text formats: YAML with a remark to each rule, which kubectl's printers do not
// write, and statements alone.
const (
	formatYAML = "yaml"
	formatSQL  = "sql"
)

// New makes the command.
func New(root *options.Root) *cobra.Command {
	f := &flags{root: root, print: options.NewObjectPrint(formatSQL)}
	cmd := &cobra.Command{
		Use:   "rbac",
		Short: "Print the rights that suffice, in Kubernetes and in the servers",
		Long: `Print the fewest rights with which the plugin's verbs work: a Role and its
binding (with -A a ClusterRole), and the GRANT statements for MySQL and MariaDB.

The YAML goes straight to kubectl apply -f -; the GRANT statements stand in its
comments, and alone with -o sql. Nothing is asked of a cluster or a server.

Secrets are left out unless --secrets names those that may be read: without
them passwords are used inside the pods, by exec, or are given with --user.

Exit codes: 0 printed, 2 wrong use.`,
		Example: `  # The rights for all that reads, in namespace shop, for ServiceAccount mysqldrift
  kubectl mysqldrift -n shop rbac | kubectl apply -f -

  # The rights for status and diff in all namespaces, by port-forward only, for a group of people
  kubectl mysqldrift rbac --verb status,diff --via port-forward -A --group dba

  # With Secrets that hold the accounts, and what blame reads of Flux
  kubectl mysqldrift -n shop rbac --secrets mysql-root,orders-db --tool flux=flux-system

  # The statements for one server
  kubectl mysqldrift rbac -o sql --server-version 9.7.4`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return f.run() },
	}
	fs := cmd.Flags()
	fs.StringSliceVar(&f.verbs, "verb", nil, "Verbs that are to work: "+strings.Join(rights.Verbs, ", ")+" (default all)")
	fs.StringVar(&f.via, "via", rights.Auto, "How servers are to be reached: auto (port-forward, and exec where that fails), port-forward, exec or direct")
	fs.BoolVarP(&f.allNamespaces, "all-namespaces", "A", false, "Rights in all namespaces, by a ClusterRole")
	fs.StringSliceVar(&f.secrets, "secrets", nil, "Secrets that may be read, by name; '*' means every one (default none)")
	fs.BoolVar(&f.apply, "apply", false, "With the rights of fix --apply, which writes")
	fs.StringSliceVar(&f.tools, "tool", nil, "Delivery tools and operators whose resources may be read too, NAME or NAME=NAMESPACE: "+strings.Join(toolNames(), ", "))
	fs.StringVar(&f.name, "name", "mysqldrift", "Name of the Role and its binding")
	fs.StringVar(&f.serviceAccount, "serviceaccount", "", "ServiceAccount that gets the rights, [NAMESPACE:]NAME; it is made if need be (default mysqldrift in the namespace)")
	fs.StringVar(&f.kubeUser, "kube-user", "", "Kubernetes user who gets the rights")
	fs.StringVar(&f.group, "group", "", "Kubernetes group that gets the rights")
	fs.StringVar(&f.account, "account", "mysqldrift@%", "Account in the servers, USER@HOST")
	fs.StringVar(&f.server, "server-version", "", "Print the statements for this server only, such as 9.7.4 or 10.11.19-MariaDB")
	f.print.AddFlags(cmd)
	f.print.AddHeaderFlag(cmd)
	for name, words := range map[string][]string{"verb": rights.Verbs, "tool": toolNames()} {
		_ = cmd.RegisterFlagCompletionFunc(name, options.CompleteWords(words))
	}
	return cmd
}

func toolNames() []string {
	names := make([]string, 0, len(rights.Tools))
	for name := range rights.Tools {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func (f *flags) run() error {
	want, at, err := f.want()
	if err != nil {
		return err
	}
	namespace, err := f.root.Namespace()
	if err != nil {
		return err
	}
	servers, err := f.servers()
	if err != nil {
		return err
	}
	out := f.root.Streams.Out
	if f.print.Output == formatSQL {
		return f.writeSQL(out, servers, want, "")
	}
	subject, made, err := f.subject(namespace)
	if err != nil {
		return err
	}
	sets := rights.Sets(rights.Rules(want), namespace, f.allNamespaces, at)
	if f.print.Output != "" && f.print.Output != formatYAML {
		return f.print.Object(out, objects(f.name, sets, subject, made))
	}
	if err := writeYAML(out, f.name, sets, subject, made); err != nil {
		return err
	}
	fmt.Fprintln(out)
	return f.writeSQL(out, servers, want, "# ")
}

// want checks the flags and makes plain values of them.
func (f *flags) want() (rights.Want, map[string]string, error) {
	w := rights.Want{Verbs: f.verbs, Via: f.via, Secrets: f.secrets, Apply: f.apply}
	if err := f.print.Validate(); err != nil {
		return w, nil, err
	}
	for _, v := range f.verbs {
		if !slices.Contains(rights.Verbs, v) {
			return w, nil, options.Usagef("--verb %q: want some of %s", v, strings.Join(rights.Verbs, ", "))
		}
	}
	if f.apply && len(f.verbs) > 0 && !slices.Contains(f.verbs, rights.Fix) {
		return w, nil, options.Usagef("--apply is of fix, which --verb leaves out")
	}
	if !slices.Contains([]string{rights.Auto, rights.PortForward, rights.Exec, rights.Direct}, f.via) {
		return w, nil, options.Usagef("--via %q: want auto, port-forward, exec or direct", f.via)
	}
	for _, s := range f.secrets {
		if s != "*" && len(validation.IsDNS1123Subdomain(s)) > 0 {
			return w, nil, options.Usagef("--secrets %q: no Secret can be called that", s)
		}
	}
	if len(validation.IsDNS1123Subdomain(f.name)) > 0 {
		return w, nil, options.Usagef("--name %q: no Role can be called that", f.name)
	}
	at := map[string]string{}
	for _, text := range f.tools {
		name, namespace, _ := strings.Cut(text, "=")
		if _, known := rights.Tools[name]; !known {
			return w, nil, options.Usagef("--tool %q: want some of %s", name, strings.Join(toolNames(), ", "))
		}
		if namespace != "" && len(validation.IsDNS1123Label(namespace)) > 0 {
			return w, nil, options.Usagef("--tool %q: no namespace can be called that", text)
		}
		w.Tools, at[name] = append(w.Tools, name), namespace
	}
	return w, at, nil
}

// servers are those whose statements are printed.
func (f *flags) servers() ([]model.Server, error) {
	if f.server == "" {
		return []model.Server{{Flavour: model.MySQL}, {Flavour: model.MariaDB}}, nil
	}
	s, err := model.ParseServer(f.server)
	if err != nil {
		return nil, options.Usagef("--server-version: %w", err)
	}
	return []model.Server{s}, nil
}

// writeSQL writes the GRANT statements, each line behind a prefix.
func (f *flags) writeSQL(w io.Writer, servers []model.Server, want rights.Want, prefix string) error {
	user, host, ok := cutLast(f.account, "@")
	if !ok || user == "" || host == "" || strings.ContainsFunc(f.account, func(r rune) bool { return r == '\\' || !unicode.IsPrint(r) }) {
		return options.Usagef("--account %q: want USER@HOST without control characters or backslashes", f.account)
	}
	account := rights.Account(user, host)
	var text strings.Builder
	for i, s := range servers {
		if i > 0 {
			fmt.Fprintln(&text, strings.TrimSpace(prefix))
		}
		title := s.String()
		if s.Version.IsZero() {
			title += map[model.Flavour]string{model.MySQL: " 8.0 and newer", model.MariaDB: " 10.5 and newer"}[s.Flavour]
		}
		fmt.Fprintf(&text, "%s-- %s\n%s-- CREATE USER %s IDENTIFIED BY '…';\n", prefix, title, prefix, account)
		for _, g := range rights.Grants(s, want) {
			fmt.Fprintf(&text, "%s%s  -- %s\n", prefix, g.Statement(account), g.For)
		}
	}
	_, err := io.WriteString(w, text.String())
	return err
}

func cutLast(s, sep string) (before, after string, ok bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}
