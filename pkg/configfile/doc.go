// Package configfile reads the user's configuration file and the repository's
// .mysqldrift.yaml: defaults of flags, ignore rules, severities, names of
// annotations, endpoints. It checks them by the schema that editors use, says
// where a fault stands, and adds an ignore rule without touching the rest. It
// knows the form; what a flag or a rule does is not known here.
//
// A repository is cloned, not written by its user: its file may decide what is
// shown and how it is judged, but not whom the program talks to, as whom, or
// where tokens go.
package configfile
