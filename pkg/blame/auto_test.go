package blame

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// As MySQL 9.7.4 and 8.0 write it.
const (
	autoV2 = `{"Version": 2, "mysql_static_variables": {"innodb_read_io_threads": {"Value": "7", "Metadata": {"Host": "localhost", "User": "bob", "Timestamp": 1795596833143003}}}, "mysql_dynamic_parse_early_variables": {"max_connections": {"Value": "333", "Metadata": {"Host": "localhost", "User": "root", "Timestamp": 1795596832858111}}}}`
	autoV1 = `{ "Version" : 1 , "mysql_server" : { "max_connections" : { "Value" : "333" , "Metadata" : { "Timestamp" : 1795596832858111 , "User" : "root" , "Host" : "localhost" } }, "mysql_server_static_options": { "innodb_read_io_threads" : { "Value" : "7" , "Metadata" : { "Timestamp" : 1795596833143003, "User" : "bob" , "Host" : "localhost" } } } } }`
)

func TestReadAuto(t *testing.T) {
	written := time.UnixMicro(1795596833143003).UTC()
	for name, text := range map[string]string{"version 2": autoV2, "version 1": autoV1} {
		for modified, untouched := range map[time.Time]bool{written.Truncate(time.Second): true, written.Add(time.Minute): false, {}: false} {
			want := &AutoEntry{Value: "333", User: "root", Host: "localhost", When: time.UnixMicro(1795596832858111).UTC(), Untouched: untouched}
			if diff := cmp.Diff(want, ReadAuto([]byte(text), modified, "max_connections")); diff != "" {
				t.Errorf("%s: %s", name, diff)
			}
		}
		if e := ReadAuto([]byte(text), written, "sort_buffer_size"); e != nil {
			t.Errorf("%s: an entry that is not there: %+v", name, e)
		}
	}
	for _, text := range []string{"", "{", "[]", `{"Version": 2}`, `{"a": {"max_connections": 5}}`} {
		if e := ReadAuto([]byte(text), written, "max_connections"); e != nil {
			t.Errorf("%q: %+v", text, e)
		}
	}
}
