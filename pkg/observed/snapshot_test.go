package observed

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
)

func TestSnapshotFile(t *testing.T) {
	s, err := ReadDump(strings.NewReader("Variable_name\tValue\nversion\t9.7.4\nport\t3306\ninit_connect\tswordfish\nsecure_file_priv\tNULL\n"),
		strings.NewReader("VARIABLE_NAME\tVARIABLE_SOURCE\tVARIABLE_PATH\tMIN_VALUE\tMAX_VALUE\tSET_USER\nport\tEXPLICIT\t/etc/my.cnf\t0\t65535\tNULL\n"), nil, model.Server{})
	if err != nil {
		t.Fatal(err)
	}
	if s.Server.Version.Major != 9 || s.Variables["port"].Source != model.SourceFile || s.Variables["secure_file_priv"].Value != "NULL" {
		t.Errorf("dump: %+v", s)
	}
	var file bytes.Buffer
	if err := WriteSnapshot(&file, s); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(file.String(), "swordfish") {
		t.Error("a secret in the file")
	}
	got, err := ReadSnapshot(&file)
	if err != nil || got.Variables["port"].Value != "3306" || !got.Variables["init_connect"].Truncated {
		t.Errorf("%+v, %v", got, err)
	}
	if s.Variables["init_connect"].Value != "swordfish" {
		t.Error("the snapshot itself was changed")
	}
	if _, err := ReadSnapshot(strings.NewReader("Variable_name\tValue\n")); !errors.Is(err, ErrNotSnapshot) {
		t.Errorf("a dump: %v", err)
	}
	if _, err := ReadDump(strings.NewReader("a\tb\n1\t2\n"), nil, nil, model.Server{}); err == nil {
		t.Error("a table of something else was taken for variables")
	}
}
