package cluster

import (
	"testing"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cmd/options"
)

// A variable that is set to nothing, as a pipeline may leave it, is no password of an
// account that nobody named.
func TestEmptyPasswordVariable(t *testing.T) {
	for _, c := range []struct {
		user, value string
		given       bool
	}{{"", "", false}, {"root", "", true}, {"", "x", true}} {
		t.Setenv(options.PasswordEnv, c.value)
		f := &Flags{Connect: options.Connect{User: c.user}}
		if p, err := f.readPassword(); err != nil || (p != nil) != c.given {
			t.Errorf("user %q, variable %q: given %v, %v", c.user, c.value, p != nil, err)
		}
	}
}
