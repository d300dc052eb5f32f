// Package rights knows which rights the plugin's verbs need: rules in
// Kubernetes, privileges in MySQL and MariaDB, what each is for and what is
// missing without it. It holds values only: it must not know how rights are
// asked for, checked or printed.
package rights
