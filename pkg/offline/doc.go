// Package offline judges one server without a cluster: option files from disk
// against a server that is asked directly, or against dumps of what it said. It
// is to one server and files what package scan is to a cluster. It must not
// know Kubernetes, flags or rendering.
package offline
