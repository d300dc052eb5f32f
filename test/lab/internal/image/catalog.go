package image

import (
	"crypto/sha256"
	_ "embed"
	"fmt"
	"io/fs"
	"strings"
)

// The user that the servers run as in the official images.
var mysqlUser = Owner{999, 999}

var (
	//go:embed files/mysql-entrypoint.sh
	mysqlEntrypoint string
	//go:embed files/mysql-my.cnf
	mysqlOptions string
	//go:embed files/bitnami-entrypoint.sh
	bitnamiEntrypoint string
	//go:embed files/bitnami-run.sh
	bitnamiRun string
	//go:embed files/mariadb-entrypoint.sh
	mariadbEntrypoint string
	//go:embed files/mariadb-my.cnf
	mariadbOptions string
	//go:embed files/mariadb-50-server.cnf
	mariadbServerOptions string
	//go:embed files/mariadb-05-skipcache.cnf
	mariadbCacheOptions string
)

// weight is what a root file system has and no container needs.
var weight = []string{
	"/dev", "/proc", "/sys", "/run", "/tmp", "/var/cache", "/var/lib/apt", "/var/lib/dpkg/info", "/var/log",
	"/usr/share/doc", "/usr/share/man", "/usr/share/locale", "/usr/share/info", "/debootstrap", "/etc/mysql", "/boot",
	"/usr/bin/mysqlslap", "/usr/bin/myisamchk", "/usr/bin/myisampack", "/usr/bin/myisam_ftdump", "/usr/bin/myisamlog",
	"/usr/bin/mysqlimport", "/usr/bin/mysqlshow", "/usr/bin/mysql_migrate_keyring", "/usr/bin/ibd2sdi", "/usr/bin/innochecksum",
}

func folder(path string, mode fs.FileMode, owner Owner) File {
	return File{Path: path, Mode: mode | fs.ModeDir, Owner: owner}
}

func link(path, target string) File {
	return File{Path: path, Mode: 0o777 | fs.ModeSymlink, Content: target}
}

// skeleton is what every image with a root file system needs besides.
func skeleton() []File {
	return []File{
		folder("/dev", 0o755, Owner{}), folder("/proc", 0o755, Owner{}), folder("/sys", 0o755, Owner{}),
		folder("/run", 0o755, Owner{}), folder("/tmp", 0o777|fs.ModeSticky, Owner{}),
		folder("/var/log", 0o755, Owner{}), folder("/var/cache", 0o755, Owner{}),
		folder("/docker-entrypoint-initdb.d", 0o755, Owner{}),
		folder("/run/mysqld", 0o777|fs.ModeSticky, mysqlUser), folder("/var/lib/mysql", 0o777|fs.ModeSticky, mysqlUser),
	}
}

// MySQL gives the images made of a root file system with MySQL in it: one as
// the official image is laid out, one as Bitnami's is.
func MySQL(root, tag, version string) (shared []Layer, images []Image) {
	official := append(skeleton(),
		folder("/etc/mysql", 0o755, Owner{}), folder("/etc/mysql/conf.d", 0o755, Owner{}),
		folder("/var/lib/mysql-files", 0o750, mysqlUser),
		File{Path: "/etc/my.cnf", Mode: 0o644, Content: mysqlOptions},
		File{Path: "/usr/local/bin/docker-entrypoint.sh", Mode: 0o755, Content: mysqlEntrypoint},
		link("/entrypoint.sh", "usr/local/bin/docker-entrypoint.sh"),
	)
	bitnami := append(skeleton(),
		folder("/opt/bitnami/mysql/bin", 0o755, Owner{}), folder("/opt/bitnami/mysql/conf", 0o775, Owner{}),
		folder("/opt/bitnami/mysql/tmp", 0o777, Owner{}), folder("/opt/bitnami/mysql/logs", 0o777, Owner{}),
		folder("/bitnami/mysql", 0o777, Owner{}), folder("/bitnami/mysql/data", 0o777, Owner{}),
		link("/opt/bitnami/mysql/bin/mysqld", "/usr/sbin/mysqld"), link("/opt/bitnami/mysql/bin/mysql", "/usr/bin/mysql"),
		link("/opt/bitnami/mysql/share", "/usr/share/mysql"), link("/opt/bitnami/mysql/lib", "/usr/lib/mysql"),
		File{Path: "/opt/bitnami/scripts/mysql/entrypoint.sh", Mode: 0o755, Content: bitnamiEntrypoint},
		File{Path: "/opt/bitnami/scripts/mysql/run.sh", Mode: 0o755, Content: bitnamiRun},
	)
	seed := folder("/var/lib/mysql-seed", 0o755, mysqlUser)
	return []Layer{Tree(root, weight...)}, []Image{{
		Name:   "docker.io/library/mysql:" + tag,
		Layers: []Layer{Files(append(official, seed)...)},
		Config: Config{
			Env:        []string{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "MYSQL_MAJOR=" + tag, "MYSQL_VERSION=" + version},
			Entrypoint: []string{"docker-entrypoint.sh"}, Cmd: []string{"mysqld"},
			ExposedPorts: map[string]struct{}{"3306/tcp": {}, "33060/tcp": {}},
			Volumes:      map[string]struct{}{"/var/lib/mysql": {}},
		},
	}, {
		Name:   "docker.io/bitnami/mysql:" + tag,
		Layers: []Layer{Files(append(bitnami, seed)...)},
		Config: Config{
			Env: []string{"PATH=/opt/bitnami/mysql/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
				"APP_VERSION=" + version, "BITNAMI_APP_NAME=mysql"},
			User:       "1001",
			Entrypoint: []string{"/opt/bitnami/scripts/mysql/entrypoint.sh"}, Cmd: []string{"/opt/bitnami/scripts/mysql/run.sh"},
			ExposedPorts: map[string]struct{}{"3306/tcp": {}},
		},
	}}
}

