package declared

import (
	"errors"
	"io/fs"
	"path"
	"slices"
	"sort"
	"strings"
)

// node is a file or directory in a volume or in an image.
type node struct {
	dir  map[string]*node // nil for a file
	link string           // target of a symbolic link
	data text
	mode fs.FileMode
	// rootOnly is set where the owner is certainly root.
	rootOnly bool
	// via says how the file got there: mount, initContainer-copy, …
	via string
	// script is the ConfigMap key of the script that wrote it.
	script string
	// maybe is set if a script writes the file only where something unknown holds.
	maybe bool
	// open directories may hold more than is known: image and disk contents.
	open bool
}

func newDir() *node { return &node{dir: map[string]*node{}, mode: 0o755} }

func (n *node) clone() *node {
	c := *n
	if n.dir != nil {
		c.dir = make(map[string]*node, len(n.dir))
		for name, child := range n.dir {
			c.dir[name] = child.clone()
		}
	}
	return &c
}

// volume is one volume of the pod, or a container's image.
type volume struct {
	name     string
	kind     string // configMap, secret, projected, downwardAPI, emptyDir, disk, image
	root     *node
	readOnly bool
	// opaque says why its content cannot be told: a program without a text wrote to it.
	opaque string
	// candidates are the sources that such a program may have copied.
	candidates []string
	// missing says what could not be read of its sources.
	missing []string
	// lacks are keys that its items name and its objects do not have.
	lacks []string
	// absent are objects that the volume names and whose keys are not known.
	absent []absentObject
}

func (v *volume) clone() *volume {
	c := *v
	c.root = v.root.clone()
	c.candidates = slices.Clone(v.candidates)
	return &c
}

type mount struct {
	at       string // mountPath, cleaned
	landed   string // the same after the image's links
	vol      *volume
	sub      string
	readOnly bool
}

// view is the file system that one container sees.
type view struct {
	image  *volume
	mounts []mount // deepest first
	cwd    string
}

func (v *view) clone(copies map[*volume]*volume) *view {
	c := &view{cwd: v.cwd, image: v.image.clone(), mounts: slices.Clone(v.mounts)}
	for i := range c.mounts {
		c.mounts[i].vol = copies[v.mounts[i].vol]
	}
	return c
}

// sortMounts makes the deepest mount path win; the list's order means nothing.
func (v *view) sortMounts() {
	sort.SliceStable(v.mounts, func(a, b int) bool {
		return strings.Count(v.mounts[a].at, "/") < strings.Count(v.mounts[b].at, "/")
	})
	for i := range v.mounts {
		v.mounts[i].landed = v.imageLinks(v.mounts[i].at, v.mounts[:i])
	}
	sort.SliceStable(v.mounts, func(a, b int) bool {
		return strings.Count(v.mounts[a].landed, "/") > strings.Count(v.mounts[b].landed, "/")
	})
}

// imageLinks follows the image's links in a path: a mount onto a link lands on
// its target. What lies in one of the mounts is not the image's any more.
func (v *view) imageLinks(p string, mounts []mount) string {
	hidden := func(dir string) bool {
		return slices.ContainsFunc(mounts, func(m mount) bool { return within(dir, m.landed) })
	}
	for range 8 {
		next := p
		n := v.image.root
		walked := ""
		parts := split(p)
		for i, name := range parts {
			if n == nil || n.dir == nil || hidden("/"+walked) {
				break
			}
			n = n.dir[name]
			if n != nil && n.link != "" {
				target := n.link
				if !path.IsAbs(target) {
					target = path.Join("/", walked, target)
				}
				next = path.Join(append([]string{target}, parts[i+1:]...)...)
				break
			}
			walked = path.Join(walked, name)
		}
		if next == p {
			return p
		}
		p = next
	}
	return p
}

func split(p string) []string {
	return strings.FieldsFunc(p, func(r rune) bool { return r == '/' })
}

func (v *view) abs(p string) string {
	if !path.IsAbs(p) {
		p = path.Join("/", v.cwd, p)
	}
	return path.Clean(p)
}

// place is where a path leads.
type place struct {
	vol   *volume
	rel   []string // below vol.root
	mount *mount   // nil in the image
	n     *node    // nil if nothing is known to be there
	// name is the path as the pod's manifest names it, links of the image undone. The
	// server names a file by the link that a script made to it.
	name string
	made bool // a link of a script's is on the way
}

