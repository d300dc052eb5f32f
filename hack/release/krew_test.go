package main

import (
	"fmt"
	"regexp"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// plugin is Krew's manifest (sigs.k8s.io/krew pkg/index/types.go, v1alpha2).
type plugin struct {
	metav1.TypeMeta `json:",inline"`
	Metadata        struct {
		Name string `json:"name"`
	} `json:"metadata"`
	Spec struct {
		Version          string         `json:"version"`
		Homepage         string         `json:"homepage"`
		ShortDescription string         `json:"shortDescription"`
		Description      string         `json:"description"`
		Caveats          string         `json:"caveats"`
		Platforms        []krewPlatform `json:"platforms"`
	} `json:"spec"`
}

type krewPlatform struct {
	Selector *metav1.LabelSelector `json:"selector"`
	URI      string                `json:"uri"`
	SHA256   string                `json:"sha256"`
	Bin      string                `json:"bin"`
	Files    []struct {
		From string `json:"from"`
		To   string `json:"to"`
	} `json:"files"`
}

var (
	safeName    = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`) // the naming guide is stricter than the code
	validSHA256 = regexp.MustCompile(`^[a-f0-9]{64}$`)
)

// krewFaults are the rules of Krew's internal/index/validation/validate.go, of
// cmd/validate-krew-manifest, which krew-index runs on a submission, and of its
// reviewers (developer guide: plugin-manifest, naming-guide; a line of `kubectl
// krew search` holds 50 characters of the short description).
func krewFaults(fileName string, p plugin) []string {
	var faults []string
	fault := func(format string, args ...any) { faults = append(faults, fmt.Sprintf(format, args...)) }
	if p.APIVersion != "krew.googlecontainertools.github.com/v1alpha2" || p.Kind != "Plugin" {
		fault("apiVersion %q, kind %q", p.APIVersion, p.Kind)
	}
	if fileName != p.Metadata.Name+".yaml" {
		fault("the file is called %s, the plugin %s", fileName, p.Metadata.Name)
	}
	if !safeName.MatchString(p.Metadata.Name) {
		fault("name %q", p.Metadata.Name)
	}
	if err := validVersion(p.Spec.Version); err != nil {
		fault("%v", err)
	}
	if !strings.HasPrefix(p.Spec.Homepage, "https://") {
		fault("homepage %q", p.Spec.Homepage)
	}
	faults = append(faults, textFaults(p)...)
	if len(p.Spec.Platforms) == 0 {
		fault("no platform")
	}
	for i, pl := range p.Spec.Platforms {
		for _, f := range platformFaults(pl) {
			fault("platform %d: %s", i, f)
		}
	}
	for _, target := range krewPlatforms {
		if n := matching(p.Spec.Platforms, target); n > 1 {
			fault("%d platforms select %s", n, target)
		}
	}
	return faults
}

func textFaults(p plugin) []string {
	var faults []string
	short := p.Spec.ShortDescription
	switch {
	case short == "" || strings.ContainsAny(short, "\r\n"):
		faults = append(faults, "shortDescription is not one line")
	case len(short) > 50:
		faults = append(faults, "shortDescription is longer than 50 characters")
	case strings.HasSuffix(short, "."):
		faults = append(faults, "shortDescription ends with a full stop")
	case regexp.MustCompile(`(?i)\b(kubectl|plugin)\b`).MatchString(short):
		faults = append(faults, "shortDescription has a redundant word")
	}
	if p.Spec.Description == "" {
		faults = append(faults, "no description")
	}
	if regexp.MustCompile(`kubectl mysqldrift|(^|\s)--?\w`).MatchString(p.Spec.Description) {
		faults = append(faults, "the description lists commands or options: that is --help's business")
	}
	for _, text := range []string{p.Spec.Description, p.Spec.Caveats} {
		for line := range strings.Lines(text) {
			if len(strings.TrimRight(line, "\n")) > 80 {
				faults = append(faults, "a line is longer than 80 characters: "+line)
			}
		}
	}
	return faults
}

func platformFaults(p krewPlatform) []string {
	var faults []string
	if !strings.HasPrefix(p.URI, "https://") || !strings.HasSuffix(p.URI, ".tar.gz") && !strings.HasSuffix(p.URI, ".zip") {
		faults = append(faults, "uri "+p.URI)
	}
	if !validSHA256.MatchString(p.SHA256) {
		faults = append(faults, "sha256 "+p.SHA256)
	}
	if p.Bin == "" {
		faults = append(faults, "no bin")
	}
	if p.Files != nil && len(p.Files) == 0 {
		faults = append(faults, "files is there, but empty")
	}
	if p.Selector == nil || len(p.Selector.MatchLabels)+len(p.Selector.MatchExpressions) == 0 {
		return append(faults, "no selector")
	}
	for key := range p.Selector.MatchLabels {
		if key != "os" && key != "arch" {
			faults = append(faults, "selector's key "+key)
		}
	}
	used := false
	for _, target := range krewPlatforms {
		used = used || matching([]krewPlatform{p}, target) == 1
	}
	if !used {
		faults = append(faults, "selects no platform that Krew knows")
	}
	return faults
}

// krewPlatforms are those that Krew is released for.
var krewPlatforms = []string{"linux/amd64", "linux/arm64", "linux/arm", "linux/386", "linux/ppc64le",
	"darwin/amd64", "darwin/arm64", "windows/amd64", "windows/386", "windows/arm64"}

func matching(platforms []krewPlatform, target string) int {
	goos, arch, _ := strings.Cut(target, "/")
	n := 0
	for _, p := range platforms {
		selector, err := metav1.LabelSelectorAsSelector(p.Selector)
		if err == nil && selector.Matches(labels.Set{"os": goos, "arch": arch}) {
			n++
		}
	}
	return n
}
