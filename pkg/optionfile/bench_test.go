package optionfile

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// manyLines is a plausible file of n lines.
func manyLines(n int) []byte {
	var b strings.Builder
	b.WriteString("[mysqld]\n")
	for i := 1; i < n; i++ {
		switch i % 10 {
		case 0:
			fmt.Fprintf(&b, "# comment %d\n", i)
		case 1:
			b.WriteString("\n")
		case 2:
			fmt.Fprintf(&b, "init_connect = \"SET @a = %d\" # c\n", i)
		case 3:
			b.WriteString("skip-name-resolve\n")
		default:
			fmt.Fprintf(&b, "loose-option_%d = %dM\n", i, i)
		}
	}
	return []byte(b.String())
}

func benchmarkParse(b *testing.B, data []byte) {
	s := fuzzServers[2]
	groups := Groups(s, "")
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		Parse("/etc/my.cnf", data, Options{Server: s}).For(groups)
	}
}

// Wanted: under 50 ms.
func BenchmarkParse10000Lines(b *testing.B) { benchmarkParse(b, manyLines(10000)) }

// Wanted: under 1 s.
func BenchmarkParse10MB(b *testing.B) {
	data := manyLines(10000)
	for len(data) < 10<<20 {
		data = append(data, data...)
	}
	benchmarkParse(b, data[:10<<20])
}

// Inputs that invite quadratic time. Each takes milliseconds; the limit only
// catches what would take minutes.
func TestLinearTime(t *testing.T) {
	const size = 1 << 20
	for name, unit := range map[string]string{"one long line": "x", "newlines": "\n", "groups": "[a]\n", "bad groups": "[mysqd]\na\n",
		"NULs": "x\x00", "NUL lines": "a\x00\n", "quotes": `a="'`, "backslashes": `\`, "directives": "!include x\n", "hashes": "a#b\n", "spaces": " ", "no names": "  =1\n", "unclosed": "a=\"x # y\n"} {
		data := []byte("[mysqld]\na=" + strings.Repeat(unit, size/len(unit)))
		for _, s := range fuzzServers {
			begin := time.Now()
			Parse("my.cnf", data, Options{Server: s, FS: Map(nil)})
			if d := time.Since(begin); d > 10*time.Second {
				t.Errorf("%s on %s: %v for 1 MB", name, s, d)
			}
		}
	}
}
