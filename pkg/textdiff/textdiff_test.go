package textdiff

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

func script(edits []Edit) string {
	var b strings.Builder
	_ = Script(&b, edits)
	return b.String()
}

func TestDiff(t *testing.T) {
	manifest := func(cnf, label string) string {
		return "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: mysql, labels: {app: " + label + "}}\ndata:\n  my.cnf: |\n    " + strings.ReplaceAll(cnf, "\n", "\n    ") + "\n"
	}
	tests := []struct {
		name          string
		language      Language
		before, after string
		want          string
	}{
		{"comments, spacing, quotes, order, dashes, units", OptionFile,
			"[mysqld]\nmax_connections=2000\ninnodb-buffer-pool-size = 1G # big\nsql_mode=\"A,B\"\n",
			"# new\n[mysqld]\n\n  sql-mode = A,B\ninnodb_buffer_pool_size=1024M\nmax_connections = '2000'\n", ""},
		{"a value", OptionFile, "[mysqld]\na=1\nb=2\n", "[mysqld]\nb = 3\na=1\n", "~ 2:1 [mysqld] b: 2 → 3\n"},
		{"added and removed", OptionFile, "[mysqld]\nalpha=1\n", "[mysqld]\nzulu=9\n", "- 2:1 [mysqld] alpha: 1\n+ 2:1 [mysqld] zulu: 9\n"},
		{"a mistyped option", OptionFile, "[mysqld]\nmax_connections=10\n", "[mysqld]\nmax_conections=10\n", "> 2:1 [mysqld] max_conections: max_connections renamed to max_conections\n"},
		{"another group is another option", OptionFile, "[mysqld]\nport=1\n[client]\nport=2\n", "[mysqld]\nport=2\n[client]\nport=1\n", "~ 2:1 [mysqld] port: 1 → 2\n~ 4:1 [client] port: 2 → 1\n"},
		{"the last of two counts: their order matters", OptionFile, "[mysqld]\na=1\na=2\n", "[mysqld]\na=2\na=1\n", "~ 3:1 [mysqld] a: 2 → 1\n"},
		{"each of a list of databases counts", OptionFile, "[mysqld]\nreplicate-do-db=a\nreplicate-do-db=b\n", "[mysqld]\nreplicate_do_db=b\n", "- 2:1 [mysqld] replicate_do_db: a\n"},
		{"their order does not", OptionFile, "[mysqld]\nreplicate-do-db=a\nreplicate-do-db=b\n", "[mysqld]\nreplicate-do-db=b\nreplicate-do-db = a\n", ""},
		{"a plugin more, before another", OptionFile, "[mysqld]\nplugin-load-add=b.so\n", "[mysqld]\nplugin-load-add=a.so\nplugin-load-add=b.so\n", "+ 2:1 [mysqld] plugin_load_add: a.so\n"},
		{"instruments are set one after the other", OptionFile, "[mysqld]\nperformance-schema-instrument='%=OFF'\nperformance-schema-instrument='wait/%=ON'\n", "[mysqld]\nperformance-schema-instrument='wait/%=ON'\nperformance-schema-instrument='%=OFF'\n",
			"~ 3:1 [mysqld] performance_schema_instrument: %=OFF; wait/%=ON → wait/%=ON; %=OFF\n"},
		{"a byte order mark", OptionFile, "[mysqld]\na=1\n", "\ufeff[mysqld]\na = 1\n", "+ 1:1 (byte order mark): U+FEFF\n"},
		{"a byte order mark less, and a value", OptionFile, "\ufeff[mysqld]\na=1\n", "[mysqld]\na=2\n", "- 1:1 (byte order mark): U+FEFF\n~ 2:1 [mysqld] a: 1 → 2\n"},
		{"both have the mark", OptionFile, "\ufeff[mysqld]\na=1\n", "\ufeff[mysqld]\n# c\na=1\n", ""},
		{"a shadowed setting is none", OptionFile, "[mysqld]\na=1\na=2\n", "[mysqld]\na=2\n", ""},
		{"commented out", OptionFile, "[mysqld]\na=1\n", "[mysqld]\n#a=1\n", "- 2:1 [mysqld] a: 1\n"},
		{"an empty value is not no value", OptionFile, "[mysqld]\na=\n", "[mysqld]\na\n", "~ 2:1 [mysqld] a:  → (no value)\n"},
		{"an include", OptionFile, "[mysqld]\n!includedir /etc/a\n", "[mysqld]\n!includedir /etc/b\n", "- 2:1 [!include] /etc/a: (no value)\n+ 2:1 [!include] /etc/b: (no value)\n"},
		{"inside of a ConfigMap, with its position", YAML, manifest("[mysqld]\na=1\nb=1G", "x"), manifest("# c\n[mysqld]\nb=1024M\na = 2", "x"), "~ 9:1 data.my.cnf [mysqld] a: 1 → 2\n"},
		{"YAML by layout only", YAML, "a: {b: '1', c: [x, y]}\n", "# c\na:\n  c:\n  - x\n  - \"y\"\n  b: \"1\"\n", ""},
		{"a label", YAML, manifest("[mysqld]", "x"), manifest("[mysqld]", "y"), "~ 3:39 metadata.labels.app: x → y\n"},
		{"SQL by layout only", SQL, "set global a = 1;\n-- why\nSELECT 'x;y'  ,b from t;", "SET GLOBAL a=1; /* c */ select 'x;y',b\nFROM t;\n", ""},
		{"SQL text in quotes counts", SQL, "SELECT 'a';\nSELECT 1;", "SELECT 'A';\nSELECT 1;", "~ 1:1 statement 1: SELECT 'a' → SELECT 'A'\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := script(Diff([]byte(tt.before), []byte(tt.after), tt.language, nil)); got != tt.want {
				t.Errorf("got\n%swant\n%s", got, tt.want)
			}
			if tt.language == OptionFile && tt.name != "" {
				whole := script(structureOnly([]byte(tt.before), []byte(tt.after), sameValue))
				if lines := strings.Count(whole, "\n"); lines != strings.Count(tt.want, "\n") {
					t.Errorf("the structure pass alone sees\n%s", whole)
				}
			}
		})
	}
}

