package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"sort"
	"strings"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/sysvar"
)

// runCapture asks one server for all it says of its options and variables.
func runCapture(ctx context.Context, args []string) error {
	fs := flag.NewFlagSet("capture", flag.ContinueOnError)
	name := fs.String("name", "", "name of the capture, FLAVOUR-MAJOR.MINOR")
	root := fs.String("root", "", "folder to change root to (a debootstrap of the distribution that ships the server)")
	daemon := fs.String("server", "/usr/sbin/mysqld", "path of mysqld or mariadbd inside the root")
	client := fs.String("client", "/usr/bin/mysql", "path of the client inside the root")
	plugins := fs.String("plugins", "", "plugins to load, so that their options are captured too")
	components := fs.String("components", "", "MySQL components to install, so that their variables are captured too")
	out := fs.String("o", "", "file to write; default hack/gencatalogue/captures/NAME.tsv")
	if err := fs.Parse(args); err != nil {
		return err
	}
	if *out == "" {
		*out = "hack/gencatalogue/captures/" + *name + ".tsv"
	}
	s := &server{root: strings.TrimSuffix(*root, "/"), daemon: *daemon, client: *client}
	if *plugins != "" {
		s.plugins = strings.Split(*plugins, ",")
	}
	if err := s.identify(ctx); err != nil {
		return err
	}
	specs, err := s.capture(ctx, strings.FieldsFunc(*components, func(r rune) bool { return r == ',' }))
	if err != nil {
		return err
	}
	comment := "Captured from a real server by `gencatalogue capture`; do not edit.\n" + s.banner
	if len(s.plugins) > 0 {
		comment += "\nwith plugins " + strings.Join(s.plugins, ", ")
	}
	if *components != "" {
		comment += "\nwith components " + *components
	}
	table, _ := sysvar.FormatTable(specs, comment)
	fmt.Printf("%s: %d entries\n", *out, len(specs))
	return os.WriteFile(*out, []byte(table), 0o644)
}

// capture joins the option table of --help with the variables of the running
// server. An option and a variable belong together if they are called the same;
// the rest is settled by facts/options.tsv.
func (s *server) capture(ctx context.Context, components []string) ([]sysvar.Spec, error) {
	text, complaints := s.help(ctx, s.pluginArgs()...)
	options := parseHelp(text)
	if len(options) < 300 {
		return nil, fmt.Errorf("%s --help printed %d options only:\n%s", s.daemon, len(options), complaints)
	}
	plain, _ := s.help(ctx)
	s.builtin = parseHelp(plain)
	if err := s.start(ctx); err != nil {
		s.stop()
		return nil, err
	}
	defer s.stop()
	for _, c := range components {
		if _, err := s.query(ctx, fmt.Sprintf("INSTALL COMPONENT 'file://%s'", c)); err != nil {
			return nil, err
		}
	}
	var variables map[string]*sysvar.Spec
	var err error
	if s.mariadb {
		variables, err = s.mariadbVariables(ctx)
	} else {
		variables, err = s.mysqlVariables(ctx)
	}
	if err != nil {
		return nil, err
	}
	if err := s.names(ctx, variables); err != nil {
		return nil, err
	}
	source := s.source()
	var specs []sysvar.Spec
	for name, o := range options {
		if isLeftover(options, name) {
			continue
		}
		v := variables[underlines(name)]
		if v == nil {
			v = &sysvar.Spec{Type: optionType(o)}
			specs = append(specs, s.withOption(ctx, *v, o, source))
			continue
		}
		*v = s.withOption(ctx, *v, o, source)
	}
	for _, v := range variables {
		v.Source = source
		specs = append(specs, *v)
	}
	for i := range specs {
		s.forgetHost(&specs[i])
	}
	sort.Slice(specs, func(i, j int) bool { return specs[i].Name < specs[j].Name })
	return specs, nil
}

// forgetHost takes out values that are of this host or this run.
func (s *server) forgetHost(v *sysvar.Spec) {
	host, _ := os.Hostname()
	if v.Name == "server_uuid" || v.Name == "server_uid" || strings.Contains(v.Default, s.work) ||
		v.Type == sysvar.TypeString && host != "" && (v.Default == host || strings.HasPrefix(v.Default, host+"-") || strings.HasPrefix(v.Default, host+".")) {
		v.Default, v.HasDefault, v.HostDependent = "", false, true
	}
}

// isLeftover drops what the parser of --help sees of mixed-case names
// ("--wsrep-OSU-method" is printed as it was registered).
func isLeftover(options map[string]*option, name string) bool {
	lower := strings.ToLower(name)
	return lower != name && options[lower] != nil
}

func (s *server) source() string {
	product := "mysqld "
	if s.mariadb {
		product = "mariadbd "
	}
	return product + s.version
}

// withOption adds what the option table says to a variable, or to an option
// that has none.
func (s *server) withOption(ctx context.Context, v sysvar.Spec, o *option, source string) sysvar.Spec {
	v.Options = append(v.Options, strings.ToLower(o.Name))
	v.Source = source
	switch {
	case o.Optional:
		v.Arg = sysvar.ArgOptional
	case o.Placeholder != "":
		v.Arg = sysvar.ArgRequired
	case v.Type == sysvar.TypeBool && v.Name != "":
		v.Arg = sysvar.ArgOptional
	default:
		v.Arg = s.probeArgument(ctx, o.Name)
	}
	if v.Name == "" {
		v.Default, v.HasDefault = o.Value, o.HasValue
	}
	if s.mariadb {
		return v
	}
	switch {
	case givenByUs[v.Name]:
		v.Default, v.HasDefault = o.Value, o.HasValue
		if v.Type == sysvar.TypeBool {
			v.Default = map[string]string{"TRUE": "ON", "FALSE": "OFF"}[o.Value]
		}
	case isComputed(v, o):
		v.HostDependent, v.HasDefault, v.Default = true, false, ""
	}
	return s.probeValues(ctx, v, o)
}

// givenByUs are the variables that the captured server got from our own command
// line, so that its values are no defaults.
var givenByUs = map[string]bool{"datadir": true, "socket": true, "mysqlx_socket": true, "port": true, "skip_networking": true}

// optionType guesses the type of an option without variable.
func optionType(o *option) sysvar.Type {
	switch {
	case o.Placeholder == "#":
		return sysvar.TypeInt
	case o.Placeholder != "":
		return sysvar.TypeString
	}
	return sysvar.TypeBool
}

// isComputed reports whether a server without options runs with another number
// than the option's own default: it was sized when the server started.
func isComputed(v sysvar.Spec, o *option) bool {
	if v.Type != sysvar.TypeInt && v.Type != sysvar.TypeUint || !v.HasDefault || !o.HasValue {
		return false
	}
	// --help itself lowers log_error_verbosity.
	return v.Name != "log_error_verbosity" && o.Value != v.Default
}
