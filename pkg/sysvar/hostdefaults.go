package sysvar

import (
	"math"
	"strconv"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
)

// HostVerdict says how a running value stands to a default that MySQL takes
// from the host's processors or memory, which are not known.
type HostVerdict int

const (
	HostNone     HostVerdict = iota // the variable has no such default
	HostSame                        // what this host gives, whatever of those it may be
	HostUsual                       // what a small host gives
	HostPossible                    // what a host of a certain size gives
	HostNever                       // what no host gives, or not this one
)

// byProcessors are defaults that follow from the number of processors, as
// functions that never fall. (MySQL 8.4 and 9.x, Server System Variables)
var byProcessors = map[string]func(processors int64) string{
	"innodb_read_io_threads":       func(n int64) string { return strconv.FormatInt(min(max(n/2, 4), 64), 10) },
	"innodb_parallel_read_threads": func(n int64) string { return strconv.FormatInt(min(max(n/8, 4), 256), 10) },
	"innodb_purge_threads": func(n int64) string {
		if n > 16 {
			return "4"
		}
		return "1"
	},
	"innodb_log_writer_threads": func(n int64) string { return onOff(n > 31) },
}

// manyProcessors are more than any default looks at.
const manyProcessors = 4096

// HostVerdict compares a running value with what hosts give a variable.
func (f *Fresh) HostVerdict(variable, running string) HostVerdict {
	name := f.st.c.Group(variable)
	if f.st.c.isMaria() || !f.st.c.server.Version.AtLeast(8, 4, 0) {
		return HostNone
	}
	if name == "temptable_max_ram" {
		return memoryVerdict(running)
	}
	of, ok := byProcessors[name]
	if !ok {
		return HostNone
	}
	from, to := hostsOf(of, running)
	low, high := f.processors(name)
	switch {
	case from > high || to < low:
		return HostNever
	case running == of(low) && running == of(high):
		return HostSame
	case running == of(1):
		return HostUsual
	}
	return HostPossible
}

// memoryVerdict: temptable_max_ram is 3% of the memory, between 1 and 4 GiB.
// Memory comes in pages of 4 KiB, so its 3% go in steps of 122.88 bytes, of
// which the server may have cut a fraction off.
func memoryVerdict(running string) HostVerdict {
	n, err := strconv.ParseInt(running, 10, 64)
	const step = 4096 * 0.03
	switch up := math.Ceil(float64(n)/step) * step; {
	case err != nil || n < gib || n > 4*gib:
		return HostNever
	case n == gib:
		return HostUsual
	case n == 4*gib || up-float64(n) <= 3:
		return HostPossible
	}
	return HostNever
}

// processors are the least and the most that the host may have, by what the
// server took from them for other variables than one. A value that the server
// itself calls its own choice proves that; of others two must agree, as one may
// have been changed.
func (f *Fresh) processors(except string) (low, high int64) {
	low, high = 1, manyProcessors
	var lows, highs []int64
	for name, of := range byProcessors {
		if name == except || f.st.declared[name] != nil {
			continue
		}
		from, to := hostsOf(of, f.st.running(name))
		if from > to {
			continue
		}
		if f.st.c.ownChoice(name) {
			low, high = max(low, from), min(high, to)
			continue
		}
		lows, highs = append(lows, from), append(highs, to)
	}
	return max(low, second(lows, func(a, b int64) bool { return a > b }, 1)), min(high, second(highs, func(a, b int64) bool { return a < b }, manyProcessors))
}

// hostsOf are the processors, from and to, with which a default is a value.
func hostsOf(of func(int64) string, value string) (from, to int64) {
	from = 1
	for from <= manyProcessors && of(from) != value {
		from++
	}
	to = from
	for to < manyProcessors && of(to+1) == value {
		to++
	}
	return from, min(to, manyProcessors)
}

// second is the one but strictest limit of a list.
func second(limits []int64, stricter func(a, b int64) bool, none int64) int64 {
	first, next := none, none
	for _, n := range limits {
		switch {
		case stricter(n, first):
			first, next = n, first
		case stricter(n, next):
			next = n
		}
	}
	return next
}

// ownChoice reports whether the server says that nobody gave a variable its value.
func (c *Catalogue) ownChoice(name string) bool {
	if c.snap == nil || !c.snap.HasSources {
		return false
	}
	_, persisted := c.snap.Persisted[name]
	return c.snap.Variables[name].Source == model.SourceCompiled && !persisted
}

// hostDefault is the default of a variable that MySQL sizes from the host's
// processors or memory: the running value, if this host may give it.
func (f *Fresh) hostDefault(name string) (*Value, bool) {
	running := f.st.running(name)
	switch f.HostVerdict(name, running) {
	case HostSame, HostUsual, HostPossible:
		return &Value{Text: running}, true
	case HostNever:
		if name == "temptable_max_ram" {
			return &Value{Text: strconv.Itoa(gib)}, true
		}
		low, _ := f.processors(name)
		return &Value{Text: byProcessors[name](low)}, true
	}
	return nil, false
}

// SizedByHost reports whether the processors or the memory of the host alone
// decide about the default of a variable, of which the range at best is known.
func (f *Fresh) SizedByHost(variable string) bool {
	return f.HostVerdict(variable, "") != HostNone
}
