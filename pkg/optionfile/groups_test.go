package optionfile

import (
	"slices"
	"strings"
	"testing"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
)

func server(t *testing.T, version string) model.Server {
	t.Helper()
	s, err := model.ParseServer(version)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestGroups(t *testing.T) {
	for _, c := range []struct{ version, suffix, want string }{
		{"8.0.36", "", "mysqld server mysqld-8.0"},
		{"5.7.44", "", "mysqld server mysqld-5.7"},
		{"8.4.2", "_x", "mysqld server mysqld-8.4 mysqld_x server_x mysqld-8.4_x"},
		{"9.7.4", "", "mysql_cluster mysqld server mysqld-9.7"},
		{"10.11.19-MariaDB", "", "mysqld server mysqld-10.11 mariadb mariadb-10.11 mariadbd mariadbd-10.11 client-server galera"},
		{"10.3.1-MariaDB", "", "mysqld server mysqld-10.3 mariadb mariadb-10.3 client-server galera"},
	} {
		if got := strings.Join(Groups(server(t, c.version), c.suffix), " "); got != c.want {
			t.Errorf("Groups(%s, %q) = %q, want %q", c.version, c.suffix, got, c.want)
		}
	}
	if got := Groups(model.Server{Flavour: model.MySQL}, ""); !slices.Equal(got, []string{"mysqld", "server"}) {
		t.Errorf("without a version: %q", got)
	}
	for flavour, o := range oracleServers {
		if got := Groups(o.server, ""); !slices.Equal(got, o.groups) {
			t.Errorf("%s: %q, the server itself says %q", flavour, got, o.groups)
		}
	}
}

func TestDefaultFiles(t *testing.T) {
	for _, c := range []struct{ version, image, want string }{
		{"8.0.36", "mysql:8.0", "/etc/my.cnf /etc/mysql/my.cnf /usr/etc/my.cnf"},
		{"10.11.19-MariaDB", "mariadb:10.11", "/etc/my.cnf /etc/mysql/my.cnf"},
		{"8.0.36", "docker.io/bitnami/mysql:8.0", "/opt/bitnami/mysql/conf/my.cnf"},
		{"11.4.2-MariaDB", "bitnamilegacy/mariadb:11.4", "/opt/bitnami/mariadb/conf/my.cnf"},
	} {
		if got := strings.Join(DefaultFiles(server(t, c.version), c.image), " "); got != c.want {
			t.Errorf("DefaultFiles(%s, %s) = %q, want %q", c.version, c.image, got, c.want)
		}
	}
}

func TestIgnoresWorldWritable(t *testing.T) {
	for _, c := range []struct {
		version  string
		readOnly bool
		want     bool
	}{
		{"9.7.4", true, true},
		{"9.7.4", false, true},
		{"10.11.19-MariaDB", true, false},
		{"10.11.19-MariaDB", false, true},
		{"10.11.2-MariaDB", true, true},
		{"mariadb:10.11", true, false}, // a tag: its newest
		{"10.6.18-MariaDB", true, false},
		{"10.5.8-MariaDB", true, true},
		{"11.4.2-MariaDB", true, false},
	} {
		if got := IgnoresWorldWritable(server(t, c.version), c.readOnly); got != c.want {
			t.Errorf("IgnoresWorldWritable(%s, %v) = %v", c.version, c.readOnly, got)
		}
	}
}
