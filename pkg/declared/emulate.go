package declared

import (
	"encoding/json"
	"path"
	"strings"
)

// emulated is what is known of a program that images and operators bring, or nil.
// A file of that name in a volume is read, not emulated.
func (m *machine) emulated(name string, argv []text) func() {
	base := path.Base(name)
	has := func(word string) bool {
		for _, a := range argv[1:] {
			if a.String() == word {
				return true
			}
		}
		return false
	}
	switch {
	case base == "clone-and-init" || base == "files-config":
		return m.initBitpoke
	case base == "sidecar" && has("init") && m.view.isDir("/mnt/mysql-cm"):
		return m.initRadonDB
	case base == "mysqlsh" && has("mysqloperator") && has("init"):
		return m.initOracle
	case base == "init" && strings.Contains(m.imageName, "mariadb-operator"):
		return m.initMariaDBOperator
	case base == "kolla_start":
		return m.startKolla
	case base == "moco-init":
		return func() { m.initMOCO(argv) }
	case base == "ps-entrypoint.sh" && !m.isOwnFile(name):
		return func() { m.startPS(argv) }
	case base == "pxc-entrypoint.sh" && !m.isOwnFile(name):
		return func() { m.startPXC(argv) }
	case base == "mysqlctld":
		return func() { m.startVitess(argv) }
	case strings.HasPrefix(base, "run-mysqld"):
		return func() { m.startSclorg(argv) }
	case base == "start.py" || base == "run.py":
		return nil
	case strings.HasPrefix(name, "/opt/bitnami/scripts/") && m.profile.family == familyBitnami && !m.isOwnFile(name):
		return func() { m.bitnamiScript(argv) }
	case entrypointNames[base] && !m.isOwnFile(name) || name == "_main":
		return func() { m.entrypoint(m.profile, argv[1:]) }
	}
	return nil
}

var entrypointNames = map[string]bool{
	"docker-entrypoint.sh": true, "entrypoint.sh": true, "container-entrypoint": true, "docker-entrypoint": true, "mariadb-entrypoint.sh": true,
}

// copyKey copies a file as a program in an init container would, if it is there.
func (m *machine) copyKey(from, to string) {
	if m.view.at(from).n == nil {
		return
	}
	m.copyOne(from, to, false, true)
}

// generate writes an option file that a program makes up.
func (m *machine) generate(name, content string) {
	_ = m.view.write(name, &node{data: plain(content), mode: 0o644, via: m.via + "-generate"})
}

// initBitpoke: the operator's sidecar copies my.cnf of the mounted ConfigMap next
// to the server and adds its own files.
// Source: bitpoke/mysql-operator pkg/sidecar/appconf.go.
func (m *machine) initBitpoke() {
	m.copyKey("/mnt/conf/my.cnf", "/etc/mysql/my.cnf")
	m.mkdirAll("/etc/mysql/conf.d")
	m.generate("/etc/mysql/conf.d/10-identity.cnf", "[mysqld]\nserver-id="+unknown+"\nreport-host="+unknown+"\n")
	m.generate("/etc/mysql/conf.d/10-init-file.cnf", "[mysqld]\ninit-file=/etc/mysql/conf.d/operator-init.sql\n")
	m.status = 0
}

// initRadonDB copies my.cnf and plugin.cnf, and writes extra.cnf.
// Source: radondb/radondb-mysql-kubernetes sidecar/init.go.
func (m *machine) initRadonDB() {
	m.copyKey("/mnt/mysql-cm/my.cnf", "/etc/mysql/my.cnf")
	m.mkdirAll("/etc/mysql/conf.d")
	m.copyKey("/mnt/mysql-cm/plugin.cnf", "/etc/mysql/conf.d/plugin.cnf")
	m.generate("/etc/mysql/conf.d/extra.cnf", "[mysqld]\nserver-id="+unknown+"\ninit-file=/etc/mysql/conf.d/init.sql\n")
	m.status = 0
}

// initOracle fills my.cnf.in into my.cnf and copies every other option file.
// Source: mysql/mysql-operator mysqloperator/init_main.py.
func (m *machine) initOracle() {
	const from, to = "/mnt/initconf", "/mnt/mycnfdata"
	names, _, _ := m.view.list(from)
	m.mkdirAll(to + "/my.cnf.d")
	for _, name := range names {
		switch {
		case name == "my.cnf.in":
			n := *m.view.at(path.Join(from, name)).n
			var filled text
			for _, line := range n.data.lines() {
				filled = append(filled, line.rewrite(fillOracle(line.String()))...)
			}
			n.data, n.via, n.mode = filled, m.via+"-template", 0o644
			_ = m.view.write(to+"/my.cnf", &n)
		case strings.HasSuffix(name, ".cnf"):
			m.copyKey(path.Join(from, name), path.Join(to, "my.cnf.d", name))
		}
	}
	m.status = 0
}

// fillOracle replaces the placeholders, whose values the running pod decides.
func fillOracle(line string) string {
	for strings.Contains(line, "@@") {
		i := strings.Index(line, "@@")
		j := strings.Index(line[i+2:], "@@")
		if j < 0 {
			break
		}
		line = line[:i] + unknown + line[i+j+4:]
	}
	return line
}

