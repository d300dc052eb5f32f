package optionfile

import (
	"strings"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
)

// DefaultFiles lists the option files that a server looks for without
// --defaults-file, in reading order. image is the container's image, or "" where
// it is not known: Bitnami's is built with its own folder.
// The file in the home directory (~/.my.cnf) is last and left out: a container's
// server has none unless HOME says so.
func DefaultFiles(s model.Server, image string) []string {
	if strings.Contains(image, "bitnami") {
		if s.Flavour == model.MariaDB {
			return []string{"/opt/bitnami/mariadb/conf/my.cnf"}
		}
		return []string{"/opt/bitnami/mysql/conf/my.cnf"}
	}
	files := []string{"/etc/my.cnf", "/etc/mysql/my.cnf"}
	if s.Flavour == model.MySQL {
		files = append(files, "/usr/etc/my.cnf")
	}
	return files
}
