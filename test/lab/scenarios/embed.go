// Package scenarios holds the manifests of the lab's scenarios, a folder each.
// In them @MYSQL_IMAGE@ and its like stand for what depends on the cluster.
package scenarios

import "embed"

// Files are the manifests.
//
//go:embed */*.yaml */*/*.yaml
var Files embed.FS
