// Package output renders reports: tables, coloured text, custom columns. It
// takes values of pkg/api/v1alpha1 and a writer, nothing else. It must not know
// where data came from, which flags were given, or what drift is.
//
// Every text that a server, a file or an object supplied is untrusted: it goes
// through Escape before it reaches a terminal.
package output
