package declared

import (
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cluster"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
)

// family is a kind of server image: which option files it has and how its entry
// point starts the server.
type family string

const (
	familyOfficial    family = "official"    // docker.io/library/mysql and what is built like it
	familyMariaDB     family = "mariadb"     // docker.io/library/mariadb
	familyPercona     family = "percona"     // percona/percona-server
	familyPXC         family = "pxc"         // percona/percona-xtradb-cluster
	familyBitnami     family = "bitnami"     // bitnami/*, bitnamilegacy/*
	familySclorg      family = "sclorg"      // OpenShift's and Red Hat's
	familyGoogle      family = "google"      // Click to Deploy
	familyOracle      family = "oracle"      // mysql/mysql-server, container-registry.oracle.com/mysql
	familyVitess      family = "vitess"      // mysqlctld writes its own my.cnf
	familyLinuxServer family = "linuxserver" // linuxserver/mariadb
	familyApeCloud    family = "apecloud"    // KubeBlocks' MySQL with consensus
	familyUnknown     family = "unknown"     // named like a server, built by somebody
)

// profile is what is known of an image.
type profile struct {
	family family
	// files are option files as far as they matter: their include lines.
	files map[string]string
	links map[string]string
	// doubtful are folders that some images of this name include.
	doubtful []string
	// closed is a folder that holds nothing but what is known of it.
	closed string
	// defaults are the server's own option files, in reading order.
	defaults []string
	program  string // what the entry point runs when nothing else is said
}

// profileOfContainer is profileOf with what the container tells beside the image:
// OpenShift's templates leave the image to an image stream.
func profileOfContainer(c *corev1.Container, server model.Server) profile {
	img := cluster.ParseImage(c.Image)
	if strings.TrimSpace(c.Image) == "" || img.Has("openshift") {
		for _, m := range c.VolumeMounts {
			if strings.TrimRight(m.MountPath, "/") == "/var/lib/mysql/data" {
				return profileOf("sclorg/mysql", server)
			}
		}
	}
	return profileOf(c.Image, server)
}

const includeConfD = "[mysqld]\n!includedir /etc/mysql/conf.d/\n"

func profileOf(ref string, server model.Server) profile {
	img := cluster.ParseImage(ref)
	name := strings.ToLower(img.Name)
	p := profile{family: familyUnknown, defaults: []string{"/etc/my.cnf", "/etc/mysql/my.cnf"}, program: "mysqld"}
	if server.Flavour == model.MariaDB {
		p.program = "mariadbd"
	} else {
		p.defaults = append(p.defaults, "/usr/etc/my.cnf")
	}
	switch {
	case img.Has("bitnami", "bitnamilegacy", "bitnamisecure") || strings.HasPrefix(name, "bitnami"):
		p.bitnami(name)
	case strings.Contains(name, "xtradb-cluster") || name == "pxc":
		p.family = familyPXC
		p.links = map[string]string{"/etc/my.cnf.d": "/etc/mysql/conf.d"}
		p.files = map[string]string{
			"/etc/my.cnf":                         "!include /etc/mysql/node.cnf\n!includedir /etc/my.cnf.d/\n!includedir /etc/percona-xtradb-cluster.conf.d/\n",
			"/etc/mysql/node.cnf":                 "[mysqld]\n",
			"/etc/percona-xtradb-cluster.conf.d/": "",
			"/etc/mysql/conf.d/":                  "",
		}
	case img.Has("radondb", "xenondb"):
		// Built on Ubuntu, with my.cnf of their own.
		p.family = familyPercona
		p.files = map[string]string{"/etc/mysql/my.cnf": includeConfD, "/etc/mysql/conf.d/": ""}
	case strings.HasPrefix(name, "percona") || img.Has("percona", "perconalab") || strings.Contains(img.Tag, "psmysql"):
		p.percona(server)
	case img.Has("sclorg", "centos7", "rhscl", "rhel7", "rhel8", "rhel9", "rhel10", "fedora") || isSclorgName(name):
		p.family = familySclorg
		p.files = map[string]string{"/etc/my.cnf": "[mysqld]\n!includedir /etc/my.cnf.d\n", "/etc/my.cnf.d/": ""}
	case img.Has("vitess"):
		p.family = familyVitess
	case strings.HasPrefix(name, "apecloud-mysql-server"):
		p.family = familyApeCloud
	case img.Has("linuxserver"):
		// The user's file is linked into the folder that my.cnf includes.
		p.files = map[string]string{"/etc/my.cnf": "[mysqld]\n!includedir /etc/my.cnf.d\n", "/etc/my.cnf.d/": ""}
		p.links = map[string]string{"/etc/my.cnf.d/custom.cnf": "/config/custom.cnf"}
		p.family = familyLinuxServer
	case server.Flavour != model.MariaDB && (img.Has("oracle") && img.Has("mysql") || name == "mysql-server" || name == "community-server" || name == "enterprise-server"):
		p.family = familyOracle
		p.oracleLinux(server)
	case server.Flavour == model.MariaDB:
		p.mariadb(img, name, server)
	case strings.HasPrefix(name, "mysql"):
		p.official(img, server)
	default:
		// Somebody's own image: built on the official one more often than not.
		p.oracleLinux(server)
		p.doubtful = []string{"/etc/mysql/mysql.conf.d", "/etc/my.cnf.d", "/etc/mysql/mariadb.conf.d"}
	}
	return p
}

