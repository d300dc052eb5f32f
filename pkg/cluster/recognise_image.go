package cluster

import (
	"regexp"
	"strings"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
)

// Image is an image reference taken apart.
type Image struct {
	Repository string // registry and path: docker.io/bitnami/mysql
	Name       string // last part of the path: mysql
	Tag        string
	Digest     string
}

// ParseImage takes an image reference apart. A port in the registry is no tag.
func ParseImage(ref string) Image {
	var img Image
	ref, img.Digest, _ = strings.Cut(strings.TrimSpace(ref), "@")
	slash := strings.LastIndexByte(ref, '/')
	if colon := strings.LastIndexByte(ref, ':'); colon > slash {
		ref, img.Tag = ref[:colon], ref[colon+1:]
	}
	img.Repository = ref
	img.Name = ref[slash+1:]
	return img
}

// Has says whether the repository holds one of the words as a whole part
// between separators.
func (i Image) Has(words ...string) bool {
	for _, part := range imageWords.Split(strings.ToLower(i.Repository), -1) {
		for _, w := range words {
			if part == w {
				return true
			}
		}
	}
	return false
}

var (
	imageWords = regexp.MustCompile(`[-_./:]+`)
	serverName = regexp.MustCompile(`^(mysql|mysqld|mariadb|mariadbd|percona|pxc|galera)\d*$`)
	// serverWithin is a name that somebody's own image is called after: mysqlmgr.
	serverWithin = regexp.MustCompile(`mysql|mariadb|percona`)
	versionIn    = regexp.MustCompile(`\d+(\.\d+)+`)
	shortNumber  = regexp.MustCompile(`(?:mysql|mariadb)-?(\d{2,4})(?:-|$)`)
)

// helperWords in an image's name say that it is something around a server.
var helperWords = map[string]bool{
	"exporter": true, "operator": true, "router": true, "shell": true, "client": true, "backup": true, "proxy": true,
	"agent": true, "sidecar": true, "web": true, "nginx": true, "apache": true, "php": true, "admin": true, "dump": true,
	"tools": true, "toolkit": true, "haproxy": true, "proxysql": true, "maxscale": true, "monitor": true, "metrics": true,
	"orchestrator": true, "utilities": true, "manager": true, "controller": true, "xtrabackup": true, "init": true,
	"audit": true, "mydumper": true, "phpmyadmin": true, "adminer": true, "zabbix": true, "pmm": true, "binlog": true,
	"restore": true, "migration": true, "migrate": true, "test": true, "s3": true, "cron": true, "logrotate": true,
	"autobackup": true, "mysqldump": true, "checker": true, "healthcheck": true, "ui": true, "workbench": true,
}

// otherDatabases speak MySQL's protocol, or stand before servers that do, and are
// neither MySQL nor MariaDB, whatever the container is called.
var otherDatabases = []string{
	"tidb", "tikv", "tiflash", "vtgate", "vtadmin", "vtctld", "vtorc", "clickhouse", "starrocks", "doris", "selectdb", "oceanbase",
	"obproxy", "proxysql", "maxscale", "haproxy", "shardingsphere", "singlestore", "memsql", "dolt", "dolthub", "matrixone", "databend",
	"manticore", "manticoresearch", "sphinx", "cubrid", "greptimedb", "readyset", "polardbx", "kyuubi",
}

// serverImage says how much an image looks like a server's: 4 named like one, 2
// with the name as a word of its own ("shop-mysql"), 1 with the name inside a word
// ("mysqlmgr"), 0 unknown, −6 a helper, −10 another database.
func serverImage(img Image) (int, string) {
	words := imageWords.Split(strings.ToLower(img.Name), -1)
	for _, w := range words {
		if helperWords[w] {
			return -6, "image " + img.Name + " is a helper's"
		}
	}
	switch {
	case serverName.MatchString(words[0]):
		return 4, "image " + img.Name
	case img.Has(otherDatabases...):
		return -10, "image " + img.Name + " is another database's"
	case img.Has("mysql", "mariadb") && serverNames[img.Name]:
		return 4, "image " + img.Name
	}
	for _, w := range words[1:] {
		if serverName.MatchString(w) {
			return 2, "image " + img.Name
		}
	}
	if serverWithin.MatchString(strings.ToLower(img.Name)) {
		return 1, "image " + img.Name
	}
	return 0, ""
}

// plainlyServer: the image's name is a server's, with nothing added but what tells
// editions, versions and systems apart.
func plainlyServer(img Image) bool {
	name := strings.ToLower(img.Name)
	for _, w := range imageWords.Split(name, -1) {
		if !serverName.MatchString(w) && !editions[w] && !strings.ContainsAny(w, "0123456789") {
			return false
		}
	}
	return true
}

var editions = map[string]bool{
	"server": true, "community": true, "enterprise": true, "cluster": true, "xtradb": true, "galera": true, "innodb": true, "lts": true,
	"debian": true, "ubuntu": true, "alpine": true, "centos": true, "rhel": true, "ubi": true, "jammy": true, "noble": true, "innovation": true,
}

// serverNames are what publishers of the name mysql or mariadb call the server's image.
var serverNames = map[string]bool{"server": true, "community-server": true, "enterprise-server": true}

// ImageServer tells flavour and version from an image reference, as far as name
// and tag say.
func ImageServer(ref string) model.Server {
	img := ParseImage(ref)
	server := model.Server{Flavour: model.MySQL}
	name := strings.ToLower(img.Name)
	if strings.Contains(name, "mariadb") || strings.Contains(name, "galera") && !img.Has("percona", "pxc") || serverNames[name] && img.Has("mariadb") {
		server.Flavour = model.MariaDB
	}
	text := versionIn.FindString(img.Tag)
	if text == "" {
		text = versionIn.FindString(img.Name)
	}
	if m := shortNumber.FindStringSubmatch(name); text == "" && m != nil {
		text = dotted(m[1])
	}
	if text == "" {
		// A bare major number: mysql:8, mariadb:11.
		text = strings.TrimFunc(strings.SplitN(img.Tag, "-", 2)[0], func(r rune) bool { return r == 'v' })
	}
	if parsed, err := model.ParseServer(text); err == nil && plausible(server.Flavour, parsed.Version) {
		server.Version, server.Raw = parsed.Version, text
		return server
	}
	// Others number their images themselves, and say which server is inside:
	// vitess/lite:v24.0.0-mysql80.
	if m := shortNumber.FindStringSubmatch(strings.ToLower(img.Tag)); m != nil {
		if parsed, err := model.ParseServer(dotted(m[1])); err == nil && plausible(server.Flavour, parsed.Version) {
			server.Version, server.Raw = parsed.Version, dotted(m[1])
		}
	}
	return server
}

// plausible says whether a number can be a server's version: MySQL's are 5 to 9
// so far, MariaDB's 5 and from 10.
func plausible(f model.Flavour, v model.Version) bool {
	if f == model.MariaDB {
		return v.Major == 5 || v.Major >= 10 && v.Major < 20
	}
	return v.Major >= 5 && v.Major <= 9
}

// dotted reads the short versions of OpenShift's images: 80 → 8.0, 105 → 10.5,
// 1011 → 10.11.
func dotted(digits string) string {
	major := 1
	if len(digits) > 2 {
		major = 2
	}
	return digits[:major] + "." + digits[major:]
}
