package observed

import (
	"strings"
	"testing"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
)

// MySQL's SHOW VARIABLES ends a value after 1,024 bytes; MariaDB's shows it whole.
func TestCutValuesOfADump(t *testing.T) {
	for _, test := range []struct {
		server model.Server
		length int
		want   bool
	}{
		{model.Server{Flavour: model.MySQL}, 1024, true},
		{model.Server{Flavour: model.MySQL}, 1000, false},
		{model.Server{Flavour: model.MariaDB}, 1024, false},
		{model.Server{Flavour: model.MariaDB}, 3000, false},
	} {
		dump := "Variable_name\tValue\ninit_connect\t" + strings.Repeat("x", test.length) + "\n"
		s, err := ReadDump(strings.NewReader(dump), nil, nil, test.server)
		if err != nil || s.Variables["init_connect"].Truncated != test.want {
			t.Errorf("%s, %d bytes: %v, %v", test.server.Flavour, test.length, s.Variables["init_connect"].Truncated, err)
		}
	}
}
