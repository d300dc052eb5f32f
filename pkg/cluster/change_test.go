package cluster

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/go-sql-driver/mysql"
	"github.com/google/go-cmp/cmp"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/observed"
)

// By the pod's client a change leaves the read-only transaction first, and its
// warnings are what the client prints.
func TestPodClientChange(t *testing.T) {
	var got []string
	client := newPodClient(func(_ context.Context, _ []string, in io.Reader, out, errs io.Writer) error {
		data := make([]byte, 4096)
		text := ""
		for !strings.Contains(text, "SHOW WARNINGS;") {
			n, err := in.Read(data)
			text += string(data[:n])
			if err != nil {
				return err
			}
		}
		_, statements, _ := strings.Cut(text, "START")
		got = append(got, "START"+statements)
		if strings.Contains(text, "max_connections") {
			_, err := io.WriteString(out, `<?xml version="1.0"?><resultset statement="SHOW WARNINGS"><row><field name="Level">Warning</field><field name="Code">1292</field><field name="Message">Truncated</field></row></resultset>`+"\n")
			return err
		}
		io.WriteString(errs, "ERROR 1227 (42000) at line 3: Access denied\n")
		return &ExitError{Code: 1}
	}, Credential{InPod: true}, 3306)
	if _, _, err := client.Query(t.Context(), observed.BeginStatement); err != nil {
		t.Fatal(err)
	}
	warnings, err := client.Change(t.Context(), "SET GLOBAL max_connections = 1")
	if d := cmp.Diff([]string{"Warning 1292 Truncated"}, warnings); d != "" || err != nil {
		t.Errorf("%v %s", err, d)
	}
	if len(got) != 1 || got[0] != "START TRANSACTION READ ONLY;\nROLLBACK;\nSET GLOBAL max_connections = 1;\nSHOW WARNINGS;\n" {
		t.Errorf("sent %q", got)
	}
	client.Close()
	var refused *mysql.MySQLError
	if _, err := client.Change(t.Context(), "SET GLOBAL back_log = 1"); !errors.As(err, &refused) || refused.Number != 1227 {
		t.Errorf("%v", err)
	}
}
