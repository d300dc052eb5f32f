package ignore

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cmd/options"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/policy"
)

// A rule that would ignore nothing is not written.
func TestSenseless(t *testing.T) {
	today := time.Now().Format(time.DateOnly)
	for _, test := range []struct{ variable, expires, refused, warns string }{
		{"max_connections", today, "", ""},
		{"innodb_*", "", "", ""},
		{"max_connectons", "", "", "no MySQL or MariaDB release"},
		{"", "", "name the variable", ""},
		{"sts/mysql", "", "which variable of sts/mysql", ""},
		{"max_connections", "2020-01-01", "is over", ""},
	} {
		var errs bytes.Buffer
		f := &flags{root: &options.Root{Streams: genericiooptions.IOStreams{ErrOut: &errs}}}
		err := f.senseless(policy.Ignore{Variable: test.variable, Expires: test.expires})
		if (err != nil) != (test.refused != "") || err != nil && !strings.Contains(err.Error(), test.refused) {
			t.Errorf("%+v: %v", test, err)
		}
		if (errs.Len() > 0) != (test.warns != "") || !strings.Contains(errs.String(), test.warns) {
			t.Errorf("%+v: warned %q", test, errs.String())
		}
	}
}
