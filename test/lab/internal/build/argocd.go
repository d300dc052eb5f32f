package build

import (
	"path/filepath"

	"github.com/mysqldrift/kubectl-mysqldrift/test/lab/internal/place"
)

// ArgoCD is Argo CD's application controller and repo server, with a cache for them.
var ArgoCD = Tool{
	Name: "Argo CD", Folder: "argocd", programs: []string{"argocd-redis", "argocd-repo-server", "argocd-application-controller"}, minutes: 10,
	oneProgram: true, arguments: []string{"."},
	into:    place.Paths.ArgoCDCRDs,
	noSumDB: "github.com/argoproj/*",
	scripts: []string{"github.com/argoproj/argo-cd/v3//hack/git-verify-wrapper.sh"},
	crds: func(moduleFolder func(string) (string, error)) ([]string, error) {
		folder, err := moduleFolder("github.com/argoproj/argo-cd/v3")
		if err != nil {
			return nil, err
		}
		return []string{
			filepath.Join(folder, "manifests", "crds", "application-crd.yaml"),
			filepath.Join(folder, "manifests", "crds", "appproject-crd.yaml"),
		}, nil
	},
}
