package fix

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/user"
	"slices"
	"strings"

	"golang.org/x/term"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	clusterpkg "github.com/mysqldrift/kubectl-mysqldrift/pkg/cluster"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cmd/cluster"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cmd/options"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/fix/execute"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/output"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/sysvar"
)

// isTerminal says whether a person can be asked.
func isTerminal(in io.Reader) bool {
	f, ok := in.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// execute carries the plan out, or lets the API server judge it.
func (f *flags) execute(ctx context.Context, target *cluster.Target, found *found, plan *v1.FixPlan, style output.Style) error {
	if !slices.ContainsFunc(plan.Steps, func(s v1.FixStep) bool { return s.Automatic }) {
		return nil
	}
	objects, err := execute.NewObjects(target.REST())
	if err != nil {
		return err
	}
	o := execute.Options{DryRun: f.dryRun == "server", Objects: objects, Timeout: f.root.Timeout, Wait: f.wait, Open: open(found, target.Connector()), Same: same(found)}
	if f.print.IsText() {
		fmt.Fprintln(f.root.Streams.Out)
		o.Done = func(step *v1.FixStep) { output.FixOutcome(f.root.Streams.Out, step, style) }
	}
	if o.DryRun {
		return execute.Run(ctx, plan, o)
	}
	audit, path, closeFile, err := execute.OpenAudit(f.auditFile)
	if err != nil {
		return err
	}
	defer closeFile()
	if u, err := user.Current(); err == nil {
		audit.Who = u.Username
	}
	if access, err := target.Access(); err == nil {
		audit.KubeUser = access.User(ctx)
	}
	audit.Tool = "kubectl-mysqldrift " + f.root.Build.Version
	o.Audit = audit
	if !f.yes {
		o.Confirm = f.ask(ctx)
	}
	err = execute.Run(ctx, plan, o)
	if audit.Recorded() {
		fmt.Fprintf(f.root.Streams.ErrOut, "Recorded in %s\n", path)
	}
	return err
}

// open connects to the server of a step by the scan's own accounts.
func open(found *found, connector *clusterpkg.Connector) func(context.Context, *v1.FixStep) (clusterpkg.Changer, execute.Login, func(), error) {
	return func(ctx context.Context, step *v1.FixStep) (clusterpkg.Changer, execute.Login, func(), error) {
		inst, ok := found.instances[id(step.Namespace, step.Pod, step.Container)]
		if !ok {
			return nil, execute.Login{}, nil, fmt.Errorf("%s was not read", step.Object)
		}
		accounts, err := found.config.Credentials.Credentials(ctx, found.config.Objects, &inst)
		if err != nil {
			return nil, execute.Login{}, nil, err
		}
		conn, via, closeConn, err := connector.Connect(ctx, &inst, accounts, found.config.Connect)
		if err != nil {
			return nil, execute.Login{}, nil, err
		}
		changer, ok := conn.(clusterpkg.Changer)
		if !ok {
			closeConn()
			return nil, execute.Login{}, nil, fmt.Errorf("by %s a server can be read only", via)
		}
		login := execute.Login{Via: string(via)}
		if rows, _, err := conn.Query(ctx, "SELECT CURRENT_USER()"); err == nil && len(rows) == 1 && rows[0][0] != nil {
			login.Account = *rows[0][0]
		}
		return changer, login, closeConn, nil
	}
}

// same compares values as the step's own server does.
func same(found *found) func(*v1.FixStep, string, string) bool {
	return func(step *v1.FixStep, a, b string) bool {
		for i := range found.servers {
			s := &found.servers[i]
			if in := s.Report.Instance; s.Snapshot != nil && in.Namespace == step.Namespace && in.Pod == step.Pod && in.Container == step.Container {
				catalogue := sysvar.For(s.Snapshot.Server).WithLive(s.Snapshot)
				if spec, ok := catalogue.Lookup(step.Variables[0]); ok && spec.Type == sysvar.TypeFlagSet && b == step.To {
					return catalogue.Matches(spec.Name, &sysvar.Value{Text: b, Partial: true}, a)
				}
				return catalogue.Equal(step.Variables[0], a, b)
			}
		}
		return a == b
	}
}

var errNoAnswer = errors.New("nobody answered: nothing more was done")

var errInterrupted = errors.New("interrupted: nothing more was done")

// ask asks for each step on the terminal. Reading cannot be interrupted, and so
// runs beside: Ctrl-C ends the question at once.
func (f *flags) ask(ctx context.Context) func(*v1.FixStep) (bool, error) {
	type read struct {
		line string
		err  error
	}
	in, lines := bufio.NewReader(f.root.Streams.In), make(chan read, 1)
	return func(step *v1.FixStep) (bool, error) {
		fmt.Fprintf(f.root.Streams.ErrOut, "%s [y/N] ", output.FixQuestion(step))
		go func() {
			line, err := in.ReadString('\n')
			lines <- read{line, err}
		}()
		select {
		case <-ctx.Done():
			fmt.Fprintln(f.root.Streams.ErrOut) // what follows is no answer
			return false, &options.ExitError{Code: options.ExitFailure, Err: errInterrupted}
		case got := <-lines:
			if got.err != nil && got.line == "" {
				return false, &options.ExitError{Code: options.ExitFailure, Err: errNoAnswer}
			}
			answer := strings.ToLower(strings.TrimSpace(got.line))
			return answer == "y" || answer == "yes", nil
		}
	}
}

// lookAgain scans once more and says which findings are still there.
func (f *flags) lookAgain(ctx context.Context, target *cluster.Target, before *found, plan *v1.FixPlan, names, variables []string) error {
	if plan.Summary.Findings == 0 {
		return nil
	}
	now, err := f.scan(ctx, target, names, false)
	if err != nil {
		return err
	}
	before.list = now.list
	plan.Summary.Incomplete = plan.Summary.Incomplete || now.list.Summary.Incomplete
	var remaining []string
	for _, r := range now.list.Items {
		for _, finding := range r.Findings {
			if finding.Drift && (len(variables) == 0 || slices.Contains(variables, finding.Variable)) {
				remaining = append(remaining, fmt.Sprintf("%s/%s: %s is %s: %s", r.Instance.Namespace, r.Instance.Pod, finding.Variable, finding.Class, finding.Message))
			}
		}
	}
	plan.Summary.Remaining = len(remaining)
	if f.print.IsText() {
		return output.FixRemaining(f.root.Streams.Out, remaining, now.list.Summary.Incomplete)
	}
	return nil
}
