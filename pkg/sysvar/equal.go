package sysvar

import (
	"path"
	"strings"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
)

// Equal reports whether two values of a variable, each as SHOW GLOBAL VARIABLES
// prints it or as a person writes it in SET GLOBAL, are the same to the server:
// numbers by value, sets without regard to order, names of character sets and
// time zones by what they mean, paths cleaned.
func (c *Catalogue) Equal(variable, a, b string) bool {
	if a == b {
		return true
	}
	s, ok := c.Lookup(variable)
	if !ok {
		return false
	}
	return c.canonical(s, a) == c.canonical(s, b)
}

// canonical is one spelling for all that mean the same.
func (c *Catalogue) canonical(s *Spec, v string) string {
	switch {
	case isCharset(s.Name):
		return canonicalCharset(v)
	case s.Name == "time_zone":
		return canonicalTimeZone(v)
	case caseless[s.Name]:
		return strings.ToLower(v)
	}
	switch s.Type {
	case TypeBool:
		return canonicalBool(v)
	case TypeInt, TypeUint:
		if n, ok := parseNumber(v); ok && n.trailing == "" {
			return n.value.String()
		}
	case TypeDouble:
		if f, ok := parseDouble(v); ok {
			return formatDouble(f)
		}
	case TypeEnum:
		return canonicalEnum(s, v)
	case TypeSet:
		return canonicalSet(s, v)
	case TypeString, "":
		if strings.Contains(v, "/") && !strings.Contains(v, "://") {
			return cleanPath(v)
		}
	}
	return v
}

func canonicalBool(v string) string {
	switch strings.ToUpper(v) {
	case "ON", "1", "YES", "TRUE":
		return "ON"
	case "OFF", "0", "NO", "FALSE", "DISABLED":
		return "OFF"
	}
	return v
}

func canonicalEnum(s *Spec, v string) string {
	if m, ok := enumValue(v, s.Members); ok {
		return m
	}
	return strings.ToUpper(v)
}

func canonicalSet(s *Spec, v string) string {
	if len(s.Members) > 0 {
		if mask, ok := setMask(v, s.Members); ok {
			return setText(mask, s.Members)
		}
	}
	return canonicalList(v)
}

// cleanPath removes what does not matter in a path: doubled and trailing
// slashes, "./" at the front.
func cleanPath(p string) string {
	if p == "" {
		return p
	}
	return path.Clean(p)
}

// caseless variables hold names that the server compares without case.
var caseless = map[string]bool{
	"default_storage_engine": true, "default_tmp_storage_engine": true, "storage_engine": true, "lc_messages": true,
	"lc_time_names": true, "internal_tmp_mem_storage_engine": true, "enforce_storage_engine": true, "gtid_pos_auto_engines": true, "disabled_storage_engines": true,
	"group_replication_group_name": true, "ssl_fips_mode": true,
}

func isCharset(name string) bool {
	return strings.HasPrefix(name, "character_set_") && name != "character_sets_dir" || strings.HasPrefix(name, "collation_")
}

// canonicalCharset knows that utf8 is a name of utf8mb3, also in collations.
func canonicalCharset(v string) string {
	v = strings.ToLower(v)
	if v == "utf8" {
		return "utf8mb3"
	}
	if rest, ok := strings.CutPrefix(v, "utf8_"); ok {
		return "utf8mb3_" + rest
	}
	return v
}

// canonicalTimeZone writes an offset as the servers print it: "+8:00" as
// "+08:00". Names of zones have no case.
func canonicalTimeZone(v string) string {
	if len(v) > 1 && (v[0] == '+' || v[0] == '-') {
		h, m, ok := strings.Cut(v[1:], ":")
		if ok {
			if len(h) == 1 {
				h = "0" + h
			}
			if len(m) == 1 {
				m = "0" + m
			}
			if v[1:] != "" && strings.Trim(h+m, "0") == "" {
				return "+00:00" // -00:00 is printed as +00:00
			}
			return v[:1] + h + ":" + m
		}
	}
	return strings.ToLower(v)
}

// Matches reports whether a running value is what a fresh server would show.
func (c *Catalogue) Matches(variable string, v *Value, running string) bool {
	if v.Partial {
		want, have := flags(v.Text), flags(running)
		for name, on := range want {
			if on == "default" {
				continue
			}
			if have[name] != on {
				return false
			}
		}
		return true
	}
	if c.Equal(variable, v.Text, running) {
		return true
	}
	for _, also := range v.Also {
		if c.Equal(variable, also, running) {
			return true
		}
	}
	return false
}

// isMaria is a shorthand for rules.
func (c *Catalogue) isMaria() bool { return c.server.Flavour == model.MariaDB }

// atLeast8: a MySQL whose version is not known counts as a new one.
func (c *Catalogue) atLeast8() bool {
	return c.server.Version.IsZero() || c.server.Version.AtLeast(8, 0, 0)
}
