// The Flux controllers of the lab, built as tools: a module of its own, so that
// neither the plugin's nor the lab's go.mod ever sees what they need. It is built in
// a copy, where the go command writes down the rest.
module github.com/mysqldrift/kubectl-mysqldrift/test/lab/flux

go 1.26.0

tool (
	github.com/fluxcd/kustomize-controller
	github.com/fluxcd/source-controller
)

require (
	github.com/fluxcd/kustomize-controller v1.9.5
	github.com/fluxcd/source-controller v1.9.0
	github.com/google/go-github/v87 v87.0.0 // wanted where both are in one module
)

// The controllers replace their own api modules by folders, which a module that
// requires them cannot see.
replace (
	github.com/fluxcd/kustomize-controller/api => github.com/fluxcd/kustomize-controller/api v1.9.5
	github.com/fluxcd/source-controller/api => github.com/fluxcd/source-controller/api v1.9.0
)

// As in the controllers' own go.mod.
replace (
	github.com/opencontainers/go-digest => github.com/opencontainers/go-digest v1.0.1-0.20220411205349-bde1400a84be
	gopkg.in/yaml.v3 => gopkg.in/yaml.v3 v3.0.1
	sigs.k8s.io/kustomize/api => sigs.k8s.io/kustomize/api v0.21.1
	sigs.k8s.io/kustomize/kyaml => sigs.k8s.io/kustomize/kyaml v0.21.1
)
