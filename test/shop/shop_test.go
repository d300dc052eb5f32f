//go:build lab

package shop

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/mysqldrift/kubectl-mysqldrift/test/example"
	"github.com/mysqldrift/kubectl-mysqldrift/test/script"
)

var update = flag.Bool("update", false, "write what the lab's examples print into the pages")

const root = "../.."

var (
	kubeconfig = os.Getenv("MYSQLDRIFT_LAB_KUBECONFIG")
	path       string // with the built plugin and the lab's kubectl
)

func TestMain(m *testing.M) {
	flag.Parse()
	if kubeconfig == "" {
		fmt.Println("skipped: MYSQLDRIFT_LAB_KUBECONFIG names no cluster; see test/lab")
		os.Exit(0)
	}
	os.Exit(run(m))
}

func run(m *testing.M) int {
	bin, err := os.MkdirTemp("", "mysqldrift-bin-")
	if err != nil {
		fmt.Println(err)
		return 1
	}
	defer os.RemoveAll(bin)
	if err := setUp(bin); err != nil {
		fmt.Println("set up:", err)
		return 1
	}
	return m.Run()
}

// setUp builds the plugin and puts the scenarios into the lab; both commands
// mend what is there already.
func setUp(bin string) error {
	if out, err := exec.Command("go", "build", "-o", bin+"/kubectl-mysqldrift", root+"/cmd/kubectl-mysqldrift").CombinedOutput(); err != nil {
		return fmt.Errorf("build the plugin: %w\n%s", err, out)
	}
	lab := filepath.Join(root, "bin", "lab")
	tools, err := exec.Command(lab, "bin").Output()
	if err != nil {
		return fmt.Errorf("%s: %w; make lab builds it", lab, err)
	}
	path = bin + ":" + strings.TrimSpace(string(tools)) + ":" + os.Getenv("PATH")
	for _, args := range [][]string{{"deploy", "shop", "--incidents"}, {"deploy", "faults"}} {
		if out, err := exec.Command(lab, args...).CombinedOutput(); err != nil {
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
			env.Setenv("PATH", path)
			env.Setenv("KUBECONFIG", kubeconfig)
			env.Setenv("KUBECONFIGS", filepath.Dir(kubeconfig))
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
			env := []string{"PATH=" + path, "KUBECONFIG=" + kubeconfig, "HOME=" + dir}
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
