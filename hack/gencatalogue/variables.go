package main

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/sysvar"
)

// mysqlVariables reads performance_schema.variables_metadata and the values of
// a server without options. Whether a variable is dynamic is tried out.
func (s *server) mysqlVariables(ctx context.Context) (map[string]*sysvar.Spec, error) {
	rows, err := s.query(ctx, "SELECT LOWER(VARIABLE_NAME), VARIABLE_SCOPE, DATA_TYPE, MIN_VALUE, MAX_VALUE, DOCUMENTATION FROM performance_schema.variables_metadata")
	if err != nil {
		return nil, err
	}
	values, err := s.globalValues(ctx)
	if err != nil {
		return nil, err
	}
	sources, err := s.query(ctx, "SELECT LOWER(VARIABLE_NAME), VARIABLE_SOURCE FROM performance_schema.variables_info")
	if err != nil {
		return nil, err
	}
	compiled := map[string]bool{}
	for _, r := range sources {
		compiled[r[0]] = r[1] == "COMPILED"
	}
	specs := map[string]*sysvar.Spec{}
	for _, r := range rows {
		if len(r) != 6 {
			return nil, fmt.Errorf("variables_metadata: %d columns in %q", len(r), r)
		}
		v := &sysvar.Spec{Name: r[0], Type: mysqlType(r[0], r[2], r[3]), Scope: scopeOf(r[1]), Min: r[3], Max: r[4], Observable: true}
		if v.Type == sysvar.TypeBool || v.Type == sysvar.TypeString {
			v.Min, v.Max = "", ""
		}
		value, shown := values[r[0]]
		if shown && compiled[r[0]] && v.Scope != sysvar.ScopeSessionOnly {
			v.Default, v.HasDefault = value, true
		}
		v.Dynamic = v.Scope != sysvar.ScopeSessionOnly && s.isDynamic(ctx, v.Name)
		s.readComment(v, r[5])
		specs[v.Name] = v
	}
	return specs, nil
}

func (s *server) globalValues(ctx context.Context) (map[string]string, error) {
	rows, err := s.query(ctx, "SHOW GLOBAL VARIABLES")
	if err != nil {
		return nil, err
	}
	values := map[string]string{}
	for _, r := range rows {
		if len(r) == 2 {
			values[strings.ToLower(r[0])] = r[1]
		}
	}
	return values, nil
}

// names lists what three variables that are text can be: the names of character
// sets, of collations and of locales. The last are tried out by their numbers.
func (s *server) names(ctx context.Context, variables map[string]*sysvar.Spec) error {
	const locales = 130 // more than there are: the rest are errors, or the last one again
	var numbers strings.Builder
	for i := range locales {
		fmt.Fprintf(&numbers, "SET lc_time_names = %d; SELECT @@lc_time_names; ", i)
	}
	for variable, sql := range map[string]string{
		"character_set_server": "SELECT CHARACTER_SET_NAME FROM information_schema.CHARACTER_SETS ORDER BY 1",
		"collation_server":     "SELECT DISTINCT COLLATION_NAME FROM information_schema.COLLATIONS ORDER BY 1",
		"lc_time_names":        numbers.String(),
	} {
		rows, err := s.queryForce(ctx, sql)
		if err != nil {
			return err
		}
		v := variables[variable]
		for _, r := range rows {
			if v != nil && len(r) == 1 && r[0] != "" && !slices.Contains(v.Members, r[0]) {
				v.Members = append(v.Members, r[0])
			}
		}
	}
	return nil
}

var (
	aliasComment      = regexp.MustCompile(`(?i)^(?:alias for|synonym for the) (?:@@)?([a-z0-9_]+)`)
	replacedComment   = regexp.MustCompile(`(?i)^This option is deprecated\. Use ([a-z0-9_]+) instead`)
	deprecatedComment = regexp.MustCompile(`(?i)deprecated|^unused|will be removed`)
)

// readComment takes from the server's own description that a variable is
// another name of one, or is going away. The text itself is not kept.
func (s *server) readComment(v *sysvar.Spec, comment string) {
	if m := aliasComment.FindStringSubmatch(comment); m != nil {
		v.Aliases = []string{strings.ToLower(m[1])}
	}
	if m := replacedComment.FindStringSubmatch(comment); m != nil {
		v.Aliases, v.ReplacedBy = []string{m[1]}, m[1]
	}
	if deprecatedComment.MatchString(comment) && !strings.HasPrefix(comment, "This option causes CREATE TABLE") {
		v.Deprecated = s.version
	}
}

