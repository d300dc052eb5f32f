package cluster

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	authenticationv1 "k8s.io/api/authentication/v1"
	authorizationv1 "k8s.io/api/authorization/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/version"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
)

// Access asks an API server about itself and about the user who asks. The
// reviews that it creates are questions: the API server keeps none of them.
type Access struct{ client kubernetes.Interface }

// NewAccess asks the API server of config.
func NewAccess(config *rest.Config) (*Access, error) {
	client, err := kubernetes.NewForConfig(clientConfig(config))
	if err != nil {
		return nil, fmt.Errorf("client of %s: %w", config.Host, err)
	}
	return &Access{client}, nil
}

// Version is the API server's: "v1.36.3".
func (a *Access) Version(ctx context.Context) (string, error) {
	data, err := a.client.Discovery().RESTClient().Get().AbsPath("/version").DoRaw(quiet(ctx, quietBodies))
	if err != nil {
		return "", fmt.Errorf("ask the API server for its version: %w", err)
	}
	var info version.Info
	if err := json.Unmarshal(data, &info); err != nil || info.GitVersion == "" {
		return "", fmt.Errorf("ask the API server for its version: what answers is no API server of Kubernetes")
	}
	return info.GitVersion, nil
}

// User is the name by which the API server knows the one who asks; empty where
// it does not tell (before Kubernetes 1.28).
func (a *Access) User(ctx context.Context) string {
	review, err := a.client.AuthenticationV1().SelfSubjectReviews().Create(quiet(ctx, quietBodies), &authenticationv1.SelfSubjectReview{}, metav1.CreateOptions{})
	if err != nil {
		return ""
	}
	return review.Status.UserInfo.Username
}

// Allowed asks whether the user may do verb on a resource ("pods/exec") in a
// namespace, "" for all. name restricts the question to one object.
func (a *Access) Allowed(ctx context.Context, namespace, group, resource, verb, name string) (bool, error) {
	resource, sub, _ := strings.Cut(resource, "/")
	review := &authorizationv1.SelfSubjectAccessReview{Spec: authorizationv1.SelfSubjectAccessReviewSpec{ResourceAttributes: &authorizationv1.ResourceAttributes{
		Namespace: namespace, Verb: verb, Group: group, Resource: resource, Subresource: sub, Name: name}}}
	got, err := a.client.AuthorizationV1().SelfSubjectAccessReviews().Create(quiet(ctx, quietBodies), review, metav1.CreateOptions{})
	if err != nil {
		return false, fmt.Errorf("ask whether %s on %s is allowed: %w", verb, resource, err)
	}
	return got.Status.Allowed, nil
}
