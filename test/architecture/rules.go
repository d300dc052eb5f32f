// Package architecture keeps the rules of ARCHITECTURE.md over the import graph
// and the source text. It knows packages and names; it must not know what any
// of them does.
package architecture

import (
	"fmt"
	"go/ast"
	"go/token"
	"path"
	"strings"
)

// Module is the path under which our own packages lie.
const Module = "github.com/mysqldrift/kubectl-mysqldrift"

// Package is one package as `go list -json` tells it.
type Package struct {
	ImportPath string
	Name       string
	Dir        string
	GoFiles    []string
	Imports    []string
	Deps       []string // transitive
}

// rel is the path within the module: "pkg/drift".
func (p Package) rel() string { return strings.TrimPrefix(p.ImportPath, Module+"/") }

// importRule forbids imports to packages.
type importRule struct {
	why       string
	packages  []string // patterns within the module, "pkg/cmd/..." for all below
	forbidden []string // import paths or prefixes ending in "/..."
	except    []string
	direct    bool // look at direct imports only
}

// steps are what the commands call.
var steps = []string{
	"pkg/model", "pkg/api/...", "pkg/optionfile", "pkg/sysvar", "pkg/observed", "pkg/offline", "pkg/cluster", "pkg/declared", "pkg/drift",
	"pkg/blame/...", "pkg/trace", "pkg/textdiff", "pkg/policy", "pkg/scan", "pkg/output", "pkg/rights", "pkg/check", "pkg/fix/...",
}

// evidence are the packages that read one source of it each.
var evidence = []string{"pkg/blame/git", "pkg/blame/jenkins", "pkg/blame/delivery", "pkg/blame/auditlog", "pkg/blame/fieldmanager", "pkg/blame/statements"}

var importRules = []importRule{
	{
		why:       "the vocabulary is values only",
		packages:  []string{"pkg/model"},
		forbidden: []string{"k8s.io/...", "sigs.k8s.io/...", "database/sql/...", "github.com/go-sql-driver/...", Module + "/..."},
	},
	{
		why:       "the vocabulary and the definition of drift do no I/O",
		packages:  []string{"pkg/model", "pkg/drift"},
		forbidden: []string{"os/...", "net/...", "io/ioutil"},
		direct:    true,
	},
	{
		why:       "the language of option files and the meaning of variables need neither Kubernetes nor SQL",
		packages:  []string{"pkg/optionfile", "pkg/sysvar"},
		forbidden: []string{"k8s.io/...", "sigs.k8s.io/...", "database/sql/...", "github.com/go-sql-driver/..."},
	},
	{
		why:       "the definition of drift is pure: no I/O, no clients",
		packages:  []string{"pkg/drift"},
		forbidden: []string{"k8s.io/client-go/...", "k8s.io/cli-runtime/...", "k8s.io/api/...", "database/sql/...", "github.com/go-sql-driver/...", Module + "/pkg/cluster/...", Module + "/pkg/observed/...", Module + "/pkg/declared/..."},
	},
	{
		why:       "reading a server needs no Kubernetes",
		packages:  []string{"pkg/observed"},
		forbidden: []string{"k8s.io/...", "sigs.k8s.io/..."},
	},
	{
		why:       "judging one server by files needs no cluster",
		packages:  []string{"pkg/offline"},
		forbidden: []string{"k8s.io/client-go/...", "k8s.io/api/...", Module + "/pkg/cluster", Module + "/pkg/declared", Module + "/pkg/scan", Module + "/pkg/output"},
	},
	{
		why:       "each source of evidence stands alone, on what all share: who owns a field, and URLs without logins",
		packages:  evidence,
		forbidden: []string{Module + "/pkg/blame/..."},
		except:    []string{Module + "/pkg/blame", Module + "/pkg/blame/fieldmanager", Module + "/pkg/blame/address"},
		direct:    true,
	},
	{
		why:       "output takes values: it knows no source of data",
		packages:  []string{"pkg/output"},
		forbidden: []string{Module + "/...", "k8s.io/client-go/kubernetes/...", "k8s.io/client-go/rest/...", "k8s.io/api/...", "github.com/go-sql-driver/...", "github.com/spf13/..."},
		except:    []string{Module + "/pkg/api/v1alpha1", Module + "/pkg/output"},
	},
	{
		why:       "judging works on reports that are already made",
		packages:  []string{"pkg/policy"},
		forbidden: []string{"k8s.io/client-go/...", "database/sql/...", Module + "/..."},
		except:    []string{Module + "/pkg/api/v1alpha1", Module + "/pkg/policy"},
	},
	{
		why:       "a plan is pure: carrying it out is pkg/fix/execute's business",
		packages:  []string{"pkg/fix"},
		forbidden: []string{"k8s.io/client-go/...", "k8s.io/cli-runtime/...", "database/sql/...", "github.com/go-sql-driver/...", "os/...", "net/...", Module + "/pkg/cluster/...", Module + "/pkg/observed/...", Module + "/pkg/declared/...", Module + "/pkg/scan", Module + "/pkg/output"},
		direct:    true,
	},
	{
		why:       "what rights a verb needs is values only",
		packages:  []string{"pkg/rights"},
		forbidden: []string{"k8s.io/...", "sigs.k8s.io/...", "database/sql/...", "github.com/go-sql-driver/...", Module + "/..."},
		except:    []string{Module + "/pkg/model"},
	},
	{
		why:       "no step knows the commands that call it",
		packages:  steps,
		forbidden: []string{Module + "/pkg/cmd/...", Module + "/cmd/..."},
	},
	{
		why:       "flags are the commands' business",
		packages:  steps,
		forbidden: []string{"github.com/spf13/...", "flag"},
		direct:    true,
	},
	{
		why:       "no step back: what finds and reads does not know what judges and prints",
		packages:  []string{"pkg/cluster", "pkg/declared", "pkg/observed"},
		forbidden: []string{Module + "/pkg/blame/...", Module + "/pkg/policy", Module + "/pkg/scan", Module + "/pkg/output"},
	},
	{
		why:       "a scan does not print",
		packages:  []string{"pkg/scan", "pkg/blame/...", "pkg/check", "pkg/fix/..."},
		forbidden: []string{Module + "/pkg/output"},
	},
}

