package sysvar

import (
	"fmt"
	"path"
	"regexp"
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

// ruleShared: a relative folder of what comes with the server is taken relative to
// where such things are. (fix_paths; seen on 10.11.19)
func ruleShared(st *state, a Assigned) *Value {
	v := ruleDirectory(st, a)
	if v == nil || a.Value == "" || path.IsAbs(a.Value) {
		return v
	}
	for _, share := range [...]string{"share", "share/mysql", "share/mariadb"} {
		v.Also = append(v.Also, path.Join(st.running("basedir"), share, a.Value))
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
	return rulePath(st, a)
}

// ruleBasedir: MySQL takes it relative to the folder in which the server was
// started, the root in a container, and resolves links. Seen on 9.7.4; of
// secure_file_priv on 10.11.19 too.
func ruleBasedir(st *state, a Assigned) *Value {
	v := ruleDirectory(st, a)
	if v == nil {
		return nil
	}
	if !path.IsAbs(a.Value) {
		v.Text, v.Also = path.Join("/", a.Value), append(v.Also, a.Value)
		v.Adjusted = "relative to the folder in which the server was started"
	}
	v.Doubt = "or it is a symbolic link, of which the server shows the target"
	return v
}

// ruleSecureFilePriv: as basedir, but no name is no folder.
func ruleSecureFilePriv(st *state, a Assigned) *Value {
	if a.Value == "" || strings.EqualFold(a.Value, "NULL") {
		return ruleDirectory(st, a)
	}
	return ruleBasedir(st, a)
}

// ruleLogFile: an empty name is no name. Seen on 9.7.4 and 10.11.19.
func ruleLogFile(suffix string) rule {
	return func(st *state, a Assigned) *Value {
		if !a.HasValue || a.Value != "" {
			return rulePath(st, a)
		}
		if v, ok := (&Fresh{st: st}).derivedLogFile(suffix); ok && v != nil {
			v.Adjusted = "an empty name stands for the default"
			return v
		}
		return &Value{Unsure: "named after the host"}
	}
}

// ruleTempTablespaces: InnoDB does not put its session temporary tablespaces into
// the data directory itself. Seen on 9.7.4.
func ruleTempTablespaces(st *state, a Assigned) *Value {
	if !a.HasValue {
		return nil
	}
	if a.Value == "" {
		return st.refused(a, "an empty name is no directory")
	}
	if dir := st.running("datadir"); dir != "" && path.Join(dir, ".") == path.Clean(underDatadir(st, a.Value)) {
		with := strings.TrimSuffix(a.Value, "/") + "/#innodb_temp/"
		return &Value{Text: with, Also: pathForms(st, with), Adjusted: "not the data directory itself"}
	}
	return rulePath(st, a)
}

// rulePageSize: a power of two of five. (innodb_init_params)
func rulePageSize(st *state, a Assigned) *Value {
	v := st.evaluateType(a)
	switch v.Text {
	case "4096", "8192", "16384", "32768", "65536":
	case "":
	default:
		return st.refused(a, fmt.Sprintf("InnoDB has no pages of %q", a.Value))
	}
	return v
}

var dataFile = regexp.MustCompile(`(?i)^[^:;]+:\d+[kmg]?(newraw|new|raw)?(:autoextend(:max:\d+[kmg]?)?)?$`)

// ruleDataFilePath: NAME:SIZE, of which the last may grow. Seen on 9.7.4 and 10.11.19.
func ruleDataFilePath(st *state, a Assigned) *Value {
	if !a.HasValue {
		return nil
	}
	files := strings.Split(a.Value, ";")
	for i, file := range files {
		if !dataFile.MatchString(file) || i < len(files)-1 && strings.Contains(file, ":autoextend") {
			return st.refused(a, fmt.Sprintf("%q is not NAME:SIZE[M][:autoextend[:max:SIZE]]", file))
		}
	}
	return nil
}

// ruleLogSwitch: MySQL switches a log off at its start if it cannot open the file,
// and the container's own output it can rarely open, as that is root's.
func ruleLogSwitch(st *state, a Assigned) *Value {
	v := st.evaluateType(a)
	if v.Text != "ON" {
		return v
	}
	v.Doubt = "or it could not open the log's file at its start"
	file, named := st.last[a.Variable+"_file"]
	if named && (strings.HasPrefix(file.Value, "/dev/") || strings.HasPrefix(file.Value, "/proc/")) {
		v.Host, v.HostWhy = []string{"OFF"}, file.Value+", which the server could not open"
	}
	return v
}

// ruleLowerCase: names are kept as written and compared in lower case only where
// the file system does not tell them apart. Seen on 9.7.4 and 10.11.19.
func ruleLowerCase(st *state, a Assigned) *Value {
	v := st.evaluateType(a)
	if v.Text == "2" && st.running("lower_case_file_system") == "OFF" {
		v.Text, v.Adjusted = "0", "2 is for file systems to which A and a are one name"
	}
	return v
}
