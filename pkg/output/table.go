package output

import (
	"bytes"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/pkg/twwidth"
	"github.com/olekukonko/tablewriter/renderer"
	"github.com/olekukonko/tablewriter/tw"
)

// Style is how text is to look; the caller knows the terminal, output does not.
type Style struct {
	Color     bool
	NoHeaders bool
	// Width is the terminal's width in columns; 0 cuts nothing.
	Width int
}

// cell is one table cell: untrusted text and its colour.
type cell struct {
	text  string
	paint paint
}

// table is a kubectl-like table: no borders, columns apart by three spaces.
type table struct {
	headers []string
	rows    [][]cell
	// flexible are the columns that are cut first to fit a terminal. The others are
	// cut in the middle if that is not enough, but for the rigid ones.
	flexible []flexible
	rigid    []string
	// spare are the columns that say least, by header, the least first: they are
	// left out where nothing else helps.
	spare []string
	// widths are the columns' after render, which cut some text if cut is set.
	widths []int
	cut    bool
	// first is how many rows are written, if not all: the columns are wide enough for
	// the others too. after are the columns of the table that this one goes on with.
	first int
	after []int
}

// flexible is a column, by index, and which end of its text says most.
type flexible struct {
	column  int
	keepEnd bool
}

const (
	columnGap = 3
	// middleFloor is the width to which columns are cut in the middle, lastFloor the
	// one where even leaving out columns does not help.
	middleFloor = 16
	lastFloor   = 6
)

// cutHint stands under a table of which something was cut.
const cutHint = "Cut to fit the terminal: -o wide, or a pipe, shows all."

// floors are the widths to which columns are cut, one after the other: below the
// last a text says nothing.
var floors = []int{16, 10}

// render writes the table. Cells are escaped here, so that no verb can forget it.
func (t *table) render(w io.Writer, style Style, indent string) error {
	rows := make([][]string, len(t.rows))
	for i, row := range t.rows {
		rows[i] = make([]string, len(row))
		for j, c := range row {
			rows[i][j] = Escape(c.text)
		}
	}
	switch {
	case t.after != nil:
		t.goOn(rows, style.Width > 0)
	case style.Width > 0:
		t.fit(rows, style.Width-len(indent))
	}
	columns := t.columns(rows)
	for i, row := range t.rows {
		for j, c := range row {
			rows[i][j] = c.paint.apply(style.Color, rows[i][j])
		}
		if i == 0 && (t.first > 0 || t.after != nil) {
			pad(rows[i], columns)
		}
		rows[i] = t.shown(rows[i])
	}
	if t.first > 0 {
		rows, t.after = rows[:t.first], columns
	}
	var b bytes.Buffer
	tbl := tablewriter.NewTable(&b,
		tablewriter.WithRenderer(renderer.NewBlueprint(tw.Rendition{
			Borders: tw.BorderNone,
			Symbols: tw.NewSymbols(tw.StyleNone),
			Settings: tw.Settings{
				Lines:      tw.LinesNone,
				Separators: tw.SeparatorsNone,
			},
		})),
		tablewriter.WithHeaderAutoFormat(tw.Off),
		tablewriter.WithHeaderAlignment(tw.AlignLeft),
		tablewriter.WithRowAlignment(tw.AlignLeft),
		tablewriter.WithHeaderAutoWrap(tw.WrapNone),
		tablewriter.WithRowAutoWrap(tw.WrapNone),
		tablewriter.WithTrimSpace(tw.Off),
		tablewriter.WithPadding(tw.Padding{Left: "", Right: strings.Repeat(" ", columnGap), Overwrite: true}),
	)
	if !style.NoHeaders {
		var headers []any
		for _, h := range t.shown(t.headers) {
			headers = append(headers, h)
		}
		tbl.Header(headers...)
	}
	if err := tbl.Bulk(rows); err != nil {
		return err
	}
	if err := tbl.Render(); err != nil {
		return err
	}
	return writeTrimmed(w, b.String(), indent)
}

// columns are the widths of the columns as they are written; those left out have none.
func (t *table) columns(rows [][]string) []int {
	widths := make([]int, len(t.headers))
	for j, h := range t.headers {
		if t.widths != nil && t.widths[j] == 0 {
			continue
		}
		widths[j] = twwidth.Width(h)
		if t.after != nil {
			widths[j] = t.after[j]
		}
		for _, row := range rows {
			widths[j] = max(widths[j], twwidth.Width(row[j]))
		}
	}
	return widths
}

// goOn gives the rows the columns of the table before, cut to those where there is a
// terminal.
func (t *table) goOn(rows [][]string, cutting bool) {
	t.widths = t.after
	for _, row := range rows {
		for j := range row {
			if cutting && t.after[j] > 0 && twwidth.Width(row[j]) > t.after[j] {
				row[j], t.cut = t.cutCell(row[j], j), true
			}
		}
	}
}

