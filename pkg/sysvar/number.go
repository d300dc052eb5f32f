package sysvar

import (
	"math"
	"math/big"
	"strconv"
	"strings"
)

// number is an integer as an option file writes it, with what was odd about it.
type number struct {
	value *big.Int
	// noDigits: a suffix letter alone, which is 0 of it.
	noDigits bool
	// trailing is what the server does not read: after a suffix letter everything
	// ("B" of "16MB").
	trailing string
}

// maxDigits: no server takes a longer number, and reading one of millions of
// digits takes hours.
const maxDigits = 100

// parseNumber reads digits and one of the suffixes K M G T P E in either case,
// as mysys/my_getopt does (eval_num_suffix): what follows the suffix letter is
// not looked at, and without digits it is 0, so that TRUE is 0T. ok is false where
// the server refuses to start: neither a digit nor a suffix, or another letter.
// Seen on 9.7.4 and 10.11.19.
func parseNumber(s string) (n number, ok bool) {
	whole := s
	s = strings.TrimLeft(s, " \t\n\v\f\r")
	i := 0
	if i < len(s) && (s[i] == '-' || s[i] == '+') {
		i++
	}
	start := i
	for i < len(s) && s[i] >= '0' && s[i] <= '9' {
		i++
	}
	switch {
	case i == start && start == 0 && s == whole && isSuffix(s):
		n.value, n.noDigits, n.trailing = new(big.Int), true, s[1:]
		return n, true
	case i == start || i-start > maxDigits:
		return number{}, false
	}
	n.value, _ = new(big.Int).SetString(strings.TrimPrefix(s[:i], "+"), 10)
	if i == len(s) {
		return n, true
	}
	shift := strings.IndexByte(suffixes, s[i]&^0x20)
	if shift < 0 {
		return number{}, false
	}
	n.value.Lsh(n.value, uint(10*(shift+1)))
	n.trailing = s[i+1:]
	return n, true
}

const suffixes = "KMGTPE"

func isSuffix(s string) bool { return s != "" && strings.IndexByte(suffixes, s[0]&^0x20) >= 0 }

// clampInteger brings a number into a variable's bounds and down to its block
// size, in the order of getopt_ll_limit_value and getopt_ull_limit_value:
// maximum, block, minimum.
func clampInteger(v *big.Int, s *Spec) *big.Int {
	out := new(big.Int).Set(v)
	if limit, ok := bound(s.Max); ok && limit.Sign() != 0 && out.Cmp(limit) > 0 {
		out.Set(limit)
	}
	if block, ok := bound(s.Block); ok && block.Cmp(big.NewInt(1)) > 0 {
		out.Quo(out, block)
		out.Mul(out, block)
	}
	if limit, ok := bound(s.Min); ok && out.Cmp(limit) < 0 {
		out.Set(limit)
	}
	return out
}

func bound(s string) (*big.Int, bool) {
	if s == "" {
		return nil, false
	}
	return new(big.Int).SetString(s, 10)
}

// parseDouble reads a number with a fraction, as strtod does; what follows is
// an error to the server.
func parseDouble(s string) (float64, bool) {
	f, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
	if err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
		return 0, false
	}
	return f, true
}

func clampDouble(f float64, s *Spec) float64 {
	if limit, ok := parseDouble(s.Max); ok && limit != 0 && f > limit {
		f = limit
	}
	if limit, ok := parseDouble(s.Min); ok && f < limit {
		f = limit
	}
	return f
}

// formatDouble prints as SHOW VARIABLES does.
func formatDouble(f float64) string { return strconv.FormatFloat(f, 'f', 6, 64) }

// parseBool reads a boolean as get_bool_argument does; anything unknown is OFF
// with a warning, and known is false.
func parseBool(s string) (value, known bool) {
	switch strings.ToLower(s) {
	case "true", "on", "1":
		return true, true
	case "false", "off", "0":
		return false, true
	}
	return false, false
}

func onOff(b bool) string {
	if b {
		return "ON"
	}
	return "OFF"
}
