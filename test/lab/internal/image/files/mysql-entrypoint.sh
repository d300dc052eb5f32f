#!/bin/bash
# Does what the entrypoint of the official MySQL image does, but begins from a
# copy of an initialised data directory, which takes a tenth of the time.
set -euo pipefail

# file_env VAR: the value of VAR or the content of the file that VAR_FILE names.
file_env() {
	local var="$1" file="$1_FILE"
	if [ -n "${!file:-}" ]; then
		printf -v "$var" '%s' "$(<"${!file}")"
		export "$var"
	fi
	unset "$file"
}

# Options without a program: mysqld gets them.
if [ "${1:0:1}" = '-' ]; then
	set -- mysqld "$@"
fi

if [ "$1" = mysqld ] && [ "$(id -u)" = 0 ]; then
	mkdir -p /var/lib/mysql
	chown mysql:mysql /var/lib/mysql /var/run/mysqld
	exec setpriv --reuid=mysql --regid=mysql --init-groups -- "$BASH_SOURCE" "$@"
fi

if [ "$1" = mysqld ] && [ ! -d /var/lib/mysql/mysql ]; then
	file_env MYSQL_ROOT_PASSWORD
	file_env MYSQL_PASSWORD
	if [ -z "${MYSQL_ROOT_PASSWORD:-}" ]; then
		echo 'error: the database is uninitialised and MYSQL_ROOT_PASSWORD is not set' >&2
		exit 1
	fi
	(umask 027; cp -r /var/lib/mysql-seed/. /var/lib/mysql/)
	rm -f /var/lib/mysql/auto.cnf
	socket=/var/run/mysqld/mysqld-init.sock
	"$@" --skip-networking --super-read-only=OFF --read-only=OFF --socket="$socket" --mysqlx=OFF &
	server=$!
	until mysql --no-defaults --socket="$socket" -uroot -e 'SELECT 1' >/dev/null 2>&1; do
		kill -0 "$server" 2>/dev/null || { echo 'error: the server did not start' >&2; rm -rf /var/lib/mysql/*; exit 1; }
		sleep 0.1
	done
	{
		echo "SET @@SESSION.SQL_LOG_BIN=0;"
		echo "ALTER USER root@localhost IDENTIFIED BY '${MYSQL_ROOT_PASSWORD}';"
		echo "CREATE USER root@'${MYSQL_ROOT_HOST:-%}' IDENTIFIED BY '${MYSQL_ROOT_PASSWORD}';"
		echo "GRANT ALL ON *.* TO root@'${MYSQL_ROOT_HOST:-%}' WITH GRANT OPTION;"
		if [ -n "${MYSQL_DATABASE:-}" ]; then echo "CREATE DATABASE \`${MYSQL_DATABASE}\`;"; fi
		if [ -n "${MYSQL_USER:-}" ]; then
			echo "CREATE USER '${MYSQL_USER}'@'%' IDENTIFIED BY '${MYSQL_PASSWORD}';"
			if [ -n "${MYSQL_DATABASE:-}" ]; then echo "GRANT ALL ON \`${MYSQL_DATABASE}\`.* TO '${MYSQL_USER}'@'%';"; fi
		fi
		for file in /docker-entrypoint-initdb.d/*.sql; do
			if [ -f "$file" ]; then cat "$file"; fi
		done
	} | mysql --no-defaults --socket="$socket" -uroot
	kill "$server"
	wait "$server" || true
fi

exec "$@"
