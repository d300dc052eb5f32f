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
package declared