// isDynamic tries SET GLOBAL x = @@global.x and looks for the error that says
// "read only"; any other answer means that x can be set.
func (s *server) isDynamic(ctx context.Context, name string) bool {
	_, err := s.query(ctx, fmt.Sprintf("SET GLOBAL %s = @@GLOBAL.%s", quoted(name), quoted(name)))
	return err == nil || !strings.Contains(err.Error(), "ERROR 1238") && !strings.Contains(err.Error(), "ERROR 1228")
}

// quoted keeps the dot of validate_password.length outside the quotes.
func quoted(name string) string { return "`" + strings.ReplaceAll(name, ".", "`.`") + "`" }

func mysqlType(name, t, minimum string) sysvar.Type {
	switch t {
	case "Boolean":
		return sysvar.TypeBool
	case "Integer":
		if strings.HasPrefix(minimum, "-") {
			return sysvar.TypeInt
		}
		return sysvar.TypeUint
	case "Numeric":
		return sysvar.TypeDouble
	case "Enumeration":
		return sysvar.TypeEnum
	case "Set":
		if name == "optimizer_switch" || name == "optimizer_trace" || name == "optimizer_trace_features" {
			return sysvar.TypeFlagSet
		}
		return sysvar.TypeSet
	}
	return sysvar.TypeString
}

// scopeOf reads both servers' word for a scope.
func scopeOf(s string) sysvar.Scope {
	switch s {
	case "GLOBAL":
		return sysvar.ScopeGlobal
	case "SESSION":
		return sysvar.ScopeSession
	}
	return sysvar.ScopeSessionOnly
}

// mariadbVariables reads information_schema.SYSTEM_VARIABLES, which says it all.
func (s *server) mariadbVariables(ctx context.Context) (map[string]*sysvar.Spec, error) {
	rows, err := s.query(ctx, `SELECT LOWER(VARIABLE_NAME), VARIABLE_SCOPE, VARIABLE_TYPE, IFNULL(GLOBAL_VALUE,''), ISNULL(GLOBAL_VALUE), GLOBAL_VALUE_ORIGIN,
		IFNULL(DEFAULT_VALUE,''), ISNULL(DEFAULT_VALUE), IFNULL(NUMERIC_MIN_VALUE,''), IFNULL(NUMERIC_MAX_VALUE,''), IFNULL(NUMERIC_BLOCK_SIZE,''),
		IFNULL(ENUM_VALUE_LIST,''), READ_ONLY, VARIABLE_COMMENT FROM information_schema.SYSTEM_VARIABLES`)
	if err != nil {
		return nil, err
	}
	specs := map[string]*sysvar.Spec{}
	for _, r := range rows {
		if len(r) != 14 {
			return nil, fmt.Errorf("SYSTEM_VARIABLES: %d columns in %q", len(r), r)
		}
		v := &sysvar.Spec{
			Name: r[0], Type: mariadbType(r[2]), Scope: scopeOf(r[1]), Observable: true, Dynamic: r[12] == "NO",
			Min: r[8], Max: r[9], Block: r[10],
		}
		switch v.Type {
		case sysvar.TypeEnum, sysvar.TypeSet, sysvar.TypeFlagSet:
			v.Members = splitMembers(r[11])
		}
		if v.Scope == sysvar.ScopeSessionOnly {
			v.Dynamic = false
		}
		switch {
		case v.Scope == sysvar.ScopeSessionOnly:
		case r[5] == "AUTO":
			v.HostDependent = true
		case r[5] == "COMPILE-TIME" && r[4] == "0":
			v.Default, v.HasDefault = r[3], true
		case r[7] == "0":
			v.Default, v.HasDefault = r[6], true
		}
		s.readComment(v, r[13])
		specs[v.Name] = v
	}
	return specs, nil
}

func mariadbType(t string) sysvar.Type {
	switch t {
	case "BOOLEAN":
		return sysvar.TypeBool
	case "INT", "BIGINT":
		return sysvar.TypeInt
	case "INT UNSIGNED", "BIGINT UNSIGNED":
		return sysvar.TypeUint
	case "DOUBLE":
		return sysvar.TypeDouble
	case "ENUM":
		return sysvar.TypeEnum
	case "SET":
		return sysvar.TypeSet
	case "FLAGSET":
		return sysvar.TypeFlagSet
	}
	return sysvar.TypeString
}

func splitMembers(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, ",")
}
