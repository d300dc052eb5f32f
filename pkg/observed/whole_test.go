package observed

import (
	"bytes"
	"compress/gzip"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
)

// A whole dump, and what is left of it wherever it is cut, also compressed:
// nothing but the whole is taken for whole.
func TestCutShort(t *testing.T) {
	text, err := os.ReadFile("../../docs/examples/variables.tsv")
	if err != nil {
		t.Fatal(err)
	}
	server := model.Server{Flavour: model.MySQL, Version: model.Version{Major: 9, Minor: 7, Patch: 4}}
	read := func(data []byte) (*model.Snapshot, error) {
		s, err := ReadDump(bytes.NewReader(data), nil, nil, server)
		return s, errors.Join(err, Whole(s))
	}
	if _, err := read(text); err != nil {
		t.Errorf("the whole dump: %v", err)
	}
	if _, err := read(bytes.ReplaceAll(text, []byte("\n"), []byte("\r\n"))); err != nil {
		t.Errorf("with the line ends of Windows: %v", err)
	}
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	z.Write(text) //nolint:errcheck // memory
	z.Close()
	last := bytes.Index(text, []byte("\nwait_timeout"))
	cuts := [][]byte{text[:len(text)-1], text[:last+5], text[:last+1], text[:10000], text[:14], text[:0], packed.Bytes()[:packed.Len()-9], packed.Bytes()[:4000]}
	cuts = append(cuts, append([]byte("Variable_name\tValue\n"), text[bytes.Index(text, []byte("\nsql_mode"))+1:]...)) // its head is gone
	for _, data := range cuts {
		s, err := ReadDump(bytes.NewReader(data), nil, nil, server)
		var cut *CutShort
		if err == nil {
			err = Whole(s)
		}
		if !errors.As(err, &cut) {
			t.Errorf("%d bytes of it: %v", len(data), err)
		}
	}
	// Half a value is another value.
	s, _ := ReadDump(strings.NewReader("Variable_name\tValue\nback_log\t70\nmax_connections\t15"), nil, nil, server)
	if len(s.Variables) != 1 {
		t.Errorf("the last line counts: %v", s.Variables)
	}
	if _, err := ReadSnapshot(strings.NewReader(`{"kind":"ServerSnapshot","snapshot":{"Variables":{`)); !errors.As(err, new(*CutShort)) {
		t.Errorf("half a snapshot: %v", err)
	}
	// The sources and the persisted settings have no known length, but lines with an end.
	_, err = ReadDump(bytes.NewReader(text), strings.NewReader("VARIABLE_NAME\tVARIABLE_SOURCE\nback_log\tCOMP"), nil, server)
	if !errors.As(err, new(*CutShort)) {
		t.Errorf("cut sources: %v", err)
	}
}
