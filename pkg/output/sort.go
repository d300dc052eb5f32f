package output

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"

	"k8s.io/client-go/util/jsonpath"
)

// SortBy sorts reports by a JSONPath over each, as kubectl's --sort-by does:
// numbers as numbers, all else as text; what has no such field comes first.
func SortBy[T any](items []T, path string) error {
	if path == "" {
		return nil
	}
	j, err := parsePath(path)
	if err != nil {
		return fmt.Errorf("--sort-by: %w", err)
	}
	type keyed struct {
		key    any
		report T
	}
	list, found := make([]keyed, len(items)), false
	for i, item := range items {
		key, err := sortKey(j, item)
		if err != nil {
			return fmt.Errorf("--sort-by %s: %w", path, err)
		}
		list[i], found = keyed{key, item}, found || key != nil
	}
	if !found && len(items) > 0 { // as kubectl has it
		return fmt.Errorf("--sort-by: couldn't find any field with path %q in the list of objects", path)
	}
	slices.SortStableFunc(list, func(a, b keyed) int { return compareKeys(a.key, b.key) })
	for i := range list {
		items[i] = list[i].report
	}
	return nil
}

func sortKey(j *jsonpath.JSONPath, item any) (any, error) {
	data, err := json.Marshal(item)
	if err != nil {
		return nil, err
	}
	var m any
	if err := json.Unmarshal(data, &m); err != nil {
		return nil, err
	}
	results, err := j.FindResults(m)
	if err != nil {
		return nil, err
	}
	if len(results) == 0 || len(results[0]) == 0 || !results[0][0].IsValid() {
		return nil, nil
	}
	return results[0][0].Interface(), nil
}

func compareKeys(a, b any) int {
	if a == nil || b == nil {
		return cmp.Compare(b2i(a != nil), b2i(b != nil))
	}
	x, okX := a.(float64)
	y, okY := b.(float64)
	if okX && okY {
		return cmp.Compare(x, y)
	}
	return cmp.Compare(text(a), text(b))
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// ValidPath tells what is wrong with a --sort-by before anything is read.
func ValidPath(path string) error {
	if path == "" {
		return nil
	}
	_, err := parsePath(path)
	return err
}
