package image

import (
	"archive/tar"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"syscall"
)

// Owner is a user and group by number.
type Owner struct{ UID, GID int }

// File is one entry of a layer that is made by hand. A mode with os.ModeDir is
// a folder, one with os.ModeSymlink a link to Content.
type File struct {
	Path    string
	Mode    fs.FileMode
	Owner   Owner
	Content string
}

// Files is a layer of a few files.
func Files(files ...File) Layer {
	return func(writer *tar.Writer) error {
		for _, file := range files {
			header := &tar.Header{
				Name: strings.TrimPrefix(file.Path, "/"), Mode: unixMode(file.Mode),
				Uid: file.Owner.UID, Gid: file.Owner.GID, Typeflag: tar.TypeReg, Size: int64(len(file.Content)),
			}
			switch {
			case file.Mode.IsDir():
				header.Typeflag, header.Size, header.Name = tar.TypeDir, 0, header.Name+"/"
			case file.Mode&fs.ModeSymlink != 0:
				header.Typeflag, header.Size, header.Linkname = tar.TypeSymlink, 0, file.Content
			}
			if err := writer.WriteHeader(header); err != nil {
				return fmt.Errorf("%s: %w", file.Path, err)
			}
			if header.Typeflag != tar.TypeReg {
				continue
			}
			if _, err := io.WriteString(writer, file.Content); err != nil {
				return fmt.Errorf("%s: %w", file.Path, err)
			}
		}
		return nil
	}
}

// Copy is a layer with one file of this machine.
func Copy(source, target string, mode fs.FileMode) Layer {
	return func(writer *tar.Writer) error {
		content, err := os.ReadFile(source)
		if err != nil {
			return fmt.Errorf("read %s: %w", source, err)
		}
		return Files(File{Path: target, Mode: mode, Content: string(content)})(writer)
	}
}

// Tree is a layer with a folder of this machine, owners and modes included,
// but without devices, and without what skip names: paths from the root with a
// leading slash, each with all below it.
func Tree(root string, skip ...string) Layer {
	return func(writer *tar.Writer) error {
		return filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			inside := strings.TrimPrefix(name, root)
			if inside == "" {
				return nil
			}
			for _, prefix := range skip {
				if inside != prefix {
					continue
				}
				if entry.IsDir() {
					return filepath.SkipDir
				}
				return nil
			}
			return addEntry(writer, name, inside)
		})
	}
}

func addEntry(writer *tar.Writer, name, inside string) error {
	info, err := os.Lstat(name)
	if err != nil {
		return err
	}
	if info.Mode()&(fs.ModeDevice|fs.ModeCharDevice|fs.ModeSocket|fs.ModeNamedPipe) != 0 {
		return nil
	}
	link := ""
	if info.Mode()&fs.ModeSymlink != 0 {
		if link, err = os.Readlink(name); err != nil {
			return err
		}
	}
	header, err := tar.FileInfoHeader(info, link)
	if err != nil {
		return fmt.Errorf("%s: %w", inside, err)
	}
	header.Name = strings.TrimPrefix(path.Clean(inside), "/")
	if info.IsDir() {
		header.Name += "/"
	}
	if owner, ok := info.Sys().(*syscall.Stat_t); ok {
		header.Uid, header.Gid = int(owner.Uid), int(owner.Gid)
	}
	header.Uname, header.Gname = "", ""
	if err := writer.WriteHeader(header); err != nil {
		return fmt.Errorf("%s: %w", inside, err)
	}
	if !info.Mode().IsRegular() {
		return nil
	}
	file, err := os.Open(name)
	if err != nil {
		return err
	}
	defer file.Close()
	if _, err := io.Copy(writer, file); err != nil {
		return fmt.Errorf("%s: %w", inside, err)
	}
	return nil
}

// unixMode keeps the sticky and set-id bits, which Go holds elsewhere.
func unixMode(mode fs.FileMode) int64 {
	bits := int64(mode.Perm())
	if mode&fs.ModeSticky != 0 {
		bits |= 0o1000
	}
	if mode&fs.ModeSetgid != 0 {
		bits |= 0o2000
	}
	return bits
}
