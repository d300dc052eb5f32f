package declared

import (
	"path"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// harmlessPrograms change no file that a server reads, whatever they do.
var harmlessPrograms = words(`echo printf true false : sleep test [ mysql mariadb mysqladmin mariadb-admin mysqldump
	mariadb-dump mysqlsh mysqlbinlog mysql_upgrade mariadb-upgrade mysql_tzinfo_to_sql mysqlpump pgrep pidof kill pkill
	killall wait date hostname dnsdomainname id whoami chown chmod chgrp mkdir mkfifo stat ls du df cat head tail grep
	egrep fgrep sort uniq wc tr cut awk basename dirname seq expr uname getent nslookup dig host ping nc ncat netcat
	socat curl wget timeout trap local export readonly declare typeset unset shift set shopt ulimit umask read let
	jobs disown type which command hash pwd openssl sha256sum md5sum base64 xtrabackup xbstream mariabackup mbstream
	innobackupex garbd clustercheck peer-list kubectl jq yq xargs env printenv tput logger sync free nproc ps top
	mysqld_safe_helper find readlink realpath touch rm ip ifconfig iptables lsof ss netstat killall5 getopts builtin restorecon chcon setfacl
	pmm-admin mysql_config_editor mysql_secure_installation log info warn error debug die fatal`)

func words(s string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(s) {
		set[w] = true
	}
	return set
}

func (m *machine) harmlessAll(list []*syntax.Stmt) bool {
	for _, s := range list {
		if !m.harmless(s) {
			return false
		}
	}
	return true
}

// harmless says whether a statement cannot change what the server reads or how
// it is started. Then whether it runs need not be known.
func (m *machine) harmless(node syntax.Node) bool {
	return m.harmlessDeep(node, 0)
}

func (m *machine) harmlessDeep(node syntax.Node, depth int) bool {
	ok := true
	syntax.Walk(node, func(n syntax.Node) bool {
		if !ok {
			return false
		}
		switch n := n.(type) {
		case *syntax.Redirect:
			ok = m.harmlessRedirect(n)
		case *syntax.FuncDecl:
			ok = false
		case *syntax.Assign:
			ok = !startsServer(n.Value)
		case *syntax.CallExpr:
			if len(n.Args) == 0 {
				return true
			}
			name := n.Args[0].Lit()
			if name == "" {
				name = quotedLit(n.Args[0])
			}
			base := path.Base(name)
			switch {
			case name == "":
				ok = false
			case m.funcs[name] != nil:
				ok = depth < 8 && m.harmlessDeep(m.funcs[name], depth+1)
			case base == "rm" || base == "touch" || base == "chmod" || base == "find" || base == "xargs" || base == "sed":
				ok = m.elsewhere(n.Args[1:])
			case !harmlessPrograms[base]:
				ok = false
			}
		}
		return ok
	})
	return ok
}

// startsServer says whether a value is a program that starts the server: it is there to
// be run.
func startsServer(w *syntax.Word) bool {
	if w == nil {
		return false
	}
	lit := w.Lit()
	if lit == "" {
		lit = quotedLit(w)
	}
	base := path.Base(lit)
	return entrypointNames[base] || isServer(base)
}

func quotedLit(w *syntax.Word) string {
	if len(w.Parts) == 1 {
		if q, ok := w.Parts[0].(*syntax.DblQuoted); ok && len(q.Parts) == 1 {
			if l, ok := q.Parts[0].(*syntax.Lit); ok {
				return l.Value
			}
		}
	}
	return ""
}

// elsewhere says whether words name files only where no option file is.
func (m *machine) elsewhere(args []*syntax.Word) bool {
	for _, w := range args {
		lit := w.Lit()
		if lit == "" && len(w.Parts) > 0 {
			if l, ok := w.Parts[0].(*syntax.Lit); ok {
				lit = l.Value
			} else {
				return false
			}
		}
		if strings.HasPrefix(lit, "-") {
			if strings.HasPrefix(lit, "-exec") {
				return false
			}
			continue
		}
		if strings.HasPrefix(lit, "/") && !m.dataPath(lit) {
			return false
		}
	}
	return true
}

// dataPath says whether a path is where no option file is: data, logs, temporary
// files. A volume of its own below them may be for anything.
func (m *machine) dataPath(p string) bool {
	pl := m.view.at(p)
	if pl.mount != nil && !pl.vol.readOnly && !isDataDir(pl.mount.at) {
		return false
	}
	return isDataDir(p)
}

func isDataDir(p string) bool {
	for _, dir := range []string{"/var/lib/mysql", "/tmp", "/dev/", "/proc/", "/var/log", "/var/run", "/run/", "/data", "/bitnami/mysql/data", "/bitnami/mariadb/data", "/docker-entrypoint-initdb.d"} {
		if strings.HasPrefix(p, dir) {
			return !strings.Contains(p, "conf")
		}
	}
	return false
}

func (m *machine) harmlessRedirect(rd *syntax.Redirect) bool {
	switch rd.Op {
	case syntax.RdrOut, syntax.AppOut, syntax.RdrClob, syntax.RdrAll, syntax.AppAll, syntax.RdrInOut:
		target := rd.Word.Lit()
		if target == "" && len(rd.Word.Parts) > 0 {
			if l, ok := rd.Word.Parts[0].(*syntax.Lit); ok {
				target = l.Value
			}
		}
		return m.dataPath(target)
	}
	return true
}

func (m *machine) forgetAll(list []*syntax.Stmt) {
	for _, s := range list {
		m.forget(s)
	}
}

// forget makes every variable unknown that a skipped statement might have set.
func (m *machine) forget(node syntax.Node) {
	m.forgetDeep(node, 0)
}

func (m *machine) forgetDeep(node syntax.Node, depth int) {
	syntax.Walk(node, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.Assign:
			if n.Name != nil {
				m.vars[n.Name.Value] = &value{t: plain(unknown)}
			}
		case *syntax.ForClause:
			if w, ok := n.Loop.(*syntax.WordIter); ok {
				m.vars[w.Name.Value] = &value{t: plain(unknown)}
			}
		case *syntax.CallExpr:
			if len(n.Args) > 0 {
				name := n.Args[0].Lit()
				if name == "read" {
					for _, a := range n.Args[1:] {
						if syntax.ValidName(a.Lit()) {
							m.vars[a.Lit()] = &value{t: plain(unknown)}
						}
					}
				}
				if f := m.funcs[name]; f != nil && depth < 8 {
					m.forgetDeep(f, depth+1)
				}
			}
		}
		return true
	})
}
