package declared

import (
	"path"
	"strings"
)

// kubeletLink says whether a path is one of the links that the kubelet shows keys
// by: /cm/KEY → ..data/KEY, and ..data → a folder with a time for its name. What a
// subPath mounts is the file itself.
func (v *view) kubeletLink(p string) bool {
	p = v.abs(p)
	pl, next := v.step(p)
	if next != "" || pl.mount == nil || pl.mount.sub != "" || len(pl.rel) != 1 || pl.n == nil {
		return false
	}
	switch pl.vol.kind {
	case "configMap", "secret", "projected", "downwardAPI":
		return true
	}
	return false
}

// lstat is the node at a path itself, a link not followed.
func (v *view) lstat(p string) *node {
	p = v.abs(p)
	if p == "/" {
		return nil
	}
	return v.at(path.Dir(p)).n.child(path.Base(p))
}

// keepsLinks says whether cp, mv or rsync copy a link itself: with -r, -a, -d or -P
// unless -L says otherwise; the last one counts. GNU's and busybox' cp do the same.
func keepsLinks(base, flags string) bool {
	keeps := base == "mv"
	for _, f := range strings.Fields(flags) {
		switch {
		case f == "--dereference" || f == "--copy-links":
			keeps = false
		case f == "--archive" || f == "--no-dereference" || f == "--links" || f == "--recursive" && base == "cp":
			keeps = true
		case strings.HasPrefix(f, "--") || base == "install":
		case strings.Contains(f, "L") || base == "cp" && strings.Contains(f, "H"):
			keeps = false
		case base == "cp" && strings.ContainsAny(f, "rRadP") || base == "rsync" && strings.ContainsAny(f, "al"):
			keeps = !followsLinks(flags)
		}
	}
	return keeps
}

// followsLinks says whether -L or -H stands among flags: they beat what -r implies.
func followsLinks(flags string) bool {
	for _, f := range strings.Fields(flags) {
		if f == "--dereference" || !strings.HasPrefix(f, "--") && strings.ContainsAny(f, "LH") {
			return true
		}
	}
	return false
}

// copyLink copies one of the kubelet's links: it leads nowhere in its new place.
func (m *machine) copyLink(from, to string) bool {
	return m.view.write(to, &node{link: "..data/" + path.Base(from), mode: 0o777, via: m.via + "-link"}) == nil
}
