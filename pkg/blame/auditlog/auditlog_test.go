package auditlog

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"strings"
	"testing"
)

func line(verb, user, uri, extra string) string {
	return fmt.Sprintf(`{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"RequestResponse","auditID":"1","stage":"ResponseComplete","requestURI":%q,"verb":%q,"user":{"username":%q,"groups":["db"]},"sourceIPs":["10.1.1.9"],"userAgent":"kubectl/v1.36.3","objectRef":{"resource":"configmaps","namespace":"shop","name":"mysql"},"responseStatus":{"code":200},"stageTimestamp":"2026-07-01T09:00:00.123456Z"%s}`, uri, verb, user, extra)
}

func TestRead(t *testing.T) {
	const uri = "/api/v1/namespaces/shop/configmaps/mysql?fieldManager=kubectl-edit"
	tests := []struct {
		name string
		line string
		user string // "" = no write
		data string // of my.cnf, "-" = no body known
	}{
		{"a patch with the key", line("patch", "zoe", uri, `,"requestObject":{"data":{"my.cnf":"x"}}`), "zoe", "x"},
		{"a level without bodies", line("update", "zoe", uri, ``), "zoe", "-"},
		{"a patch of a label", line("patch", "zoe", uri, `,"requestObject":{"metadata":{"labels":{"a":"b"}}}`), "zoe", ""},
		{"a JSON patch", line("patch", "zoe", uri, `,"requestObject":[{"op":"replace","path":"/data/my.cnf","value":"y"}]`), "zoe", "y"},
		{"a merge patch that deletes another key", line("patch", "zoe", uri, `,"requestObject":{"data":{"old.cnf":null,"my.cnf":"z"}}`), "zoe", "z"},
		{"a JSON patch of all keys", line("patch", "zoe", uri, `,"requestObject":[{"op":"replace","path":"/data","value":{"my.cnf":"y"}}]`), "zoe", "y"},
		{"a JSON patch that moves the key to binaryData", line("patch", "zoe", uri, `,"requestObject":[{"op":"add","path":"/binaryData","value":{"my.cnf":"eQ=="}},{"op":"remove","path":"/data/my.cnf"}]`), "zoe", "y"},
		{"the same as a merge patch", line("patch", "zoe", uri, `,"requestObject":{"data":{"my.cnf":null},"binaryData":{"my.cnf":"eQ=="}}`), "zoe", "y"},
		{"a JSON patch that takes the key out", line("patch", "zoe", uri, `,"requestObject":[{"op":"remove","path":"/data/my.cnf"}]`), "zoe", ""},
		{"a dry run", line("patch", "zoe", uri+"&dryRun=All", ``), "", ""},
		{"a read", line("get", "zoe", uri, ``), "", ""},
		{"a refusal", strings.Replace(line("patch", "zoe", uri, ``), `"code":200`, `"code":403`, 1), "", ""},
		{"another object", strings.Replace(line("patch", "zoe", uri, ``), `"name":"mysql"`, `"name":"mysql-2"`, 1), "", ""},
		{"an earlier stage of the same request", strings.Replace(line("patch", "zoe", uri, ``), "ResponseComplete", "RequestReceived", 1), "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Read(t.Context(), strings.NewReader(tt.line+"\n"), "configmaps", "shop", "mysql")
			if err != nil {
				t.Fatal(err)
			}
			if (len(got) == 1) != (tt.user != "") {
				t.Fatalf("%+v", got)
			}
			if len(got) == 0 {
				return
			}
			e := got[0]
			if e.User != tt.user || e.Manager != "kubectl-edit" || e.SourceIPs[0] != "10.1.1.9" || e.When.Nanosecond() != 123456000 {
				t.Errorf("%+v", e)
			}
			if (e.Data == nil) != (tt.data == "-") || tt.data != "-" && e.Data["my.cnf"] != tt.data {
				t.Errorf("data %v", e.Data)
			}
		})
	}
}

func TestPartsOfASpec(t *testing.T) {
	for body, want := range map[string]string{
		`{"spec":{"interval":"5m"},"metadata":{"annotations":{"a":"b"}}}`:                                              "[interval]",
		`{"spec":{"path":"./x","patches":null}}`:                                                                       "[patches path]",
		`[{"op":"replace","path":"/spec/ref/commit","value":"abc"},{"op":"add","path":"/metadata/labels","value":{}}]`: "[ref]",
		`[{"op":"replace","path":"/spec","value":{"url":"x","interval":"5m"}}]`:                                        "[interval url]",
		`[{"op":"replace","path":"","value":{"spec":{"url":"x"}}}]`:                                                    "[url]",
		`{"metadata":{"labels":{"a":"b"}}}`:                                                                            "[]",
	} {
		got, err := Read(t.Context(), strings.NewReader(line("patch", "zoe", "/x", `,"requestObject":`+body)), "configmaps", "shop", "mysql")
		if err != nil || len(got) != 1 || fmt.Sprint(got[0].Spec) != want {
			t.Errorf("%s: %+v %v, want %s", body, got, err, want)
		}
	}
}

func TestImpersonation(t *testing.T) {
	got, err := Read(t.Context(), strings.NewReader(line("update", "admin", "/x", `,"impersonatedUser":{"username":"ann"}`)), "configmaps", "shop", "mysql")
	if err != nil || len(got) != 1 || got[0].User != "admin" || got[0].As != "ann" {
		t.Errorf("%+v %v", got, err)
	}
}

func TestEventListCompressedAndCutOff(t *testing.T) {
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	fmt.Fprintf(w, `{"kind":"EventList","items":[%s,%s]}`+"\n", line("update", "ann", "/x", ""), line("update", "bob", "/x", ""))
	fmt.Fprint(w, `{"kind":"Event","mysql`)
	w.Close()
	got, err := Read(t.Context(), &packed, "configmaps", "shop", "mysql")
	if err != nil || len(got) != 2 {
		t.Errorf("%+v %v", got, err)
	}
}

func TestSecretsAreNotKept(t *testing.T) {
	text := strings.Replace(line("update", "ann", "/x", `,"requestObject":{"data":{"my.cnf":"cGFzcw=="}}`), `"configmaps"`, `"secrets"`, 1)
	got, err := Read(t.Context(), strings.NewReader(text), "secrets", "shop", "mysql")
	if err != nil || len(got) != 1 || got[0].Data != nil {
		t.Errorf("%+v %v", got, err)
	}
}

func TestNoAuditLog(t *testing.T) {
	if _, err := Read(t.Context(), strings.NewReader("hello\nworld\n"), "configmaps", "shop", "mysql"); err == nil {
		t.Error("a text was taken for an audit log")
	}
	if _, err := (Log{Pattern: t.TempDir() + "/none"}).Writes(t.Context(), "configmaps", "shop", "mysql"); err == nil {
		t.Error("a missing log is not told")
	}
}
