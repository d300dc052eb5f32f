package scan

import (
	"errors"
	"fmt"
	"testing"
)

// Why files in a pod are not known is printed as a reason: without the stream's words.
func TestFileErrorsArePlain(t *testing.T) {
	refused := errors.New(`unable to upgrade connection: pods "mysql-0" is forbidden: User "jane" cannot create resource "pods/exec" in API group "" in the namespace "shop"`)
	err := error(plainError{fmt.Errorf("read files in the pod: exec in container mysql of pod shop/mysql-0: %w", refused)})
	if got, want := err.Error(), `user "jane" may not create pods/exec in namespace shop`; got != want || !errors.Is(err, refused) {
		t.Errorf("%q, want %q", got, want)
	}
}