func (p *profile) bitnami(name string) {
	p.family = familyBitnami
	dir := "/opt/bitnami/mysql"
	if strings.Contains(name, "mariadb") {
		dir = "/opt/bitnami/mariadb"
	}
	p.defaults = []string{dir + "/conf/my.cnf"}
	p.files = map[string]string{dir + "/conf/my.cnf": "[mysqld]\n!include " + dir + "/conf/bitnami/my_custom.cnf\n"}
}

// percona: the images have been built on Red Hat's systems since 5.7.2x.
func (p *profile) percona(server model.Server) {
	p.family = familyPercona
	p.files = map[string]string{
		"/etc/my.cnf":              "[mysqld]\n!includedir /etc/my.cnf.d\n",
		"/etc/my.cnf.d/docker.cnf": "[mysqld]\n",
	}
	if server.Version.IsZero() {
		p.doubtful = []string{"/etc/mysql/conf.d"}
		return
	}
	if server.Version.AtLeast(8, 0, 0) {
		return // its Dockerfile: my.cnf.d and nothing else
	}
	// They keep the paths of the Debian images alive by a link.
	p.files["/etc/my.cnf"] = "[mysqld]\n!includedir /etc/my.cnf.d/\n!includedir /etc/percona-server.conf.d/\n"
	p.files["/etc/percona-server.conf.d/"] = ""
	p.links = map[string]string{"/etc/mysql": "/etc/my.cnf.d"}
	p.doubtful = []string{"/etc/mysql/conf.d", "/etc/mysql/percona-server.conf.d"}
}

// official is docker.io/library/mysql. Oracle Linux is its base since 8.0.29 and
// for the last of 5.7; before, and by tag, Debian.
func (p *profile) official(img cluster.Image, server model.Server) {
	p.family = familyOfficial
	if img.Has("google", "marketplace") {
		p.family = familyGoogle
	}
	v := server.Version
	if !onDebian(img.Tag, v) && p.family != familyGoogle {
		p.oracleLinux(server)
		if isLibrary(img) && v.AtLeast(8, 0, 0) {
			p.doubtful, p.closed = nil, "/etc/mysql" // its Dockerfile: conf.d and nothing else
		}
		return
	}
	text := includeConfD
	if v.IsZero() || !v.AtLeast(8, 0, 0) {
		text += "!includedir /etc/mysql/mysql.conf.d/\n"
	} else if !isLibrary(img) {
		p.doubtful = []string{"/etc/mysql/mysql.conf.d"}
	}
	p.files = map[string]string{"/etc/mysql/my.cnf": text, "/etc/mysql/conf.d/docker.cnf": "[mysqld]\n", "/etc/mysql/mysql.conf.d/": ""}
	if v.Major == 5 && v.Minor == 7 {
		p.links = map[string]string{"/etc/mysql/my.cnf": "mysql.cnf"}
		p.files["/etc/mysql/mysql.cnf"] = text
		delete(p.files, "/etc/mysql/my.cnf")
	}
}

// lacksHostname says whether an image has no program hostname: the library's MySQL on
// Oracle Linux has not (kubernetes/website#35432), of others it is not known.
func lacksHostname(ref string) bool {
	img := cluster.ParseImage(ref)
	return isLibrary(img) && img.Name == "mysql" && !onDebian(img.Tag, cluster.ImageServer(ref).Version)
}

// isLibrary says whether an image is the Docker library's own, or a mirror of it,
// and no rebuild by somebody.
func isLibrary(img cluster.Image) bool {
	return img.Repository == img.Name || img.Repository == "docker.io/"+img.Name || strings.HasSuffix(img.Repository, "library/"+img.Name)
}

func onDebian(tag string, v model.Version) bool {
	for _, word := range []string{"debian", "jessie", "stretch", "buster", "bullseye", "bookworm", "ubuntu", "focal", "jammy"} {
		if strings.Contains(tag, word) {
			return true
		}
	}
	if strings.Contains(tag, "oracle") || v.IsZero() {
		return false
	}
	exact := strings.Count(strings.SplitN(tag, "-", 2)[0], ".") == 2
	switch {
	case !v.AtLeast(5, 7, 0):
		return true
	case v.Major == 5:
		return exact && v.Patch < 38
	case v.Major == 8 && v.Minor == 0:
		return exact && v.Patch < 29
	}
	return false
}

func (p *profile) oracleLinux(server model.Server) {
	text := includeConfD
	v := server.Version
	p.files = map[string]string{"/etc/mysql/conf.d/": ""}
	switch {
	case p.family == familyOracle:
		text = "[mysqld]\n" // the package's: it includes nothing
	case v.Major == 5 && v.Minor == 7:
		text += "!includedir /etc/mysql/mysql.conf.d/\n"
		p.files["/etc/mysql/mysql.conf.d/"] = ""
	default:
		p.doubtful = []string{"/etc/mysql/mysql.conf.d", "/etc/my.cnf.d"}
	}
	p.files["/etc/my.cnf"] = text
}

