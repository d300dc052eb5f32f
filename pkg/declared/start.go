package declared

import (
	"context"

	corev1 "k8s.io/api/core/v1"
)

// maxRuns bounds how many ways a start is followed in.
const maxRuns = 64

// explore follows the pod's start in every way that it can go and reads what the
// server would read. Ways that differ in nothing are one.
func (r *resolver) explore(ctx context.Context) []*reading {
	r.envs, r.envOpen = map[string]environment{}, map[string]bool{}
	inits := r.relevantInits()
	for _, c := range inits {
		r.envs[c.Name] = r.environment(ctx, c)
	}
	r.envs[r.container.Name] = r.environment(ctx, r.container)

	var out, hung []*reading
	choose := &chooser{}
	for n := 0; n < maxRuns && ctx.Err() == nil; n++ {
		rd, started := r.once(inits, choose)
		if started {
			out = append(out, rd)
		} else if rd != nil {
			hung = append(hung, rd)
		}
		if !choose.advance() {
			break
		}
		if n == maxRuns-1 {
			for _, rd := range out {
				rd.missing = append(rd.missing, "the start scripts branch in more ways than were followed")
				rd.doubtWritable("its script branches in more ways than were followed")
			}
		}
	}
	if len(out) == 0 {
		for _, rd := range hung {
			rd.missing = append(rd.missing, "how the server is started could not be followed")
		}
		out = hung
	}
	return out
}

// relevantInits are the init containers that may write where the server reads
// its configuration, in order.
func (r *resolver) relevantInits() []*corev1.Container {
	relevant := map[string]bool{}
	for _, mt := range r.container.VolumeMounts {
		if vol := r.volumes[mt.Name]; vol != nil && !vol.readOnly && !isDataMount(mt.MountPath) {
			relevant[mt.Name] = true
		}
	}
	list := r.pod.Spec.InitContainers
	for i := range list {
		if &list[i] == r.container {
			list = list[:i] // the server is a sidecar: what comes after it, it does not wait for
			break
		}
	}
	keep := make([]bool, len(list))
	for i := len(list) - 1; i >= 0; i-- {
		for _, mt := range list[i].VolumeMounts {
			keep[i] = keep[i] || relevant[mt.Name] && !mt.ReadOnly
		}
		if keep[i] {
			for _, mt := range list[i].VolumeMounts {
				if vol := r.volumes[mt.Name]; vol != nil && !vol.readOnly && !isDataMount(mt.MountPath) {
					relevant[mt.Name] = true
				}
			}
		}
	}
	var out []*corev1.Container
	for i := range list {
		if keep[i] {
			out = append(out, &list[i])
		}
	}
	return out
}

func isDataMount(p string) bool {
	for _, dir := range []string{"/var/lib/mysql", "/var/log", "/var/run", "/run", "/tmp", "/bitnami/mysql/data", "/bitnami/mariadb/data", "/docker-entrypoint-initdb.d"} {
		if within(p, dir) {
			return true
		}
	}
	return false
}

// once runs the pod's start one way. started is false where the server does not
// start that way.
func (r *resolver) once(inits []*corev1.Container, choose *chooser) (rd *reading, started bool) {
	volumes := make(map[string]*volume, len(r.volumes))
	for name, v := range r.volumes {
		if v.readOnly {
			volumes[name] = v
		} else {
			volumes[name] = v.clone()
		}
	}
	choose.pos = 0
	for _, c := range inits {
		profile := profileOfContainer(c, r.server)
		m := r.machineFor(c, profile, volumes, choose, "initContainer")
		m.runContainer(c, profile)
		if m.status > 0 && m.flow != flowNone {
			return nil, false // the init container fails; the pod never starts this way
		}
		m.taintEmpty()
	}
	r.doubtShared(volumes)
	m := r.machineFor(r.container, r.profile, volumes, choose, "entrypoint")
	m.isServer = true
	m.runContainer(r.container, r.profile)
	if len(m.starts) == 0 {
		s := start{env: m.env(), view: m.view, doubt: "no start of a server was seen"}
		rd := r.read(s)
		return rd, false
	}
	return r.read(m.lastStart()), true
}

// doubtShared makes scratch volumes opaque that no init container filled, but that
// another container of the pod may write to while it runs.
func (r *resolver) doubtShared(volumes map[string]*volume) {
	for i := range r.pod.Spec.Containers {
		c := &r.pod.Spec.Containers[i]
		if c.Name == r.container.Name {
			continue
		}
		for _, mt := range c.VolumeMounts {
			if vol := volumes[mt.Name]; vol != nil && !mt.ReadOnly && vol.kind == "emptyDir" && len(vol.root.dir) == 0 && vol.opaque == "" {
				vol.opaque = "container " + c.Name + " may write here, and what it does can only be seen in the container"
			}
		}
	}
}

func (r *resolver) machineFor(c *corev1.Container, p profile, volumes map[string]*volume, choose *chooser, via string) *machine {
	env := r.envs[c.Name]
	m := &machine{r: r, choose: choose, vars: make(map[string]*value, len(env)+4), funcs: map[string]*syntaxStmt{}, via: via, profile: p, imageName: c.Image, envOpen: r.envOpen[c.Name]}
	for name, t := range env {
		m.vars[name] = &value{t: t}
	}
	m.view = r.viewOf(c, p.volume(), volumes, env)
	return m
}

// runContainer runs a container's command, or its image's entry point.
func (m *machine) runContainer(c *corev1.Container, p profile) {
	env := m.r.envs[c.Name]
	self := &source{object: "arg", kind: valueText}
	var command, args []text
	for _, a := range c.Command {
		command = append(command, expandRefs(a, env, self))
	}
	for _, a := range c.Args {
		args = append(args, expandRefs(a, env, self))
	}
	if len(command) == 0 {
		m.entrypoint(p, args)
		return
	}
	m.exec(append(command, args...))
}

// doubtWritable makes ambiguous what scripts may have written.
func (rd *reading) doubtWritable(why string) {
	for i := range rd.entries {
		if rd.entries[i].fromWritable {
			rd.entries[i].Certainty, rd.entries[i].Why = ambiguous, why
		}
	}
}
