// Package fix runs `rbac`, `check` and `fix` on servers of its own in the lab:
// what each class of drift is put right by, on MySQL and MariaDB, with which
// rights. It needs MYSQLDRIFT_LAB_KUBECONFIG and the tag "lab".
package fix
