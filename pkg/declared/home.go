package declared

import (
	"path"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cluster"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
)

// homes are the directories whose .my.cnf the server may read last of all files.
// sure is false where which of them is its home cannot be told.
//
// The library's entry points start the server by way of gosu, which sets HOME to
// what the image's passwd has for mysql, whatever the pod set; without that, HOME
// is the pod's, or what passwd has for the container's user.
func (r *resolver) homes(s start) (dirs []string, sure bool) {
	root := r.runsAsRoot()
	home, has := s.env["HOME"]
	switch {
	case s.dropsRoot && root:
	case has && home.known():
		return []string{home.String()}, true
	case root && s.doubt != "":
		return []string{"/root", "/var/lib/mysql", "/home/mysql"}, false
	case root:
		return []string{"/root"}, true
	}
	return mysqlHomes(r.profile, r.server, r.container.Image)
}

// runsAsRoot says whether the server's container starts as root.
func (r *resolver) runsAsRoot() bool { return r.startsAsRoot(r.container, r.profile) }

// mysqlHomes is the home directory of the user mysql in an image. It moved from
// /home/mysql with the library's Oracle Linux images, and in MariaDB's within the
// life of the older series.
func mysqlHomes(p profile, server model.Server, image string) (dirs []string, sure bool) {
	both := []string{"/var/lib/mysql", "/home/mysql"}
	switch p.family {
	case familyOfficial:
		if onDebian(cluster.ParseImage(image).Tag, server.Version) {
			return both[1:], true
		}
		return both[:1], !server.Version.IsZero()
	case familyMariaDB:
		return both[:1], server.Version.AtLeast(11, 0, 0)
	case familyPercona:
		return both[1:], true
	}
	return both, false
}

// homeFiles are the .my.cnf files of directories.
func homeFiles(dirs []string) []string {
	list := make([]string, len(dirs))
	for i, dir := range dirs {
		list[i] = path.Join(dir, ".my.cnf")
	}
	return list
}