// pad makes a row's cells as wide as columns.
func pad(row []string, columns []int) {
	for j, text := range row {
		row[j] = text + strings.Repeat(" ", max(0, columns[j]-twwidth.Width(text)))
	}
}

// trailing are the spaces at a line's end, also those before the end of a colour: on
// a terminal they would break the line.
var trailing = regexp.MustCompile(`[ \n]*(\x1b\[0m)?(?:[ \n]|\x1b\[0m)*$`)

// writeTrimmed writes lines with an indent and without trailing spaces.
func writeTrimmed(w io.Writer, text, indent string) error {
	var b strings.Builder
	for line := range strings.Lines(text) {
		line = trailing.ReplaceAllString(line, "$1")
		if line != "" {
			b.WriteString(indent)
			b.WriteString(line)
		}
		b.WriteByte('\n')
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// fit cuts columns until a row fits the width, and leaves out spare ones if that
// is not enough.
func (t *table) fit(rows [][]string, width int) {
	whole := make([]int, len(t.headers))
	for j, h := range t.headers {
		whole[j] = twwidth.Width(h)
	}
	for _, row := range rows {
		for j, text := range row {
			whole[j] = max(whole[j], twwidth.Width(text))
		}
	}
	fits, floor := false, middleFloor
	for n := 0; n <= len(t.spare) && !fits; n++ {
		t.widths = slices.Clone(whole)
		for j, h := range t.headers {
			if slices.Contains(t.spare[:n], h) {
				t.widths[j] = 0
			}
		}
		if n == len(t.spare) {
			floor = lastFloor
		}
		fits = t.shrink(width, floor)
	}
	for _, row := range rows {
		for j := range row {
			if t.widths[j] < whole[j] {
				row[j] = t.cutCell(row[j], j)
				t.cut = true
			}
		}
	}
}

// cutCell cuts where the column's text says least.
func (t *table) cutCell(text string, j int) string {
	for _, f := range t.flexible {
		if f.column == j {
			return cut(text, t.widths[j], f.keepEnd)
		}
	}
	return cutMiddle(text, t.widths[j])
}

// shrink takes from the widest columns, the flexible ones first, and tells whether
// the row fits then. A header is never cut.
func (t *table) shrink(width, last int) bool {
	var first, all []int
	for j, h := range t.headers {
		switch {
		case slices.ContainsFunc(t.flexible, func(f flexible) bool { return f.column == j }):
			first, all = append(first, j), append(all, j)
		case !slices.Contains(t.rigid, h):
			all = append(all, j)
		}
	}
	for _, step := range []struct {
		columns []int
		floor   int
	}{{first, floors[0]}, {first, floors[1]}, {all, middleFloor}, {all, last}} {
		for t.total() > width {
			widest := -1
			for _, j := range step.columns {
				if t.widths[j] > max(step.floor, twwidth.Width(t.headers[j])) && (widest < 0 || t.widths[j] > t.widths[widest]) {
					widest = j
				}
			}
			if widest < 0 {
				break
			}
			t.widths[widest]--
		}
	}
	return t.total() <= width
}

// total is a row's width; columns of no width are not there.
func (t *table) total() int {
	sum := -columnGap
	for _, w := range t.widths {
		if w > 0 {
			sum += w + columnGap
		}
	}
	return sum
}

// shown leaves out the columns of no width.
func (t *table) shown(row []string) []string {
	if t.widths == nil {
		return row
	}
	var kept []string
	for j, text := range row {
		if t.widths[j] > 0 {
			kept = append(kept, text)
		}
	}
	return kept
}

// cutMiddle keeps the beginning and the end, which tell names apart.
func cutMiddle(s string, n int) string {
	if twwidth.Width(s) <= n {
		return s
	}
	head := twwidth.Truncate(s, (n-1)/2, "")
	return head + cut(s, n-twwidth.Width(head), true)
}

// cut shortens text to n columns and marks that it did.
func cut(s string, n int, keepEnd bool) string {
	if twwidth.Width(s) <= n {
		return s
	}
	if !keepEnd {
		return twwidth.Truncate(s, n, "…")
	}
	runes := []rune(s)
	for len(runes) > 0 && twwidth.Width(string(runes)) > n-1 {
		runes = runes[1:]
	}
	return "…" + string(runes)
}

// Rows is how many rows of a terminal a line takes, whatever colours are in it.
func Rows(line string, width int) int {
	if n := twwidth.Width(line); width > 0 && n > width {
		return (n + width - 1) / width
	}
	return 1
}
