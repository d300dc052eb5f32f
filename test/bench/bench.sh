#!/usr/bin/env bash
# Speed and memory, printed as a table. With a running lab (bin/lab up && bin/lab
# deploy shop) also the figures of `status` on real servers, each against the bare
# cost of the same streams and statements.
set -euo pipefail
cd "$(dirname "$0")/../.."
plugin=$PWD/bin/kubectl-mysqldrift
runs=${RUNS:-15}

# once COMMAND...: wall microseconds and peak memory in kB.
once() {
	local begun kb
	begun=${EPOCHREALTIME/./}
	kb=$(/usr/bin/time -o /dev/stdout -f '%M' sh -c 'exec "$@" >/dev/null 2>&1' sh "$@" | tail -n 1) || true
	echo "$((${EPOCHREALTIME/./} - begun)) $kb"
}
# summary < lines of once: median seconds, to the millisecond, and the highest peak in MB.
summary() {
	sort -n | awk '{ us[NR] = $1; if ($2 > kb) kb = $2 } END { printf "%.3f %d\n", us[int((NR + 1) / 2)] / 1e6, kb / 1024 }'
}
warm() {
	"$@" >/dev/null 2>bin/bench.err || [ $? = 1 ] || { echo "bench: $* failed: $(head -n 3 bin/bench.err)" >&2; exit 1; }
}
print_row() { printf '%-58s %7s s  %5s MB%s\n' "$@"; }
row() {
	local name=$1 i; shift
	warm "$@"
	read -r seconds mb < <(for ((i = 0; i < runs; i++)); do once "$@"; done | summary)
	print_row "$name" "$seconds" "$mb" ""
}
# in_turn NAME COMMAND NAME COMMAND: two commands (words split at blanks), run A B A B,
# so that a machine that grows slower is no advantage of either.
in_turn() {
	local i a b s1 m1 s2 m2
	warm $2; warm $4
	for ((i = 0; i < runs; i++)); do
		a+="$(once $2)"$'\n'; b+="$(once $4)"$'\n'
	done
	read -r s1 m1 < <(printf %s "$a" | summary); read -r s2 m2 < <(printf %s "$b" | summary)
	print_row "$1" "$s1" "$m1" ""
	print_row "$3" "$s2" "$m2" "  $(awk "BEGIN { printf \"%.2f\", $s2 / $s1 }") times"
}

echo "== Go benchmarks"
go test -run '^$' -bench . -benchmem ./pkg/... | grep -E '^(Benchmark|ok .*bench)' || true

command -v /usr/bin/time >/dev/null || { echo "bench: /usr/bin/time is missing (apt-get install time): no process figures"; exit 0; }
kubectl=$(bin/lab bin 2>/dev/null || true)/kubectl
[ -x "$kubectl" ] || kubectl=$(command -v kubectl)
echo; echo "== Start-up (median of $runs)"
in_turn "kubectl version --client" "$kubectl version --client" "kubectl-mysqldrift version, in turn with it" "$plugin version"

KUBECONFIG=$(bin/lab kubeconfig 2>/dev/null || true); export KUBECONFIG
if [ -z "$KUBECONFIG" ] || ! "$kubectl" -n shop get pod mysql-0 >/dev/null 2>&1; then
	echo; echo "bench: no lab with the shop scenario (bin/lab up && bin/lab deploy shop): no cluster figures"
	exit 0
fi
mkdir -p bin && go build -ldflags '-s -w' -o bin/bare ./test/bench/bare
MYSQLDRIFT_PASSWORD=$("$kubectl" -n shop get secret mysql-root -o 'go-template={{.data.password | base64decode}}'); export MYSQLDRIFT_PASSWORD
mapfile -t mysqls < <("$kubectl" -n shop get pods -o name | grep -E 'mysql-[0-9]|catalog' | sed 's|pod/||')

echo; echo "== One instance (median of $runs)"
in_turn "bare: the same two streams and statements" "bin/bare shop mysql-0" \
	"status pod/mysql-0, in turn with it" "$plugin status pod/mysql-0 -n shop --via port-forward"
row "status pod/mysql-0 --via exec" "$plugin" status pod/mysql-0 -n shop --via exec
row "kubectl exec mysql-0 -- SHOW GLOBAL VARIABLES" "$kubectl" -n shop exec mysql-0 -c mysql -- \
	sh -c 'MYSQL_PWD=$MYSQL_ROOT_PASSWORD mysql -uroot -e "SHOW GLOBAL VARIABLES"'

echo; echo "== All instances of the lab: ${#mysqls[@]} MySQL with the same password, and what else is in the shop"
row "bare: ${#mysqls[@]} pods, the same streams and statements" bin/bare shop "${mysqls[@]}"
row "status -n shop" "$plugin" status -n shop
cat >bin/loop.sh <<'LOOP'
kubectl=$1; shift
for pod; do
	"$kubectl" -n shop exec "$pod" -- sh -c 'MYSQL_PWD=$MYSQL_ROOT_PASSWORD mysql -uroot -e "SHOW GLOBAL VARIABLES"' || exit 1
done
LOOP
row "kubectl exec in a loop, SHOW GLOBAL VARIABLES" bash bin/loop.sh "$kubectl" "${mysqls[@]}"

audit=${MYSQLDRIFT_LAB_DIR:-/var/lib/mysqldrift-lab}/logs/audit.log
if [ -r "$audit" ]; then
	echo; echo "== API requests of one status, from the API server's audit log"
	for target in "pod/mysql-0" ""; do
		before=$(grep -c '"stage":"ResponseComplete".*"userAgent":"kubectl-mysqldrift' "$audit" || true)
		"$plugin" status $target -n shop --via port-forward >/dev/null 2>&1 || true
		sleep 1 # the audit log is written in batches
		after=$(grep -c '"stage":"ResponseComplete".*"userAgent":"kubectl-mysqldrift' "$audit" || true)
		printf '%-58s %7d requests\n' "status ${target:--n shop}" "$((after - before))"
	done
fi
