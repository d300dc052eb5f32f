//go:build lab

package freshserver

import (
	"context"
	"fmt"
	"math/rand"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"sort"
	"strings"
	"testing"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/offline"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/optionfile"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/sysvar"
)

// TestOptionFiles does with option files that somebody wrote what
// TestFreshServers does with random ones. A line that the server refuses has to
// be told as invalid, and is then left out.
func TestOptionFiles(t *testing.T) {
	folder := os.Getenv("MYSQLDRIFT_OPTION_FILES")
	if folder == "" {
		t.Skip("MYSQLDRIFT_OPTION_FILES names no folder of option files")
	}
	files, _ := filepath.Glob(filepath.Join(folder, "*.cnf"))
	sort.Strings(files)
	keep := os.Getenv("MYSQLDRIFT_FRESH_KEEP")
	if keep == "" {
		keep = t.TempDir()
	}
	var total tally
	first, runs := number64("MYSQLDRIFT_FRESH_SEED", 1), number64("MYSQLDRIFT_FRESH_FILES", 1)
	for _, k := range kinds(t) {
		g := newGenerator(k)
		for _, file := range files {
			for seed := first; seed < first+runs; seed++ {
				name := fmt.Sprintf("%s-%s-%d", k.name, strings.TrimSuffix(filepath.Base(file), ".cnf"), seed)
				dir := filepath.Join(keep, name)
				lines, err := g.written(file)
				if err == nil {
					err = g.record(t.Context(), t, seed, dir, lines)
				}
				if err != nil {
					t.Logf("%s: %v", name, err)
					total.failed++
					continue
				}
				total.judge(t, dir)
				total.refusals(t, k, file, dir)
			}
		}
	}
	total.report(t)
}

// misplaced are options that name a place which this machine does not have, or
// that keep the server from being asked.
var misplaced = set("basedir lc-messages-dir character-sets-dir plugin-dir language skip-networking skip-grant-tables chroot port socket bind-address mysqlx-socket mysqlx-bind-address ssl-ca ssl-cert ssl-key")

var huge = regexp.MustCompile(`(?i)^(\s*['"]?)(\d+)G`)

// written are the lines of an option file that somebody wrote, as lightly
// fitted to this machine as it goes: sizes beyond its memory are made smaller.
func (g *generator) written(file string) ([]line, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var lines []line
	for _, l := range strings.Split(strings.TrimSuffix(string(text), "\n"), "\n") {
		lines = append(lines, line{text: l})
	}
	c, groups := sysvar.For(g.server), optionfile.Groups(g.server, "")
	for _, s := range optionfile.Parse(file, text, optionfile.Options{Server: g.server}).Settings {
		l := &lines[s.Line-1]
		if !slices.ContainsFunc(groups, func(name string) bool { return strings.EqualFold(name, s.Group) }) {
			continue
		}
		l.written = true
		res := c.Resolve(s.Option)
		name, value, _ := strings.Cut(l.text, "=")
		switch {
		case misplaced[res.Option]:
			l.text = "#FITTED# " + l.text
			continue
		case strings.Contains(res.Option, "log-file-size") || strings.Contains(res.Option, "redo-log-capacity"):
			l.text = name + "=" + regexp.MustCompile(`(?i)^(\s*)(\d+G|[5-9]\d\dM|\d{4,}M)`).ReplaceAllString(value, "${1}256M")
		case huge.MatchString(value):
			l.text = name + "=" + huge.ReplaceAllStringFunc(value, atMost4G)
		}
		if res.Spec != nil && res.Variable != "" && !res.Ceiling {
			l.spec, l.variable = res.Spec, res.Variable
		}
	}
	return lines, nil
}

func atMost4G(size string) string {
	if m := huge.FindStringSubmatch(size); len(m[2]) > 1 || m[2] > "4" {
		return m[1] + "3G"
	}
	return size
}

var absolute = regexp.MustCompile(`(?m)^\s*([\w-]+)\s*=\s*['"]?(/[^\s'"#;:]+)`)

// furnish gives the box a data directory for a server with an option file.
func (b *box) furnish(config string) error {
	if err := b.fill(); err != nil {
		return err
	}
	if err := b.settle(config); err != nil {
		return err
	}
	return b.found(config)
}

