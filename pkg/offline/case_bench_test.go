package offline

import (
	"path/filepath"
	"testing"
)

// BenchmarkCase is a whole comparison of files as a user asks for it: option file
// and dumps read, gzip undone, parsed and compared. Wanted: under 5 ms a case.
func BenchmarkCase(b *testing.B) {
	const cases = 20
	dirs := corpusDirs(b)
	var picked []*corpusCase
	for i := range cases {
		picked = append(picked, readCase(b, dirs[i*len(dirs)/cases]))
	}
	for _, sources := range []string{"with sources", "without"} {
		b.Run(sources, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				for _, c := range picked {
					cfg := Config{OptionFiles: []string{filepath.Join(c.dir, "my.cnf")}, ServerVersion: c.server.Version,
						Observed: filepath.Join(c.dir, "drifted.variables.tsv.gz")}
					if sources != "without" {
						cfg.Sources = filepath.Join(c.dir, "drifted.sources.tsv.gz")
					}
					if _, err := Compare(b.Context(), cfg); err != nil {
						b.Fatal(err)
					}
				}
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/1000/float64(b.N*cases), "ms/case")
		})
	}
}
