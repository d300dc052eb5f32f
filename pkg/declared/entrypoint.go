package declared

import (
	"path"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
)

type syntaxStmt = syntax.Stmt

const ambiguous = v1.Ambiguous

// entrypoint runs an image's own entry point with a container's args.
func (m *machine) entrypoint(p profile, args []text) {
	if len(args) == 0 || strings.HasPrefix(args[0].String(), "-") {
		m.startImage(p, append([]text{plain(p.program)}, args...))
		return
	}
	if isServer(path.Base(args[0].String())) {
		m.startImage(p, args)
		return
	}
	m.exec(args)
}

// startImage starts the server the way the image's entry point does.
func (m *machine) startImage(p profile, argv []text) {
	switch p.family {
	case familyBitnami:
		m.startBitnami(argv[1:])
	case familySclorg:
		m.startSclorg(argv)
	case familyApeCloud:
		m.startApeCloud(argv)
	case familyPXC:
		m.generate("/etc/mysql/node.cnf", "[mysqld]\nserver_id="+unknown+"\n")
		m.startServer(argv)
	case familyUnknown:
		if !m.isServer {
			m.unread("the image's own entry point", argv)
			return
		}
		m.doubt = "the image's own entry point is not known"
		m.startServer(argv)
	case familyOfficial, familyMariaDB, familyGoogle:
		m.dropsRoot = true
		m.startServer(argv)
		m.dropsRoot = false
	default:
		m.startServer(argv)
	}
}

// imageArgs are options that an image's start script gives.
func imageArgs(options ...string) []text {
	var out []text
	for _, o := range options {
		out = append(out, text{{s: o, src: imageSource}})
	}
	return out
}

// bitnamiScript is one of the image's scripts in /opt/bitnami/scripts.
func (m *machine) bitnamiScript(argv []text) {
	switch path.Base(argv[0].String()) {
	case "entrypoint.sh":
		args := argv[1:]
		if len(args) == 0 {
			m.startBitnami(nil)
			return
		}
		m.exec(args)
	case "run.sh":
		m.startBitnami(argv[1:])
	default:
		m.status = 0
	}
}

// startBitnami: one option file, copied and edited before the start where it is
// writable, and options on the command line that beat it.
// Source: bitnami/containers, libmysql.sh, libmysqlgalera.sh and run.sh.
func (m *machine) startBitnami(args []text) {
	name, prefix := "mysql", "MYSQL"
	if strings.Contains(m.profile.defaults[0], "mariadb") {
		name, prefix = "mariadb", "MARIADB"
	}
	base := "/opt/bitnami/" + name
	conf := base + "/conf/my.cnf"
	m.bitnamiFiles(base, name, prefix)
	options := imageArgs("--defaults-file="+conf, "--basedir="+base, "--datadir=/bitnami/"+name+"/data", "--socket="+base+"/tmp/mysql.sock", "--pid-file="+base+"/tmp/mysqld.pid")
	switch mode := m.get(prefix + "_REPLICATION_MODE").String(); mode {
	case "master", "slave":
		options = append(options, imageArgs("--server-id="+unknown, "--binlog-format=ROW", "--log-bin=mysql-bin", "--sync-binlog=1")...)
		if mode == "slave" {
			options = append(options, imageArgs("--relay-log=mysql-relay-bin", "--log-slave-updates=1", "--read-only=1")...)
		} else {
			options = append(options, imageArgs("--innodb_flush_log_at_trx_commit=1")...)
		}
	}
	if m.bitnamiGalera() && m.view.at(conf).vol.readOnly {
		options = append(options, imageArgs("--wsrep-node-name="+unknown, "--wsrep-node-address="+unknown, "--wsrep-cluster-name="+unknown, "--wsrep-cluster-address="+unknown)...)
	}
	flags, _, _ := splitBlanks(asEnv(m.get(prefix + "_EXTRA_FLAGS")))
	options = append(options, flags...)
	m.startServer(append([]text{plain("mysqld")}, append(options, args...)...))
}

// asEnv is a variable's value as coming from the environment, whatever set it.
func asEnv(t text) text {
	out := make(text, len(t))
	for i, r := range t {
		if r.src == nil || r.src.kind != valueText {
			r.src = &source{object: "env", kind: valueText}
		}
		out[i] = r
	}
	return out
}

func (m *machine) bitnamiGalera() bool {
	return m.view.isDir("/opt/bitnami/scripts/mariadb-galera") || strings.Contains(m.imageName, "galera")
}

