package options

import (
	"fmt"
	"io"
	"sync"

	"k8s.io/client-go/rest"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/output"
)

// warnings shows what API servers warn of, each text once: a scan asks the same
// kind of thing many times.
type warnings struct {
	w    io.Writer
	mu   sync.Mutex
	seen map[string]bool
}

var _ rest.WarningHandler = (*warnings)(nil)

// HandleWarningHeader is called for each header; 299 is the code that Kubernetes uses.
func (h *warnings) HandleWarningHeader(code int, _, text string) {
	if code != 299 || text == "" {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.seen[text] {
		return
	}
	h.seen[text] = true
	fmt.Fprintf(h.w, "Warning: %s\n", output.Escape(text))
}