// settle makes the folders that an option file names, and puts the data
// directory where it is wanted.
func (b *box) settle(config string) error {
	for _, m := range absolute.FindAllStringSubmatch(config, -1) {
		option, place := strings.ReplaceAll(m[1], "-", "_"), path.Clean(m[2])
		folder := path.Dir(place)
		if strings.HasSuffix(option, "dir") || strings.HasSuffix(option, "directory") || strings.HasSuffix(m[2], "/") {
			folder = place
		}
		if strings.HasPrefix(folder, "/usr") || strings.HasPrefix(folder, "/dev") || strings.HasPrefix(folder, "/proc") || strings.HasPrefix(folder, "/etc") || folder == "/" || folder == "/tmp" || folder == "/var/lib" {
			continue
		}
		if option == "datadir" && place != "/var/lib/mysql" {
			if err := b.moveData(place); err != nil {
				return err
			}
		}
		if !slices.Contains(b.more, strings.TrimPrefix(folder, "/")) {
			b.more = append(b.more, strings.TrimPrefix(folder, "/"))
		}
	}
	return nil
}

// moveData puts the data directory elsewhere, perhaps below itself.
func (b *box) moveData(place string) error {
	from, aside, to := filepath.Join(b.dir, "upper/var/lib/mysql"), filepath.Join(b.dir, "upper/moved"), filepath.Join(b.dir, "upper", place)
	if err := os.Rename(from, aside); err != nil {
		return err
	}
	os.RemoveAll(to)
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	return os.Rename(aside, to)
}

// ownData are options that have to be there when a data directory is made.
var ownData = regexp.MustCompile(`(?m)^\s*(lower[-_]case[-_]table[-_]names|innodb[-_](data[-_]home[-_]dir|data[-_]file[-_]path|log[-_]group[-_]home[-_]dir|undo[-_]directory|undo[-_]tablespaces|page[-_]size))\s*=`)

// found initialises a data directory with the file's own options.
func (b *box) found(config string) error {
	matches := ownData.FindAllString(config, -1)
	if len(matches) == 0 {
		return nil
	}
	datadir := "/var/lib/mysql"
	for _, m := range absolute.FindAllStringSubmatch(config, -1) {
		if m[1] == "datadir" {
			datadir = path.Clean(m[2])
		}
	}
	var own strings.Builder
	own.WriteString("[mysqld]\n")
	for _, l := range strings.Split(config, "\n") {
		if ownData.MatchString(l + "\n") {
			own.WriteString(l + "\n")
		}
	}
	os.RemoveAll(filepath.Join(b.dir, "upper", datadir))
	if err := os.MkdirAll(filepath.Join(b.dir, "upper/etc"), 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(b.dir, "upper/etc/own.cnf"), []byte(own.String()), 0o644); err != nil {
		return err
	}
	daemon := b.daemon
	defer func() { b.daemon = daemon }()
	args := []string{"--defaults-file=/etc/own.cnf", "--initialize-insecure", "--datadir=" + datadir}
	if b.maria() {
		b.daemon = "/usr/bin/mariadb-install-db"
		args = []string{"--defaults-file=/etc/own.cnf", "--datadir=" + datadir, "--auth-root-authentication-method=normal", "--skip-test-db", "--force"}
	}
	b.more = append(b.more, strings.TrimPrefix(datadir, "/"))
	if out, err := b.run(args...); err != nil {
		return &errRefused{"initialise a data directory: " + err.Error() + "\n" + out}
	}
	return nil
}

// refusals asks whether each line that the server refused is told as invalid.
func (c *tally) refusals(t *testing.T, k *kind, file, dir string) {
	t.Helper()
	lines, err := os.ReadFile(filepath.Join(dir, "my.cnf"))
	if err != nil {
		t.Fatal(err)
	}
	told := invalidLines(t.Context(), t, k, file, dir)
	for i, l := range strings.Split(string(lines), "\n") {
		if refused, ok := strings.CutPrefix(l, "#DROPPED# "); ok {
			c.refused++
			if told[i+1] {
				c.refusedTold++
			} else {
				t.Logf("%s: REFUSED, not told: %s", filepath.Base(dir), refused)
			}
		}
	}
}

func invalidLines(ctx context.Context, t *testing.T, k *kind, file, dir string) map[int]bool {
	t.Helper()
	list, err := offline.Compare(ctx, offline.Config{OptionFiles: []string{file}, ServerVersion: flavourOf(k),
		Observed: filepath.Join(dir, "clean.variables.tsv"), Sources: filepath.Join(dir, "clean.sources.tsv")})
	if err != nil {
		t.Fatal(err)
	}
	out := map[int]bool{}
	for _, f := range list.Items[0].Findings {
		if f.Class == v1.Invalid && f.Declared != nil {
			out[f.Declared.Line] = true
		}
	}
	return out
}

// pickSeed keeps the changes of one file apart from those of another.
func pickSeed(seed int64, name string) *rand.Rand {
	for _, r := range name {
		seed = seed*31 + int64(r)
	}
	return rand.New(rand.NewSource(seed))
}
