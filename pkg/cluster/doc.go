// Package cluster knows Kubernetes: which containers run a MySQL or MariaDB
// server, the objects around them, credentials, exec, and a net.Conn to a pod's
// port. It must not know variables or option files.
package cluster
