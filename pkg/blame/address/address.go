// Package address prints addresses of repositories and servers without what may be
// a login: the part before the host, and the query, in both of which tokens stand.
//
// It knows addresses only, and works on text: what no parser takes for an address
// may hold a token all the same.
package address

import (
	"net/url"
	"regexp"
	"strings"
)

// Clean is an address without its login, query and fragment. The user of an ssh
// address, which is no secret and part of the way, stays unless a password follows;
// paths and git@host:path are left as they are.
func Clean(address string) string {
	scheme, rest, ok := strings.Cut(address, "://")
	if !ok || strings.EqualFold(scheme, "file") {
		return address
	}
	rest, _, _ = strings.Cut(rest, "?")
	rest, _, _ = strings.Cut(rest, "#")
	host, path, hasPath := strings.Cut(rest, "/")
	if at := strings.LastIndexByte(host, '@'); at >= 0 {
		if strings.HasSuffix(scheme, "ssh") && !strings.Contains(host[:at], ":") {
			return join(scheme, host, path, hasPath)
		}
		return join(scheme, host[at+1:], path, hasPath)
	}
	// A password with a slash in it: what looks like a port is none.
	if _, port, ok := strings.Cut(host, ":"); ok && strings.Trim(port, "0123456789") != "" && !strings.HasPrefix(host, "[") {
		if at := strings.LastIndexByte(path, '@'); at >= 0 {
			return scheme + "://" + path[at+1:]
		}
	}
	return join(scheme, host, path, hasPath)
}

func join(scheme, host, path string, hasPath bool) string {
	if !hasPath {
		return scheme + "://" + host
	}
	return scheme + "://" + host + "/" + path
}

var inText = regexp.MustCompile(`[A-Za-z][A-Za-z0-9+.-]*://[^\s"'<>]+`)

// Scrub cleans the addresses in a text, as libraries print them in errors, and
// takes out what an address that was asked for holds of a login.
func Scrub(text string, asked ...string) string {
	text = inText.ReplaceAllStringFunc(text, Clean)
	for _, address := range asked {
		for _, secret := range logins(address) {
			text = strings.ReplaceAll(text, secret, "***")
		}
	}
	return text
}

// logins are the parts of an address that may be secrets, as they stand and
// decoded. A user before a password is none.
func logins(address string) []string {
	u, err := url.Parse(address)
	if err != nil || strings.HasSuffix(u.Scheme, "ssh") && u.User != nil && u.User.String() == u.User.Username() {
		return nil
	}
	var found []string
	add := func(secret string) {
		if len(secret) >= 4 {
			found = append(found, secret, url.QueryEscape(secret), url.PathEscape(secret))
		}
	}
	if u.User != nil {
		password, ok := u.User.Password()
		if !ok || password == "" || password == "x-oauth-basic" {
			password = u.User.Username()
		}
		add(password)
	}
	for name, values := range u.Query() {
		for _, value := range values {
			if name != "service" { // what Git's protocol asks for
				add(value)
			}
		}
	}
	return found
}
