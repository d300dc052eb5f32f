package observed

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/sysvar"
)

// SnapshotKind marks the files that WriteSnapshot writes.
const SnapshotKind = "ServerSnapshot"

// snapshotFile is a snapshot with what a reader needs to know about the file.
type snapshotFile struct {
	APIVersion string          `json:"apiVersion"`
	Kind       string          `json:"kind"`
	Snapshot   *model.Snapshot `json:"snapshot"`
}

const snapshotVersion = "mysqldrift.io/v1alpha1"

// WriteSnapshot writes a snapshot as JSON, for ReadSnapshot. Values of variables
// that may hold secrets do not go into the file; they are marked as cut, so that
// a comparison leaves them alone.
func WriteSnapshot(w io.Writer, s *model.Snapshot) error {
	e := json.NewEncoder(w)
	e.SetIndent("", " ")
	if err := e.Encode(snapshotFile{snapshotVersion, SnapshotKind, withoutSecrets(s)}); err != nil {
		return fmt.Errorf("write snapshot: %w", err)
	}
	return nil
}

func withoutSecrets(s *model.Snapshot) *model.Snapshot {
	c := sysvar.For(s.Server)
	out := *s
	out.Variables, out.Persisted = maps.Clone(s.Variables), maps.Clone(s.Persisted)
	for name, v := range out.Variables {
		if !c.Secret(name) {
			continue
		}
		delete(out.Persisted, name)
		if v.Value != "" {
			v.Value, v.Truncated = "", true
			out.Variables[name] = v
		}
	}
	return &out
}

// ErrNotSnapshot says that a file holds no JSON snapshot: it may be a dump.
var ErrNotSnapshot = errors.New("not a snapshot file")

// ReadSnapshot reads what WriteSnapshot wrote, also compressed with gzip. For
// anything that does not begin like JSON the error is ErrNotSnapshot, for a file
// that ends early a *CutShort.
func ReadSnapshot(r io.Reader) (*model.Snapshot, error) {
	b := bufio.NewReader(r)
	if magic, _ := b.Peek(2); bytes.Equal(magic, []byte{0x1f, 0x8b}) {
		z, err := gzip.NewReader(b)
		if err != nil {
			return nil, fmt.Errorf("read snapshot: decompress: %w", err)
		}
		b = bufio.NewReader(io.LimitReader(z, maxDump))
	}
	if first, err := b.Peek(1); err != nil || first[0] != '{' {
		return nil, ErrNotSnapshot
	}
	var f snapshotFile
	if err := json.NewDecoder(b).Decode(&f); errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, &CutShort{"the snapshot", "the file ends in the middle"}
	} else if err != nil {
		return nil, fmt.Errorf("read snapshot: %w", err)
	}
	if f.Kind != SnapshotKind || f.Snapshot == nil {
		return nil, fmt.Errorf("read snapshot: kind %q, want %s", f.Kind, SnapshotKind)
	}
	if f.Snapshot.Variables == nil {
		return nil, errors.New("read snapshot: no variables in it")
	}
	return f.Snapshot, nil
}
