package observed

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
)

// ParseSource normalises performance_schema.variables_info.VARIABLE_SOURCE and
// MariaDB's GLOBAL_VALUE_ORIGIN.
func ParseSource(text string) model.Source {
	switch strings.ToUpper(strings.ReplaceAll(text, "-", "_")) {
	case "COMPILED", "COMPILE_TIME":
		return model.SourceCompiled
	case "GLOBAL", "SERVER", "EXPLICIT", "EXTRA", "MYSQL_USER", "LOGIN", "CONFIG":
		return model.SourceFile
	case "COMMAND_LINE":
		return model.SourceCommandLine
	case "PERSISTED":
		return model.SourcePersisted
	case "DYNAMIC", "SQL":
		return model.SourceDynamic
	case "AUTO":
		return model.SourceAuto
	}
	return model.SourceUnknown
}

// mysqlVariables reads variables, sources, bounds, persisted settings and the
// uptime in one statement. All of these tables are readable by any account.
func (r *reader) mysqlVariables(ctx context.Context) error {
	bounds, join := "i.MIN_VALUE, i.MAX_VALUE, NULL, NULL", ""
	if r.snap.Server.Version.AtLeast(9, 0, 0) {
		bounds = "m.MIN_VALUE, m.MAX_VALUE, m.VARIABLE_SCOPE, m.DATA_TYPE"
		join = " LEFT JOIN performance_schema.variables_metadata m ON m.VARIABLE_NAME = g.VARIABLE_NAME"
	}
	replicas := r.snap.Server.Version.AtLeast(8, 0, 22)
	rows, err := r.query(ctx, mysqlStatement(r.limit, bounds, join, replicas))
	if n := errorNumber(err); join != "" && (n == errNoSuchTable || n == errUnknownColumn) {
		// variables_metadata came in the course of 9.x.
		rows, err = r.query(ctx, mysqlStatement(r.limit, "i.MIN_VALUE, i.MAX_VALUE, NULL, NULL", "", replicas))
	}
	if err != nil {
		return fmt.Errorf("read performance_schema.global_variables: %w", err)
	}
	for _, row := range rows {
		name := strings.ToLower(row.get("n"))
		switch row.get("k") {
		case "v":
			r.snap.Variables[name] = mysqlVariable(name, row)
		case "p":
			r.snap.Persisted[name] = model.Persisted{Name: name, Value: row.get("v")}
		case "s":
			r.snap.Uptime = seconds(row.get("v"))
		case "r":
			if row.get("v") != "0" {
				r.snap.Role = model.RolePrimary // unless it is a replica itself
			}
		}
	}
	if len(r.snap.Variables) == 0 {
		r.note("performance_schema holds no variables: it may be switched off")
		return r.showVariables(ctx)
	}
	r.snap.HasSources, r.snap.HasPersisted, r.snap.HasMetadata = true, true, true
	r.datePersisted()
	return nil
}

// mysqlStatement asks for all in one SELECT. The threads that send the binary
// log to replicas are seen only with PROCESS; without it any account may ask,
// and counts none.
func mysqlStatement(limit time.Duration, bounds, join string, replicas bool) string {
	const nulls = "NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL"
	sending := ""
	if replicas {
		sending = ` UNION ALL SELECT 'r', 'replicas', COUNT(*), ` + nulls + ` FROM performance_schema.processlist WHERE COMMAND LIKE 'Binlog Dump%'`
	}
	return fmt.Sprintf(`SELECT /*+ MAX_EXECUTION_TIME(%d) */ 'v' AS k, g.VARIABLE_NAME AS n, g.VARIABLE_VALUE AS v,`+
		` i.VARIABLE_SOURCE AS source, i.VARIABLE_PATH AS path, UNIX_TIMESTAMP(i.SET_TIME) AS set_time,`+
		` i.SET_USER AS set_user, i.SET_HOST AS set_host, %s`+
		` FROM performance_schema.global_variables g`+
		` LEFT JOIN performance_schema.variables_info i ON i.VARIABLE_NAME = g.VARIABLE_NAME%s`+
		` UNION ALL SELECT 'p', VARIABLE_NAME, VARIABLE_VALUE, %s FROM performance_schema.persisted_variables`+
		` UNION ALL SELECT 's', VARIABLE_NAME, VARIABLE_VALUE, %s FROM performance_schema.global_status WHERE VARIABLE_NAME = 'Uptime'`,
		limit.Milliseconds(), nameBounds(bounds), join, nulls, nulls) + sending
}

// nameBounds gives the four columns of the metadata their names.
func nameBounds(columns string) string {
	names := []string{"min_value", "max_value", "scope", "type"}
	parts := strings.Split(columns, ", ")
	for i := range parts {
		parts[i] += " AS " + names[i]
	}
	return strings.Join(parts, ", ")
}

