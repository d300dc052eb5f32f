package offline

import (
	"context"
	"errors"
	"io"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
)

// Config says what is compared with what. Paths are on the local disk; "-" is Stdin.
type Config struct {
	OptionFiles []string // in reading order

	// Either a server to ask, …
	DSN     string
	Account Account
	// … or what one said: a snapshot, or TSV dumps.
	Observed, Sources, Persisted string
	Stdin                        io.Reader

	ServerVersion string // where the dump does not say
	ServerArgs    string // the server's command line, as a shell would split it
}

// Compare makes a list with one report.
func Compare(ctx context.Context, cfg Config) (*v1.DriftReportList, error) {
	return nil, errors.New("the comparison without a cluster is not built in yet")
}
