// Package place knows where the lab keeps its files. It touches none of them.
package place

import (
	"fmt"
	"os"
	"path/filepath"
)

// Paths are the folders of one lab.
//
// Cache outlives `lab down`: what is costly to make and the same every time.
// State is one running cluster. Run holds sockets, whose paths must be short.
type Paths struct {
	Cache string
	State string
	Run   string
}

// Default gives the folders from the environment: XDG_CACHE_HOME for the
// cache, MYSQLDRIFT_LAB_DIR for the state.
func Default() (Paths, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return Paths{}, fmt.Errorf("find the cache folder: %w", err)
	}
	state := os.Getenv("MYSQLDRIFT_LAB_DIR")
	if state == "" {
		state = "/var/lib/mysqldrift-lab"
	}
	if state, err = filepath.Abs(state); err != nil {
		return Paths{}, fmt.Errorf("find the state folder: %w", err)
	}
	return Paths{
		Cache: filepath.Join(cache, "mysqldrift-lab"),
		State: state,
		Run:   "/run/mysqldrift-lab",
	}, nil
}

// Bin is a program in the lab's folder of programs, or that folder itself.
func (p Paths) Bin(name string) string { return filepath.Join(p.Cache, "bin", name) }

// Root is the root file system that an image is made of.
func (p Paths) Root(name string) string { return filepath.Join(p.Cache, "roots", name) }

// Archive is an image as a file.
func (p Paths) Archive(name string) string { return filepath.Join(p.Cache, "images", name+".tar") }

// FluxCRDs are the kinds of Flux, all in one file.
func (p Paths) FluxCRDs() string { return filepath.Join(p.Cache, "flux-crds.yaml") }

// ArgoCDCRDs are the kinds of Argo CD, all in one file.
func (p Paths) ArgoCDCRDs() string { return filepath.Join(p.Cache, "argocd-crds.yaml") }

// Log is the file that a component of the cluster writes its output to.
func (p Paths) Log(name string) string { return filepath.Join(p.State, "logs", name+".log") }

// PID is the file that remembers a component's process.
func (p Paths) PID(name string) string { return filepath.Join(p.State, "pids", name) }

// PKI is a key or certificate of the cluster.
func (p Paths) PKI(name string) string { return filepath.Join(p.State, "pki", name) }

// Config is a configuration file that the lab wrote for a component.
func (p Paths) Config(name string) string { return filepath.Join(p.State, "config", name) }

// Images is containerd's own folder. It outlives `lab down`, so that images
// are unpacked once; it is not in the cache folder because overlay mounts want
// an ordinary file system.
func (p Paths) Images() string { return filepath.Join(p.State, "containerd") }

// ContainerdSocket is where containerd listens.
func (p Paths) ContainerdSocket() string { return filepath.Join(p.Run, "containerd.sock") }

// Kubeconfig is the client configuration of one of the lab's users.
func (p Paths) Kubeconfig(user string) string {
	if user == "" || user == "admin" {
		return filepath.Join(p.State, "kubeconfig")
	}
	return filepath.Join(p.State, "kubeconfig-"+user)
}
