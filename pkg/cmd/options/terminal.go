package options

import (
	"io"
	"os"
	"runtime"
	"strconv"

	"golang.org/x/term"
	"k8s.io/cli-runtime/pkg/printers"
)

// Values of --color.
const (
	ColorAuto   = "auto"
	ColorAlways = "always"
	ColorNever  = "never"
)

// UseColor says whether to colour what goes to w.
func (r *Root) UseColor(w io.Writer) bool {
	switch r.Color {
	case ColorAlways:
		return true
	case ColorNever:
		return false
	}
	// As no-color.org has it an empty NO_COLOR says nothing.
	return os.Getenv("NO_COLOR") == "" && Redraws(w)
}

// Redraws says whether w is a terminal that writes over what it has shown. One of
// no kind does not, but on Windows, where none has a kind.
func Redraws(w io.Writer) bool {
	kind := os.Getenv("TERM")
	return kind != "dumb" && (kind != "" || runtime.GOOS == "windows") && IsTerminal(w)
}

// IsTerminal says whether w is a terminal that a person looks at.
func IsTerminal(w io.Writer) bool { return printers.IsTerminal(w) }

// Width is the terminal's width in columns, or 0 if w is no terminal: then
// nothing is cut.
func Width(w io.Writer) int {
	f, ok := w.(*os.File)
	if !ok || !IsTerminal(w) {
		return 0
	}
	if columns, err := strconv.Atoi(os.Getenv("COLUMNS")); err == nil && columns > 0 {
		return columns
	}
	width, _, err := term.GetSize(int(f.Fd()))
	if err != nil {
		return 0
	}
	return width
}

// Height is the terminal's height in lines, or 0 if w is no terminal.
func Height(w io.Writer) int {
	f, ok := w.(*os.File)
	if !ok || !IsTerminal(w) {
		return 0
	}
	_, height, err := term.GetSize(int(f.Fd()))
	if err != nil {
		return 0
	}
	return height
}
