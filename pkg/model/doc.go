// Package model is the vocabulary that every step of a scan shares: which
// server it is, what was declared for it and where (Setting, Origin), and what
// it was seen running with (Snapshot).
//
// It holds values only. It must not import Kubernetes, SQL or do I/O, so that
// the pure packages (optionfile, sysvar, drift) can use it.
package model
