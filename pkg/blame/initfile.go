package blame

import (
	"context"
	"path"
	"regexp"
	"strings"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
)

// initFile reads the file whose statements the server runs at each start: nothing
// records them once somebody has set the variable.
func (g *gatherer) initFile(ctx context.Context) {
	s := g.in.Snapshot
	if s == nil || s.Variables["init_file"].Value == "" || g.f.Server.Variable.Source != model.SourceDynamic {
		return
	}
	g.f.Server.InitFile = "init_file, which could not be read, runs statements at each start"
	name := s.Variables["init_file"].Value
	if !path.IsAbs(name) {
		name = path.Join(s.Variables["datadir"].Value, name)
	}
	if g.in.Sources.Files == nil {
		return
	}
	files, err := g.in.Sources.Files.Files(ctx, []string{name})
	if file, ok := files[name]; ok && err == nil {
		g.f.Server.InitFile = initFileSets(g.f, string(file.Data))
	}
}

// program: statements whose text says nothing of what they set.
var program = regexp.MustCompile(`(?i)\b(?:call|prepare|execute|source)\b`)

// initFileSets says what a file's statements may do to the variable; "" if they give
// it no value or another one than it has.
func initFileSets(f *Facts, text string) string {
	set := regexp.MustCompile("(?i)\\b" + regexp.QuoteMeta(f.Variable) + "`?\\s*:?=\\s*([^,;\\n]+)")
	all := set.FindAllStringSubmatch(text, -1)
	switch {
	case len(all) > 0 && f.makes(strings.Trim(strings.TrimSpace(all[len(all)-1][1]), `'"`), runningValue(f)):
		return "init_file gives the variable this value at each start"
	case program.MatchString(text):
		return "init_file runs a stored program at each start"
	case len(all) == 0 && strings.Contains(strings.ToLower(text), f.Variable):
		return "init_file names the variable at each start"
	}
	return ""
}