// at finds a path, links followed.
func (v *view) at(p string) place {
	p = v.abs(p)
	name := ""
	for range 16 {
		pl, next := v.step(p)
		if next == "" {
			if name != "" {
				pl.name = name
			}
			return pl
		}
		if name == "" && pl.made {
			name = pl.name
		}
		p = next
	}
	return place{vol: v.image, name: p}
}

// step finds a path, or says where a link on the way leads.
func (v *view) step(p string) (place, string) {
	vol, base, m := v.image, "/", (*mount)(nil)
	inMount := v.imageLinks(p, v.mounts)
	for i := range v.mounts {
		if within(inMount, v.mounts[i].landed) {
			m = &v.mounts[i]
			vol, base, p = m.vol, m.landed, inMount
			break
		}
	}
	rest := strings.TrimPrefix(strings.TrimPrefix(p, base), "/")
	pl := place{vol: vol, mount: m, name: p}
	n := vol.root
	walked := base
	if m != nil {
		pl.name = path.Join(m.at, rest)
		for _, name := range split(m.sub) {
			pl.rel = append(pl.rel, name)
			n = n.child(name)
		}
	}
	parts := split(rest)
	for i, name := range parts {
		if i == 0 && name == "..data" && m != nil && m.sub == "" && vol.readOnly {
			continue // the kubelet's link to the keys
		}
		pl.rel = append(pl.rel, name)
		n = n.child(name)
		if n != nil && n.link != "" {
			target := n.link
			if !path.IsAbs(target) {
				target = path.Join(walked, target)
			}
			pl.made = n.via != ""
			return pl, path.Join(append([]string{target}, parts[i+1:]...)...)
		}
		walked = path.Join(walked, name)
	}
	pl.n = n
	return pl, ""
}

func (n *node) child(name string) *node {
	if n == nil || n.dir == nil {
		return nil
	}
	return n.dir[name]
}

func within(p, dir string) bool {
	return dir == "/" || p == dir || strings.HasPrefix(p, strings.TrimSuffix(dir, "/")+"/")
}

var errReadOnly = errors.New("read-only")

// write puts a file at a path; parents are made.
func (v *view) write(p string, n *node) error {
	if v.at(p).vol.readOnly {
		return errReadOnly
	}
	return v.force(p, n)
}

// force is write where read-only does not count: to lay out what a pod has.
func (v *view) force(p string, n *node) error {
	pl := v.at(p)
	if len(pl.rel) == 0 {
		return errReadOnly
	}
	d := pl.vol.root
	for _, name := range pl.rel[:len(pl.rel)-1] {
		next := d.child(name)
		if next == nil || next.dir == nil {
			next = newDir()
			next.open = d.open
			d.dir[name] = next
		}
		d = next
	}
	d.dir[pl.rel[len(pl.rel)-1]] = n
	return nil
}

// remove takes a path away.
func (v *view) remove(p string) {
	pl := v.at(p)
	if pl.vol.readOnly || len(pl.rel) == 0 {
		return
	}
	d := pl.vol.root
	for _, name := range pl.rel[:len(pl.rel)-1] {
		if d = d.child(name); d == nil {
			return
		}
	}
	if d.dir != nil {
		delete(d.dir, pl.rel[len(pl.rel)-1])
	}
}

// list names what a directory holds, mount points in it included, and whether it
// may hold more.
func (v *view) list(p string) (names []string, open, exists bool) {
	pl := v.at(p)
	seen := map[string]bool{}
	if pl.n != nil && pl.n.dir != nil {
		exists = true
		open = pl.n.open
		for name := range pl.n.dir {
			seen[name] = true
		}
	}
	if pl.vol.opaque != "" {
		open = true
	}
	landed := v.imageLinks(v.abs(p), v.mounts)
	for _, m := range v.mounts {
		if m.landed != landed && within(m.landed, landed) {
			exists = true
			seen[split(strings.TrimPrefix(m.landed, landed))[0]] = true
		}
	}
	for name := range seen {
		names = append(names, name)
	}
	sort.Strings(names)
	return names, open, exists
}

// isDir says whether a path is a directory, mount points included.
func (v *view) isDir(p string) bool {
	_, _, exists := v.list(p)
	return exists
}

// mayExist says whether a path that is not known to exist could: on a disk, in an
// image, or where something unreadable writes.
func (v *view) mayExist(name string) bool {
	pl := v.at(name)
	if pl.vol.opaque != "" {
		return true
	}
	n := pl.vol.root
	for _, part := range pl.rel {
		if n.open {
			if n.child(part) == nil {
				return true
			}
		}
		if n = n.child(part); n == nil {
			return false
		}
	}
	return n != nil && n.open
}
