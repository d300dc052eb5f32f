//go:build lab

package freshserver

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"
	"strings"

	"github.com/go-sql-driver/mysql"
)

// client is a connection to one server.
type client struct {
	db   *sql.DB
	conn *sql.Conn
}

func connect(ctx context.Context, socket string) (*client, error) {
	config := mysql.NewConfig()
	config.User, config.Net, config.Addr = "root", "unix", socket
	config.Logger = log.New(io.Discard, "", 0)
	connector, err := mysql.NewConnector(config)
	if err != nil {
		return nil, err
	}
	db := sql.OpenDB(connector)
	conn, err := db.Conn(ctx)
	if err != nil {
		db.Close()
		return nil, err
	}
	return &client{db, conn}, nil
}

func (c *client) close() {
	c.conn.Close()
	c.db.Close()
}

// table is a result as the client's batch mode prints it.
func (c *client) table(ctx context.Context, query string) (string, error) {
	rows, err := c.conn.QueryContext(ctx, query)
	if err != nil {
		return "", fmt.Errorf("%.60s: %w", query, err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return "", err
	}
	var out strings.Builder
	out.WriteString(strings.Join(columns, "\t") + "\n")
	cells := make([]sql.NullString, len(columns))
	into := make([]any, len(columns))
	for i := range cells {
		into[i] = &cells[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return "", err
		}
		for i, cell := range cells {
			if i > 0 {
				out.WriteByte('\t')
			}
			if !cell.Valid {
				out.WriteString("NULL")
			} else {
				out.WriteString(batchEscapes.Replace(cell.String))
			}
		}
		out.WriteByte('\n')
	}
	return out.String(), rows.Err()
}

var batchEscapes = strings.NewReplacer(`\`, `\\`, "\t", `\t`, "\n", `\n`, "\x00", `\0`)

const (
	mysqlSources = `SELECT i.VARIABLE_NAME, g.VARIABLE_VALUE, i.VARIABLE_SOURCE, i.VARIABLE_PATH, i.MIN_VALUE, i.MAX_VALUE, i.SET_TIME, i.SET_USER, i.SET_HOST
 FROM performance_schema.variables_info i LEFT JOIN performance_schema.global_variables g USING (VARIABLE_NAME) ORDER BY 1`
	mariaSources = `SELECT VARIABLE_NAME, GLOBAL_VALUE, GLOBAL_VALUE_ORIGIN, GLOBAL_VALUE_PATH, DEFAULT_VALUE, VARIABLE_SCOPE, VARIABLE_TYPE, NUMERIC_MIN_VALUE,
 NUMERIC_MAX_VALUE, NUMERIC_BLOCK_SIZE, ENUM_VALUE_LIST, READ_ONLY, COMMAND_LINE_ARGUMENT FROM information_schema.SYSTEM_VARIABLES ORDER BY 1`
)

// dump writes what a person would dump: STATE.variables.tsv, STATE.sources.tsv,
// STATE.persisted.tsv.
func (c *client) dump(ctx context.Context, k *kind, dir, state string) error {
	queries := map[string]string{"variables": "SHOW GLOBAL VARIABLES", "sources": mysqlSources, "persisted": "SELECT * FROM performance_schema.persisted_variables"}
	if k.maria() {
		queries = map[string]string{"variables": "SHOW GLOBAL VARIABLES", "sources": mariaSources}
		// max_join_size may stand in the file; SET SESSION leaves no trace here.
		if err := c.exec(ctx, "SET SESSION sql_big_selects = 1"); err != nil {
			return err
		}
	}
	for what, query := range queries {
		text, err := c.table(ctx, query)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, state+"."+what+".tsv"), []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// readValues reads the values of a dump, with the client's escapes left in.
func readValues(dir, state string) (map[string]string, error) {
	text, err := os.ReadFile(filepath.Join(dir, state+".variables.tsv"))
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	for _, line := range strings.Split(string(text), "\n")[1:] {
		if name, value, ok := strings.Cut(line, "\t"); ok {
			out[strings.ToLower(name)] = value
		}
	}
	return out, nil
}

// exec runs a statement whose failure is one of the things that happen.
func (c *client) exec(ctx context.Context, statement string) error {
	_, err := c.conn.ExecContext(ctx, statement)
	return err
}
