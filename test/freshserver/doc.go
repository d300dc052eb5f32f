// Package freshserver holds the comparison against real servers that nobody
// wrote the rules for: option files made at random from the catalogue are given
// to a real mysqld and mariadbd, and whatever the program finds on the server
// that was just started with them is a false alarm. Then variables are set, or
// the file is edited, and exactly what the server itself shows to differ must
// be found.
//
// Its tests are built with the tag lab and need root: each server runs in a
// mount and network namespace of its own, over a copy-on-write image of a root
// file system that has the server, with everything it writes in memory. They
// skip where there is no such server. Environment:
//
//	MYSQLDRIFT_FRESH_FILES   how many files for each server (4, and none begun after 90 seconds)
//	MYSQLDRIFT_FRESH_SEED    the first seed (1)
//	MYSQLDRIFT_FRESH_KEEP    a folder that keeps the cases
//	MYSQLDRIFT_FRESH_REPLAY  a folder of kept cases to judge again, without servers
//	MYSQLDRIFT_FRESH_SOURCES a folder of real option files to take lines from
//	MYSQLDRIFT_OPTION_FILES  a folder of option files that somebody wrote (*.cnf), for TestOptionFiles
//	MYSQL_ROOT               a root file system that holds mysqld; else the lab's
//	MARIADB_ROOT             a folder laid over this machine's root, with plugins of MariaDB
package freshserver
