#!/bin/bash
# Starts the server with Bitnami's paths, as that image's run.sh does.
set -euo pipefail
base=/opt/bitnami/mysql
data=/bitnami/mysql/data
start=("$base/bin/mysqld" "--defaults-file=$base/conf/my.cnf" "--basedir=$base" "--datadir=$data"
	"--socket=$base/tmp/mysql.sock" "--pid-file=$base/tmp/mysqld.pid")

if [ -n "${MYSQL_ROOT_PASSWORD_FILE:-}" ]; then
	MYSQL_ROOT_PASSWORD="$(<"$MYSQL_ROOT_PASSWORD_FILE")"
fi
if [ ! -d "$data/mysql" ]; then
	mkdir -p "$data"
	(umask 027; cp -r /var/lib/mysql-seed/. "$data/")
	rm -f "$data/auto.cnf"
	socket="$base/tmp/init.sock"
	"${start[@]}" --skip-networking --socket="$socket" --mysqlx=OFF &
	server=$!
	until mysql --no-defaults --socket="$socket" -uroot -e 'SELECT 1' >/dev/null 2>&1; do
		kill -0 "$server" 2>/dev/null || { echo 'error: the server did not start' >&2; exit 1; }
		sleep 0.1
	done
	mysql --no-defaults --socket="$socket" -uroot <<-SQL
		SET @@SESSION.SQL_LOG_BIN=0;
		ALTER USER root@localhost IDENTIFIED BY '${MYSQL_ROOT_PASSWORD}';
		CREATE USER root@'%' IDENTIFIED BY '${MYSQL_ROOT_PASSWORD}';
		GRANT ALL ON *.* TO root@'%' WITH GRANT OPTION;
	SQL
	kill "$server"
	wait "$server" || true
fi
exec "${start[@]}" ${MYSQL_EXTRA_FLAGS:-}
