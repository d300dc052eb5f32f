// Package fieldmanager reads metadata.managedFields: who owns a field, since
// when at the latest, and which tool hides behind a manager's name.
//
// It knows nothing of servers or variables and does no I/O. A manager's name is
// what the client chose to send, so it is a claim, never an identity.
package fieldmanager

import (
	"cmp"
	"encoding/json"
	"slices"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Owner is one entry of managedFields that owns a field.
type Owner struct {
	Manager     string
	Operation   string // Apply or Update
	Subresource string
	// Time is when this manager last changed anything in the object: the field
	// itself was written no later than this.
	Time time.Time
	// Sole: the entry owns nothing but the field asked about, so that its time is
	// the field's own.
	Sole bool
}

// Ancient is the manager under which the API server folds old Update entries.
const Ancient = "ancient-changes"

// Of lists the owners of the field at path, newest first. A path element is a
// plain name ("data", "my.cnf") or a list key as JSON in braces
// (`{"name":"mysql"}`), as FieldsV1 writes it after f: and k:.
func Of(entries []metav1.ManagedFieldsEntry, path ...string) []Owner {
	var owners []Owner
	for _, entry := range entries {
		if entry.FieldsV1 != nil && owns(entry.FieldsV1.GetRawBytes(), path) {
			o := ownerOf(entry)
			o.Sole = leaves(entry.FieldsV1.GetRawBytes()) == 1
			owners = append(owners, o)
		}
	}
	slices.SortStableFunc(owners, func(a, b Owner) int { return b.Time.Compare(a.Time) })
	return owners
}

// All lists every entry as an owner, newest first.
func All(entries []metav1.ManagedFieldsEntry) []Owner {
	var owners []Owner
	for _, entry := range entries {
		owners = append(owners, ownerOf(entry))
	}
	slices.SortStableFunc(owners, func(a, b Owner) int {
		return cmp.Or(b.Time.Compare(a.Time), cmp.Compare(a.Manager, b.Manager))
	})
	return owners
}

func ownerOf(entry metav1.ManagedFieldsEntry) Owner {
	o := Owner{Manager: entry.Manager, Operation: string(entry.Operation), Subresource: entry.Subresource}
	if entry.Time != nil {
		o.Time = entry.Time.UTC()
	}
	return o
}

// owns walks one FieldsV1 tree. A leaf or a "." below the path owns the field;
// so does any child of it, for a field that is itself a map or list.
func owns(raw []byte, path []string) bool {
	var tree map[string]json.RawMessage
	for _, element := range path {
		tree = nil
		if json.Unmarshal(raw, &tree) != nil {
			return false
		}
		prefix := "f:"
		if element != "" && element[0] == '{' {
			prefix = "k:"
		}
		next, ok := tree[prefix+element]
		if !ok {
			return false
		}
		raw = next
	}
	return true
}

// leaves counts the fields of a FieldsV1 tree. A "." is the map around fields,
// which whoever first wrote one of them owns.
func leaves(raw []byte) int {
	var tree map[string]json.RawMessage
	if json.Unmarshal(raw, &tree) != nil || len(tree) == 0 {
		return 1
	}
	n := 0
	for name, child := range tree {
		if name != "." {
			n += leaves(child)
		}
	}
	return n
}