// A flag's name alone is ON; what the equality is told of decides which are flags.
func TestFlagWithoutValue(t *testing.T) {
	flags := func(option, a, b string) bool {
		on := strings.NewReplacer("ON", "1", "OFF", "0")
		return a == b || (option == "skip_name_resolve" || option == "log_bin") && on.Replace(a) == on.Replace(b)
	}
	for _, tt := range []struct{ before, after, want string }{
		{"skip-name-resolve", "skip_name_resolve=ON", ""},
		{"skip_name_resolve = 1", "skip-name-resolve", ""},
		{"skip-name-resolve", "skip_name_resolve=OFF", "~ 2:1 [mysqld] skip_name_resolve: (no value) → OFF\n"},
		{"log-bin", "log_bin=ON", "~ 2:1 [mysqld] log_bin: (no value) → ON\n"},
		{"socket", "socket=ON", "~ 2:1 [mysqld] socket: (no value) → ON\n"},
	} {
		if got := script(Diff([]byte("[mysqld]\n"+tt.before+"\n"), []byte("[mysqld]\n"+tt.after+"\n"), OptionFile, flags)); got != tt.want {
			t.Errorf("%s, %s: %s, want %s", tt.before, tt.after, got, tt.want)
		}
	}
}

// big is a file of n lines: groups, settings, comments.
func big(n int) []string {
	lines := make([]string, 0, n)
	for i := range n {
		switch {
		case i%1000 == 0:
			lines = append(lines, fmt.Sprintf("[group%d]", i/1000))
		case i%10 == 9:
			lines = append(lines, "# a comment")
		default:
			lines = append(lines, fmt.Sprintf("option_%05d_name = %dM", i, i+1))
		}
	}
	return lines
}

// layoutEdits changes n random settings without changing what they mean.
func layoutEdits(r *rand.Rand, lines []string, n int) []string {
	out := slices.Clone(lines)
	for _, i := range pick(r, out, n) {
		name, value, _ := strings.Cut(out[i], " = ")
		switch r.IntN(6) {
		case 0:
			out[i] = strings.ReplaceAll(name, "_", "-") + " = " + value
		case 1:
			out[i] = "  " + name + "=" + value + "\t"
		case 2:
			out[i] = name + " = \"" + value + "\""
		case 3:
			out[i] += " # why"
		case 4:
			var m int
			fmt.Sscanf(value, "%dM", &m)
			out[i] = fmt.Sprintf("%s = %dK", name, m*1024)
		case 5: // swap with a neighbour of the same group
			if j := i + 1; j < len(out) && strings.HasPrefix(out[j], "option") {
				out[i], out[j] = out[j], out[i]
			}
		}
	}
	return out
}

