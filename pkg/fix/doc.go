// Package fix knows which steps put a finding right: statements for a server,
// an edit of what is declared, a restart. It is pure: it makes a plan of what a
// scan found and of the texts that govern, and does nothing itself. Carrying a
// plan out is the business of pkg/fix/execute alone.
package fix
