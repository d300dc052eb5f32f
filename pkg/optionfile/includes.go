package optionfile

import "io/fs"

// includes remembers what was read for includes, and how much: a server reads a
// file once for each time that it is included, and ten levels of that are more
// than anybody can wait for.
type includes struct {
	fs      FS
	read    map[string]includedFile
	ordered map[string]bool // folders whose order was looked at
	files   int
	bytes   int
	knotted bool // that reading ended was told
}

type includedFile struct {
	text string
	mode fs.FileMode
	err  error
}

func newIncludes(from FS) includes {
	return includes{fs: from, read: map[string]includedFile{}, ordered: map[string]bool{}}
}

// file reads a file, each only once.
func (i *includes) file(name string) includedFile {
	f, ok := i.read[name]
	if !ok {
		var data []byte
		data, f.mode, f.err = i.fs.ReadFile(name)
		f.text = string(data)
		i.read[name] = f
	}
	return f
}

// full reports whether no more files are to be read.
func (i *includes) full() bool { return i.files >= maxFiles }

// count adds a file of size bytes to what was read; false if that is too much.
func (i *includes) count(size int) bool {
	i.files++
	i.bytes += size
	return i.bytes <= maxBytes
}
