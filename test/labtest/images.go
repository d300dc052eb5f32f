package labtest

import "os"

// Images of the servers: the lab's own, or what the environment names in another
// cluster.
var (
	MySQLImage   = image("MYSQLDRIFT_LAB_MYSQL_IMAGE", "docker.io/library/mysql:9.7")
	MariaDBImage = image("MYSQLDRIFT_LAB_MARIADB_IMAGE", "docker.io/library/mariadb:10.11")
	BitnamiImage = image("MYSQLDRIFT_LAB_BITNAMI_IMAGE", "docker.io/bitnami/mysql:9.7")
)

func image(variable, fallback string) string {
	if s := os.Getenv(variable); s != "" {
		return s
	}
	return fallback
}
