package sysvar

import (
	"path"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
)

// Known reports whether any release of the catalogue has a variable of this name,
// in which * and ? stand for letters as in path.Match. A plugin's may be unknown.
func Known(pattern string) bool {
	for _, flavour := range []model.Flavour{model.MySQL, model.MariaDB} {
		for _, e := range embeddedOf(flavour) {
			t := loadTable(model.Server{Flavour: flavour, Version: e.version})
			for name := range t.variables {
				if ok, _ := path.Match(pattern, name); ok {
					return true
				}
			}
		}
	}
	return false
}
