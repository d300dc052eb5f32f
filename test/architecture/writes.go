package architecture

import (
	"fmt"
	"go/ast"
	"go/token"
	"strings"
)

// executor is the only package that writes to a server or to an object.
const executor = "pkg/fix/execute"

// writes are the methods by which that is done: those of client-go's clients,
// and cluster.Changer's.
var writes = map[string]bool{
	"Create": true, "Update": true, "UpdateStatus": true, "Patch": true, "Apply": true, "ApplyStatus": true,
	"Delete": true, "DeleteCollection": true, "Evict": true, "EvictV1": true, "Change": true,
}

// checkWrites returns calls that may write: a method of such a name whose first
// argument is a context. Reviews of one's own rights are questions that happen
// to be created.
func checkWrites(pkg string, file *ast.File, fset *token.FileSet) []string {
	if pkg == executor {
		return nil
	}
	var violations []string
	ast.Inspect(file, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || len(call.Args) == 0 || !isContext(call.Args[0]) {
			return true
		}
		method, ok := call.Fun.(*ast.SelectorExpr)
		if !ok || !writes[method.Sel.Name] || isReview(method.X) {
			return true
		}
		violations = append(violations, fmt.Sprintf("%s calls %s, but only %s writes", fset.Position(n.Pos()), method.Sel.Name, executor))
		return true
	})
	return violations
}

// isContext: ctx, parent.Context(), quiet(ctx, …).
func isContext(e ast.Expr) bool {
	switch x := e.(type) {
	case *ast.Ident:
		return strings.Contains(strings.ToLower(x.Name), "ctx") || x.Name == "parent"
	case *ast.CallExpr:
		if s, ok := x.Fun.(*ast.SelectorExpr); ok && s.Sel.Name == "Context" {
			return true
		}
		return len(x.Args) > 0 && isContext(x.Args[0])
	}
	return false
}

// isReview: client.AuthorizationV1().SelfSubjectAccessReviews().
func isReview(e ast.Expr) bool {
	call, ok := e.(*ast.CallExpr)
	if !ok {
		return false
	}
	s, ok := call.Fun.(*ast.SelectorExpr)
	return ok && strings.HasPrefix(s.Sel.Name, "SelfSubject") && strings.HasSuffix(s.Sel.Name, "Reviews")
}
