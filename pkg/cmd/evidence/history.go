package evidence

import (
	"regexp"
	"strings"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/blame/statements"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cmd/options"
)

// name is an identifier that needs no quoting, with its schema or without.
var name = regexp.MustCompile(`^[a-zA-Z0-9_$]+(\.[a-zA-Z0-9_$]+)?$`)

// historyTables reads --parameter-history: SCHEMA.TABLE:variable=COLUMN,value=COLUMN,user=COLUMN,when=COLUMN[,host=COLUMN].
func (s *Flags) historyTables() ([]statements.HistoryTable, error) {
	var tables []statements.HistoryTable
	for _, text := range s.history {
		wrong := options.Usagef("--parameter-history %s: want SCHEMA.TABLE:variable=COLUMN,value=COLUMN,user=COLUMN,when=COLUMN, and host=COLUMN if it has one", text)
		table, columns, ok := strings.Cut(text, ":")
		if !ok || !name.MatchString(table) {
			return nil, wrong
		}
		t := statements.HistoryTable{Table: table}
		places := map[string]*string{"variable": &t.Variable, "value": &t.Value, "user": &t.User, "when": &t.When, "host": &t.Host}
		for _, pair := range strings.Split(columns, ",") {
			key, column, _ := strings.Cut(pair, "=")
			place := places[key]
			if place == nil || !name.MatchString(column) {
				return nil, wrong
			}
			*place = column
		}
		if t.Variable == "" || t.Value == "" || t.User == "" || t.When == "" {
			return nil, wrong
		}
		tables = append(tables, t)
	}
	return tables, nil
}
