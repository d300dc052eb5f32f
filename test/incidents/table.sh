#!/usr/bin/env bash
# Prints the incidents with a known culprit and what blame says of each. Those
# done in a real cluster are in it if the lab is up, or if
# MYSQLDRIFT_LAB_KUBECONFIG and MYSQLDRIFT_LAB_AUDIT_LOG name another cluster.
set -uo pipefail
cd "$(dirname "$0")/../.."
if [ -z "${MYSQLDRIFT_LAB_KUBECONFIG:-}" ] && bin/lab status >/dev/null 2>&1; then
	MYSQLDRIFT_LAB_KUBECONFIG=$(bin/lab kubeconfig)
	export MYSQLDRIFT_LAB_KUBECONFIG
fi
tags=
if [ -n "${MYSQLDRIFT_LAB_KUBECONFIG:-}" ]; then
	tags='-tags lab'
else
	echo 'No lab is up (make lab; bin/lab up): incidents given as values only.'
fi
# The tables stand on lines of their own; of the rest only what failed is of use.
${GO:-go} test $tags ./test/incidents -run Incidents -count 1 -timeout 30m -v | grep -vE '^(=== |PASS|    lab_test.go:[0-9]+: .* after [0-9ms]+$)'
exit "${PIPESTATUS[0]}"
