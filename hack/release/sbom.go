package main

import (
	"debug/buildinfo"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"time"
)

const home = "https://github.com/mysqldrift/kubectl-mysqldrift"

// The parts of SPDX 2.3 that are used; names as in its JSON form
// (https://spdx.github.io/spdx-spec/v2.3/).
type (
	spdxDocument struct {
		SPDXID            string             `json:"SPDXID"`
		SPDXVersion       string             `json:"spdxVersion"`
		DataLicense       string             `json:"dataLicense"`
		Name              string             `json:"name"`
		DocumentNamespace string             `json:"documentNamespace"`
		CreationInfo      spdxCreation       `json:"creationInfo"`
		Packages          []spdxPackage      `json:"packages"`
		Relationships     []spdxRelationship `json:"relationships"`
	}
	spdxCreation struct {
		Created  string   `json:"created"`
		Creators []string `json:"creators"`
	}
	spdxPackage struct {
		SPDXID                string         `json:"SPDXID"`
		Name                  string         `json:"name"`
		VersionInfo           string         `json:"versionInfo"`
		PackageFileName       string         `json:"packageFileName,omitempty"`
		PrimaryPackagePurpose string         `json:"primaryPackagePurpose,omitempty"`
		DownloadLocation      string         `json:"downloadLocation"`
		FilesAnalyzed         bool           `json:"filesAnalyzed"`
		LicenseConcluded      string         `json:"licenseConcluded"`
		LicenseDeclared       string         `json:"licenseDeclared"`
		CopyrightText         string         `json:"copyrightText"`
		Checksums             []spdxChecksum `json:"checksums,omitempty"`
		ExternalRefs          []spdxExternal `json:"externalRefs,omitempty"`
	}
	spdxChecksum struct {
		Algorithm string `json:"algorithm"`
		Value     string `json:"checksumValue"`
	}
	spdxExternal struct {
		Category string `json:"referenceCategory"`
		Type     string `json:"referenceType"`
		Locator  string `json:"referenceLocator"`
	}
	spdxRelationship struct {
		Element string `json:"spdxElementId"`
		Type    string `json:"relationshipType"`
		Related string `json:"relatedSpdxElement"`
	}
)

// sbom lists the modules that are linked into a platform's binary, as the binary
// itself says, and the Go standard library.
func sbom(c config, a archive, info *buildinfo.BuildInfo) ([]byte, error) {
	main := newPackage("archive", binary, c.Version, purl(info.Main.Path, c.Version))
	main.PackageFileName, main.PrimaryPackagePurpose = a.Name, "APPLICATION"
	main.DownloadLocation = home + "/releases/download/" + c.Version + "/" + a.Name
	main.LicenseConcluded, main.LicenseDeclared = "Apache-2.0", "Apache-2.0"
	main.Checksums = []spdxChecksum{{"SHA256", a.SHA256}}
	d := spdxDocument{
		SPDXID: "SPDXRef-DOCUMENT", SPDXVersion: "SPDX-2.3", DataLicense: "CC0-1.0",
		Name: a.Name,
		// Unique to these bytes, as the specification wants it, and yet reproducible.
		DocumentNamespace: home + "/spdx/" + c.Version + "/" + a.Name + "-" + a.SHA256,
		CreationInfo:      spdxCreation{c.Date.UTC().Format(time.RFC3339), []string{"Organization: mysqldrift", "Tool: hack/release"}},
		Packages:          []spdxPackage{main},
		Relationships:     []spdxRelationship{{"SPDXRef-DOCUMENT", "DESCRIBES", main.SPDXID}},
	}
	stdlib := strings.TrimPrefix(strings.Fields(info.GoVersion)[0], "go")
	d.add(main.SPDXID, newPackage("stdlib", "stdlib", stdlib, purl("stdlib", stdlib)))
	for _, m := range info.Deps {
		if m.Replace != nil {
			m = m.Replace
		}
		d.add(main.SPDXID, newPackage("go-"+m.Path+"-"+m.Version, m.Path, m.Version, purl(m.Path, m.Version)))
	}
	data, err := json.MarshalIndent(d, "", "  ")
	return append(data, '\n'), err
}

func (d *spdxDocument) add(dependent string, p spdxPackage) {
	d.Packages = append(d.Packages, p)
	d.Relationships = append(d.Relationships, spdxRelationship{dependent, "DEPENDS_ON", p.SPDXID})
}

// newPackage asserts nothing that was not looked at: licenses of modules are not.
func newPackage(id, name, version, locator string) spdxPackage {
	const unknown = "NOASSERTION"
	return spdxPackage{SPDXID: "SPDXRef-" + spdxID(id), Name: name, VersionInfo: version, DownloadLocation: unknown,
		LicenseConcluded: unknown, LicenseDeclared: unknown, CopyrightText: unknown,
		ExternalRefs: []spdxExternal{{"PACKAGE-MANAGER", "purl", locator}}}
}

func purl(path, version string) string {
	return fmt.Sprintf("pkg:golang/%s@%s", path, url.PathEscape(version))
}

// spdxID keeps the characters that an SPDX identifier may have.
func spdxID(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '.' || r == '-' {
			return r
		}
		return '-'
	}, s)
}
