package declared

import (
	"strings"
	"sync"

	"mvdan.cc/sh/v3/syntax"
)

// scripts remembers parsed scripts: the pods of a workload run the same ones.
var scripts = struct {
	sync.Mutex
	byText map[string]*syntax.File
}{byText: map[string]*syntax.File{}}

// maxScripts bounds the memory that remembered scripts take.
const maxScripts = 512

func parseScript(text string) (*syntax.File, error) {
	scripts.Lock()
	defer scripts.Unlock()
	if f, ok := scripts.byText[text]; ok {
		if f == nil {
			return nil, errSyntax
		}
		return f, nil
	}
	f, err := syntax.NewParser().Parse(strings.NewReader(text), "")
	if err != nil {
		f, err = nil, errSyntax
	}
	if len(scripts.byText) >= maxScripts {
		clear(scripts.byText)
	}
	scripts.byText[text] = f
	return f, err
}
