package sysvar

import (
	"path"
	"strings"
)

// Rules of files and folders: what a path is taken relative to, and its endings.

func ruleRelayLog(st *state, a Assigned) *Value {
	if !a.HasValue || a.Value == "" {
		return &Value{Unsure: "named after the host"}
	}
	return &Value{Text: a.Value, Also: pathForms(st, a.Value)}
}

func underDatadir(st *state, name string) string {
	if path.IsAbs(name) {
		return name
	}
	if dir := st.running("datadir"); dir != "" {
		return path.Join(dir, name)
	}
	return name
}

// pathForms are the ways in which a server may print a relative path.
func pathForms(st *state, p string) []string {
	if path.IsAbs(p) || p == "" {
		return nil
	}
	out := []string{"./" + p}
	for _, v := range [...]string{"datadir", "basedir"} {
		if dir := st.running(v); dir != "" {
			out = append(out, path.Join(dir, p))
		}
	}
	return out
}

func rulePath(st *state, a Assigned) *Value {
	if !a.HasValue {
		return nil
	}
	return &Value{Text: a.Value, Also: pathForms(st, a.Value)}
}

// ruleDirectory: directories get a slash at their end, "no value" keeps them.
func ruleDirectory(st *state, a Assigned) *Value {
	if !a.HasValue {
		return nil
	}
	v := &Value{Text: a.Value, Also: pathForms(st, a.Value)}
	if a.Value != "" && !strings.HasSuffix(a.Value, "/") && !strings.EqualFold(a.Value, "NULL") {
		v.Also = append(v.Also, a.Value+"/")
	}
	return v
}

// ruleLogError: the error log's name gets ".err" if it has no extension, and
// "./" if it is relative; "stderr" is the console.
func ruleLogError(st *state, a Assigned) *Value {
	if !a.HasValue || a.Value == "" {
		return unnamedErrorLog(st)
	}
	name := a.Value
	if !strings.Contains(path.Base(name), ".") {
		name += ".err"
	}
	if !path.IsAbs(name) && !strings.HasPrefix(name, "./") {
		name = "./" + name
	}
	v := &Value{Text: name, Also: append(pathForms(st, strings.TrimPrefix(name, "./")), a.Value)}
	if console(st) {
		v.Also = append(v.Also, "stderr")
	}
	return v
}

// unnamedErrorLog: an error log without a name is called after the host, on
// MariaDB after the pid file. Seen on 9.7.4 and 10.11.19.
func unnamedErrorLog(st *state) *Value {
	host, dir := st.running("hostname"), st.running("datadir")
	if a, ok := st.last["pid_file"]; ok && st.c.isMaria() && a.Value != "" {
		host, dir = path.Base(a.Value), path.Dir(underDatadir(st, a.Value))
	}
	if host == "" || dir == "" {
		return &Value{Unsure: "named after the host"}
	}
	short, _, _ := strings.Cut(host, ".")
	v := &Value{Text: path.Join(dir, short+".err"), Also: []string{"./" + short + ".err"}}
	for _, name := range [...]string{host, strings.TrimSuffix(host, path.Ext(host))} {
		v.Also = append(v.Also, path.Join(dir, name+".err"), "./"+name+".err")
	}
	return v
}

func console(st *state) bool {
	a, ok := st.last["--console"]
	if !ok {
		return false
	}
	on, _ := parseBool(a.text())
	return on
}

func rulePidFile(st *state, a Assigned) *Value {
	if !a.HasValue || a.Value == "" {
		return &Value{Unsure: "named after the host"}
	}
	v := &Value{Text: a.Value, Also: pathForms(st, a.Value)}
	if path.Ext(a.Value) != ".pid" {
		with := strings.TrimSuffix(a.Value, path.Ext(a.Value)) + ".pid"
		v.Also = append(append(v.Also, with, a.Value+".pid"), pathForms(st, with)...)
	}
	return v
}
