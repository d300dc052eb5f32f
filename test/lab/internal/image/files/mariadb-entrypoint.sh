#!/bin/bash
# Does what the entrypoint of the official MariaDB image does, but begins from
# a copy of an initialised data directory, which takes a tenth of the time.
set -euo pipefail

# env NAME: MARIADB_NAME or MYSQL_NAME, or the content of the file that one of
# them with _FILE names.
env_of() {
	local var file
	for var in "MARIADB_$1" "MYSQL_$1"; do
		file="${var}_FILE"
		if [ -n "${!file:-}" ]; then cat "${!file}"; return; fi
		if [ -n "${!var:-}" ]; then printf '%s' "${!var}"; return; fi
	done
}

if [ "${1:0:1}" = '-' ]; then
	set -- mariadbd "$@"
fi

case "$1" in mariadbd | mysqld) server_wanted=yes ;; *) server_wanted= ;; esac

if [ -n "$server_wanted" ] && [ "$(id -u)" = 0 ]; then
	mkdir -p /var/lib/mysql
	chown mysql:mysql /var/lib/mysql /run/mysqld
	exec setpriv --reuid=mysql --regid=mysql --init-groups -- "$BASH_SOURCE" "$@"
fi

if [ -n "$server_wanted" ] && [ ! -d /var/lib/mysql/mysql ]; then
	root_password="$(env_of ROOT_PASSWORD)"
	if [ -z "$root_password" ]; then
		echo 'error: the database is uninitialised and MARIADB_ROOT_PASSWORD is not set' >&2
		exit 1
	fi
	(umask 027; cp -r /var/lib/mysql-seed/. /var/lib/mysql/)
	socket=/run/mysqld/mysqld-init.sock
	"$@" --skip-networking --read-only=OFF --socket="$socket" &
	server=$!
	until mariadb --no-defaults --socket="$socket" -uroot -e 'SELECT 1' >/dev/null 2>&1; do
		kill -0 "$server" 2>/dev/null || { echo 'error: the server did not start' >&2; rm -rf /var/lib/mysql/*; exit 1; }
		sleep 0.1
	done
	{
		echo "SET @@SESSION.SQL_LOG_BIN=0;"
		# As the official image: no accounts beside root@localhost and root@'%'.
		echo "DELETE FROM mysql.global_priv WHERE User = '' OR User = 'root' AND Host <> 'localhost'; FLUSH PRIVILEGES;"
		echo "SET PASSWORD FOR root@localhost = PASSWORD('${root_password}');"
		echo "CREATE USER root@'%' IDENTIFIED BY '${root_password}';"
		echo "GRANT ALL ON *.* TO root@'%' WITH GRANT OPTION;"
		database="$(env_of DATABASE)"
		if [ -n "$database" ]; then echo "CREATE DATABASE \`$database\`;"; fi
		for file in /docker-entrypoint-initdb.d/*.sql; do
			if [ -f "$file" ]; then cat "$file"; fi
		done
	} | mariadb --no-defaults --socket="$socket" -uroot
	kill "$server"
	wait "$server" || true
fi

unset MARIADB_ROOT_PASSWORD MYSQL_ROOT_PASSWORD
exec "$@"
