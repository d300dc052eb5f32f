package sysvar

import "slices"

// bit is a boolean of MariaDB that is nothing but one member of a set: the
// option that stands later decides about it. (Sys_var_bit in sql/sys_vars.cc)
type bit struct {
	flag, set, member string
	reversed          bool // ON means that the member is not in the set
}

var setBits = []bit{
	{flag: "log_slow_admin_statements", set: "log_slow_disabled_statements", member: "admin", reversed: true},
	{flag: "log_slow_slave_statements", set: "log_slow_disabled_statements", member: "slave", reversed: true},
	{flag: "log_queries_not_using_indexes", set: "log_slow_filter", member: "not_using_index"},
}

// BitSet is the set of MariaDB that a variable is, or is a bit of, under the group's name.
func (c *Catalogue) BitSet(name string) (string, bool) {
	group := c.Group(name)
	for _, b := range setBits {
		if c.isMaria() && (group == c.Group(b.flag) || group == b.set) {
			return b.set, true
		}
	}
	return "", false
}

// coupleBits lays the declared sets and their flags over one another.
func (f *Fresh) coupleBits() {
	for _, b := range setBits {
		set, flag := f.st.declared[b.set], f.st.declared[f.st.c.Group(b.flag)]
		if set == nil || flag == nil || set.Unsure != "" || flag.Unsure != "" {
			continue
		}
		first, _ := f.Winner(b.set)
		second, _ := f.Winner(b.flag)
		if first.Index > second.Index {
			if text := b.of(set.Text, f.members(b.set)); text != flag.Text {
				*flag = Value{Text: text, Adjusted: b.set + " stands later and decides"}
			}
		} else if text := b.into(set.Text, flag.Text, f.members(b.set)); text != set.Text {
			set.Text, set.Adjusted = text, b.flag+" stands later and decides"
		}
	}
}

// derivedBit is a set or a flag that only the other one is declared for.
func (f *Fresh) derivedBit(name string) (*Value, bool) {
	set, ok := f.st.c.BitSet(name)
	if !ok {
		return nil, false
	}
	spec, ok := f.st.c.Lookup(set)
	if !ok || !spec.HasDefault {
		return nil, true
	}
	value := Value{Text: spec.Default}
	if v := f.st.declared[set]; v != nil {
		value = *v
	}
	if value.Unsure != "" {
		return nil, true
	}
	for _, b := range setBits {
		if b.set != set {
			continue
		}
		flag := f.st.declared[f.st.c.Group(b.flag)]
		if name == f.st.c.Group(b.flag) {
			return &Value{Text: b.of(value.Text, spec.Members)}, true
		}
		if flag != nil {
			value.Text = b.into(value.Text, flag.Text, spec.Members)
		}
	}
	return &value, true
}

func (f *Fresh) members(set string) []string {
	s, _ := f.st.c.Lookup(set)
	return s.Members
}

// of is the flag's value for a set's.
func (b bit) of(set string, members []string) string {
	mask, _ := setMask(set, members)
	i := slices.Index(members, b.member)
	return onOff(i >= 0 && (mask&(1<<uint(i)) != 0) != b.reversed)
}

// into is the set's value with the flag in it.
func (b bit) into(set, flag string, members []string) string {
	mask, ok := setMask(set, members)
	i := slices.Index(members, b.member)
	if !ok || i < 0 {
		return set
	}
	if (flag == "ON") != b.reversed {
		mask |= 1 << uint(i)
	} else {
		mask &^= 1 << uint(i)
	}
	return setText(mask, members)
}

// withoutArgument are booleans that the engines give to the parser of options
// without an argument: a value that is none leaves them at their default, where
// it switches others OFF. Seen on 9.7.4 and 10.11.19.
var withoutArgument = map[string]bool{
	"innodb_adaptive_flushing": true, "innodb_alter_copy_bulk": true, "innodb_deadlock_detect": true, "innodb_doublewrite": true,
	"innodb_extend_and_initialize": true, "innodb_file_per_table": true, "innodb_flush_sync": true, "innodb_numa_interleave": true,
	"innodb_optimize_fulltext_only": true, "innodb_random_read_ahead": true, "innodb_use_atomic_writes": true, "innodb_use_fdatasync": true,
	"innodb_use_native_aio": true, "innodb_validate_tablespace_paths": true, "myisam_use_mmap": true,
}