func mysqlVariable(name string, row row) model.Variable {
	meta := &model.Metadata{
		Type: row.get("type"), Scope: row.get("scope"),
		Min: row.get("min_value"), Max: row.get("max_value"),
	}
	if numeric := meta.Type == "Integer" || meta.Type == "Numeric" || meta.Type == ""; !numeric || (meta.Min == "0" && meta.Max == "0") {
		meta.Min, meta.Max = "", "" // 0..0 is how the server says "no bounds"
	}
	return model.Variable{
		Name: name, Value: row.get("v"),
		Source: ParseSource(row.get("source")), Path: row.get("path"),
		SetTime: unixTime(row.get("set_time")), SetUser: row.get("set_user"), SetHost: row.get("set_host"),
		Meta: meta,
	}
}

// datePersisted takes who and when from variables_info where the row says that
// it speaks of the persisted value, which is only so after a restart.
func (r *reader) datePersisted() {
	for name, p := range r.snap.Persisted {
		if v := r.snap.Variables[name]; v.Source == model.SourcePersisted {
			p.SetTime, p.SetUser, p.SetHost = v.SetTime, v.SetUser, v.SetHost
			r.snap.Persisted[name] = p
		}
	}
}

// mariadbVariables reads information_schema.SYSTEM_VARIABLES, which any account
// may. GLOBAL_VALUE_PATH came with 10.5.0.
func (r *reader) mariadbVariables(ctx context.Context) error {
	path := "NULL"
	if r.snap.Server.Version.AtLeast(10, 5, 0) {
		path = "GLOBAL_VALUE_PATH"
	}
	rows, err := r.query(ctx, fmt.Sprintf(`SET STATEMENT max_statement_time=%g FOR`+
		` SELECT 'v' AS k, VARIABLE_NAME AS n, GLOBAL_VALUE AS v, GLOBAL_VALUE_ORIGIN AS source, %s AS path,`+
		` VARIABLE_SCOPE AS scope, VARIABLE_TYPE AS type, NUMERIC_MIN_VALUE AS min_value, NUMERIC_MAX_VALUE AS max_value,`+
		` NUMERIC_BLOCK_SIZE AS block, ENUM_VALUE_LIST AS enum, DEFAULT_VALUE AS def, READ_ONLY AS ro`+
		` FROM information_schema.SYSTEM_VARIABLES WHERE VARIABLE_SCOPE <> 'SESSION ONLY'`+
		` UNION ALL SELECT 's', VARIABLE_NAME, VARIABLE_VALUE, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL`+
		` FROM information_schema.GLOBAL_STATUS WHERE VARIABLE_NAME IN ('UPTIME', 'SLAVES_CONNECTED')`,
		r.limit.Seconds(), path))
	if err != nil {
		return fmt.Errorf("read information_schema.SYSTEM_VARIABLES: %w", err)
	}
	for _, row := range rows {
		name := strings.ToLower(row.get("n"))
		switch {
		case row.get("k") == "v":
			r.snap.Variables[name] = mariadbVariable(name, row)
		case name == "uptime":
			r.snap.Uptime = seconds(row.get("v"))
		case name == "slaves_connected" && row.get("v") != "0":
			r.snap.Role = model.RolePrimary // unless it is a replica itself
		}
	}
	// MariaDB has no persisted settings: that there are none is known.
	r.snap.HasSources, r.snap.HasPersisted, r.snap.HasMetadata = true, true, true
	return nil
}

func mariadbVariable(name string, row row) model.Variable {
	meta := &model.Metadata{
		Type: row.get("type"), Scope: row.get("scope"),
		Min: row.get("min_value"), Max: row.get("max_value"), Block: row.get("block"),
		ReadOnly: row.get("ro") == "YES",
	}
	meta.Default, meta.HasDef = row.value("def")
	if enum := row.get("enum"); enum != "" {
		meta.Enum = strings.Split(enum, ",")
	}
	return model.Variable{
		Name: name, Value: row.get("v"),
		Source: ParseSource(row.get("source")), Path: row.get("path"), Meta: meta,
	}
}

// shownLength is how much of a value the server's tables hold: bytes in MySQL,
// characters in MariaDB.
func shownLength(s model.Server) int {
	if s.Flavour == model.MariaDB {
		return 2048
	}
	return 1024
}

// cutNames are the variables whose value is as long as the server's table holds.
// MySQL cuts by bytes and never within a character, so that up to three may be
// missing from the limit.
func cutNames(variables map[string]model.Variable, limit int) []string {
	var names []string
	for name, v := range variables {
		if len(v.Value) > limit-utf8.UTFMax {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// quoteVariable makes a name safe for @@global.NAME; a component's or a key
// cache's variable has two parts.
func quoteVariable(name string) string {
	parts := strings.Split(name, ".")
	for i := range parts {
		parts[i] = "`" + strings.ReplaceAll(parts[i], "`", "``") + "`"
	}
	return strings.Join(parts, ".")
}

func seconds(text string) time.Duration {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0
	}
	if n == 0 {
		return time.Millisecond // just started; zero would mean "not known"
	}
	return time.Duration(n) * time.Second
}
