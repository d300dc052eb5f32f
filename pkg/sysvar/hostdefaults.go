package sysvar

import (
	"slices"
	"strconv"
)

// hostDefault is the default of a variable that MySQL sizes from the host's
// processors or memory. The host is not known, but the range is: a running value
// within it may be the default, and so is taken for it; one outside is not.
func (f *Fresh) hostDefault(name string) (*Value, bool) {
	st := f.st
	if st.c.isMaria() || !st.c.server.Version.AtLeast(8, 4, 0) {
		return nil, false
	}
	var low, high int64
	switch name {
	case "temptable_max_ram": // 3% of the memory
		low, high = gib, 4*gib
	case "innodb_read_io_threads": // half of the processors
		low, high = 4, 64
	case "innodb_parallel_read_threads": // an eighth of them
		low, high = 4, 256
		if n := f.processorsBelow(); n > 0 {
			high = max(low, n/8)
		}
	case "innodb_purge_threads": // more than 16 of them
		low, high = 1, 4
	default:
		return nil, false
	}
	v := &Value{Text: strconv.FormatInt(low, 10)}
	if n, ok := st.seenInteger(name); ok && n >= low && n <= high {
		v.Text = strconv.FormatInt(n, 10)
	}
	return v, true
}

// SizedByHost reports whether the processors or the memory of the host alone
// decide about the default of a variable, of which the range at best is known.
func (f *Fresh) SizedByHost(variable string) bool {
	name := f.st.c.Group(variable)
	_, ranged := f.hostDefault(name)
	return ranged || name == "innodb_log_writer_threads" && !f.st.c.isMaria()
}

// processorsBelow is a number that the host's processors are not more than, by
// what the server sized from them; 0 if that tells nothing. One of them may have
// been changed, so two must agree.
func (f *Fresh) processorsBelow() int64 {
	const all = 1 << 20
	var limits []int64
	add := func(name, value string, limit int64) {
		if f.st.declared[name] == nil && f.st.running(name) == value {
			limits = append(limits, limit)
		} else {
			limits = append(limits, all)
		}
	}
	add("innodb_read_io_threads", "4", 9)
	add("innodb_purge_threads", "1", 16)
	add("innodb_log_writer_threads", "OFF", 31)
	slices.Sort(limits)
	if limits[1] == all {
		return 0
	}
	return limits[1]
}
