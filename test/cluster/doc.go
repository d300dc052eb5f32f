// Package cluster tests what only a real cluster shows: every way to a server,
// every fault on it, the rights that suffice, and that no secret is logged. Its
// tests are built with the tag lab and need MYSQLDRIFT_LAB_KUBECONFIG, an
// administrator's kubeconfig of a cluster that has the images mysql and mariadb;
// test/lab makes one. They work in a namespace of their own.
package cluster
