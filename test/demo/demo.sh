#!/usr/bin/env bash
# A real cluster with real drift, and the plugin run on it. Leaves nothing running
# unless KEEP=1 is set.
set -euo pipefail
cd "$(dirname "$0")/../.."
bold= plain=
if [ -t 1 ]; then bold=$(tput bold 2>/dev/null || true) plain=$(tput sgr0 2>/dev/null || true); fi

say() { printf '\n%s%s%s\n' "$bold" "$*" "$plain"; }
run() {
	printf '\n%s$ %s%s\n' "$bold" "$*" "$plain"
	local code=0
	"$@" || code=$?
	[ "$code" = 0 ] || printf '(exit status %d)\n' "$code"
}
take_down() {
	if [ "${KEEP:-}" = 1 ]; then
		say "The lab stays up. To go on by hand:"
		echo "  export KUBECONFIG=$KUBECONFIG PATH=$PWD/bin:$(bin/lab bin):\$PATH"
		echo "  kubectl mysqldrift status -n shop"
		echo "  bin/lab down          # when you are done"
	else
		say "Taking the lab down (KEEP=1 make demo leaves it up, to go on by hand)"
		bin/lab down
	fi
}

say "1. A cluster: etcd, API server, kubelet and containerd on this machine (about 10 minutes the first time, then under a minute)"
trap take_down EXIT
bin/lab up
KUBECONFIG=$(bin/lab kubeconfig); export KUBECONFIG
PATH=$PWD/bin:$(bin/lab bin):$PATH; export PATH

say "2. A shop: MySQL with a primary and two replicas, a MariaDB, a clean MySQL; then five incidents"
bin/lab deploy shop --incidents

say "3. Who has drifted?"
run kubectl mysqldrift status -n shop
say "4. What differs, and at which hop did it part?"
run kubectl mysqldrift diff -n shop
say "5. The same for a program: the drift of one pod as JSON"
run kubectl mysqldrift diff pod/mysql-0 max_connections -n shop -o json
say "6. Who did that? (The shop's Git repository is made up: --no-git)"
run kubectl mysqldrift blame pod/mysql-0 max_connections -n shop --no-git
say "7. A replica that differs from its peers"
run kubectl mysqldrift diff sts/mysql --replicas -n shop
say "8. A clean workload is quiet"
run kubectl mysqldrift diff sts/catalog -n shop
