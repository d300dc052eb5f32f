package blame

import (
	"strconv"
	"strings"
)

// PlainValues compares values and reads option files without a catalogue: for
// reports where no server is known. It errs on the side of "not equal".
type PlainValues struct{}

// Variable turns an option into a variable's name by spelling alone.
func (PlainValues) Variable(option string) string {
	name := strings.ToLower(strings.ReplaceAll(strings.TrimLeft(option, "-"), "-", "_"))
	name = strings.TrimPrefix(name, "loose_")
	return name
}

// Equal compares numbers with unit suffixes, switches and texts.
func (PlainValues) Equal(_, a, b string) bool { return plain(a) == plain(b) }

// Makes knows of no rounding.
func (p PlainValues) Makes(variable, given, running string) bool {
	return p.Equal(variable, given, running)
}

var switches = map[string]string{"on": "1", "true": "1", "yes": "1", "off": "0", "false": "0", "no": "0"}

func plain(value string) string {
	v := strings.ToLower(strings.TrimSpace(value))
	if s, ok := switches[v]; ok {
		return s
	}
	digits := strings.TrimRight(v, "kmgtpe")
	if len(v)-len(digits) > 1 || digits == "" {
		return v
	}
	n, err := strconv.ParseUint(digits, 10, 64)
	if err != nil {
		if f, err := strconv.ParseFloat(v, 64); err == nil {
			return strconv.FormatFloat(f, 'g', -1, 64)
		}
		return v
	}
	if len(v) > len(digits) {
		n <<= 10 * (1 + strings.IndexByte("kmgtpe", v[len(v)-1]))
	}
	return strconv.FormatUint(n, 10)
}

// Find reads `option = value` lines of server groups; it follows no include.
func (p PlainValues) Find(content []byte, variable string) (value string, line int, ok bool) {
	inServer, at := false, 0
	for text := range strings.Lines(string(content)) {
		at++
		text = strings.TrimSpace(text)
		if strings.HasPrefix(text, "[") {
			group, _, _ := strings.Cut(text[1:], "]")
			inServer = serverGroup(strings.TrimSpace(group))
			continue
		}
		if !inServer || text == "" || text[0] == '#' || text[0] == ';' || text[0] == '!' {
			continue
		}
		option, v, _ := strings.Cut(text, "=")
		if p.Variable(strings.TrimSpace(option)) == variable {
			value, line, ok = strings.Trim(strings.TrimSpace(v), `"'`), at, true
		}
	}
	return value, line, ok
}

func serverGroup(group string) bool {
	for _, prefix := range []string{"mysqld", "server", "mariadb", "mariadbd", "galera"} {
		if group == prefix || strings.HasPrefix(group, prefix+"-") {
			return true
		}
	}
	return false
}

// Secret errs on the side of a secret: it goes by the option's name.
func (p PlainValues) Secret(option string) bool {
	name := p.Variable(option)
	for _, word := range []string{"password", "passwd", "pwd", "secret", "passphrase", "_auth", "init_connect", "init_file", "init_slave", "init_replica", "provider_options"} {
		if strings.Contains(name, word) {
			return true
		}
	}
	return false
}

// MentionsSecret goes by the same words.
func (p PlainValues) MentionsSecret(text string) bool { return p.Secret(text) }
