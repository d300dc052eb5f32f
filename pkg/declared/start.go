package declared

import (
	"context"
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/optionfile"
)

// The problems of a pod in which no server can start: an init container that cannot
// succeed, a command that ends before it comes to the server, a volume that cannot be
// mounted. What a script calls and its image has not may be one too.
const (
	CodeInitFails    optionfile.Code = "InitContainerFails"
	CodeCommandFails optionfile.Code = "CommandFails"
	CodeMountFails   optionfile.Code = "MountFails"
	CodeNoProgram    optionfile.Code = "NoSuchProgram"
)

// maxRuns bounds how many ways a start is followed in.
const maxRuns = 64

// explore follows the pod's start in every way that it can go and reads what the
// server would read. Ways that differ in nothing are one.
func (r *resolver) explore(ctx context.Context) []*reading {
	r.envs, r.envOpen = map[string]environment{}, map[string]bool{}
	r.envs[r.container.Name] = r.environment(ctx, r.container)
	inits := r.relevantInits()
	for _, c := range inits {
		r.envs[c.Name] = r.environment(ctx, c)
	}

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
			if rd.failed.code == "" || r.hasStarted() {
				rd.missing = append(rd.missing, "how the server is started could not be followed")
				continue
			}
			rd.problems = []Problem{{optionfile.Problem{Code: rd.failed.code, Severity: optionfile.Fatal, Message: rd.failed.how + ": the server is never started"},
				model.Origin{Hop: model.HopArgument, Object: r.podObject()}}}
			rd.doubtWritable(rd.failed.how + ": what it would have left is never read")
		}
		out = hung
	}
	for _, rd := range out {
		rd.problems = append(rd.problems, r.mountProblems()...)
	}
	return out
}

// mountProblems are the volumes of the pod's containers that the kubelet cannot mount.
// A pod that runs had its keys.
func (r *resolver) mountProblems() []Problem {
	if r.hasStarted() {
		return nil
	}
	var out []Problem
	for i := range r.pod.Spec.Volumes {
		name := r.pod.Spec.Volumes[i].Name
		if vol := r.volumes[name]; len(vol.lacks) > 0 && r.isMounted(name) {
			out = append(out, Problem{optionfile.Problem{Code: CodeMountFails, Severity: optionfile.Fatal,
				Message: "volume " + name + " cannot be mounted, as its items name what is not there: " + strings.Join(vol.lacks, ", ") + ": the server is never started"},
				model.Origin{Hop: model.HopArgument, Object: r.podObject()}})
		}
	}
	return out
}

// isMounted says whether a container of the pod mounts a volume.
func (r *resolver) isMounted(volume string) bool {
	for _, list := range [][]corev1.Container{r.pod.Spec.InitContainers, r.pod.Spec.Containers} {
		for i := range list {
			if slices.ContainsFunc(list[i].VolumeMounts, func(m corev1.VolumeMount) bool { return m.Name == volume }) {
				return true
			}
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
	var failed failure
	var noted []Problem
	for _, c := range inits {
		profile := profileOfContainer(c, r.server)
		m := r.machineFor(c, profile, volumes, choose, "initContainer")
		m.runContainer(c, profile)
		noted = append(noted, m.lacking("init container "+c.Name)...)
		if m.status > 0 {
			failed = failure{CodeInitFails, fmt.Sprintf("init container %s ends with status %d%s", c.Name, m.status, m.refused)}
			break // the kubelet runs it again and again; the server never starts this way
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
		if rd.failed = failed; failed.code == "" && m.endedBefore() {
			rd.failed = failure{CodeCommandFails, fmt.Sprintf("the command of container %s ends with status %d%s", r.container.Name, m.status, m.refused)}
		}
		return rd, false
	}
	rd = r.read(m.lastStart())
	rd.problems = append(append(rd.problems, noted...), m.lacking("container "+r.container.Name)...)
	rd.failed = failed
	return rd, failed.code == ""
}

// lacking tells that a container's script called what its image has not. Where the pod
// runs, its image has it.
func (m *machine) lacking(container string) []Problem {
	if !m.lacksHostname || m.r.hasStarted() {
		return nil
	}
	return []Problem{{optionfile.Problem{Code: CodeNoProgram, Severity: optionfile.Warning,
		Message:    container + " calls hostname, which image " + m.imageName + " does not have, as it is built on Oracle Linux: the script gets nothing from it, and may fail",
		Suggestion: "use $HOSTNAME"}, model.Origin{Hop: model.HopArgument, Object: m.r.podObject()}}}
}

// failure is why no server starts in a pod.
type failure struct {
	code optionfile.Code
	how  string
}

// endedBefore says whether a command that started no server certainly has come to its
// end, and not well: nothing ran in it that could not be followed, and nothing was
// asked for that the image may set.
func (m *machine) endedBefore() bool {
	return m.status > 0 && m.flow != flowHang && m.doubt == "" && m.ranForeign == "" && !m.askedUnset
}

// hasStarted says whether the server's container has run: then its pod's start does
// not fail, whatever was made of it here.
func (r *resolver) hasStarted() bool {
	for _, s := range r.pod.Status.ContainerStatuses {
		if s.Name == r.container.Name {
			return s.State.Running != nil || s.Ready
		}
	}
	return false
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
	m := &machine{r: r, choose: choose, vars: make(map[string]*value, len(env)+4), funcs: map[string]*syntaxStmt{}, via: via, profile: p, imageName: c.Image, envOpen: r.envOpen[c.Name], umask: defaultUmask, asRoot: r.startsAsRoot(c, p)}
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

// podObject names the pod, where a fault is in its own manifest.
func (r *resolver) podObject() string { return "pod/" + r.pod.Name }

// doubtWritable makes ambiguous what scripts may have written.
func (rd *reading) doubtWritable(why string) {
	for i := range rd.entries {
		if rd.entries[i].fromWritable && rd.entries[i].Source != model.ObjectImage {
			rd.entries[i].Certainty, rd.entries[i].Why = ambiguous, why
		}
	}
}
