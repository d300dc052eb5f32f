package model

import (
	"fmt"
	"strconv"
	"strings"
)

// Flavour is the family of a server: its option groups, variable names and
// rules of rounding differ.
type Flavour string

const (
	MySQL   Flavour = "mysql" // Oracle MySQL and Percona Server
	MariaDB Flavour = "mariadb"
)

// Version is a server version. The zero Version means "not known".
type Version struct {
	Major, Minor, Patch int
}

func (v Version) String() string { return fmt.Sprintf("%d.%d.%d", v.Major, v.Minor, v.Patch) }

// IsZero reports whether the version is not known.
func (v Version) IsZero() bool { return v == Version{} }

// Compare is negative, zero or positive as v is older than, equal to or newer than o.
func (v Version) Compare(o Version) int {
	if v.Major != o.Major {
		return v.Major - o.Major
	}
	if v.Minor != o.Minor {
		return v.Minor - o.Minor
	}
	return v.Patch - o.Patch
}

// AtLeast reports whether v is major.minor.patch or newer.
func (v Version) AtLeast(major, minor, patch int) bool {
	return v.Compare(Version{major, minor, patch}) >= 0
}

// Server names a server's flavour and version.
type Server struct {
	Flavour Flavour
	Version Version
	// Raw is the version as the server or the user wrote it ("10.11.19-MariaDB-deb12").
	Raw string
}

func (s Server) String() string {
	name := "MySQL"
	if s.Flavour == MariaDB {
		name = "MariaDB"
	}
	if s.Version.IsZero() {
		return name
	}
	return name + " " + s.Version.String()
}

// ParseServer reads a version as `SELECT VERSION()`, an image tag or a user
// writes it: "9.7.4", "8.0.36-28" or "10.11.19-MariaDB-deb12", also with the
// replication prefix of old MariaDB servers ("5.5.5-10.6.1-MariaDB"). The
// flavour is MariaDB if the text says so or the major version is 10 or 11 and
// above; MySQL jumped from 9 to no such number.
func ParseServer(s string) (Server, error) {
	text := strings.TrimSpace(s)
	isMaria := strings.Contains(strings.ToLower(text), "mariadb")
	if isMaria {
		text = strings.TrimPrefix(text, "5.5.5-")
	}
	text = strings.TrimLeftFunc(text, func(r rune) bool { return r < '0' || r > '9' })
	number := text
	if i := strings.IndexFunc(text, func(r rune) bool { return r != '.' && (r < '0' || r > '9') }); i >= 0 {
		number = text[:i]
	}
	parts := strings.Split(strings.Trim(number, "."), ".")
	var n [3]int
	for i := range min(len(parts), 3) {
		x, err := strconv.Atoi(parts[i])
		if err != nil {
			return Server{}, fmt.Errorf("server version %q: want something like 9.7.4 or 10.11.19-MariaDB", s)
		}
		n[i] = x
	}
	v := Version{n[0], n[1], n[2]}
	flavour := MySQL
	if isMaria || v.Major >= 10 {
		flavour = MariaDB
	}
	return Server{Flavour: flavour, Version: v, Raw: strings.TrimSpace(s)}, nil
}
