package sysvar

import (
	"slices"
	"strings"
)

// secretOptions hold passwords, keys or statements with them; a catalogue has
// those of its own server only, and forks take options from each other.
var secretOptions = []string{
	"feedback_http_proxy", "init_connect", "init_file", "init_replica", "init_slave", "keyring_migration_user",
	"proxy_user", "report_user", "wsrep_provider_options", "wsrep_sst_auth",
}

// Secret tells whether the value of an option, as written, is never to be shown:
// a variable that holds passwords or keys, or an unknown option (of a client
// group, a plugin or a fork) that is named like one. A line without its equals
// sign counts by its first word.
func (c *Catalogue) Secret(option string) bool {
	if i := strings.IndexAny(option, " \t=:"); i > 0 {
		option = option[:i]
	}
	if r := c.resolve(option); r.Spec != nil {
		return r.Spec.Sensitive
	}
	return secretName(option)
}

// secretName goes by the name alone, as far as the catalogue does not know it.
func secretName(option string) bool {
	name := underscored(strings.ToLower(strings.TrimLeft(option, "-")))
	name = strings.TrimPrefix(name, "loose_")
	switch {
	case slices.Contains(secretOptions, name), strings.Contains(name, "secret"), strings.Contains(name, "passphrase"):
		return true
	case slices.ContainsFunc(strings.Split(name, "_"), func(word string) bool { return distance(word, "password", 2) <= 2 }): // mistyped
		return !strings.HasPrefix(name, "validate_")
	}
	return slices.ContainsFunc([]string{"password", "passwd", "pwd", "token"}, func(end string) bool {
		return strings.HasSuffix(name, end)
	}) && !strings.HasPrefix(name, "validate_")
}

// MentionsSecret tells whether a text, such as a statement or a line that could
// not be read as an option, names something whose value is never to be shown.
func (c *Catalogue) MentionsSecret(text string) bool {
	words := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return r != '_' && r != '-' && (r < 'a' || r > 'z') && (r < '0' || r > '9')
	})
	return slices.ContainsFunc(words, func(word string) bool {
		return word == "identified" || c.Secret(word)
	})
}
