package cluster

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strconv"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/tools/portforward"
	"k8s.io/client-go/transport/spdy"
	"k8s.io/klog/v2"
	"k8s.io/streaming/pkg/httpstream"
)

// Dial opens a port of a pod as a net.Conn through the API server, without a
// local listener. ctx bounds the dial only. The returned connection must be
// closed, or it holds a connection to the API server.
func (c *Connector) Dial(ctx context.Context, namespace, pod string, port int) (net.Conn, error) {
	ctx = quiet(ctx, quietPayloads)
	type result struct {
		conn net.Conn
		err  error
	}
	// Neither the dialers nor the creation of a stream take a context.
	done := make(chan result, 1)
	go func() {
		conn, err := c.forward(ctx, namespace, pod, port)
		done <- result{conn, err}
	}()
	select {
	case r := <-done:
		if r.err != nil {
			return nil, fmt.Errorf("port-forward to port %d of pod %s/%s: %w", port, namespace, pod, r.err)
		}
		return r.conn, nil
	case <-ctx.Done():
		go func() {
			if r := <-done; r.conn != nil {
				r.conn.Close() // too late for anybody
			}
		}()
		return nil, fmt.Errorf("port-forward to port %d of pod %s/%s: %w", port, namespace, pod, context.Cause(ctx))
	}
}

func (c *Connector) forward(ctx context.Context, namespace, pod string, port int) (net.Conn, error) {
	target := c.url(namespace, pod, "portforward", nil)
	var conn httpstream.Connection
	err := orSPDY(ctx, "portforward "+namespace+"/"+pod,
		func() error {
			dialer, err := portforward.NewSPDYOverWebsocketDialerForStreamingWithLogger(klog.FromContext(ctx), target, c.config)
			if err == nil {
				conn, err = negotiate(dialer)
			}
			return err
		},
		func() error {
			transport, upgrader, err := spdy.RoundTripperFor(c.config)
			if err == nil {
				conn, err = negotiate(spdy.NewDialerForStreaming(upgrader, &http.Client{Transport: transport}, http.MethodPost, target))
			}
			return err
		})
	if err != nil {
		return nil, err
	}
	stream, err := openStream(conn, port)
	if err != nil {
		conn.Close()
		return nil, err
	}
	return stream, nil
}

func negotiate(dialer httpstream.Dialer) (httpstream.Connection, error) {
	conn, protocol, err := dialer.Dial(portforward.PortForwardProtocolV1Name)
	if err != nil {
		return nil, err
	}
	if protocol != portforward.PortForwardProtocolV1Name {
		conn.Close()
		return nil, fmt.Errorf("the server speaks protocol %q, not %q", protocol, portforward.PortForwardProtocolV1Name)
	}
	return conn, nil
}

// openStream asks the kubelet for the port: first the stream on which it
// reports an error, then the one of the data.
func openStream(conn httpstream.Connection, port int) (net.Conn, error) {
	headers := http.Header{}
	headers.Set(corev1.StreamType, corev1.StreamTypeError)
	headers.Set(corev1.PortHeader, strconv.Itoa(port))
	headers.Set(corev1.PortForwardRequestIDHeader, "0")
	errorStream, err := conn.CreateStream(headers)
	if err != nil {
		return nil, fmt.Errorf("open the error stream: %w", err)
	}
	errorStream.Close() // nothing is ever written to it from here
	headers.Set(corev1.StreamType, corev1.StreamTypeData)
	data, err := conn.CreateStream(headers)
	if err != nil {
		return nil, fmt.Errorf("open the data stream: %w", err)
	}
	return newStreamConn(conn, errorStream, data), nil
}
