// Package optionfile knows the language of MySQL's and MariaDB's option files
// (my.cnf) and of the options at the start of a command line, byte for byte as
// the servers read them: groups, quotes, escapes, comments, includes, and what a
// broken file costs.
//
// It must not know any variable: prefixes (skip-, loose-), aliases, types and
// values are the business of package sysvar. It reads files only through an FS
// that it is given, so that files in a pod or in a ConfigMap can be read too.
//
// The rules are those of mysys/my_default.c (MySQL: my_default.cc) and are held
// to by differential tests against both servers' my_print_defaults.
package optionfile
