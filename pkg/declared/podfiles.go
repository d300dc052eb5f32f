package declared

import (
	"context"
	"io/fs"
	"time"
)

// PodFiles reads files in the server's container, as exec does.
type PodFiles interface {
	// ReadFiles reads files by absolute path. A path that ends in "/" asks for every
	// regular file of that directory. What does not exist is left out of the answer.
	ReadFiles(ctx context.Context, paths []string) (map[string]PodFile, error)
}

// PodFile is one file as it is in the container.
type PodFile struct {
	Data    []byte
	Mode    fs.FileMode
	ModTime time.Time
}
