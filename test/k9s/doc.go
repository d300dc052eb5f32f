// Package k9s holds plugins.yaml, the shortcuts for k9s, to the schema that k9s
// itself checks such a file by.
//
// testdata/plugins.schema.json is internal/config/json/schemas/plugins.json of
// github.com/derailed/k9s at commit c1e7fc9c4a9b8ac75fd4bfa645380c566bb3b981
// (Apache License 2.0).
package k9s
