//go:build lab

package shop

import (
	"context"
	"flag"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/mysqldrift/kubectl-mysqldrift/test/example"
	"github.com/mysqldrift/kubectl-mysqldrift/test/labtest"
	"github.com/mysqldrift/kubectl-mysqldrift/test/script"
)

var update = flag.Bool("update", false, "write what the lab's examples print into the pages")

const root = "../.."

var lab *labtest.Lab

func TestMain(m *testing.M) {
	flag.Parse()
	labtest.Main(m, setUp)
}

// setUp puts the scenarios into the lab, which mends what is there already.
func setUp(ctx context.Context, l *labtest.Lab) error {
	lab = l
	for _, args := range [][]string{{"deploy", "shop", "--incidents"}, {"deploy", "faults"}} {
		if out, err := exec.CommandContext(ctx, filepath.Join(root, "bin", "lab"), args...).CombinedOutput(); err != nil {
			return fmt.Errorf("lab %s: %w\n%s", strings.Join(args, " "), err, out)
		}
	}
	return nil
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 root + "/test/script/lab",
		RequireExplicitExec: true,
		Cmds:                script.Commands,
		Setup: func(env *testscript.Env) error {
			env.Setenv("PATH", lab.Path)
			env.Setenv("KUBECONFIG", labtest.Kubeconfig)
			env.Setenv("KUBECONFIGS", filepath.Dir(labtest.Kubeconfig))
			env.Setenv("HOME", env.WorkDir)
			return nil
		},
	})
}

// The examples of the pages print in the lab what the pages show.
func TestExamples(t *testing.T) {
	pages, err := filepath.Glob(root + "/docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, page := range append(pages, root+"/README.md", root+"/README.zh-CN.md") {
		t.Run(filepath.Base(page), func(t *testing.T) {
			blocks, err := example.Blocks(page)
			if err != nil {
				t.Fatal(err)
			}
			dir := t.TempDir()
			env := []string{"PATH=" + lab.Path, "KUBECONFIG=" + labtest.Kubeconfig, "HOME=" + dir}
			for i := len(blocks) - 1; i >= 0; i-- { // so that a rewritten block moves none that is to come
				if blocks[i].Mode == "lab" {
					check(t, blocks[i], dir, env)
				}
			}
		})
	}
}

func check(t *testing.T, b example.Block, dir string, env []string) {
	got, err := b.Run(dir, env)
	if err != nil {
		t.Error(err)
		return
	}
	same := true
	for n, c := range got {
		if want := b.Commands[n].Output; !example.Same(want, c.Output) {
			same = false
			if !*update {
				t.Errorf("%s:%d: $ %s (-page +printed)\n%s", b.File, b.Line, c.Text, cmp.Diff(want, c.Output))
			}
		}
	}
	if *update && !same {
		if err := b.Rewrite(got); err != nil {
			t.Error(err)
		}
	}
}
