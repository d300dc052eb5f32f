package cluster

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"strings"
)

// The client's --xml is the one form of its output that tells NULL from 'NULL'
// and escapes whatever could be taken for its own markup:
//
//	<resultset statement="…" xmlns:xsi="…">
//	  <row>
//		<field name="a">1</field>
//		<field name="b" xsi:nil="true" />
//	  </row>
//	</resultset>

const resultEnd = "</resultset>"

// readResult reads up to the end of one result set.
func readResult(r *bufio.Reader) ([]byte, error) {
	var text []byte
	for {
		// A value escapes '>', so that each one ends a tag.
		part, err := r.ReadSlice('>')
		text = append(text, part...)
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if bytes.HasSuffix(text, []byte(resultEnd)) {
			return text, nil
		}
	}
}

var unescape = strings.NewReplacer("&amp;", "&", "&lt;", "<", "&gt;", ">", "&quot;", `"`)

// parseResult takes rows and columns out of a result set. encoding/xml would
// refuse the control characters that values may hold.
func parseResult(text []byte) (rows [][]*string, columns []string, err error) {
	rest := string(text)
	for {
		i := strings.IndexByte(rest, '<')
		if i < 0 {
			return rows, columns, nil
		}
		rest = rest[i:]
		switch {
		case strings.HasPrefix(rest, "<row>"):
			rows = append(rows, nil)
			rest = rest[len("<row>"):]
		case strings.HasPrefix(rest, "<field "):
			if len(rows) == 0 {
				return nil, nil, errors.New("a field outside of a row")
			}
			name, value, after, err := parseField(rest)
			if err != nil {
				return nil, nil, err
			}
			if len(rows) == 1 {
				columns = append(columns, name)
			}
			rows[len(rows)-1] = append(rows[len(rows)-1], value)
			rest = after
		default: // prologue, resultset, ends
			end := strings.IndexByte(rest, '>')
			if end < 0 {
				return nil, nil, errors.New("a tag without an end")
			}
			rest = rest[end+1:]
		}
	}
}

// parseField reads one field element and returns what follows it.
func parseField(text string) (name string, value *string, rest string, err error) {
	end := strings.IndexByte(text, '>')
	if end < 0 {
		return "", nil, "", errors.New("a field without an end")
	}
	tag := text[:end]
	if i := strings.Index(tag, `name="`); i >= 0 {
		name, _, _ = strings.Cut(tag[i+len(`name="`):], `"`)
		name = unescape.Replace(name)
	}
	if strings.HasSuffix(tag, "/") {
		return name, nil, text[end+1:], nil
	}
	content, rest, ok := strings.Cut(text[end+1:], "</field>")
	if !ok {
		return "", nil, "", fmt.Errorf("field %q without an end", name)
	}
	content = unescape.Replace(content)
	return name, &content, rest, nil
}