// initMOCO writes one file with the server's identity.
// Source: cybozu-go/moco-agent cmd/moco-init.
func (m *machine) initMOCO(argv []text) {
	dir := "/etc/mysql-conf.d"
	id := unknown
	for _, a := range argv[1:] {
		if value, found := strings.CutPrefix(a.String(), "--conf-dir="); found {
			dir = value
		} else if !strings.HasPrefix(a.String(), "-") {
			id = a.String()
		}
	}
	m.generate(path.Join(dir, "my.cnf"), "[mysqld]\nserver_id="+id+"\nadmin_address="+unknown+"\n")
	m.status = 0
}

// startPS writes node.cnf anew at every start and adds the configuration of the
// operator and of the user to its end; their text may have no group.
// Source: percona/percona-server-mysql-operator build/ps-entrypoint.sh.
func (m *machine) startPS(argv []text) {
	const cfg = "/etc/my.cnf.d/node.cnf"
	data := plain("[mysqld]\nserver_id=" + unknown + "\nreport_host=" + unknown + "\nadmin-address=" + unknown +
		"\nread_only=ON\nreport_port=3306\ngtid-mode=ON\nenforce-gtid-consistency\n")
	for _, name := range []string{"auto-config.cnf", "my-config.cnf", "my-secret.cnf"} {
		if n := m.view.at("/etc/mysql/config/" + name).n; n != nil && n.dir == nil {
			data = join(data, n.data, plain("\n"))
		}
	}
	_ = m.view.write(cfg, &node{data: data, mode: 0o644, via: m.via + "-append"})
	m.startArgs(argv)
}

// startPXC rewrites node.cnf with sed at every start; the user's files stay.
// Source: percona/percona-docker pxc-entrypoint.sh.
func (m *machine) startPXC(argv []text) {
	m.generate("/etc/mysql/node.cnf", "[mysqld]\nserver_id="+unknown+"\nwsrep_cluster_address="+unknown+"\nwsrep_node_address="+unknown+"\n")
	m.startArgs(argv)
}

// startArgs starts the server that an entry point's arguments name.
func (m *machine) startArgs(argv []text) {
	args := argv[1:]
	if len(args) > 0 && !strings.HasPrefix(args[0].String(), "-") {
		if !isServer(path.Base(args[0].String())) {
			m.exec(args)
			return
		}
		m.startServer(args)
		return
	}
	m.startServer(append([]text{plain("mysqld")}, args...))
}

// startVitess: mysqlctld joins its defaults and the files of EXTRA_MY_CNF into
// one my.cnf in the data directory, when that is initialised.
func (m *machine) startVitess(argv []text) {
	root := m.get("VTDATAROOT").String()
	if root == "" {
		root = "/vt/vtdataroot"
	}
	uid := unknown
	for _, a := range argv[1:] {
		if value, found := strings.CutPrefix(strings.ReplaceAll(a.String(), "-", "_"), "__tablet_uid="); found {
			uid = strings.Repeat("0", max(0, 10-len(value))) + value
		}
	}
	data := plain("[mysqld]\nserver-id=" + unknown + "\n")
	for _, name := range strings.Split(m.get("EXTRA_MY_CNF").String(), ":") {
		if n := m.view.at(name).n; name != "" && n != nil && n.dir == nil {
			data = join(data, n.data, plain("\n"))
		}
	}
	name := path.Join(root, "vt_"+uid, "my.cnf")
	_ = m.view.write(name, &node{data: data, mode: 0o644, via: m.via + "-join"})
	m.startServer([]text{plain("mysqld"), {{s: "--defaults-file=" + name, src: imageSource}}})
}

// initMariaDBOperator writes the cluster's own options into the folder that is
// mounted for them.
// Source: mariadb-operator cmd/init and pkg/galera/config.
func (m *machine) initMariaDBOperator() {
	for _, mt := range m.view.mounts {
		if strings.HasPrefix(mt.at, "/etc/mysql/mariadb.conf.d") && !mt.vol.readOnly {
			name := "0-replication.cnf"
			if strings.Contains(mt.vol.name, "galera") {
				name = "0-galera.cnf"
			}
			m.generate(path.Join(mt.at, name), "[mariadb]\nserver_id="+unknown+"\n")
		}
	}
	m.status = 0
}

// startKolla copies the files that its config.json names, then runs the command
// that stands there.
func (m *machine) startKolla() {
	t, known := m.readFile("/var/lib/kolla/config_files/config.json")
	var config struct {
		Command string `json:"command"`
		Files   []struct {
			Source string `json:"source"`
			Dest   string `json:"dest"`
		} `json:"config_files"`
	}
	if !known || json.Unmarshal([]byte(t.String()), &config) != nil {
		m.unread("kolla's config.json", nil)
		return
	}
	for _, f := range config.Files {
		for _, from := range m.glob(f.Source) {
			to := f.Dest
			if strings.HasSuffix(to, "/") {
				to = path.Join(to, path.Base(from))
			}
			m.copyOne(from, to, false, true)
		}
	}
	m.runText(plain(config.Command), &source{object: textObject(t), kind: scriptText}, nil, shellOptions{}, true)
	if m.isServer && len(m.starts) == 0 {
		m.unread("the command in kolla's config.json", nil)
	}
}

func textObject(t text) string {
	if src := firstSource(t); src != nil {
		return src.object
	}
	return "generated"
}
