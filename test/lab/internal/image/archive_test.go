package image

import (
	"archive/tar"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
)

func TestWriteSharesLayers(t *testing.T) {
	path := filepath.Join(t.TempDir(), "images.tar")
	shared := []Layer{Files(File{Path: "/base", Mode: 0o644, Content: "base"})}
	own := func(name string) Image {
		return Image{Name: name, Layers: []Layer{Files(File{Path: "/" + name, Mode: 0o755, Content: name})}}
	}
	if err := Write(path, shared, own("a"), own("b")); err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	names := map[string]int{}
	var manifests []manifest
	for reader := tar.NewReader(file); ; {
		header, err := reader.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		names[header.Name]++
		if header.Name == "manifest.json" {
			if err := json.NewDecoder(reader).Decode(&manifests); err != nil {
				t.Fatal(err)
			}
		}
	}
	if len(manifests) != 2 || len(manifests[0].Layers) != 2 || manifests[0].Layers[0] != manifests[1].Layers[0] {
		t.Fatalf("manifests = %+v, want two that share their first layer", manifests)
	}
	for _, m := range manifests {
		for _, want := range append(m.Layers, m.Config) {
			if names[want] != 1 {
				t.Errorf("%s is %d times in the archive, want once", want, names[want])
			}
		}
	}
	if entries, _ := os.ReadDir(filepath.Dir(path)); len(entries) != 1 {
		t.Errorf("scratch files are left: %v", entries)
	}
}
