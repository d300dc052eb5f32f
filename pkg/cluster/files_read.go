package cluster

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	utiljson "k8s.io/apimachinery/pkg/util/json"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/yaml"
)

// FilesOption changes how manifests are read.
type FilesOption int

// Recursive reads the folders within folders too, as `kubectl apply -R` does.
const Recursive FilesOption = iota

// NewFiles reads manifests: files, directories (their .yaml, .yml and .json
// files, as `kubectl apply -f` has it) and "-" for stdin. Lists are taken apart;
// documents that are no Kubernetes object are passed over.
func NewFiles(paths []string, stdin io.Reader, options ...FilesOption) (*Files, error) {
	find := manifestsIn
	if slices.Contains(options, Recursive) {
		find = manifestsBelow
	}
	f := &Files{}
	for _, path := range paths {
		if path == "-" {
			if err := f.read("standard input", stdin); err != nil {
				return nil, err
			}
			continue
		}
		names, err := find(path)
		if err != nil {
			return nil, fmt.Errorf("read manifests: %w", err)
		}
		for _, name := range names {
			if err := f.readFile(name); err != nil {
				return nil, err
			}
		}
	}
	if err := f.index(); err != nil {
		return nil, fmt.Errorf("read manifests: %w", err)
	}
	return f, nil
}

func manifestsIn(path string) ([]string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return []string{path}, nil
	}
	return manifestsOf(path)
}

// manifestsBelow is manifestsIn with what is in folders below.
func manifestsBelow(root string) ([]string, error) {
	info, err := os.Stat(root)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return []string{root}, nil
	}
	var names []string
	err = filepath.WalkDir(root, func(dir string, e fs.DirEntry, err error) error {
		if err != nil || !e.IsDir() {
			return err
		}
		in, err := manifestsOf(dir)
		names = append(names, in...)
		return err
	})
	return names, err
}

// manifestsOf are the manifests in one folder.
func manifestsOf(path string) ([]string, error) {
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		if !e.IsDir() && slices.Contains([]string{".yaml", ".yml", ".json"}, filepath.Ext(e.Name())) {
			names = append(names, filepath.Join(path, e.Name()))
		}
	}
	return names, nil
}

func (f *Files) readFile(name string) error {
	file, err := os.Open(name)
	if err != nil {
		return fmt.Errorf("read manifests: %w", err)
	}
	defer file.Close()
	return f.read(name, file)
}

// read takes every document of one stream. Its errors name the document, never
// its text: it may be a Secret.
func (f *Files) read(name string, r io.Reader) error {
	docs := utilyaml.NewYAMLReader(bufio.NewReader(r))
	for n := 1; ; n++ {
		doc, err := docs.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read manifests: %s, document %d: %w", name, n, err)
		}
		if len(bytes.TrimSpace(doc)) == 0 {
			continue
		}
		// By way of JSON: numbers are int64 then, as the API's types want them.
		var object any
		text, err := yaml.YAMLToJSON(doc)
		if err == nil {
			err = utiljson.Unmarshal(text, &object)
		}
		if err != nil {
			return fmt.Errorf("read manifests: %s, document %d is not valid YAML", name, n)
		}
		f.add(object)
	}
}

func (f *Files) add(object any) {
	m, ok := object.(map[string]any)
	if !ok {
		return
	}
	u := unstructured.Unstructured{Object: m}
	kind, _ := m["kind"].(string)
	if kind == "" {
		return
	}
	if items, ok := m["items"].([]any); ok {
		for _, item := range items {
			f.add(item)
		}
		return
	}
	if _, ok := m["objects"].([]any); ok && kind == "Template" {
		for _, item := range templateObjects(m) {
			f.add(item)
		}
		return
	}
	if kind == "Pod" && u.GetName() == "" && u.GetGenerateName() != "" {
		// The API server makes the name up; the first of them stands for all.
		u.SetName(u.GetGenerateName() + "0")
	}
	if version, _ := m["apiVersion"].(string); version == "" || u.GetName() == "" {
		return
	}
	f.objects = append(f.objects, u)
}
