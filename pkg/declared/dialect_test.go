package declared

import "testing"

// TestDialects: sh is dash in Debian's images and bash in Red Hat's, and they read
// scripts differently; where the image does not tell, both ways are told.
func TestDialects(t *testing.T) {
	const branch = "if [[ $HOSTNAME =~ -0$ ]]; then cp /cm/my.cnf /etc/mysql/conf.d/; else cp /cm/b.cnf /etc/mysql/conf.d/; fi"
	const either = onlyMy + "? " + onlyB + "?"
	for name, test := range map[string]struct{ shell, image, script, want, problems string }{
		"[[ in bash":             {"bash", "debian:12", branch, onlyMy, ""},
		"[[ in dash":             {"sh", "debian:12", branch, onlyB, ""},
		"[[ in MariaDB's image":  {"sh", "mariadb:11.4", branch, onlyB, ""},
		"[[ on Oracle Linux":     {"sh", "mysql:8.0.36", branch, onlyMy, ""},
		"[[ on Debian":           {"sh", "mysql:5.7.32", branch, onlyB, ""},
		"[[ in busybox":          {"sh", "busybox", branch, onlyMy, ""},
		"[[ in Alpine":           {"sh", "alpine:3.20", "if [[ $HOSTNAME == *-0 && -d /cm ]]; then cp /cm/my.cnf /etc/mysql/conf.d/; else cp /cm/b.cnf /etc/mysql/conf.d/; fi", onlyMy, ""},
		"groups in busybox":      {"ash", "busybox", "cp /cm/b.cnf /etc/mysql/conf.d/\n[[ $HOSTNAME =~ -([0-9]+)$ ]]\ncp /cm/my.cnf /etc/mysql/conf.d/", onlyB + "?", "Fatal InitContainerFails"},
		"groups in its bash":     {"bash", "alpine:3.20", "[[ $HOSTNAME =~ -([0-9]+)$ ]]\ncp /cm/my.cnf /etc/mysql/conf.d/", onlyMy, ""},
		"array in busybox":       {"sh", "busybox", "cp /cm/b.cnf /etc/mysql/conf.d/\na=(1 2)\ncp /cm/my.cnf /etc/mysql/conf.d/", onlyB + "?", "Fatal InitContainerFails"},
		"substring in busybox":   {"sh", "busybox", "x=${HOSTNAME: -1}; [ $x == 0 ] && cp /cm/my.cnf /etc/mysql/conf.d/", onlyMy, ""},
		"capitals in busybox":    {"sh", "busybox", "x=${HOSTNAME^^}; cp /cm/my.cnf /etc/mysql/conf.d/", "", "Fatal InitContainerFails"},
		"echo in busybox":        {"sh", "busybox", "[ $(echo 'a\\nb' | wc -l) -eq 1 ] || exit 1; cp /cm/my.cnf /etc/mysql/conf.d/", onlyMy, ""},
		"(( in busybox":          {"sh", "busybox", "((1)) && cp /cm/b.cnf /etc/mysql/conf.d/; cp /cm/my.cnf /etc/mysql/conf.d/", onlyMy, ""},
		"braces in busybox":      {"sh", "busybox", "cp /cm/{my,b}.cnf /etc/mysql/conf.d/ || true", "", ""},
		"braces in dash":         {"sh", "debian:12", "cp /cm/{my,b}.cnf /etc/mysql/conf.d/ || true", "", ""},
		"braces in bash":         {"bash", "debian:12", "cp /cm/{my,b}.cnf /etc/mysql/conf.d/", bothKeys, ""},
		"+= in busybox":          {"sh", "busybox", "f=my; f+=.cnf; cp /cm/$f /etc/mysql/conf.d/ || cp /cm/b.cnf /etc/mysql/conf.d/", onlyB, ""},
		"+= in bash":             {"bash", "busybox", "f=my; f+=.cnf; cp /cm/$f /etc/mysql/conf.d/ || cp /cm/b.cnf /etc/mysql/conf.d/", onlyMy, ""},
		"shopt in busybox":       {"sh", "busybox", "shopt -s nullglob && cp /cm/b.cnf /etc/mysql/conf.d/; cp /cm/my.cnf /etc/mysql/conf.d/", onlyMy, ""},
		"[[ in somebody's image": {"sh", "team/tool:1", branch, either, ""},
		"portable":               {"sh", "team/tool:1", "cp /cm/my.cnf /etc/mysql/conf.d/", onlyMy, ""},
		"== in dash":             {"sh", "ubuntu:22.04", "if [ a == a ]; then cp /cm/my.cnf /etc/mysql/conf.d/; else cp /cm/b.cnf /etc/mysql/conf.d/; fi", onlyB, ""},
		"= in dash":              {"sh", "ubuntu:22.04", "if [ a = a ]; then cp /cm/my.cnf /etc/mysql/conf.d/; fi", onlyMy, ""},
		"substring in dash":      {"sh", "debian:12", "x=${HOSTNAME: -1}; cp /cm/my.cnf /etc/mysql/conf.d/", "", "Fatal InitContainerFails"},
		"substring in bash":      {"bash", "debian:12", "x=${HOSTNAME: -1}; cp /cm/my.cnf /etc/mysql/conf.d/", onlyMy, ""},
		"array in dash":          {"sh", "debian:12", "cp /cm/b.cnf /etc/mysql/conf.d/\na=(1 2)\ncp /cm/my.cnf /etc/mysql/conf.d/", onlyB + "?", "Fatal InitContainerFails"},
		"source in dash":         {"sh", "debian:12", "source /nothing\ncp /cm/my.cnf /etc/mysql/conf.d/", onlyMy, ""},
	} {
		if got, problems := governs(t, podManifest{shell: test.shell, image: test.image, script: test.script}); got != test.want || problems != test.problems {
			t.Errorf("%s: %q, %q, want %q, %q", name, got, problems, test.want, test.problems)
		}
	}
}
