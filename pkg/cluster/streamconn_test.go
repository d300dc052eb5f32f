package cluster

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"k8s.io/streaming/pkg/httpstream"
)

// fakeStream is one stream over a net.Pipe.
type fakeStream struct {
	net.Conn
}

func (s fakeStream) Reset() error       { return s.Conn.Close() }
func (fakeStream) Headers() http.Header { return nil }
func (fakeStream) Identifier() uint32   { return 0 }

type fakeConnection struct {
	closed chan bool
	once   sync.Once
}

func (c *fakeConnection) CreateStream(http.Header) (httpstream.Stream, error) { return nil, nil }
func (c *fakeConnection) Close() error                                        { c.once.Do(func() { close(c.closed) }); return nil }
func (c *fakeConnection) CloseChan() <-chan bool                              { return c.closed }
func (c *fakeConnection) SetIdleTimeout(time.Duration)                        {}
func (c *fakeConnection) RemoveStreams(...httpstream.Stream)                  {}

// farEnd is what a test holds of a streamConn: the kubelet's side.
type farEnd struct {
	conn         *fakeConnection
	data, errors net.Conn
}

func pair() (net.Conn, farEnd) {
	dataNear, dataFar := net.Pipe()
	errNear, errFar := net.Pipe()
	far := farEnd{&fakeConnection{closed: make(chan bool)}, dataFar, errFar}
	return newStreamConn(far.conn, fakeStream{errNear}, fakeStream{dataNear}), far
}

func TestStreamConnMovesBytes(t *testing.T) {
	conn, far := pair()
	defer conn.Close()
	go func() {
		buf := make([]byte, 4)
		io.ReadFull(far.data, buf)
		far.data.Write([]byte("re:" + string(buf)))
	}()
	if _, err := conn.Write([]byte("ping")); err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 7)
	if _, err := io.ReadFull(conn, buf); err != nil || string(buf) != "re:ping" {
		t.Errorf("%q, %v", buf, err)
	}
}

// What the kubelet reports becomes the error of Read and Write.
func TestStreamConnTellsTheRemoteError(t *testing.T) {
	conn, far := pair()
	defer conn.Close()
	go func() {
		far.errors.Write([]byte("failed to connect to localhost:3306: connection refused"))
		far.errors.Close()
		far.data.Close()
	}()
	_, err := conn.Read(make([]byte, 1))
	var remote *RemoteError
	if !errors.As(err, &remote) || !remote.isRefusal() {
		t.Fatalf("read: %v", err)
	}
	if _, err := conn.Write([]byte("x")); !errors.As(err, &remote) {
		t.Errorf("write: %v", err)
	}
	select {
	case <-far.conn.closed:
	case <-time.After(5 * time.Second):
		t.Error("the connection to the API server stays open")
	}
}

func TestStreamConnEndsQuietly(t *testing.T) {
	conn, far := pair()
	defer conn.Close()
	go func() {
		far.data.Write([]byte("bye"))
		far.errors.Close()
		far.data.Close()
	}()
	all, err := io.ReadAll(conn)
	if string(all) != "bye" || err != nil {
		t.Errorf("%q, %v", all, err)
	}
}

func TestStreamConnLosesItsConnection(t *testing.T) {
	conn, far := pair()
	defer conn.Close()
	far.conn.Close()
	far.data.Close()
	_, err := conn.Read(make([]byte, 1))
	if err == nil || !strings.Contains(err.Error(), "lost the connection to the pod") {
		t.Errorf("read: %v", err)
	}
}

// A deadline ends a read from a pod that says nothing, and can be lifted again.
func TestStreamConnDeadline(t *testing.T) {
	conn, far := pair()
	defer conn.Close()
	conn.SetReadDeadline(time.Now().Add(-time.Second))
	if _, err := conn.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatalf("read: %v", err)
	}
	conn.SetReadDeadline(time.Time{})
	go far.data.Write([]byte("x"))
	if _, err := conn.Read(make([]byte, 1)); err != nil {
		t.Errorf("after the deadline was lifted: %v", err)
	}
}

func TestStreamConnCloseFreesTheConnection(t *testing.T) {
	conn, far := pair()
	conn.Close()
	far.errors.Close()
	select {
	case <-far.conn.closed:
	case <-time.After(5 * time.Second):
		t.Error("the connection to the API server stays open")
	}
	if _, err := conn.Read(make([]byte, 1)); err == nil {
		t.Error("a closed connection reads")
	}
}

// SPDY is tried where WebSocket may be what failed, and only there.
func TestOrSPDY(t *testing.T) {
	upgrade := &httpstream.UpgradeFailureError{Cause: errors.New("400 Bad Request")}
	const get = `pods "x" is forbidden: User "j" cannot get resource "pods/exec" in API group "" in the namespace "s"`
	const create = `pods "x" is forbidden: User "j" cannot create resource "pods/exec" in API group "" in the namespace "s"`
	cases := []struct {
		name        string
		first       error
		second      error
		wantSecond  bool
		wantErrText []string
	}{
		{"WebSocket works", nil, nil, false, nil},
		{"no WebSocket", upgrade, nil, true, nil},
		{"an HTTPS proxy", errors.New("proxy: unknown scheme: https"), nil, true, nil},
		{"get is refused, create allowed", &httpstream.UpgradeFailureError{Cause: errors.New(get)}, nil, true, nil},
		{"both are refused", &httpstream.UpgradeFailureError{Cause: errors.New(get)}, errors.New(create), true, []string{"cannot get", "cannot create"}},
		{"the network is down", errors.New("connection refused"), nil, false, []string{"connection refused"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			asked := false
			err := orSPDY(context.Background(), "x", func() error { return c.first }, func() error { asked = true; return c.second })
			if asked != c.wantSecond || (err == nil) != (c.wantErrText == nil) {
				t.Errorf("asked by SPDY: %t, error %v", asked, err)
			}
			for _, want := range c.wantErrText {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("error %v lacks %q", err, want)
				}
			}
		})
	}
}
