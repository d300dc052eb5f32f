package main

import (
	"bytes"
	"fmt"
	"path/filepath"
	"strings"
	"text/template"

	"k8s.io/apimachinery/pkg/util/version"
)

// manifestName is the plugin's name with .yaml, as Krew demands.
const manifestName = "mysqldrift.yaml"

// validVersion holds a version to Krew's form: semantic, with a v before it.
func validVersion(v string) error {
	if !strings.HasPrefix(v, "v") {
		return fmt.Errorf("-version %q: want vMAJOR.MINOR.PATCH", v)
	}
	if _, err := version.ParseSemantic(v); err != nil {
		return fmt.Errorf("-version %q: want vMAJOR.MINOR.PATCH: %w", v, err)
	}
	return nil
}

func krewManifest(c config, built []archive) ([]byte, error) {
	t, err := template.ParseFiles(filepath.Join(c.Source, "krew", manifestName+".tmpl"))
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = t.Execute(&b, map[string]any{"Version": c.Version, "Platforms": built})
	return b.Bytes(), err
}
