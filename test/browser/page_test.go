package browser

import (
	"bytes"
	"context"
	"errors"
	"image"
	_ "image/png"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/device"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/output"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/policy"
)

// keepEnv names a folder that keeps the screenshots, to look at.
const keepEnv = "MYSQLDRIFT_SCREENSHOTS"

const evil = `"><script>document.title='run'</script><img src=x onerror="document.title='run'">` + "\x1b[31m\u202e"

// shop is a scan with all that a page shows, and values that try to break out.
func shop() *v1.DriftReportList {
	at := func(m int) *metav1.Time { return &metav1.Time{Time: time.Date(2026, 3, 4, 11, 60-m, 0, 0, time.UTC)} }
	instance := func(pod, role string) v1.Instance {
		return v1.Instance{Namespace: "shop", Workload: "statefulset/mysql", Pod: pod, Role: role, Server: "MySQL", Version: "9.7.4"}
	}
	governed := []v1.GoverningFile{{Path: "/etc/mysql/conf.d/my.cnf", Source: "configmap/mysql:my.cnf", Certainty: v1.Confirmed}}
	list := &v1.DriftReportList{Items: []v1.DriftReport{
		{Instance: instance("mysql-0", "primary"), State: v1.StateDrifted, GovernedBy: governed, LastChange: at(5), ObservedAt: at(0), Findings: []v1.Finding{
			{Variable: "max_connections", Class: v1.RuntimeOverride, Drift: true, Hop: "Runtime", Message: "declared 2000 at configmap/mysql:my.cnf:6, running 500",
				Declared: &v1.Declared{Value: "2000", Source: "configmap/mysql:my.cnf", Line: 6}, Running: &v1.Running{Value: "500", Source: "Dynamic"},
				Evidence: []v1.Evidence{{Kind: "digest", Text: "SET GLOBAL max_connections = 500", Confidence: "likely"}}, Remedy: "SET GLOBAL max_connections = 2000; or commit the running value"},
			{Variable: "init_connect", Class: v1.StaleMount, Drift: true, Hop: "File", Message: evil,
				Declared: &v1.Declared{Value: strings.Repeat("SET NAMES utf8mb4;", 12), Source: "configmap/mysql:my.cnf", Line: 9}, Running: &v1.Running{Value: evil, Source: "Global"}},
			{Variable: "table_open_cache", Class: v1.Adjusted, Message: "rounded by the server"},
		}},
		{Instance: instance("mysql-1", "replica"), State: v1.StateDrifted, GovernedBy: governed, ObservedAt: at(0), Findings: []v1.Finding{
			{Variable: "long_query_time", Class: v1.PersistedOverride, Drift: true, Hop: "Persisted", Message: "persisted by SET PERSIST",
				Declared: &v1.Declared{Value: "2", Effective: "2.000000", Source: "configmap/mysql:my.cnf", Line: 11}, Running: &v1.Running{Value: "0.500000", Source: "Persisted"}, Remedy: "RESET PERSIST long_query_time"},
			{Variable: "sort_buffer_size", Class: v1.RuntimeOverride, Drift: true, Hop: "Runtime", Declared: &v1.Declared{Value: "1M", Source: "configmap/mysql:my.cnf", Line: 12}, Running: &v1.Running{Value: "4194304"}},
		}},
		{Instance: instance("mysql-2", "replica"), State: v1.StateInSync, GovernedBy: governed, ObservedAt: at(0), Findings: []v1.Finding{}},
		{Instance: instance("mysql-3", ""), State: v1.StateUnreachable, Errors: []v1.ReportError{{Object: "pod/mysql-3", Reason: "Timeout", Text: "no answer in 20s", Hint: "give it more with --timeout"}}},
	}}
	policy.Apply(list, policy.Rules{Ignore: []policy.Ignore{{Variable: "sort_buffer_size", Reason: "load test", Owner: "dba@example.com", Expires: "2026-12-31"}}})
	return list
}

// chrome starts a browser, or skips the test with the reason.
func chrome(t *testing.T) context.Context {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		t.Skip("no Chromium on this machine: apt-get install chromium")
	}
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.WSURLReadTimeout(2*time.Minute))
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx, opts...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		if errors.Is(err, context.DeadlineExceeded) {
			t.Fatal(err)
		}
		t.Skipf("Chromium does not start here: %v", err)
	}
	return ctx
}

// seen is what a person sees, as the browser laid it out.
type seen struct {
	Title, Totals, Background, Remedy          string
	Instances, Insync, Drifted, Unread, P0, P2 string
	Ignored                                    string
	Open, Findings, Servers, Scripts, Images   int
	Width, Scroll                              float64
	Text                                       string
}

const look = `(() => {
	const text = id => document.getElementById(id)?.textContent ?? "";
	const n = s => document.querySelectorAll(s).length;
	return {
		Title: document.title, Totals: text("totals"), Background: getComputedStyle(document.body).backgroundColor,
		Remedy: document.querySelector(".remedy code")?.textContent ?? "",
		Instances: text("instances"), Insync: text("insync"), Drifted: text("drifted"), Unread: text("unread"), P0: text("p0"), P2: text("p2"), Ignored: text("ignored"),
		Open: n("details.server[open]"), Findings: n("details.server > .body > .finding"), Servers: n("details.server"), Scripts: n("script"), Images: n("img"),
		Width: document.documentElement.clientWidth, Scroll: document.documentElement.scrollWidth, Text: document.body.innerText,
	};
})()`

