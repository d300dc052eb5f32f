package blame

import (
	"encoding/json"
	"time"
)

// AutoEntry is a variable's entry in mysqld-auto.cnf, where SET PERSIST writes.
type AutoEntry struct {
	Value, User, Host string
	When              time.Time
	// Untouched: the file's own time is that of its newest entry, so that nothing
	// but the server's statement wrote it last.
	Untouched bool
}

// ReadAuto finds a variable in mysqld-auto.cnf; nil if it has none. Servers wrote
// two layouts: both keep an object with Value and Metadata under the variable's
// name, below one or two others.
func ReadAuto(data []byte, modified time.Time, variable string) *AutoEntry {
	var root map[string]any
	if json.Unmarshal(data, &root) != nil {
		return nil
	}
	var found *AutoEntry
	var newest time.Time
	eachAuto(root, func(name string, e AutoEntry) {
		if e.When.After(newest) {
			newest = e.When
		}
		if name == variable {
			found = &e
		}
	})
	if found != nil {
		// The time of a file comes in whole seconds.
		found.Untouched = !modified.IsZero() && near(modified, newest.Truncate(time.Second), time.Second)
	}
	return found
}

func eachAuto(node map[string]any, take func(string, AutoEntry)) {
	for name, child := range node {
		object, ok := child.(map[string]any)
		if !ok {
			continue
		}
		value, isEntry := object["Value"].(string)
		meta, hasMeta := object["Metadata"].(map[string]any)
		if !isEntry || !hasMeta {
			eachAuto(object, take)
			continue
		}
		e := AutoEntry{Value: value}
		e.User, _ = meta["User"].(string)
		e.Host, _ = meta["Host"].(string)
		if micros, ok := meta["Timestamp"].(float64); ok && micros > 0 {
			e.When = time.UnixMicro(int64(micros)).UTC()
		}
		take(name, e)
	}
}

// persistedRec is what is known of who persisted the value.
type persistedRec struct {
	value, user, host string
	when              time.Time
	source            string
}

// persistedRecord prefers the file to the row, which after a restart is a copy of
// the file's entry. nil: nothing is persisted.
func persistedRecord(f *Facts) *persistedRec {
	p := f.Server.Persisted
	if p == nil {
		return nil
	}
	if a := f.Server.Auto; a != nil && f.same(a.Value, p.Value) {
		return &persistedRec{p.Value, a.User, a.Host, a.When, fromAuto}
	}
	return &persistedRec{p.Value, p.SetUser, p.SetHost, p.SetTime, fromRow}
}

// whyNoAuto says why nobody is named for a persisted value.
func whyNoAuto(f *Facts) string {
	if why := f.Absent[fromAuto]; why != "" {
		return "who wrote it stands in that file, which is " + why
	}
	return "who wrote it is not known"
}
