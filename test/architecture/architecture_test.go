package architecture

import (
	"bytes"
	"encoding/json"
	"errors"
	"go/parser"
	"go/token"
	"io"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// list asks the go tool for the module's packages.
func list(t *testing.T) []Package {
	t.Helper()
	cmd := exec.Command("go", "list", "-e", "-json=ImportPath,Name,Dir,GoFiles,Imports,Deps", "./pkg/...", "./cmd/...")
	cmd.Dir = "../.."
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, stderr.String())
	}
	var packages []Package
	dec := json.NewDecoder(bytes.NewReader(out))
	for {
		var p Package
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		packages = append(packages, p)
	}
	if len(packages) < 5 {
		t.Fatalf("only %d packages: the list cannot be whole", len(packages))
	}
	return packages
}

var poolLibraries = []string{"golang.org/x/sync/errgroup", "golang.org/x/sync/semaphore", "k8s.io/client-go/util/workqueue"}

const poolWhy = "scan is the only place with a worker pool"

func TestImportGraph(t *testing.T) {
	packages := list(t)
	for _, v := range checkImports(packages, importRules) {
		t.Error(v)
	}
	for _, v := range importersOf(packages, poolLibraries, []string{"pkg/scan"}, poolWhy) {
		t.Error(v)
	}
}

// Every package that a rule names exists: a rule about nothing keeps nothing.
func TestRulesAreAboutSomething(t *testing.T) {
	packages := list(t)
	for _, rule := range importRules {
		for _, pattern := range rule.packages {
			found := false
			for _, p := range packages {
				found = found || matchesAny(p.rel(), []string{pattern})
			}
			if !found {
				t.Errorf("no package matches %s (%s)", pattern, rule.why)
			}
		}
	}
}

func TestCalls(t *testing.T) {
	for _, p := range list(t) {
		for _, name := range p.GoFiles {
			fset := token.NewFileSet()
			file, err := parser.ParseFile(fset, filepath.Join(p.Dir, name), nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			for _, v := range append(checkCalls(p.rel(), file, fset, callRules), checkWrites(p.rel(), file, fset)...) {
				t.Error(v)
			}
		}
	}
}

// Negative controls: a graph and a source that break each rule are seen.

func TestImportRulesSeeViolations(t *testing.T) {
	for _, rule := range importRules {
		for _, forbidden := range rule.forbidden {
			dep := strings.TrimSuffix(forbidden, "/...")
			if matchesAny(dep, rule.except) || dep == Module {
				continue
			}
			p := Package{ImportPath: Module + "/" + strings.TrimSuffix(rule.packages[0], "/..."), Imports: []string{dep}, Deps: []string{dep}}
			if len(checkImports([]Package{p}, []importRule{rule})) == 0 {
				t.Errorf("%s importing %s is not seen", p.rel(), dep)
			}
		}
	}
	p := Package{ImportPath: Module + "/pkg/declared", Imports: []string{"golang.org/x/sync/errgroup"}}
	if len(importersOf([]Package{p}, poolLibraries, []string{"pkg/scan"}, poolWhy)) == 0 {
		t.Error("a worker pool outside scan is not seen")
	}
	p.ImportPath = Module + "/pkg/scan"
	if len(importersOf([]Package{p}, poolLibraries, []string{"pkg/scan"}, poolWhy)) != 0 {
		t.Error("scan may not have its worker pool")
	}
}

func TestCallRulesSeeViolations(t *testing.T) {
	const source = `package x
import (
	"context"
	"fmt"
	stdos "os"
	"k8s.io/klog/v2"
)
func f() {
	fmt.Println(context.Background())
	klog.Fatal("x")
	defer stdos.Exit(1)
	var os struct{ Exit func(int) }
	os.Exit(0)
}`
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "x.go", source, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	if got := checkCalls("pkg/scan", file, fset, callRules); len(got) != 4 {
		t.Errorf("want 4 violations, got %q", got)
	}
	if got := checkCalls("cmd/kubectl-mysqldrift", file, fset, callRules); len(got) != 0 {
		t.Errorf("main may do these: %q", got)
	}
}

// Whoever else wrote to a server or an object would be seen.
func TestWritesAreSeen(t *testing.T) {
	const source = `package x
func f(ctx context.Context) {
	client.CoreV1().ConfigMaps("shop").Patch(ctx, "mysql", kind, data, options)
	client.AppsV1().StatefulSets("shop").Update(quiet(ctx, 7), set, options)
	client.CoreV1().Pods("shop").Delete(cmd.Context(), "mysql-0", options)
	dynamic.Resource(r).Create(ctx, object, options)
	conn.Change(ctx, "SET GLOBAL read_only = 0")

	client.AuthorizationV1().SelfSubjectAccessReviews().Create(ctx, review, options)
	conn.Query(ctx, "SELECT 1")
	os.Create("file")
	policy.Apply(list, rules)
}`
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "x.go", source, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	if got := checkWrites("pkg/cluster", file, fset); len(got) != 5 {
		t.Errorf("want 5 violations, got %q", got)
	}
	if got := checkWrites(executor, file, fset); len(got) != 0 {
		t.Errorf("the executor may: %q", got)
	}
}

// Only the verb that asks first may call the executor.
func TestWhoMayExecute(t *testing.T) {
	packages := list(t)
	const why = "only the verb that shows the plan and asks may carry it out"
	for _, v := range importersOf(packages, []string{Module + "/" + executor}, []string{"pkg/cmd/fix"}, why) {
		t.Error(v)
	}
	p := Package{ImportPath: Module + "/pkg/scan", Imports: []string{Module + "/" + executor}}
	if len(importersOf([]Package{p}, []string{Module + "/" + executor}, []string{"pkg/cmd/fix"}, why)) == 0 {
		t.Error("a scan that carries out plans is not seen")
	}
}
