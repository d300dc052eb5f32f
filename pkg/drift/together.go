package drift

import (
	"fmt"
	"strings"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/sysvar"
)

// together tells of values that a server takes one by one and refuses together.
func (c *comparison) together() []v1.Finding {
	if c.snap.Server.Flavour == model.MariaDB {
		return c.engineOff()
	}
	return c.inconsistentGTID()
}

// inconsistentGTID: gtid_mode=ON wants enforce_gtid_consistency=ON. (mysqld.cc; seen
// on 9.7.4, where both are ON by default)
func (c *comparison) inconsistentGTID() []v1.Finding {
	const mode, consistency = "gtid_mode", "enforce_gtid_consistency"
	has := c.nextStart(consistency)
	if c.nextStart(mode) != "ON" || has != "OFF" && has != "WARN" {
		return nil
	}
	a, declared := c.fresh.Winner(consistency)
	if !declared {
		if v, seen := c.running(consistency, consistency); seen && v.Value == "ON" {
			return nil // by something that was not seen, which may come again
		}
		if a, declared = c.fresh.Winner(mode); !declared {
			return nil
		}
	}
	return c.refused(a, fmt.Sprintf("%s=ON with %s=%s: the server does not start", mode, consistency, has))
}

// engineOff: MariaDB does not start without its default engine, loose or not. Seen
// on 10.11.19.
func (c *comparison) engineOff() []v1.Finding {
	var a sysvar.Assigned // the last, as an option without a variable has no winner
	for i, one := range c.fresh.Assigned {
		if c.fresh.Key(i) == "--innodb" {
			a = one
		}
	}
	off := a.Negated && !a.HasValue || strings.EqualFold(a.Value, "OFF") || a.HasValue && a.Value == "0"
	if !off || !strings.EqualFold(c.nextStart("default_storage_engine"), "InnoDB") {
		return nil
	}
	return c.refused(a, "InnoDB is switched off and is the default engine: the server does not start")
}

// nextStart is the value that a start brings, empty where that is not known.
func (c *comparison) nextStart(variable string) string {
	if p, ok := c.snap.Persisted[variable]; ok && c.snap.Variables["persisted_globals_load"].Value != "OFF" {
		return p.Value
	}
	if value := c.fresh.Declared(variable); value != nil {
		return value.Text
	}
	if value, ok := c.fresh.Default(variable); ok {
		return value.Text
	}
	return ""
}

func (c *comparison) refused(a sysvar.Assigned, message string) []v1.Finding {
	s := c.in.Declaration.Settings[a.Index]
	name := a.Variable
	if name == "" {
		name = a.Option
	}
	return []v1.Finding{{Variable: name, Class: v1.Invalid, Severity: v1.P0, Hop: string(s.Origin.Hop), Declared: c.declared(s, a, ""),
		Message: message, Remedy: refusedRemedy}}
}
