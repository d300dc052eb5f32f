package fix

import (
	"strings"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/optionfile"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/sysvar"
)

// withoutSecrets is a difference for people: a line beside the change may hold a
// password, and is shown without its value.
func withoutSecrets(diff string, catalogue *sysvar.Catalogue) string {
	var b strings.Builder
	for line := range strings.Lines(diff) {
		b.WriteString(withoutSecret(line, catalogue))
	}
	return b.String()
}

func withoutSecret(line string, catalogue *sysvar.Catalogue) string {
	if len(line) < 2 {
		return line
	}
	name, _, hasValue := strings.Cut(line[1:], "=")
	settings := optionfile.Parse("", []byte("[mysqld]\n"+line[1:]), optionfile.Options{}).Settings
	if !hasValue || len(settings) != 1 {
		return line
	}
	if !catalogue.Secret(settings[0].Option) {
		return line
	}
	return line[:1] + name + "= " + redacted + "\n"
}
