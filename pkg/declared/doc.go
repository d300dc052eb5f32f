// Package declared resolves what was declared for a MySQL or MariaDB server
// container: which ConfigMap key, Secret key, argument, environment variable,
// image file or operator resource governs it, in the order in which the server
// reads them, and the settings that follow, each with object, key and line.
//
// It lays the pod's mounts out as a file system, follows the init containers and
// start scripts that copy and edit files there, applies what is known of images
// and operators, and reads the result as the server would. It knows Kubernetes
// objects through cluster.Objects, and must not know the running server: what
// SQL says is for package observed.
//
// What it cannot follow it calls ambiguous. It never gives a guess as sure.
//
// A newcomer reads, in this order:
//
//	resolve.go               what is asked and answered
//	volumes.go, vfs.go       the pod's mounts as a file system; text.go: texts that know their source
//	start.go                 the start of the pod, in every way that it can go
//	machine.go               the emulator that runs scripts on that file system:
//	  shell_*.go, builtins.go  the shell's language
//	  programs*.go             cp, sed, awk and others
//	  emulate.go, entrypoint.go  programs of operators, entry points of images
//	image.go, home.go        what images are known to hold
//	read*.go                 what the server reads at a start; merge.go: all starts together
//	confirm*.go              the same held against the files in the container
//	owner.go                 who writes a source, and what an edit of it does
package declared
