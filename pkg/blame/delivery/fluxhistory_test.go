package delivery

import (
	"strings"
	"testing"
)

// replaced edits a document; an edit that changes nothing is a mistake in the test.
func replaced(t *testing.T, s string, pairs ...string) string {
	t.Helper()
	for i := 0; i < len(pairs); i += 2 {
		after := strings.Replace(s, pairs[i], pairs[i+1], 1)
		if after == s {
			t.Fatalf("%q is not there", pairs[i])
		}
		s = after
	}
	return s
}

const (
	artifactOf = `artifact: {revision: "main@sha1:`
	fetchedAt  = `artifact: {lastUpdateTime: "2026-07-01T08:59:00Z", revision: "main@sha1:`
)

// snapshot is an entry of status.history as kustomize-controller 1.9 writes it.
func snapshot(revision, status, first, last string) string {
	return `{digest: "sha256:aa", firstReconciled: "` + first + `", lastReconciled: "` + last + `", lastReconciledDuration: 120ms, lastReconciledStatus: ` + status +
		`, metadata: {revision: "main@sha1:` + revision + `"}, totalReconciliations: 2}`
}

func TestFluxHistory(t *testing.T) {
	const morning, noon = "2026-07-01T08:59:10Z", "2026-07-01T12:00:00Z"
	for _, tt := range []struct {
		name, history  string
		applied, first string
		failing        bool
	}{
		{"none: an older Flux", "", "09:00:00", "", false},
		{"the first time, and again since", snapshot(sha1, "ReconciliationSucceeded", morning, noon), "12:00:00", "08:59:10", false},
		{"what a revert brought back was built before its commit", snapshot(sha1, "ReconciliationSucceeded", "2026-06-01T08:00:00Z", noon), "12:00:00", "", false},
		{"of another revision", snapshot(sha2, "ReconciliationSucceeded", morning, noon), "12:00:00", "", false},
		{"it failed before it applied anything", snapshot(sha1, "ReconciliationFailed", morning, noon), "09:00:00", "", false},
		{"failing, but it was well before", snapshot(sha1, "ReconciliationSucceeded", morning, morning), "08:59:10", "08:59:10", true},
	} {
		documents := replaced(t, fluxGood, artifactOf, fetchedAt)
		if tt.history != "" {
			documents = replaced(t, documents, "status:\n", "status:\n  history: ["+tt.history+"]\n")
		}
		if tt.failing {
			documents = replaced(t, documents, `status: "True", reason: ReconciliationSucceeded`, `status: "False", reason: BuildFailed`)
		}
		found, _ := Find(t.Context(), read(t, documents), fluxMark)
		if len(found) != 1 {
			t.Fatalf("%s: %+v", tt.name, found)
		}
		d := found[0]
		first := ""
		if d.FirstAppliedAt != nil {
			first = d.FirstAppliedAt.Format("15:04:05")
		}
		if d.AppliedAt == nil || d.AppliedAt.Format("15:04:05") != tt.applied || first != tt.first {
			t.Errorf("%s: %v, first %v", tt.name, d.AppliedAt, d.FirstAppliedAt)
		}
	}
}

// A health check that fails comes after the objects were applied.
func TestFluxHealthCheckFailed(t *testing.T) {
	documents := replaced(t, fluxGood, artifactOf+sha1, artifactOf+sha2, "lastAttemptedRevision: main@sha1:"+sha1, "lastAttemptedRevision: main@sha1:"+sha2,
		`status: "True", reason: ReconciliationSucceeded`, `status: "False", reason: HealthCheckFailed, message: "timeout waiting for mysql"`)
	found, _ := Find(t.Context(), read(t, documents), fluxMark)
	if len(found) != 1 || found[0].Commit != sha2 || found[0].State != Stuck || !strings.Contains(found[0].Message, "timeout") {
		t.Errorf("%+v", found)
	}
}

// A try that finds no path leaves lastAttemptedRevision as it was.
func TestFluxTried(t *testing.T) {
	for failedAt, want := range map[string]string{"2026-07-01T08:58:00Z": Behind, "2026-07-01T08:59:00Z": Stuck, "2026-07-01T09:00:00Z": Stuck} {
		documents := replaced(t, fluxGood, artifactOf+sha1, fetchedAt+sha2,
			`status: "True", reason: ReconciliationSucceeded, lastTransitionTime: "2026-07-01T09:00:00Z"`, `status: "False", reason: ArtifactFailed, message: "kustomization path not found", lastTransitionTime: "`+failedAt+`"`)
		found, _ := Find(t.Context(), read(t, documents), fluxMark)
		if len(found) != 1 || found[0].State != want || !strings.Contains(found[0].Message, "path not found") {
			t.Errorf("failed at %s: %+v", failedAt, found)
		}
	}
}

func TestFluxLeavesEdits(t *testing.T) {
	for _, tt := range []struct {
		mode, ignore string
		want         bool
	}{
		{"", "", false},
		{"Merge", "", false},
		{"IfNotPresent", "", true},
		{"Ignore", "", true},
		{"disabled", "", true},
		{"", `[{paths: ["/data"]}]`, true},
		{"", `[{paths: ["/data/my.cnf"], target: {kind: ConfigMap, name: "mysql.*"}}]`, true},
		{"", `[{paths: [""], target: {kind: ConfigMap|Secret}}]`, true},
		{"", `[{paths: ["/data"], target: {kind: ConfigMap, name: mysq}}]`, false},
		{"", `[{paths: ["/data"], target: {kind: Deployment}}]`, false},
		{"", `[{paths: ["/spec/replicas", "/database"]}]`, false},
	} {
		documents, mark := fluxGood, fluxMark
		mark.FluxMode = tt.mode
		if tt.ignore != "" {
			documents = replaced(t, documents, "spec:\n", "spec:\n  ignore: "+tt.ignore+"\n")
		}
		found, _ := Find(t.Context(), read(t, documents), mark)
		if len(found) != 1 || found[0].NoCorrection != tt.want || found[0].State != Synced {
			t.Errorf("%q %s: %+v", tt.mode, tt.ignore, found)
		}
	}
}
