//go:build lab

package cluster

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"testing"

	"k8s.io/klog/v2"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cluster"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/scan"
)

type safeBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *safeBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *safeBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

var dumpLine = regexp.MustCompile(`(?m)^\s*[0-9a-f]{8}  ((?:[0-9a-f]{2} {1,2}){1,16})`)

// dumped puts together what hex dumps in a log hold, 16 bytes a line.
func dumped(text string) string {
	var out []byte
	for _, m := range dumpLine.FindAllStringSubmatch(text, -1) {
		b, err := hex.DecodeString(strings.ReplaceAll(m[1], " ", ""))
		if err == nil {
			out = append(out, b...)
		}
	}
	return string(out)
}

// forms are the ways in which a log may show a text.
func forms(s string) map[string]string {
	decimal := strings.Trim(fmt.Sprint([]byte(s)), "[]")
	quoted, _ := json.Marshal(s)
	var spaced []string
	for i := range len(s) {
		spaced = append(spaced, hex.EncodeToString([]byte{s[i]}))
	}
	return map[string]string{
		"plain": s, "quoted": strings.Trim(string(quoted), `"`), "escaped for an option file": strings.ReplaceAll(s, `"`, `\"`),
		"base64": strings.TrimRight(base64.StdEncoding.EncodeToString([]byte(s)), "="), "hex": hex.EncodeToString([]byte(s)),
		"hex dump": strings.Join(spaced, " "), "bytes": decimal,
	}
}

// At -v=9 no log line, report or error holds a password, whichever way is taken.
func TestNoSecretAtHighestVerbosity(t *testing.T) {
	var logged safeBuffer
	flags := flag.NewFlagSet("klog", flag.PanicOnError)
	klog.InitFlags(flags)
	set := func(name, value string) {
		if err := flags.Set(name, value); err != nil {
			t.Fatal(err)
		}
	}
	set("logtostderr", "false")
	set("alsologtostderr", "false")
	set("stderrthreshold", "FATAL")
	set("v", "9")
	klog.SetOutput(&logged)
	t.Cleanup(func() {
		set("v", "0")
		set("logtostderr", "true")
	})

	const own = `own"pw#12345`
	if err := sqlIn(context.Background(), "mysql", "CREATE USER IF NOT EXISTS secretive@'%' IDENTIFIED BY '"+own+"'"); err != nil {
		t.Fatal(err)
	}
	var lists []*v1.DriftReportList
	for _, way := range []cluster.Via{cluster.ViaAuto, cluster.ViaPortForward, cluster.ViaExec, cluster.ViaDirect} {
		for _, mode := range []cluster.SSLMode{cluster.SSLPreferred, cluster.SSLDisabled} {
			lists = append(lists, look(t, admin, []string{"mysql", "mariadb"}, via(way), ssl(mode)))
			lists = append(lists, look(t, admin, []string{"mysql"}, via(way), ssl(mode), account("secretive", own)))
			lists = append(lists, look(t, admin, []string{"mysql"}, via(way), ssl(mode), account("root", own)))
		}
	}
	lists = append(lists, look(t, admin, []string{"mysql"}, func(c *scan.Config) { c.Credentials.Secret = "root" }))
	klog.Flush()
	set("v", "0")

	text := logged.String()
	text += dumped(text)
	if !strings.Contains(text, "/api/v1/namespaces/"+namespace+"/secrets/root") || !strings.Contains(text, "Connected") {
		t.Fatalf("the log is not at -v=9: %d bytes", len(text))
	}
	reports, err := json.Marshal(lists)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{rootPassword, own} {
		for form, s := range forms(secret) {
			if i := strings.Index(text, s); i >= 0 {
				t.Errorf("the log holds a password, %s: …%s…", form, text[max(0, i-300):min(len(text), i+60)])
			}
			if strings.Contains(string(reports), s) {
				t.Errorf("a report holds a password, %s", form)
			}
		}
	}
}

// The negative control: the same search finds a password in a log that has it.
func TestFormsFindSecrets(t *testing.T) {
	for form, s := range forms(rootPassword) {
		if s == "" || (form != "plain" && form != "escaped for an option file" && form != "quoted" && s == rootPassword) {
			t.Errorf("%s: %q", form, s)
		}
	}
	line := fmt.Sprint("Tunneling connection write data=", []byte("\x03SELECT"+rootPassword))
	if !strings.Contains(line, forms(rootPassword)["bytes"]) {
		t.Error("payload bytes are not found")
	}
	if !strings.Contains(dumped("x\n\t"+strings.ReplaceAll(hex.Dump([]byte("some secret: "+rootPassword+".")), "\n", "\n\t")), rootPassword) {
		t.Error("hex dumps are not read")
	}
}
