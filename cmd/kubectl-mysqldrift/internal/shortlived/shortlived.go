// Package shortlived sets the garbage collector for a command that lives for a
// moment and collects by ending. It imports nothing that is initialised late, so
// that it counts while the packages of the Kubernetes client are: they allocate more
// before main than most commands do after it.
package shortlived

import (
	"os"
	"runtime/debug"
)

func init() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(400)
	}
}
