package observed

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
)

// ReadDump reads a server's variables from plain dumps, as the client prints
// them with --batch: tab separated, a header line first.
//
//   - variables: SHOW GLOBAL VARIABLES
//   - sources: performance_schema.variables_info or information_schema.SYSTEM_VARIABLES
//   - persisted: performance_schema.persisted_variables
//
// The last two may be nil. Each may be compressed with gzip. A server
// without version is taken from the dump, as far as it says. For a dump that
// does not end where it should the error is a *CutShort, and the snapshot holds
// what was before the cut.
func ReadDump(variables, sources, persisted io.Reader, server model.Server) (*model.Snapshot, error) {
	s := &model.Snapshot{Server: server, Variables: make(map[string]model.Variable, 1024), Persisted: map[string]model.Persisted{}}
	cut, err := readTable(s, variables, "variables", readVariables)
	if err != nil {
		return nil, err
	}
	if server.Version.IsZero() {
		if v, err := model.ParseServer(s.Variables["version"].Value); err == nil {
			s.Server = v
		}
	}
	cutSources, err := readTable(s, sources, "sources", readSources)
	if err != nil {
		return nil, err
	}
	cutPersisted, err := readTable(s, persisted, "persisted variables", readPersisted)
	if err != nil {
		return nil, err
	}
	s.Hostname = s.Variables["hostname"].Value
	markCut(s)
	if s.Server.Flavour == model.MariaDB {
		s.HasPersisted = true // it has none
	}
	return s, errors.Join(cut, cutSources, cutPersisted)
}

// markCut marks the values that may go on: nobody can be asked for the rest.
func markCut(s *model.Snapshot) {
	for _, name := range cutNames(s.Variables, shownLength(s.Server)) {
		v := s.Variables[name]
		v.Truncated = len(v.Value) <= shownLength(s.Server) // more is whole: MariaDB's SHOW cuts nothing
		s.Variables[name] = v
	}
}

// readTable runs one reader over one dump; cut is a *CutShort, or nil.
func readTable(s *model.Snapshot, r io.Reader, what string, read func(*model.Snapshot, *table) error) (cut, err error) {
	if r == nil {
		return nil, nil
	}
	what = "dump of " + what
	t, err := openTable(r)
	if err == nil && t != nil {
		if t.cut != "" {
			cut = &CutShort{what, t.cut}
		}
		err = read(s, t)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	return cut, nil
}

// table is a batch-format result: a header and rows.
type table struct {
	columns map[string]int
	rest    string
	row     []string
	cut     string // why the dump is not whole
}

// maxDump bounds what a compressed file may unpack to.
const maxDump = 256 << 20

// openTable reads all of r; nil for an empty dump.
func openTable(r io.Reader) (*table, error) {
	b := bufio.NewReader(r)
	var src io.Reader = b
	if magic, _ := b.Peek(2); bytes.Equal(magic, []byte{0x1f, 0x8b}) {
		z, err := gzip.NewReader(b)
		if err != nil {
			return nil, fmt.Errorf("decompress: %w", err)
		}
		src = z
	}
	data, err := io.ReadAll(io.LimitReader(src, maxDump))
	t := &table{columns: map[string]int{}}
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		t.cut = "its compressed data end early"
	case err != nil:
		return nil, fmt.Errorf("read: %w", err)
	case len(data) == maxDump:
		return nil, fmt.Errorf("there is no end to it after %d MiB", maxDump>>20)
	case len(data) > 0 && data[len(data)-1] != '\n':
		t.cut = "its last line has no end"
	}
	// A value that was cut is another value: the last line counts only if it is whole.
	t.rest = string(data[:bytes.LastIndexByte(data, '\n')+1])
	line, ok := t.line()
	if !ok {
		return nil, nil
	}
	for i, c := range strings.Split(line, "\t") {
		t.columns[strings.ToLower(strings.TrimSpace(c))] = i
	}
	return t, nil
}

// line is the next line that is not empty.
func (t *table) line() (string, bool) {
	for t.rest != "" {
		var line string
		line, t.rest, _ = strings.Cut(t.rest, "\n")
		line = strings.TrimSuffix(line, "\r")
		if line != "" {
			return line, true
		}
	}
	return "", false
}

// next moves to the next row.
func (t *table) next() bool {
	line, ok := t.line()
	if !ok {
		return false
	}
	t.row = t.row[:0]
	for {
		field, rest, more := strings.Cut(line, "\t")
		t.row = append(t.row, field)
		if !more {
			return true
		}
		line = rest
	}
}

