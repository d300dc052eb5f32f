package cluster

import (
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"time"

	"k8s.io/streaming/pkg/httpstream"
)

// RemoteError is what the far end of a stream says of its failure: "failed to
// connect to localhost:3306 inside namespace …".
type RemoteError struct{ Text string }

func (e *RemoteError) Error() string { return e.Text }

// isRefusal tells "nobody listens" from a connection that broke.
func (e *RemoteError) isRefusal() bool {
	return strings.Contains(e.Text, "connection refused") || strings.Contains(e.Text, "failed to connect to localhost")
}

// streamConn is a port-forward stream as a net.Conn. The driver's end is one
// half of a net.Pipe, which gives it proper deadlines; two goroutines move
// bytes between the other half and the stream, and end when either side does.
type streamConn struct {
	net.Conn // the driver's half
	far      net.Conn
	conn     httpstream.Connection
	data     httpstream.Stream

	mu    sync.Mutex
	cause error // why the far end is gone, nil if it closed normally
}

// errorGrace is how long the far end may take to say why it closed the stream.
const errorGrace = time.Second

func newStreamConn(conn httpstream.Connection, errs, data httpstream.Stream) *streamConn {
	near, far := net.Pipe()
	c := &streamConn{Conn: near, far: far, conn: conn, data: data}
	reported := make(chan string, 1)
	go func() {
		text, _ := io.ReadAll(io.LimitReader(errs, 64<<10))
		reported <- strings.TrimSpace(string(text))
	}()
	go func() {
		io.Copy(data, far) // ends when the driver closes its half
		data.Close()
	}()
	go func() {
		_, err := io.Copy(far, data)
		// Unsent data would keep the error stream from ending.
		data.Reset()
		c.finish(err, reported)
	}()
	return c
}

// finish notes why the far end is gone before the driver can read that it is.
func (c *streamConn) finish(err error, reported <-chan string) {
	var cause error
	select {
	case text := <-reported:
		if text != "" {
			cause = &RemoteError{text}
		}
	case <-c.conn.CloseChan():
		cause = &RemoteError{"lost the connection to the pod"}
	case <-time.After(errorGrace):
	}
	if cause == nil && err != nil && !errors.Is(err, io.ErrClosedPipe) && !errors.Is(err, io.EOF) {
		cause = &RemoteError{"lost the connection to the pod: " + err.Error()}
	}
	c.mu.Lock()
	c.cause = cause
	c.mu.Unlock()
	c.far.Close()
	c.conn.Close()
}

func (c *streamConn) because(err error) error {
	if !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrClosedPipe) {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.cause != nil {
		return c.cause
	}
	return err
}

func (c *streamConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if err != nil {
		err = c.because(err)
	}
	return n, err
}

func (c *streamConn) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	if err != nil {
		err = c.because(err)
	}
	return n, err
}

// Close ends both directions. The stream is reset so that a far end that does
// not answer cannot hold it.
func (c *streamConn) Close() error {
	err := c.Conn.Close()
	c.far.Close()
	c.data.Reset()
	return err
}
