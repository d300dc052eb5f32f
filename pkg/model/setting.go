package model

import "fmt"

// Hop is a place on the way of a value from Git to the running server.
type Hop string

// The hops in the order in which a value travels them.
const (
	HopGit       Hop = "Git"
	HopDelivery  Hop = "Delivery"  // Jenkins, Flux, Argo CD, kubectl
	HopConfigMap Hop = "ConfigMap" // also a Secret or an operator's resource
	HopFile      Hop = "File"      // the option file in the pod
	HopArgument  Hop = "Argument"  // command line: container args, environment, entry point
	HopStart     Hop = "Start"     // what the server took from files and arguments when it started
	HopPersisted Hop = "Persisted" // mysqld-auto.cnf, SET PERSIST
	HopRuntime   Hop = "Runtime"   // SET GLOBAL
)

// ObjectImage is the Object of what an image's own files declare.
const ObjectImage = "image"

// Origin is where a setting stands.
type Origin struct {
	Hop Hop
	// Object is the Kubernetes source: configmap/NAME:KEY, secret/NAME:KEY, arg,
	// env, image or generated. Empty when the file is not known to come from any.
	Object string
	// Path is the option file's path as the server reads it; empty for arguments.
	Path string
	// Line and Column are 1-based positions in the file, 0 where there is none.
	Line, Column int
}

// String is the origin for people: "configmap/mysql:my.cnf:12" or "/etc/my.cnf:12".
func (o Origin) String() string {
	name := o.Object
	if name == "" {
		name = o.Path
	}
	if o.Line > 0 {
		return fmt.Sprintf("%s:%d", name, o.Line)
	}
	return name
}

// Setting is one declared option, as it stands in its file or argument.
type Setting struct {
	// Option is the name as written, without leading dashes ("skip-name-resolve").
	Option string
	// Value is the text after '=', unquoted and unescaped.
	Value string
	// HasValue tells `option=` (an empty value) from `option` (none).
	HasValue bool
	// Group is the option group it stands in, empty for arguments.
	Group  string
	Origin Origin
	// Secret marks a setting from a Secret: its value is never shown.
	Secret bool
}

// Declaration is everything that is declared for one server, in the order in
// which the server reads it: option files first, then the command line. A later
// setting of the same variable wins, save for options that accumulate.
type Declaration struct {
	Settings []Setting
	// Complete is false if a file or argument is known to exist that could not be
	// read: then an undeclared value proves nothing.
	Complete bool
	// Unread are the includes that were not followed, a folder with a slash at its
	// end, where nothing else is missing. Then only what comes from there is unknown.
	Unread []string
	// Missing says what could not be read and why, for the user.
	Missing []string
}