// semanticEdits changes n random settings and says which paths must show.
func semanticEdits(r *rand.Rand, lines []string, n int) (out, want []string) {
	out = slices.Clone(lines)
	for _, i := range pick(r, out, n) {
		name, value, _ := strings.Cut(out[i], " = ")
		group := fmt.Sprintf("[group%d] ", i/1000)
		switch r.IntN(3) {
		case 0:
			out[i] = name + " = 9" + value
			want = append(want, "change "+group+name)
		case 1:
			out[i] = "# gone"
			want = append(want, "remove "+group+name)
		case 2:
			out[i] = out[i] + fmt.Sprintf("\nnew_%s_setting = on", strings.Repeat(string(rune('a'+i%26)), 3)+fmt.Sprint(i))
			want = append(want, "add "+group+"new_"+strings.Repeat(string(rune('a'+i%26)), 3)+fmt.Sprint(i)+"_setting")
		}
	}
	slices.Sort(want)
	return out, want
}

func pick(r *rand.Rand, lines []string, n int) []int {
	var found []int
	for _, i := range r.Perm(len(lines)) {
		if strings.HasPrefix(lines[i], "option") && len(found) < n {
			found = append(found, i)
		}
	}
	return found
}

func text(lines []string) []byte { return []byte(strings.Join(lines, "\n") + "\n") }

func TestThousandLayoutEditsShowNothing(t *testing.T) {
	for seed := range uint64(5) {
		lines := big(10000)
		after := layoutEdits(rand.New(rand.NewPCG(seed, 1)), lines, 1000)
		if edits := Diff(text(lines), text(after), OptionFile, nil); len(edits) > 0 {
			t.Errorf("seed %d: %d edits shown, first %+v", seed, len(edits), edits[0])
		}
	}
}

func TestThousandSemanticEditsShowExactly(t *testing.T) {
	for seed := range uint64(5) {
		r := rand.New(rand.NewPCG(seed, 2))
		lines := big(10000)
		changed, want := semanticEdits(r, lines, 1000)
		got := seen(Diff(text(lines), text(changed), OptionFile, nil))
		if !slices.Equal(got, want) {
			t.Errorf("seed %d: %d shown, %d made", seed, len(got), len(want))
		}
	}
}

func seen(edits []Edit) []string {
	var got []string
	for _, e := range edits {
		got = append(got, string(e.Op)+" "+e.Path)
	}
	slices.Sort(got)
	return got
}

// BenchmarkDiff10000Lines lays three ways side by side: a plain line diff, the
// structure pass alone, and both together; with how many of 2,000 edits (half by
// layout only) each judges rightly.
func BenchmarkDiff10000Lines(b *testing.B) {
	r := rand.New(rand.NewPCG(7, 7))
	lines := big(10000)
	layout := text(layoutEdits(r, lines, 1000))
	changed, want := semanticEdits(r, lines, 1000)
	semantic, before := text(changed), text(lines)
	for _, way := range []struct {
		name string
		diff func(a, b []byte) []Edit
	}{
		{"line diff", Lines},
		{"structure only", func(a, b []byte) []Edit { return structureOnly(a, b, sameValue) }},
		{"both", func(a, b []byte) []Edit { return Diff(a, b, OptionFile, nil) }},
	} {
		for _, text := range []struct {
			name  string
			after []byte
		}{{"layout", layout}, {"semantic", semantic}} {
			b.Run(way.name+"/"+text.name, func(b *testing.B) {
				start := time.Now()
				var edits []Edit
				for range b.N {
					edits = way.diff(before, text.after)
				}
				b.ReportMetric(float64(time.Since(start).Microseconds())/float64(b.N)/1000, "ms/diff")
				right := max(0, 1000-len(edits))
				if text.name == "semantic" {
					right = 0
					shown := seen(edits)
					for _, w := range want {
						if _, ok := slices.BinarySearch(shown, w); ok {
							right++
						}
					}
					right = max(0, right-max(0, len(edits)-len(want)))
				}
				b.ReportMetric(float64(right)/10, "%right")
			})
		}
	}
}
