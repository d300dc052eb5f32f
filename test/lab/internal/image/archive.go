// Package image writes container images as files that containerd imports. It
// knows the archive's format and what goes into the lab's images; it runs no
// container and talks to no registry.
package image

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
)

// A Layer writes files; the later layer wins.
type Layer func(*tar.Writer) error

// Image is one image: a name with its tag, layers, and how it starts.
type Image struct {
	Name   string
	Layers []Layer
	Config Config
}

// Config is the part of an image's configuration that the lab uses, by the
// names of the Docker image specification.
type Config struct {
	Env          []string            `json:"Env,omitempty"`
	Entrypoint   []string            `json:"Entrypoint,omitempty"`
	Cmd          []string            `json:"Cmd,omitempty"`
	User         string              `json:"User,omitempty"`
	WorkingDir   string              `json:"WorkingDir,omitempty"`
	ExposedPorts map[string]struct{} `json:"ExposedPorts,omitempty"`
	Volumes      map[string]struct{} `json:"Volumes,omitempty"`
}

type manifest struct {
	Config   string
	RepoTags []string
	Layers   []string
}

// layerFile is a layer written down; digest is that of the uncompressed tar.
type layerFile struct {
	path   string
	digest string
}

// Write puts images into one archive. A layer that two images share, that is
// the same index in the shared list, is written once.
func Write(path string, shared []Layer, images ...Image) (err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("make the image folder: %w", err)
	}
	scratch, err := os.MkdirTemp(filepath.Dir(path), ".layers-")
	if err != nil {
		return fmt.Errorf("make a scratch folder: %w", err)
	}
	defer os.RemoveAll(scratch)

	part := path + ".part"
	file, err := os.Create(part)
	if err != nil {
		return fmt.Errorf("create the archive: %w", err)
	}
	defer file.Close()
	archive := tar.NewWriter(file)

	base, err := writeLayers(scratch, shared)
	if err != nil {
		return err
	}
	written := map[string]bool{}
	var manifests []manifest
	for _, image := range images {
		own, err := writeLayers(scratch, image.Layers)
		if err != nil {
			return fmt.Errorf("image %s: %w", image.Name, err)
		}
		entry, err := addImage(archive, image, append(append([]layerFile{}, base...), own...), written)
		if err != nil {
			return fmt.Errorf("image %s: %w", image.Name, err)
		}
		manifests = append(manifests, entry)
	}
	index, err := json.Marshal(manifests)
	if err != nil {
		return fmt.Errorf("encode the archive's index: %w", err)
	}
	if err := addBytes(archive, "manifest.json", index); err != nil {
		return err
	}
	if err := archive.Close(); err != nil {
		return fmt.Errorf("finish the archive: %w", err)
	}
	if err := file.Close(); err != nil {
		return fmt.Errorf("close the archive: %w", err)
	}
	return os.Rename(part, path)
}

func writeLayers(folder string, layers []Layer) ([]layerFile, error) {
	var files []layerFile
	for _, layer := range layers {
		file, err := os.CreateTemp(folder, "layer-")
		if err != nil {
			return nil, fmt.Errorf("create a layer: %w", err)
		}
		hash := sha256.New()
		writer := tar.NewWriter(io.MultiWriter(file, hash))
		err = layer(writer)
		if closeErr := writer.Close(); err == nil {
			err = closeErr
		}
		if closeErr := file.Close(); err == nil {
			err = closeErr
		}
		if err != nil {
			return nil, fmt.Errorf("write a layer: %w", err)
		}
		files = append(files, layerFile{file.Name(), hex.EncodeToString(hash.Sum(nil))})
	}
	return files, nil
}

func addImage(archive *tar.Writer, image Image, layers []layerFile, written map[string]bool) (manifest, error) {
	entry := manifest{RepoTags: []string{image.Name}}
	diffIDs := []string{}
	for _, layer := range layers {
		name := layer.digest + ".tar"
		diffIDs = append(diffIDs, "sha256:"+layer.digest)
		entry.Layers = append(entry.Layers, name)
		if written[name] {
			continue
		}
		written[name] = true
		if err := addFile(archive, name, layer.path); err != nil {
			return entry, err
		}
	}
	config, err := json.Marshal(map[string]any{
		"architecture": runtime.GOARCH,
		"os":           "linux",
		"config":       image.Config,
		"rootfs":       map[string]any{"type": "layers", "diff_ids": diffIDs},
	})
	if err != nil {
		return entry, fmt.Errorf("encode the configuration: %w", err)
	}
	sum := sha256.Sum256(config)
	entry.Config = hex.EncodeToString(sum[:]) + ".json"
	return entry, addBytes(archive, entry.Config, config)
}

func addBytes(archive *tar.Writer, name string, content []byte) error {
	header := &tar.Header{Name: name, Mode: 0o644, Size: int64(len(content)), Typeflag: tar.TypeReg}
	if err := archive.WriteHeader(header); err != nil {
		return fmt.Errorf("add %s: %w", name, err)
	}
	if _, err := io.Copy(archive, bytes.NewReader(content)); err != nil {
		return fmt.Errorf("add %s: %w", name, err)
	}
	return nil
}

func addFile(archive *tar.Writer, name, path string) error {
	file, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("add %s: %w", name, err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return fmt.Errorf("add %s: %w", name, err)
	}
	header := &tar.Header{Name: name, Mode: 0o644, Size: info.Size(), Typeflag: tar.TypeReg}
	if err := archive.WriteHeader(header); err != nil {
		return fmt.Errorf("add %s: %w", name, err)
	}
	if _, err := io.Copy(archive, file); err != nil {
		return fmt.Errorf("add %s: %w", name, err)
	}
	return nil
}
