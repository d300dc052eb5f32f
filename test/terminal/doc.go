// Package terminal runs the plugin as a user does, on a terminal of its own
// (util-linux's script) and in a pipe, against option files and against a small
// stand-in for an API server: formats, colour, width, escapes, progress, warnings,
// several contexts, exit codes.
package terminal
