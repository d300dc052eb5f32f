// Package shop runs the built plugin through the real kubectl on the lab's
// scenarios shop and faults: what a user types, reads and gets as exit code. It
// needs MYSQLDRIFT_LAB_KUBECONFIG and the tag "lab"; the scripts lie in
// test/script/lab.
package shop
