package fix

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"sigs.k8s.io/yaml"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
)

// writePatches writes what --patch-dir asks for.
func (f *flags) writePatches(plan *v1.FixPlan) error {
	if f.patchDir == "" {
		return nil
	}
	if err := os.MkdirAll(f.patchDir, 0o755); err != nil {
		return fmt.Errorf("--patch-dir: %w", err)
	}
	files, err := patchFiles(plan)
	if err != nil {
		return err
	}
	for _, file := range files {
		path := filepath.Join(f.patchDir, file.name)
		if err := os.WriteFile(path, []byte(file.text), 0o644); err != nil {
			return fmt.Errorf("--patch-dir: %w", err)
		}
		fmt.Fprintf(f.root.Streams.ErrOut, "Wrote %s\n", path)
	}
	return nil
}

type file struct{ name, text string }

// patchFiles are commits for git am, and a merge patch for kubectl a ConfigMap.
func patchFiles(plan *v1.FixPlan) ([]file, error) {
	var files []file
	keys := map[string]map[string]any{} // by the file's name
	for i := range plan.Steps {
		s := &plan.Steps[i]
		if s.File != "" {
			files = append(files, file{s.File, s.FileText})
		}
		if s.Kind != v1.FixPatchConfigMap {
			continue
		}
		name := s.Namespace + "-" + strings.ReplaceAll(s.Object, "/", "-") + ".yaml"
		if keys[name] == nil {
			keys[name] = map[string]any{}
			files = append(files, file{name, s.ResourceVersion})
		}
		keys[name][s.Key] = s.Text
	}
	for i, f := range files {
		data, isMap := keys[f.name]
		if !isMap {
			continue
		}
		patch, err := yaml.Marshal(map[string]any{"metadata": map[string]any{"resourceVersion": f.text}, "data": data})
		if err != nil {
			return nil, err
		}
		files[i].text = string(patch)
	}
	return files, nil
}