// checkImports returns the violations of the import rules.
func checkImports(packages []Package, rules []importRule) []string {
	var violations []string
	for _, p := range packages {
		for _, rule := range rules {
			if !matchesAny(p.rel(), rule.packages) {
				continue
			}
			imports := p.Deps
			if rule.direct {
				imports = p.Imports
			}
			for _, dep := range imports {
				if matchesAny(dep, rule.forbidden) && !matchesAny(dep, rule.except) {
					violations = append(violations, fmt.Sprintf("%s imports %s, but %s", p.rel(), dep, rule.why))
				}
			}
		}
	}
	return violations
}

// importersOf returns where a package outside allowed imports any of names.
func importersOf(packages []Package, names, allowed []string, why string) []string {
	var violations []string
	for _, p := range packages {
		if matchesAny(p.rel(), allowed) {
			continue
		}
		for _, dep := range p.Imports {
			if matchesAny(dep, names) {
				violations = append(violations, fmt.Sprintf("%s imports %s, but %s", p.rel(), dep, why))
			}
		}
	}
	return violations
}

// callRule forbids calls of functions of a package.
type callRule struct {
	why      string
	packages []string
	except   []string
	calls    []string // "os.Exit"
}

var callRules = []callRule{
	{
		why:      "nobody but main ends the process",
		packages: []string{"pkg/..."},
		calls:    []string{"os.Exit", "log.Fatal", "log.Fatalf", "log.Fatalln", "klog.Fatal", "klog.Fatalf", "klog.Exit", "klog.Exitf", "syscall.Exit"},
	},
	{
		why:      "contexts come from main, so that Ctrl-C and --timeout reach everything",
		packages: []string{"pkg/..."},
		calls:    []string{"context.Background", "context.TODO"},
	},
	{
		why:      "streams are given, so that output can be tested and kept apart",
		packages: []string{"pkg/..."},
		calls:    []string{"fmt.Print", "fmt.Printf", "fmt.Println"},
	},
}

// checkCalls returns the violations of the call rules in one file of a package.
func checkCalls(pkg string, file *ast.File, fset *token.FileSet, rules []callRule) []string {
	imported := map[string]string{} // name in this file → package's own name
	for _, spec := range file.Imports {
		importPath := strings.Trim(spec.Path.Value, `"`)
		base := path.Base(importPath)
		if base == "v2" {
			base = path.Base(path.Dir(importPath))
		}
		name := base
		if spec.Name != nil {
			name = spec.Name.Name
		}
		imported[name] = base
	}
	var violations []string
	ast.Inspect(file, func(n ast.Node) bool {
		selector, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		x, ok := selector.X.(*ast.Ident)
		if !ok || imported[x.Name] == "" {
			return true
		}
		call := imported[x.Name] + "." + selector.Sel.Name
		for _, rule := range rules {
			if !matchesAny(pkg, rule.packages) || matchesAny(pkg, rule.except) {
				continue
			}
			for _, c := range rule.calls {
				if c == call {
					violations = append(violations, fmt.Sprintf("%s uses %s, but %s", fset.Position(n.Pos()), call, rule.why))
				}
			}
		}
		return true
	})
	return violations
}

// matchesAny matches a path with patterns; "a/..." matches a and all below.
func matchesAny(name string, patterns []string) bool {
	for _, p := range patterns {
		if base, below := strings.CutSuffix(p, "/..."); below {
			if name == base || strings.HasPrefix(name, base+"/") {
				return true
			}
		} else if name == p {
			return true
		}
	}
	return false
}
