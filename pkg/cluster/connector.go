package cluster

import (
	"context"
	"errors"
	"fmt"
	"net/url"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"k8s.io/klog/v2"
	"k8s.io/streaming/pkg/httpstream"
)

// Connector opens streams to pods through the API server. It is safe for
// concurrent use; each stream has a connection of its own, so that a broken pod
// takes no other down.
type Connector struct {
	config *rest.Config
	rest   rest.Interface
}

// NewConnector opens streams through the API server of config.
func NewConnector(config *rest.Config) (*Connector, error) {
	c := clientConfig(config)
	c.Timeout = 0 // --request-timeout bounds requests, not streams
	client, err := kubernetes.NewForConfig(c)
	if err != nil {
		return nil, fmt.Errorf("client of %s: %w", config.Host, err)
	}
	return &Connector{config: c, rest: client.CoreV1().RESTClient()}, nil
}

// url of a pod's subresource: portforward or exec.
func (c *Connector) url(namespace, pod, subresource string, options runtime.Object) *url.URL {
	r := c.rest.Post().Resource("pods").Namespace(namespace).Name(pod).SubResource(subresource)
	if options != nil {
		r = r.VersionedParams(options, scheme.ParameterCodec)
	}
	return r.URL()
}

// orSPDY runs the WebSocket attempt, and the SPDY one where the API server, or
// something before it, does not speak WebSocket. Before Kubernetes 1.35 the one
// wants get, the other create, so that a refusal of the first decides nothing;
// if both are refused, the error tells both.
func orSPDY(ctx context.Context, what string, webSocket, spdy func() error) error {
	first := webSocket()
	if first == nil {
		klog.FromContext(ctx).V(4).Info("Opened by WebSocket", "stream", what)
		return nil
	}
	if !httpstream.IsUpgradeFailure(first) && !httpstream.IsHTTPSProxyError(first) {
		return first
	}
	var status *apierrors.StatusError
	if errors.As(first, &status) && apierrors.IsNotFound(status) {
		return status
	}
	klog.FromContext(ctx).V(2).Info("No WebSocket, trying SPDY", "stream", what, "reason", first.Error())
	second := spdy()
	if second == nil {
		return nil
	}
	if isForbidden(first) && isForbidden(second) {
		return fmt.Errorf("%w; %w", second, first)
	}
	return second
}
