package main

import (
	"context"
	"math/big"
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
	case sysvar.TypeInt, sysvar.TypeUint:
		v.Block = s.probeBlock(ctx, v, o)
	case sysvar.TypeString:
		// Enums of plugins, InnoDB among them, call themselves strings.
		if first, ok := s.valueFor(ctx, o, "0"); ok && first != "0" && !strings.HasSuffix(first, "/0") {
			if members := s.probeEnum(ctx, o); len(members) > 1 {
				v.Type, v.Members = sysvar.TypeEnum, members
			}
		}
	}
	return v
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

func (s *server) probeSet(ctx context.Context, o *option) []string {
	var members []string
	for bit := range 64 {
		mask := new(big.Int).Lsh(big.NewInt(1), uint(bit)).String()
		got, ok := s.valueFor(ctx, o, mask)
		if !ok {
			break
		}
		members = append(members, got)
	}
	return members
}

// probeBlock asks for 2^n-1 inside the bounds; what is cut off is the block size
// less one. All block sizes are powers of two.
func (s *server) probeBlock(ctx context.Context, v sysvar.Spec, o *option) string {
	low, ok1 := new(big.Int).SetString(v.Min, 10)
	high, ok2 := new(big.Int).SetString(v.Max, 10)
	if !ok1 || !ok2 || high.Sign() <= 0 {
		return ""
	}
	limit := big.NewInt(1 << 40)
	if high.Cmp(limit) > 0 {
		high = limit
	}
	ask := new(big.Int).Lsh(big.NewInt(1), uint(high.BitLen()-1))
	ask.Sub(ask, big.NewInt(1))
	if ask.Cmp(low) < 0 || ask.Sign() <= 0 {
		return ""
	}
	text, ok := s.valueFor(ctx, o, ask.String())
	got, isNumber := new(big.Int).SetString(text, 10)
	if !ok || !isNumber {
		return ""
	}
	if cut := new(big.Int).Sub(ask, got); cut.Sign() > 0 {
		return cut.Add(cut, big.NewInt(1)).String()
	}
	return "1"
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
