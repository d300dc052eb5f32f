package output

import (
	"bytes"
	"strings"
	"testing"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
)

// Nothing on the page points elsewhere, and it shows what the text shows. How it
// looks is tested in test/browser.
func TestPage(t *testing.T) {
	var b bytes.Buffer
	if err := Page(&b, shop(), PageOptions{Title: "T <b>", Made: now, By: "me"}); err != nil {
		t.Fatal(err)
	}
	page := b.String()
	for _, want := range []string{"T &lt;b&gt;", Totals(shop().Summary), "max_connections", "2K = 2048", "configmap/mysql:my.cnf:4"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	for _, never := range []string{"http://", "https://", "<script", "url(", "@import", "ZgotmplZ"} {
		if strings.Contains(page, never) {
			t.Errorf("the page holds %q", never)
		}
	}
	b.Reset()
	if err := Page(&b, &v1.DriftReportList{}, PageOptions{Made: now}); err != nil || !strings.Contains(b.String(), "No MySQL or MariaDB servers found.") {
		t.Errorf("an empty page: %v", err)
	}
}

func TestTrack(t *testing.T) {
	names := func(hop string) string {
		var b strings.Builder
		for _, s := range track(v1.Finding{Hop: hop}) {
			b.WriteString(s.Name)
			if s.Parted {
				b.WriteString("!")
			}
			if s.Past {
				b.WriteString("+")
			}
			b.WriteString(" ")
		}
		return b.String()
	}
	for hop, want := range map[string]string{
		"File":      "Git Delivery ConfigMap File! Start+ Runtime+ ",
		"Persisted": "Git Delivery ConfigMap File Start Persisted! Runtime+ ",
		"Elsewhere": "", "": "",
	} {
		if got := names(hop); got != want {
			t.Errorf("%s: %s", hop, got)
		}
	}
}

// Git and the delivery tool are grey where nobody asked them.
func TestTrackOfWhatWasNotAsked(t *testing.T) {
	for class, want := range map[v1.Class]bool{v1.RuntimeOverride: true, v1.UnsyncedObject: false} {
		for _, s := range track(v1.Finding{Hop: "ConfigMap", Class: class}) {
			if s.Unknown != (want && (s.Name == "Git" || s.Name == "Delivery")) {
				t.Errorf("%s: %+v", class, s)
			}
		}
	}
}
