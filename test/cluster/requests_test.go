//go:build lab

package cluster

import (
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"k8s.io/client-go/rest"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cluster"
)

// counter counts requests: plain ones by path, and streams.
type counter struct {
	http.RoundTripper
	mu      sync.Mutex
	plain   []string
	streams int
}

func (c *counter) RoundTrip(r *http.Request) (*http.Response, error) {
	c.mu.Lock()
	if strings.HasSuffix(r.URL.Path, "/portforward") || strings.HasSuffix(r.URL.Path, "/exec") {
		c.streams++
	} else {
		c.plain = append(c.plain, r.Method+" "+r.URL.Path)
	}
	c.mu.Unlock()
	return c.RoundTripper.RoundTrip(r)
}

func counted() (*rest.Config, func() (plain []string, streams int)) {
	var mu sync.Mutex
	var all []*counter
	config := rest.CopyConfig(admin)
	config.Wrap(func(rt http.RoundTripper) http.RoundTripper {
		c := &counter{RoundTripper: rt}
		mu.Lock()
		defer mu.Unlock()
		all = append(all, c)
		return c
	})
	return config, func() (plain []string, streams int) {
		mu.Lock()
		defer mu.Unlock()
		for _, c := range all {
			c.mu.Lock()
			plain = append(plain, c.plain...)
			streams += c.streams
			c.mu.Unlock()
		}
		return plain, streams
	}
}

// Requests do not grow with pods; streams are one for the server and one for
// its files.
func TestRequests(t *testing.T) {
	measure := func(pods ...string) (int, int) {
		config, result := counted()
		list := look(t, config, pods)
		for _, r := range list.Items {
			wantRead(t, r, cluster.ViaPortForward)
		}
		plain, streams := result()
		t.Logf("%d pods: %d streams, %v", len(pods), streams, plain)
		return len(plain), streams
	}
	onePlain, oneStreams := measure("mysql")
	twoPlain, twoStreams := measure("mysql", "mariadb")
	if onePlain != twoPlain || onePlain > 3 {
		t.Errorf("%d requests for one pod, %d for two; want the same, at most 3", onePlain, twoPlain)
	}
	if oneStreams > 2 || twoStreams > 4 {
		t.Errorf("%d streams for one pod, %d for two", oneStreams, twoStreams)
	}
}

// A scan leaves no goroutine behind, and with it no connection.
func TestNothingIsLeftBehind(t *testing.T) {
	look(t, admin, []string{"mysql"}) // what is made once for all
	settle := func(most int) int {
		n := runtime.NumGoroutine()
		for deadline := time.Now().Add(15 * time.Second); n > most && time.Now().Before(deadline); n = runtime.NumGoroutine() {
			time.Sleep(50 * time.Millisecond)
		}
		return n
	}
	before := settle(20)
	for _, way := range []cluster.Via{cluster.ViaPortForward, cluster.ViaExec, cluster.ViaAuto} {
		for range 5 {
			look(t, admin, []string{"mysql", "mariadb"}, via(way))
			look(t, admin, []string{"mysql"}, via(way), account("root", "not it"))
		}
	}
	// Idle connections of HTTP clients stay for a while, some for each client.
	if after := settle(before + 10); after > before+40 {
		buf := make([]byte, 1<<20)
		t.Errorf("%d goroutines before, %d after\n%s", before, after, buf[:runtime.Stack(buf, true)])
	}
}
