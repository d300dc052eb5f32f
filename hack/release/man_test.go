package main

import (
	"strings"
	"testing"
	"time"
)

// A page says what the verb's help says, also where that would mean something in Markdown.
func TestManPagesArePlain(t *testing.T) {
	pages, err := manPages("v1.2.3", time.Unix(0, 0))
	if err != nil {
		t.Fatal(err)
	}
	for page, want := range map[string]string{
		"man/man1/kubectl-mysqldrift-fix.1":    `"NAME <MAIL>"`,
		"man/man1/kubectl-mysqldrift-ignore.1": `("innodb_*", "statefulset/*")`,
	} {
		found := false
		for _, p := range pages {
			found = found || p.name == page && strings.Contains(string(p.data), want)
		}
		if !found {
			t.Errorf("%s does not hold %s", page, want)
		}
	}
}