// MariaDB gives the image made of a root file system with MariaDB in it, laid
// out as the official one.
func MariaDB(root, tag, version string) (shared []Layer, images []Image) {
	files := append(skeleton(),
		folder("/etc/mysql", 0o755, Owner{}), folder("/etc/mysql/conf.d", 0o755, Owner{}), folder("/etc/mysql/mariadb.conf.d", 0o755, Owner{}),
		File{Path: "/etc/mysql/mariadb.cnf", Mode: 0o644, Content: mariadbOptions},
		link("/etc/mysql/my.cnf", "mariadb.cnf"),
		File{Path: "/etc/mysql/mariadb.conf.d/05-skipcache.cnf", Mode: 0o644, Content: mariadbCacheOptions},
		File{Path: "/etc/mysql/mariadb.conf.d/50-server.cnf", Mode: 0o644, Content: mariadbServerOptions},
		folder("/var/lib/mysql-seed", 0o755, mysqlUser),
		File{Path: "/usr/local/bin/docker-entrypoint.sh", Mode: 0o755, Content: mariadbEntrypoint},
	)
	return []Layer{Tree(root, weight...)}, []Image{{
		Name:   "docker.io/library/mariadb:" + tag,
		Layers: []Layer{Files(files...)},
		Config: Config{
			Env:        []string{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8", "MARIADB_VERSION=" + version},
			Entrypoint: []string{"docker-entrypoint.sh"}, Cmd: []string{"mariadbd"},
			ExposedPorts: map[string]struct{}{"3306/tcp": {}},
			Volumes:      map[string]struct{}{"/var/lib/mysql": {}},
		},
	}}
}

// Names of the images that hold no server.
const (
	PauseImage    = "mysqldrift.lab/pause:1"
	ExporterImage = "docker.io/prom/mysqld-exporter:v0.17.2"
	ProxyImage    = "docker.io/proxysql/proxysql:2.7.3"
)

// Pods gives the images made of the labpod program: the pause container, and
// look-alikes that are named as the real exporter and proxy are.
func Pods(program string) []Image {
	one := func(name, path string, ports ...string) Image {
		exposed := map[string]struct{}{}
		for _, port := range ports {
			exposed[port] = struct{}{}
		}
		return Image{Name: name, Layers: []Layer{Copy(program, path, 0o755)},
			Config: Config{Entrypoint: []string{path}, ExposedPorts: exposed}}
	}
	return []Image{
		one(PauseImage, "/pause"),
		one(ExporterImage, "/bin/mysqld_exporter", "9104/tcp"),
		one(ProxyImage, "/usr/bin/proxysql", "3306/tcp", "6032/tcp"),
	}
}

// Recipe changes whenever the images must be made anew.
func Recipe() string {
	hash := sha256.New()
	for _, part := range []string{mysqlEntrypoint, mysqlOptions, bitnamiEntrypoint, bitnamiRun,
		mariadbEntrypoint, mariadbOptions, mariadbServerOptions, mariadbCacheOptions, strings.Join(weight, ":")} {
		fmt.Fprintf(hash, "%d\n%s", len(part), part)
	}
	return fmt.Sprintf("%x ", hash.Sum(nil))
}
