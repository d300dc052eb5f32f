package build

import (
	"path/filepath"

	"github.com/mysqldrift/kubectl-mysqldrift/test/lab/internal/place"
)

// FluxControllers are the programs of Flux, which are its modules' names too.
var FluxControllers = []string{"source-controller", "kustomize-controller"}

// Flux is Flux's source- and kustomize-controller.
var Flux = Tool{
	Name: "Flux", Folder: "flux", programs: FluxControllers, minutes: 10,
	arguments: []string{"tool"}, // the ones that the go.mod names
	into:      place.Paths.FluxCRDs,
	noSumDB:   "github.com/fluxcd/*",
	crds: func(moduleFolder func(string) (string, error)) (all []string, err error) {
		for _, name := range FluxControllers {
			folder, err := moduleFolder("github.com/fluxcd/" + name)
			if err != nil {
				return nil, err
			}
			files, err := filepath.Glob(filepath.Join(folder, "config", "crd", "bases", "*.yaml"))
			if err != nil {
				return nil, err
			}
			all = append(all, files...)
		}
		return all, nil
	},
}
