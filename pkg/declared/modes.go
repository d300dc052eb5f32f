package declared

import (
	"io/fs"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// defaultUmask is what containers start with.
const defaultUmask = 0o022

// changeMode is chmod's: an octal number, or clauses as in u+rw,go-w. ok is false
// where it is neither.
func changeMode(mode fs.FileMode, change string, isDir bool, umask fs.FileMode) (fs.FileMode, bool) {
	if n, err := strconv.ParseUint(change, 8, 16); err == nil {
		return fs.FileMode(n & 0o7777), true
	}
	for _, clause := range strings.Split(change, ",") {
		i := strings.IndexAny(clause, "+-=")
		if i < 0 {
			return mode, false
		}
		who, masked := modeWho(clause[:i], umask)
		for i < len(clause) {
			op := clause[i]
			end := i + 1
			for end < len(clause) && !strings.ContainsRune("+-=", rune(clause[end])) {
				end++
			}
			bits := modeBits(clause[i+1:end], mode, isDir) & who &^ masked
			switch op {
			case '+':
				mode |= bits
			case '-':
				mode &^= bits
			case '=':
				mode = mode&^who | bits
			}
			i = end
		}
	}
	return mode, true
}

// modeWho are the bits that a clause may change; without a letter the umask's
// bits are left alone.
func modeWho(letters string, umask fs.FileMode) (who, masked fs.FileMode) {
	for _, c := range letters {
		switch c {
		case 'u':
			who |= 0o700
		case 'g':
			who |= 0o070
		case 'o':
			who |= 0o007
		case 'a':
			who |= 0o777
		}
	}
	if letters == "" {
		return 0o777, umask
	}
	return who, 0
}

func modeBits(letters string, mode fs.FileMode, isDir bool) fs.FileMode {
	var bits fs.FileMode
	for _, c := range letters {
		switch c {
		case 'r':
			bits |= 0o444
		case 'w':
			bits |= 0o222
		case 'x':
			bits |= 0o111
		case 'X':
			if isDir || mode&0o111 != 0 {
				bits |= 0o111
			}
		case 'u':
			bits |= mode >> 6 & 7 * 0o111
		case 'g':
			bits |= mode >> 3 & 7 * 0o111
		case 'o':
			bits |= mode & 7 * 0o111
		}
	}
	return bits
}

// created is the mode of a file that a redirection makes.
func (m *machine) created() fs.FileMode { return 0o666 &^ m.umask }

// setUmask is the shell's umask with a number.
func setUmask(m *machine, argv []text) {
	m.status = 0
	if len(argv) > 1 {
		if n, err := strconv.ParseUint(argv[len(argv)-1].String(), 8, 16); err == nil {
			m.umask = fs.FileMode(n & 0o777)
		}
	}
}

func chmod(m *machine, argv []text) {
	flags, args := modeArgs(argv)
	m.status = 0
	if len(args) < 2 {
		return
	}
	change := args[0].String()
	for _, a := range args[1:] {
		m.eachBelow(a.String(), recursive(flags), func(n *node, vol *volume) {
			if vol.readOnly {
				m.status = 1
				return
			}
			if mode, ok := changeMode(n.mode, change, n.dir != nil, m.umask); ok {
				n.mode = mode
			}
		})
	}
}

// modeArgs is flagsOf for chmod, whose mode may begin with a dash: -w, -x.
func modeArgs(argv []text) (flags string, args []text) {
	for _, a := range argv[1:] {
		s := a.String()
		if strings.HasPrefix(s, "-") && len(args) == 0 && strings.Trim(s[1:], "rwxXst,ugoa") != "" {
			flags += " " + s
			continue
		}
		args = append(args, a)
	}
	return flags, args
}

func recursive(flags string) bool {
	for _, f := range strings.Fields(flags) {
		if f == "--recursive" || !strings.HasPrefix(f, "--") && strings.Contains(f, "R") {
			return true
		}
	}
	return false
}

// chown gives files to somebody else: then root's mode bits say nothing of who
// reads them.
func chown(m *machine, argv []text) {
	flags, args := flagsOf(argv, "")
	m.status = 0
	if len(args) < 2 {
		return
	}
	for _, a := range args[1:] {
		m.eachBelow(a.String(), recursive(flags), func(n *node, vol *volume) {
			if !vol.readOnly {
				n.rootOnly = false
			}
		})
	}
}

// eachBelow visits what a path names, and with deep what is below it in its volume.
func (m *machine) eachBelow(name string, deep bool, visit func(*node, *volume)) {
	pl := m.view.at(name)
	if pl.n == nil {
		return
	}
	var walk func(*node)
	walk = func(n *node) {
		visit(n, pl.vol)
		if deep {
			for _, child := range sortedKeys(n.dir) {
				if n.dir[child].link == "" {
					walk(n.dir[child])
				}
			}
		}
	}
	walk(pl.n)
}

// notExecutable says whether a file certainly cannot be run as a program: without a bit
// for it not even root may. Of what an image or a disk had in its place before, and of
// what came from there, the bits are not known.
func (pl place) notExecutable() bool {
	switch pl.vol.kind {
	case "image", "disk":
		return false
	}
	return pl.vol.opaque == "" && pl.n.data.known() && !isImage(pl.n.data) && pl.n.mode&0o111 == 0
}

// unreadable says whether the server's process certainly may not open a file: it is
// root's, nobody else may read it, and the server runs as another user.
func (r *resolver) unreadable(n *node, s start) bool {
	if s.seen || !n.rootOnly || n.mode&0o004 != 0 {
		return false
	}
	if n.mode&0o040 != 0 && !s.dropsRoot {
		return false // the image's user may be of root's group
	}
	if n.mode&0o040 != 0 && r.pod.Spec.SecurityContext != nil && r.pod.Spec.SecurityContext.FSGroup != nil {
		return false
	}
	return s.dropsRoot || !r.startsAsRoot(r.container, r.profile)
}

// startsAsRoot says whether a container starts as root.
func (r *resolver) startsAsRoot(c *corev1.Container, p profile) bool {
	uid, nonRoot := (*int64)(nil), false
	if sc := r.pod.Spec.SecurityContext; sc != nil {
		uid, nonRoot = sc.RunAsUser, sc.RunAsNonRoot != nil && *sc.RunAsNonRoot
	}
	if sc := c.SecurityContext; sc != nil {
		if sc.RunAsUser != nil {
			uid = sc.RunAsUser
		}
		if sc.RunAsNonRoot != nil {
			nonRoot = *sc.RunAsNonRoot
		}
	}
	if uid != nil {
		return *uid == 0
	}
	switch p.family {
	case familyPercona, familyPXC, familyBitnami, familySclorg, familyVitess:
		return false // the image's own user
	}
	return !nonRoot
}

// groupReads is what a pod's fsGroup adds to the mode of the kubelet's files.
func (r *resolver) groupReads(mode fs.FileMode) fs.FileMode {
	if sc := r.pod.Spec.SecurityContext; sc != nil && sc.FSGroup != nil {
		return mode | 0o440
	}
	return mode
}
