// Package scan knows the way that data flows: it finds servers, resolves what
// governs each, reads it, compares and judges, many at once. It is the only
// place with a worker pool. It must not know flags or how results are printed.
package scan
