package declared

import (
	"path"
	"slices"
	"strings"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/optionfile"
)

// takeDoubtful adds what stands in folders that some images of the name include
// and others do not.
func (r *resolver) takeDoubtful(out *reading, vfs *viewFS, groups []string, begin optionfile.StartOptions) {
	if begin.NoDefaults || begin.DefaultsFile != "" {
		return
	}
	for _, dir := range r.profile.doubtful {
		names, _, _ := vfs.view.list(dir)
		for _, name := range names {
			full := path.Join(dir, name)
			if path.Ext(name) == ".cnf" && out.nodes[full] == nil {
				r.takeMaybe(out, vfs, full, groups, "whether the image's my.cnf includes "+dir+" can only be seen in the container")
			}
		}
	}
}

// takeHidden adds, as candidates, what an unreadable program may have copied to
// where the server looks.
func (r *resolver) takeHidden(out *reading, vfs *viewFS) {
	known := map[string]bool{}
	for _, e := range out.entries {
		known[e.Source] = true
	}
	for _, h := range vfs.hidden {
		out.missing = append(out.missing, "what is in "+h.name+": "+h.vol.opaque)
		for _, candidate := range h.vol.candidates {
			if known[candidate] {
				continue
			}
			known[candidate] = true
			name := h.name
			if strings.HasSuffix(name, "/") {
				_, _, key, _ := splitSource(candidate)
				name += key
			}
			out.entries = append(out.entries, entry{fromWritable: true, GoverningFile: v1.GoverningFile{
				Path: name, Source: candidate, Certainty: v1.Ambiguous, Via: "initContainer", Why: h.vol.opaque, Candidates: h.vol.candidates,
			}})
		}
	}
}

// takeUnread adds what is mounted where the server does not look: a start that
// could not be followed may copy it.
func (r *resolver) takeUnread(out *reading, vfs *viewFS, groups []string, doubt string) {
	known := map[string]bool{}
	for _, e := range out.entries {
		known[e.Source] = true
	}
	for _, mt := range vfs.view.mounts {
		switch mt.vol.kind {
		case "configMap", "secret", "projected":
		default:
			continue
		}
		mt.eachMounted(func(full string, n *node) {
			src := firstSource(n.data)
			if slices.Contains(vfs.dirs, path.Dir(full)) {
				return // the server looked there and passed it over
			}
			if out.nodes[full] == nil && src != nil && !known[src.object] && likelyOptions(full, n) {
				known[src.object] = true
				r.takeMaybe(out, vfs, full, groups, doubt+", and may copy this file")
			}
		})
	}
}

// takeMaybe adds a file that the server may read as ambiguous.
func (r *resolver) takeMaybe(out *reading, vfs *viewFS, name string, groups []string, why string) {
	if vfs.view.at(name).n == nil {
		return // that something unreadable may write it is no reason to expect it
	}
	data, _, err := vfs.ReadFile(name)
	if err != nil {
		return
	}
	scratch := &reading{nodes: map[string]*node{}}
	r.take(scratch, vfs, optionfile.Parse(name, data, optionfile.Options{Server: r.server}), groups)
	for _, e := range scratch.entries {
		if e.Source == "image" {
			continue
		}
		e.Certainty, e.Why = v1.Ambiguous, why
		out.entries = append(out.entries, e)
		out.missing = append(out.missing, e.Source+" at "+e.Path+": "+why)
	}
}
