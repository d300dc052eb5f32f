package main

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"
)

// .goreleaser.yaml builds what this command builds: two descriptions of one
// release must not part.
func TestGoreleaser(t *testing.T) {
	data, err := os.ReadFile(root + "/.goreleaser.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var g struct {
		Builds []struct {
			Main, Binary        string
			Goos, Goarch        []string
			Env, Flags, Ldflags []string
			ModTimestamp        string `json:"mod_timestamp"`
		}
		Archives []struct {
			NameTemplate    string `json:"name_template"`
			Formats         []string
			FormatOverrides []struct {
				Goos    string
				Formats []string
			} `json:"format_overrides"`
			Files []any
		}
		Checksum struct {
			NameTemplate string `json:"name_template"`
		}
		Signs []struct{ Cmd string }
	}
	if err := yaml.Unmarshal(data, &g); err != nil {
		t.Fatal(err)
	}
	b, a := g.Builds[0], g.Archives[0]
	var platforms []string
	for _, goos := range b.Goos {
		for _, arch := range b.Goarch {
			platforms = append(platforms, goos+"/"+arch)
		}
	}
	if d := cmp.Diff(targets, platforms); d != "" {
		t.Errorf("platforms: %s", d)
	}
	c := config{Version: "{{ .Tag }}", Commit: "{{ .ShortCommit }}"}
	want := strings.Replace(ldflags(c), c.Date.Format("2006-01-02T15:04:05Z"), "{{ .CommitDate }}", 1)
	if d := cmp.Diff(want, strings.Join(b.Ldflags, " ")); d != "" {
		t.Errorf("ldflags: %s", d)
	}
	if b.Binary != binary || b.Main != "./cmd/"+binary || !slices.Contains(b.Flags, "-trimpath") || !slices.Contains(b.Env, "CGO_ENABLED=0") || b.ModTimestamp == "" {
		t.Errorf("build %+v", b)
	}
	name := strings.NewReplacer("{{ .Os }}", "windows", "{{ .Arch }}", "arm64").Replace(a.NameTemplate)
	if mine, _ := newArchive("windows/arm64"); name+".zip" != mine.Name || a.FormatOverrides[0].Goos != "windows" || a.FormatOverrides[0].Formats[0] != "zip" {
		t.Errorf("archive %+v", a)
	}
	if a.Formats[0] != "tar.gz" || g.Checksum.NameTemplate != "checksums.txt" || len(g.Signs) == 0 || g.Signs[0].Cmd != "cosign" {
		t.Errorf("archive %+v, checksum %+v, signs %+v", a, g.Checksum, g.Signs)
	}
}