// get is the first of the columns that the table has, unescaped; ok is false
// for NULL and for a column that is not there.
func (t *table) get(columns ...string) (string, bool) {
	for _, c := range columns {
		if i, ok := t.columns[c]; ok && i < len(t.row) {
			if t.row[i] == "NULL" || t.row[i] == `\N` {
				return "", false
			}
			return unescapeBatch(t.row[i]), true
		}
	}
	return "", false
}

func (t *table) text(columns ...string) string { s, _ := t.get(columns...); return s }

func (t *table) has(column string) bool { _, ok := t.columns[column]; return ok }

// unescapeBatch undoes what the client's batch mode escapes.
func unescapeBatch(s string) string {
	if strings.IndexByte(s, '\\') < 0 {
		return s
	}
	return batchUnescaper.Replace(s)
}

var batchUnescaper = strings.NewReplacer(`\\`, `\`, `\t`, "\t", `\n`, "\n", `\r`, "\r", `\0`, "\x00")

func readVariables(s *model.Snapshot, t *table) error {
	if !t.has("variable_name") || !t.has("value") && !t.has("variable_value") {
		return errors.New("want the columns Variable_name and Value: the output of SHOW GLOBAL VARIABLES in batch format")
	}
	for t.next() {
		name := strings.ToLower(t.text("variable_name"))
		value, ok := t.get("value", "variable_value")
		if !ok && len(t.row) > 1 && t.row[len(t.row)-1] == "NULL" {
			value = "NULL" // the text itself: secure_file_priv has it
		}
		s.Variables[name] = model.Variable{Name: name, Value: value}
	}
	return nil
}

func readSources(s *model.Snapshot, t *table) error {
	maria := t.has("global_value_origin")
	if !t.has("variable_name") || !maria && !t.has("variable_source") {
		return errors.New("want performance_schema.variables_info (VARIABLE_NAME, VARIABLE_SOURCE) or information_schema.SYSTEM_VARIABLES (GLOBAL_VALUE_ORIGIN)")
	}
	for t.next() {
		name := strings.ToLower(t.text("variable_name"))
		v, seen := s.Variables[name]
		if !seen {
			continue // a session variable, or one that SHOW does not show
		}
		v.Source = ParseSource(t.text("variable_source", "global_value_origin"))
		v.Path = t.text("variable_path", "global_value_path")
		v.SetUser, v.SetHost = t.text("set_user"), t.text("set_host")
		v.SetTime = dumpTime(t.text("set_time"))
		v.Meta = dumpMetadata(t, maria)
		if whole := t.text("global_value", "variable_value"); len(whole) > len(v.Value) && strings.HasPrefix(whole, v.Value) && len(v.Value) >= 1024 {
			v.Value = whole // SHOW VARIABLES cuts what the table holds whole
		}
		s.Variables[name] = v
	}
	s.HasSources, s.HasMetadata = true, true
	return nil
}

func dumpMetadata(t *table, maria bool) *model.Metadata {
	m := &model.Metadata{
		Type: t.text("variable_type", "data_type"), Scope: t.text("variable_scope"),
		Min: t.text("numeric_min_value", "min_value"), Max: t.text("numeric_max_value", "max_value"),
		Block: t.text("numeric_block_size"), ReadOnly: t.text("read_only") == "YES",
	}
	if !maria && m.Min == "0" && m.Max == "0" {
		m.Min, m.Max = "", "" // 0..0 is how MySQL says "no bounds"
	}
	if list, ok := t.get("enum_value_list"); ok && list != "" {
		m.Enum = strings.Split(list, ",")
	}
	m.Default, m.HasDef = t.get("default_value")
	return m
}

func readPersisted(s *model.Snapshot, t *table) error {
	if !t.has("variable_name") || !t.has("variable_value") {
		return errors.New("want performance_schema.persisted_variables (VARIABLE_NAME, VARIABLE_VALUE)")
	}
	s.HasPersisted = true
	for t.next() {
		name := strings.ToLower(t.text("variable_name"))
		p := model.Persisted{Name: name, Value: t.text("variable_value")}
		p.SetTime, p.SetUser, p.SetHost = dumpTime(t.text("set_time")), t.text("set_user"), t.text("set_host")
		if v := s.Variables[name]; p.SetTime.IsZero() && v.Source == model.SourcePersisted {
			p.SetTime, p.SetUser, p.SetHost = v.SetTime, v.SetUser, v.SetHost
		}
		s.Persisted[name] = p
	}
	return nil
}

// dumpTime reads a timestamp as the servers print it. The time zone of a dump is
// not known, so it is taken as UTC.
func dumpTime(text string) time.Time {
	if text == "" { // of most variables: nobody set them
		return time.Time{}
	}
	for _, layout := range [...]string{"2006-01-02 15:04:05.999999", time.RFC3339Nano} {
		if t, err := time.Parse(layout, text); err == nil {
			return t
		}
	}
	return time.Time{}
}
