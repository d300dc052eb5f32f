package main

import (
	"context"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/sysvar"
)

// What --help does not print is tried out: mysqld --OPTION=VALUE --verbose
// --help prints the value that the server made of it, and starts nothing.

// probeArgument tells a boolean (--x, --x=1) from an option that takes nothing.
func (s *server) probeArgument(ctx context.Context, name string) sysvar.Arg {
	_, complaints := s.help(ctx, "--"+name+"=1")
	if strings.Contains(complaints, "cannot take an argument") || strings.Contains(complaints, "doesn't take an argument") ||
		strings.Contains(complaints, "can't take an argument") {
		return sysvar.ArgNone
	}
	return sysvar.ArgOptional
}

// valueFor is the value of an option after reading --option=value; ok is false
// if the server refused it.
func (s *server) valueFor(ctx context.Context, o *option, value string) (string, bool) {
	args := []string{"--" + o.Name + "=" + value}
	if s.builtin[o.Name] == nil {
		args = append(s.pluginArgs(), args...)
	}
	text, complaints := s.help(ctx, args...)
	if strings.Contains(complaints, "Error while setting value") || strings.Contains(complaints, "[ERROR]") {
		return "", false
	}
	got := parseHelp(text)[o.Name]
	if got == nil || !got.HasValue {
		return "", false
	}
	return got.Value, true
}

// probeValues finds the members of enums and sets, and block sizes, of MySQL,
// whose metadata have neither.
func (s *server) probeValues(ctx context.Context, v sysvar.Spec, o *option) sysvar.Spec {
	if !o.InTable || noProbe[o.Name] {
		return v
	}
	switch v.Type {
	case sysvar.TypeEnum:
		v.Members = s.probeEnum(ctx, o)
	case sysvar.TypeSet:
		v.Members = s.probeSet(ctx, o)
	case sysvar.TypeFlagSet:
		v.Members = flagNames(v.Default)
	case sysvar.TypeDouble:
		v.Max = s.probeMaximum(ctx, o)
	case sysvar.TypeInt, sysvar.TypeUint:
		v.Block = s.probeBlock(ctx, v, o)
	case sysvar.TypeString:
		// Enums of plugins, InnoDB among them, call themselves strings.
		if first, ok := s.valueFor(ctx, o, "0"); ok && first != "0" && !strings.HasSuffix(first, "/0") {
			if s.isSet(ctx, o) {
				v.Type, v.Members = sysvar.TypeSet, s.probeSet(ctx, o)
			} else if members := s.probeEnum(ctx, o); len(members) > 1 {
				v.Type, v.Members = sysvar.TypeEnum, members
			}
		}
	}
	return v
}

// probeMaximum asks for more than any bound of a double. The server's metadata have
// the bound without its fraction, or its bits for a number.
func (s *server) probeMaximum(ctx context.Context, o *option) string {
	const huge = 1e308
	got, ok := s.valueFor(ctx, o, strconv.FormatFloat(huge, 'g', -1, 64))
	f, err := strconv.ParseFloat(got, 64)
	if !ok || err != nil || f >= huge {
		return ""
	}
	return strconv.FormatFloat(f, 'f', -1, 64)
}

// noProbe are options that make --help do something else.
var noProbe = map[string]bool{
	"basedir": true, "datadir": true, "tmpdir": true, "lc-messages-dir": true, "plugin-dir": true, "character-sets-dir": true,
	"secure-file-priv": true, "plugin-load": true, "plugin-load-add": true, "early-plugin-load": true, "chroot": true, "user": true,
}

func (s *server) probeEnum(ctx context.Context, o *option) []string {
	var members []string
	for i := range 64 {
		got, ok := s.valueFor(ctx, o, strconv.Itoa(i))
		if !ok || got == strconv.Itoa(i) || len(members) > 0 && got == members[len(members)-1] {
			break
		}
		members = append(members, got)
	}
	return members
}

// isSet reports whether the number 3 means the first and the second member.
func (s *server) isSet(ctx context.Context, o *option) bool {
	one, ok1 := s.valueFor(ctx, o, "1")
	two, ok2 := s.valueFor(ctx, o, "2")
	both, ok3 := s.valueFor(ctx, o, "3")
	return ok1 && ok2 && ok3 && one != two && both == one+","+two
}

// probeSet sets one bit at a time. A member that stands for several others
// (ANSI, TRADITIONAL) is printed among them, in the order of the bits.
func (s *server) probeSet(ctx context.Context, o *option) []string {
	var members []string
	for bit := range 64 {
		mask := new(big.Int).Lsh(big.NewInt(1), uint(bit)).String()
		got, ok := s.valueFor(ctx, o, mask)
		if !ok {
			break
		}
		names := strings.Split(got, ",")
		i := slices.IndexFunc(names, func(n string) bool { return n != "" && !slices.Contains(members, n) })
		if i < 0 {
			break
		}
		members = append(members, names[i])
	}
	return members
}

// probeBlock asks for 2^n-1 and 10^n-1 inside the bounds; what is cut off is
// the block size less one. Other cuts are made by limits of this host.
func (s *server) probeBlock(ctx context.Context, v sysvar.Spec, o *option) string {
	low, ok1 := new(big.Int).SetString(v.Min, 10)
	high, ok2 := new(big.Int).SetString(v.Max, 10)
	if !ok1 || !ok2 || high.Sign() <= 0 {
		return ""
	}
	if limit := big.NewInt(1 << 40); high.Cmp(limit) > 0 {
		high = limit
	}
	for _, base := range []int64{2, 10} {
		ask := largestPower(base, high)
		ask.Sub(ask, big.NewInt(1))
		if ask.Cmp(low) < 0 || ask.Sign() <= 0 {
			return ""
		}
		text, ok := s.valueFor(ctx, o, ask.String())
		got, isNumber := new(big.Int).SetString(text, 10)
		if !ok || !isNumber {
			return ""
		}
		block := new(big.Int).Sub(ask, got)
		if block.Sign() == 0 {
			return "1"
		}
		if block.Add(block, big.NewInt(1)); block.Sign() > 0 && block.Cmp(largestPower(base, block)) == 0 {
			return block.String()
		}
	}
	return ""
}

// largestPower is the largest power of base that is not over high.
func largestPower(base int64, high *big.Int) *big.Int {
	power := big.NewInt(1)
	for {
		next := new(big.Int).Mul(power, big.NewInt(base))
		if next.Cmp(high) > 0 {
			return power
		}
		power = next
	}
}

// flagNames are the names in a=on,b=off.
func flagNames(s string) []string {
	var names []string
	for _, f := range strings.Split(s, ",") {
		if name, _, ok := strings.Cut(f, "="); ok {
			names = append(names, name)
		}
	}
	return names
}