func (m *machine) bitnamiFiles(base, name, prefix string) {
	conf := base + "/conf/my.cnf"
	for _, dir := range []string{"/bitnami/conf", "/bitnami/" + name + "/conf"} {
		names, _, exists := m.view.list(dir)
		if !exists || m.view.at(conf).vol.readOnly || dir == "/bitnami/conf" && !m.bitnamiGalera() {
			continue
		}
		for _, n := range names {
			m.copyKey(path.Join(dir, n), path.Join(base, "conf", n))
		}
		if n := m.view.at(conf).n; n != nil && n.via != "image" {
			n.via += "+edit" // wsrep_* and what the environment sets
		}
	}
	if n := m.view.at(conf).n; n == nil || n.via == "image" {
		text := text{{s: "[mysqld]\n!include " + base + "/conf/bitnami/my_custom.cnf\n", src: imageSource}}
		for _, v := range []struct{ variable, option string }{
			{"_CHARACTER_SET", "character_set_server"}, {"_COLLATE", "collation_server"}, {"_PORT_NUMBER", "port"}, {"_SQL_MODE", "sql_mode"},
			{"_AUTHENTICATION_PLUGIN", "authentication_policy"},
		} {
			if value := m.get(prefix + v.variable).String(); value != "" {
				text = append(text, run{s: "[mysqld]\n" + v.option + "=" + value + "\n", src: &source{object: "env"}})
			}
		}
		_ = m.view.write(conf, &node{data: text, mode: 0o644, via: "image"})
	}
	custom := base + "/conf/my_custom.cnf"
	if n := m.view.at(custom).n; n != nil && n.dir == nil {
		m.copyKey(custom, base+"/conf/bitnami/my_custom.cnf")
	}
}

// sclorgVariables are the variables that the images' start script makes options
// of: sclorg/mysql-container root/usr/share/container-scripts/mysql/cnf.
var sclorgVariables = []struct{ variable, option string }{
	{"MYSQL_LOWER_CASE_TABLE_NAMES", "lower_case_table_names"}, {"MYSQL_LOG_QUERIES_ENABLED", "general_log"},
	{"MYSQL_MAX_CONNECTIONS", "max_connections"}, {"MYSQL_MAX_ALLOWED_PACKET", "max_allowed_packet"},
	{"MYSQL_FT_MIN_WORD_LEN", "ft_min_word_len"}, {"MYSQL_FT_MAX_WORD_LEN", "ft_max_word_len"}, {"MYSQL_AIO", "innodb_use_native_aio"},
	{"MYSQL_TABLE_OPEN_CACHE", "table_open_cache"}, {"MYSQL_KEY_BUFFER_SIZE", "key_buffer_size"}, {"MYSQL_SORT_BUFFER_SIZE", "sort_buffer_size"},
	{"MYSQL_READ_BUFFER_SIZE", "read_buffer_size"}, {"MYSQL_INNODB_BUFFER_POOL_SIZE", "innodb_buffer_pool_size"},
	{"MYSQL_INNODB_LOG_FILE_SIZE", "innodb_log_file_size"}, {"MYSQL_INNODB_LOG_BUFFER_SIZE", "innodb_log_buffer_size"},
	{"MYSQL_BINLOG_FORMAT", "binlog_format"}, {"MYSQL_DEFAULT_AUTHENTICATION_PLUGIN", "default_authentication_plugin"},
}

// startSclorg: the start script writes option files from the environment and the
// memory limit, then starts with one defaults file.
func (m *machine) startSclorg(argv []text) {
	const dir = "/etc/my.cnf.d/"
	tuning := text{{s: "[mysqld]\ninnodb_buffer_pool_size=" + unknown + "\n"}}
	for _, v := range sclorgVariables {
		if value := m.get(v.variable).String(); value != "" {
			tuning = append(tuning, run{s: v.option + "=" + value + "\n", src: &source{object: "env"}})
		}
	}
	m.generate(dir+"40-paas.cnf", "[mysqld]\nmax_connections="+unknown+"\n")
	_ = m.view.write(dir+"50-my-tuning.cnf", &node{data: tuning, mode: 0o644, via: m.via + "-generate"})
	m.generate(dir+"base.cnf", "[mysqld]\ndatadir=/var/lib/mysql/data\nbasedir=/usr\n")
	if role := strings.TrimPrefix(path.Base(argv[0].String()), "run-mysqld-"); role != path.Base(argv[0].String()) {
		m.generate(dir+role+".cnf", "[mysqld]\nserver-id="+unknown+"\n")
	}
	// Files that extend the image: source-to-image puts them here, a mount can too.
	for _, extra := range []string{"/opt/app-root/src/mysql-cfg", "/opt/app-root/src/mysqld-cfg"} {
		names, _, _ := m.view.list(extra)
		for _, name := range names {
			n := m.view.at(path.Join(extra, name)).n
			if n == nil || n.dir != nil || path.Ext(name) != ".cnf" {
				continue
			}
			c := *n
			c.via = m.via + "-template"
			_ = m.view.write(dir+name, &c)
		}
	}
	file := m.get("MYSQL_DEFAULTS_FILE").String()
	if file == "" {
		file = "/etc/my.cnf"
	}
	var rest []text
	if len(argv) > 1 {
		rest = argv[1:]
	}
	m.startServer(append(append([]text{plain("mysqld")}, imageArgs("--defaults-file="+file)...), rest...))
}

// startApeCloud: the entry point starts the server with the one file that
// KubeBlocks names in the environment.
// Source: apecloud/kubeblocks-addons, addons/apecloud-mysql.
func (m *machine) startApeCloud(argv []text) {
	file := m.get("KB_MYSQL_CONF_FILE").String()
	if file == "" {
		file = "/opt/mysql/my.cnf"
	}
	m.startServer(append([]text{plain("mysqld")}, append(imageArgs("--defaults-file="+file), argv[1:]...)...))
}
