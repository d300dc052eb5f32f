#!/usr/bin/env bash
# gofmt, go vet, staticcheck and a tidy go.mod. Says what it could not run.
set -uo pipefail
staticcheck=$1
failed=0
unformatted=$(gofmt -l $(git ls-files '*.go'))
if [ -n "$unformatted" ]; then
	echo "Not formatted (run gofmt -w):"; echo "$unformatted"; failed=1
fi
go vet ./... || failed=1
(cd test/lab && go vet . ./internal/... ./labpod) || failed=1
go vet -tags lab ./test/... || failed=1
if ! go mod tidy -diff; then echo "go.mod is not tidy: run go mod tidy"; failed=1; fi
if go run "$staticcheck" -version >/dev/null 2>&1; then
	go run "$staticcheck" ./... || failed=1
else
	echo "lint: staticcheck skipped: $staticcheck cannot be fetched here"
fi
if command -v govulncheck >/dev/null; then
	govulncheck ./... || echo "lint: govulncheck found something, or could not reach its database"
fi
[ $failed = 0 ] && echo "lint: clean"
exit $failed
