// Package observed knows what a running server says of itself: its variables
// with their sources, persisted settings, metadata and role in replication; and
// the same from a snapshot file. It must not know Kubernetes: it reads through
// a Conn, whoever opened it, and it never writes.
package observed
