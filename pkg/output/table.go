package output

import (
	"bytes"
	"io"
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
	// flexible are the columns that may be cut to fit a terminal.
	flexible []flexible
	// widths are the columns' after render, which cut some text if cut is set.
	widths []int
	cut    bool
}

// flexible is a column, by index, and which end of its text says most.
type flexible struct {
	column  int
	keepEnd bool
}

const (
	columnGap = 3
)

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
	if style.Width > 0 {
		t.fit(rows, style.Width-len(indent))
	}
	for i, row := range t.rows {
		for j, c := range row {
			rows[i][j] = c.paint.apply(style.Color, rows[i][j])
		}
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
		headers := make([]any, len(t.headers))
		for i, h := range t.headers {
			headers[i] = h
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

// writeTrimmed writes lines with an indent and without trailing spaces.
func writeTrimmed(w io.Writer, text, indent string) error {
	var b strings.Builder
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, " \n")
		if line != "" {
			b.WriteString(indent)
			b.WriteString(line)
		}
		b.WriteByte('\n')
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// fit cuts flexible columns, the widest first, until a row fits the width.
func (t *table) fit(rows [][]string, width int) {
	widths := make([]int, len(t.headers))
	for j, h := range t.headers {
		widths[j] = twwidth.Width(h)
	}
	for _, row := range rows {
		for j, text := range row {
			widths[j] = max(widths[j], twwidth.Width(text))
		}
	}
	total := columnGap * (len(widths) - 1)
	for _, w := range widths {
		total += w
	}
	for _, floor := range floors {
		for total > width {
			widest := -1
			for _, f := range t.flexible {
				if j := f.column; widths[j] > floor && (widest < 0 || widths[j] > widths[widest]) {
					widest = j
				}
			}
			if widest < 0 {
				break // too narrow for anything: long lines beat lost words
			}
			widths[widest]--
			total--
		}
	}
	for _, row := range rows {
		for _, f := range t.flexible {
			whole := row[f.column]
			row[f.column] = cut(whole, widths[f.column], f.keepEnd)
			t.cut = t.cut || row[f.column] != whole
		}
	}
	t.widths = widths
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
