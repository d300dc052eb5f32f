package optionfile

import (
	"fmt"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
)

// Groups lists the option groups that a server reads, each once more with
// suffix (--defaults-group-suffix) where one is given. Without a version the
// versioned groups are left out.
// Source: load_default_groups in sql/mysqld.cc of each server.
func Groups(s model.Server, suffix string) []string {
	var groups []string
	versioned := ""
	if !s.Version.IsZero() {
		versioned = fmt.Sprintf("-%d.%d", s.Version.Major, s.Version.Minor)
	}
	add := func(name string, withVersion bool) {
		groups = append(groups, name)
		if withVersion && versioned != "" {
			groups = append(groups, name+versioned)
		}
	}
	if s.Flavour == model.MySQL && s.Version.AtLeast(9, 0, 0) {
		// Seen on 9.7: for NDB, although no engine of that name is loaded.
		groups = append(groups, "mysql_cluster")
	}
	add("mysqld", false)
	add("server", false)
	if versioned != "" {
		groups = append(groups, "mysqld"+versioned)
	}
	if s.Flavour == model.MariaDB {
		add("mariadb", true)
		// 10.4.6 brought the program's new name, and its groups.
		if s.Version.IsZero() || s.Version.AtLeast(10, 4, 6) {
			add("mariadbd", true)
		}
		add("client-server", false)
		add("galera", false)
	}
	if suffix != "" {
		for _, g := range groups[:len(groups):len(groups)] {
			groups = append(groups, g+suffix)
		}
	}
	return groups
}