// mariadb is docker.io/library/mariadb: the image's files, then conf.d.
func (p *profile) mariadb(img cluster.Image, name string, server model.Server) {
	p.family = familyMariaDB
	if name != "mariadb" && !strings.HasPrefix(name, "mariadb") {
		p.family = familyUnknown
	}
	if strings.Contains(img.Repository, "podified") || img.Has("kolla", "tripleo", "rhoso") {
		p.family = familyUnknown
		p.files = map[string]string{"/etc/my.cnf": "[mysqld]\n!includedir /etc/my.cnf.d\n", "/etc/my.cnf.d/": ""}
		return
	}
	if strings.Contains(img.Tag, "ubi") || name == "enterprise-server" {
		p.files = map[string]string{
			"/etc/my.cnf":                "[mysqld]\n!includedir /etc/my.cnf.d\n",
			"/etc/my.cnf.d/docker.cnf":   "!includedir /etc/mysql/conf.d\n!includedir /etc/mysql/mariadb.conf.d\n",
			"/etc/mysql/conf.d/":         "",
			"/etc/mysql/mariadb.conf.d/": "",
		}
		return
	}
	if img.Has("alpine") || strings.Contains(img.Tag, "alpine") {
		// Nobody's official image: Alpine's package, with a start script of its own.
		p.family = familyUnknown
		p.files = map[string]string{"/etc/my.cnf": "[mysqld]\n!includedir /etc/my.cnf.d\n", "/etc/my.cnf.d/": ""}
		p.doubtful = []string{"/etc/mysql/conf.d", "/etc/mysql/mariadb.conf.d"}
		return
	}
	v := server.Version
	p.links = map[string]string{"/etc/mysql/my.cnf": "mariadb.cnf"}
	p.files = map[string]string{
		"/etc/mysql/mariadb.cnf":                     "[mysqld]\n!includedir /etc/mysql/mariadb.conf.d/\n!includedir /etc/mysql/conf.d/\n",
		"/etc/mysql/mariadb.conf.d/05-skipcache.cnf": "[mariadb]\n",
		"/etc/mysql/mariadb.conf.d/50-server.cnf":    "[mysqld]\n",
		"/etc/mysql/conf.d/":                         "",
	}
	if !v.IsZero() && !v.AtLeast(10, 5, 0) {
		// Before 10.5 my.cnf is a file, and mariadb.cnf one that it includes.
		p.links = nil
		p.files["/etc/mysql/my.cnf"] = "[mysqld]\n!include /etc/mysql/mariadb.cnf\n!includedir /etc/mysql/conf.d/\n"
		p.files["/etc/mysql/mariadb.cnf"] = "[mysqld]\n!includedir /etc/mysql/mariadb.conf.d/\n"
		delete(p.files, "/etc/mysql/mariadb.conf.d/50-server.cnf")
		p.files["/etc/mysql/mariadb.conf.d/"] = ""
	}
	p.doubtful = []string{"/etc/my.cnf.d"}
	if name != "mariadb" && cluster.ParseImage(name).Name != "mariadb" && !isMariaDBName(name) {
		p.family = familyUnknown
		p.doubtful = append(p.doubtful, "/etc/mysql/mysql.conf.d")
	}
}

func isMariaDBName(name string) bool {
	rest := strings.TrimPrefix(name, "mariadb")
	return strings.Trim(rest, "0123456789") == ""
}

func isSclorgName(name string) bool {
	for _, suffix := range []string{"-centos7", "-c8s", "-c9s", "-c10s", "-el8", "-el9", "-rhel7", "-rhel8", "-rhel9"} {
		if strings.HasSuffix(name, suffix) {
			return true
		}
	}
	return false
}

var imageSource = &source{object: model.ObjectImage}

// volume lays the image's known files out.
func (p *profile) volume() *volume {
	v := &volume{name: "image", kind: "image", root: newDir()}
	v.root.open = true
	// In order, so that a folder comes before what is in it.
	for _, name := range sortedKeys(p.files) {
		content := p.files[name]
		if strings.HasSuffix(name, "/") {
			d := newDir()
			d.open = true
			v.put(name, d)
			continue
		}
		v.put(name, &node{data: sourced(content, imageSource), mode: 0o644, via: "image"})
	}
	for name, target := range p.links {
		v.put(name, &node{link: target, mode: 0o777})
	}
	openDirs(v.root)
	if n := v.root; p.closed != "" {
		for _, name := range split(p.closed) {
			n = n.child(name)
		}
		n.open = false
	}
	return v
}

// openDirs marks every folder: an image may hold more than is known.
func openDirs(n *node) {
	if n.dir == nil {
		return
	}
	n.open = true
	for _, child := range n.dir {
		openDirs(child)
	}
}
