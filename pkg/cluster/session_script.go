package cluster

// clientScript runs the pod's own client. It is the same for every pod and holds
// nothing secret: it reads from its standard input, line by line, how to log in,
// and hands that to the client as an option file on a pipe. No password is in an
// argument list, in the environment of a new process or in a file. What follows
// on standard input are the statements. All of it is POSIX shell and builtins.
//
// The lines are: the client's user (may be empty); "given" or "env"; then the
// password as an option file has it, or the names of variables that may hold it;
// the port to try if no socket is found.
const clientScript = `IFS= read -r user; IFS= read -r how; IFS= read -r what; IFS= read -r port
client=
for c in mariadb mysql /usr/bin/mysql /usr/local/bin/mysql /opt/bitnami/mysql/bin/mysql /opt/bitnami/mariadb/bin/mariadb /usr/local/mysql/bin/mysql; do
  if command -v "$c" >/dev/null 2>&1; then client=$c; break; fi
done
if [ -z "$client" ]; then echo "mysqldrift: no mysql or mariadb client in this container" >&2; exit 127; fi
socket=
if [ -r /proc/net/unix ]; then
  while read -r a b c flags e f g path; do
    case $flags:$path in
      00010000:*mysqlx*) ;;
      00010000:/*.sock) if [ -S "$path" ]; then case $path in *mysql*|*maria*) socket=$path ;; *) socket=${socket:-$path} ;; esac; fi ;;
    esac
  done </proc/net/unix
fi
for s in /var/run/mysqld/mysqld.sock /var/lib/mysql/mysql.sock /run/mysqld.sock /var/run/mysqld/mysql.sock /tmp/mysql.sock /opt/bitnami/mysql/tmp/mysql.sock /opt/bitnami/mariadb/tmp/mysql.sock; do
  if [ -z "$socket" ] && [ -S "$s" ]; then socket=$s; fi
done
password=
case $how in
  given) password=$what ;;
  env)
    value=
    for name in $what; do
      eval "value=\${$name-}"
      if [ -z "$value" ]; then
        eval "file=\${${name}_FILE-}"
        if [ -n "$file" ] && [ -r "$file" ]; then IFS= read -r value <"$file" || :; fi
      fi
      if [ -n "$value" ]; then break; fi
    done
    while [ -n "$value" ]; do
      rest=${value#?}; first=${value%"$rest"}
      case $first in '\'|'"') password=$password'\'$first ;; '
') password=$password'\n' ;; *) password=$password$first ;; esac
      value=$rest
    done ;;
esac
exec 4<&0
{
  echo "[client]"
  if [ -n "$user" ]; then printf 'user="%s"\n' "$user"; fi
  printf 'password="%s"\n' "$password"
  if [ -n "$socket" ]; then printf 'socket=%s\n' "$socket"; else printf 'protocol=TCP\nhost=127.0.0.1\nport=%s\n' "$port"; fi
} | "$client" --defaults-file=/dev/fd/3 --batch --xml --unbuffered --default-character-set=utf8mb4 3<&0 0<&4 4<&-
`