func TestPage(t *testing.T) {
	list := shop()
	var page bytes.Buffer
	if err := output.Page(&page, list, output.PageOptions{Title: "Drift of sts/mysql in namespace shop", Made: time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC), By: "kubectl mysqldrift v1.2.3", Open: true}); err != nil {
		t.Fatal(err)
	}
	ctx := chrome(t)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" {
			t.Errorf("the page fetches %s", r.URL.Path)
		}
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write(page.Bytes())
	}))
	defer server.Close()
	fetched := make(chan string, 100)
	if err := chromedp.Listen(ctx, func(event any) {
		if e, ok := event.(*network.EventRequestWillBeSent); ok {
			select {
			case fetched <- e.Request.URL:
			default:
			}
		}
	}); err != nil {
		t.Fatal(err)
	}
	grounds := map[string]string{}
	for _, as := range []struct {
		name, scheme string
		device       chromedp.Action[chromedp.Void]
	}{
		{"desktop-light", "light", chromedp.EmulateViewport(1280, 900)},
		{"desktop-dark", "dark", chromedp.EmulateViewport(1280, 900)},
		{"phone-light", "light", chromedp.Emulate(device.IPhoneX)},
		{"phone-dark", "dark", chromedp.Emulate(device.IPhoneX)},
	} {
		err := chromedp.Do(ctx, call(network.Enable, network.EnableParams{}), as.device,
			call(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: as.scheme}}}),
			chromedp.Navigate(server.URL+"/"))
		if err != nil {
			t.Fatalf("%s: %v", as.name, err)
		}
		s, err := chromedp.Run(ctx, chromedp.Evaluate[seen](look))
		if err != nil {
			t.Fatalf("%s: %v", as.name, err)
		}
		shot, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
		if err != nil {
			t.Fatalf("%s: %v", as.name, err)
		}
		check(t, as.name, list, s)
		grounds[as.name] = s.Background
		checkShot(t, as.name, shot)
	}
	if grounds["desktop-light"] == grounds["desktop-dark"] || grounds["phone-light"] == grounds["phone-dark"] {
		t.Errorf("light and dark look the same: %v", grounds)
	}
	for len(fetched) > 0 {
		if url := <-fetched; url != server.URL+"/" && !strings.HasPrefix(url, "data:") {
			t.Errorf("the page fetches %s", url)
		}
	}
}

// call is a command of the browser's protocol as an action.
func call[P, R any](command cdp.Command[P, R], params P) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, command, params)
		return err
	})
}

func check(t *testing.T, name string, list *v1.DriftReportList, s seen) {
	t.Helper()
	figures := []string{s.Instances, s.Insync, s.Drifted, s.Unread, s.P0, s.P2, s.Ignored}
	if got := strings.Join(figures, " "); got != "4 1 2 1 2 1 1" {
		t.Errorf("%s: servers, in sync, drifted, unread, P0, P2, ignored: %s", name, got)
	}
	if s.Totals != output.Totals(list.Summary) {
		t.Errorf("%s: totals %q, as text %q", name, s.Totals, output.Totals(list.Summary))
	}
	if s.Servers != 4 || s.Open != 3 || s.Findings != 3 {
		t.Errorf("%s: %d servers, %d open, %d findings", name, s.Servers, s.Open, s.Findings)
	}
	if s.Scripts != 0 || s.Images != 0 || strings.HasPrefix(s.Title, "run") {
		t.Errorf("%s: a value became part of the page: %d scripts, %d images, title %q", name, s.Scripts, s.Images, s.Title)
	}
	if !strings.Contains(s.Text, `^[[31m\u202e`) || strings.ContainsAny(s.Text, "\x1b\u202e") {
		t.Errorf("%s: an escape or a reversed text is not made visible", name)
	}
	if s.Remedy != "SET GLOBAL max_connections = 2000; or commit the running value" {
		t.Errorf("%s: remedy %q", name, s.Remedy)
	}
	if s.Scroll > s.Width {
		t.Errorf("%s: %v wide on a screen of %v: it scrolls sideways", name, s.Scroll, s.Width)
	}
}

// checkShot wants a picture with something in it.
func checkShot(t *testing.T, name string, shot []byte) {
	t.Helper()
	img, _, err := image.Decode(bytes.NewReader(shot))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	colours := map[any]bool{}
	for y := 0; y < img.Bounds().Dy(); y += 7 {
		for x := 0; x < img.Bounds().Dx(); x += 7 {
			colours[img.At(x, y)] = true
		}
	}
	if len(colours) < 10 {
		t.Errorf("%s: a picture of %d colours", name, len(colours))
	}
	if dir := os.Getenv(keepEnv); dir != "" {
		if err := os.WriteFile(filepath.Join(dir, name+".png"), shot, 0o644); err != nil {
			t.Error(err)
		}
	}
}
