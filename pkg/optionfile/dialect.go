package optionfile

import "github.com/mysqldrift/kubectl-mysqldrift/pkg/model"

// dialect is what differs between the servers in reading a file. The zero
// value is the oldest: MySQL 5.7 and, but for the names of files, all MariaDB.
type dialect struct {
	// joinsPieces: a line longer than the buffer is put together again.
	joinsPieces bool
	// directiveComments: # starts a comment after !include too, and a file that
	// ends in a directive without a newline does not lose a character.
	directiveComments bool
	// firstDot: a file's extension begins at the first dot of its name, so that
	// a.b.cnf is not taken from an included folder.
	firstDot bool
}

// dialectOf picks the rules. Without a version the newest are assumed.
func dialectOf(s model.Server) dialect {
	newest := s.Version.IsZero()
	if s.Flavour == model.MariaDB {
		return dialect{}
	}
	return dialect{
		// Source: mysql_file_getline of 8.0.27 joins, that of 5.7 does not.
		joinsPieces: newest || s.Version.AtLeast(8, 0, 27),
		// Seen on 9.7; the sources of 8.0 and 8.4 do not have it.
		directiveComments: newest || s.Version.AtLeast(9, 0, 0),
		firstDot:          !newest && !s.Version.AtLeast(8, 0, 0),
	}
}

const (
	// shortPiece is what fgets reads at once into the older parsers' buffer of
	// 4096 bytes, and longPiece into the newer one's.
	shortPiece = 4094
	longPiece  = 4095
	// maxDepth is how deep includes may nest below the main file.
	maxDepth = 10
	// maxFiles and maxBytes end a reading that only a knot of includes can cause:
	// two files that include each other twice are read a thousand times over.
	maxFiles = 2000
	maxBytes = 16 << 20
	// maxProblems is how many problems are worth telling of one reading.
	maxProblems = 1000
	// maxPath is where the servers stop to look at a path (FN_REFLEN - 3).
	maxPath = 509
)

// IgnoresWorldWritable reports whether a server leaves out an option file that
// anybody may write. All do; MariaDB has read it since MDEV-27038 where the
// mount is read-only, as ConfigMap volumes are.
func IgnoresWorldWritable(s model.Server, readOnlyMount bool) bool {
	if !readOnlyMount || s.Flavour != model.MariaDB {
		return true
	}
	v := s.Version
	if v.Patch == 0 { // no release that anybody runs, but a tag such as 10.11
		v.Patch = 99
	}
	switch {
	case s.Version.IsZero(), v.AtLeast(11, 2, 0):
		return false
	case v.AtLeast(11, 1, 0):
		return !v.AtLeast(11, 1, 3)
	case v.AtLeast(11, 0, 0):
		return !v.AtLeast(11, 0, 4)
	case v.AtLeast(10, 11, 0):
		return !v.AtLeast(10, 11, 6)
	case v.AtLeast(10, 6, 0):
		return v.Minor != 6 || !v.AtLeast(10, 6, 16)
	}
	return true
}
