// Package execute carries out a plan of package fix. It is the only place that
// writes to a server or to an object: each step is looked at again before it is
// taken, confirmed, recorded, and read back.
package execute

import (
	"context"
	"fmt"
	"slices"
	"time"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cluster"
)

// Options are how a plan is carried out.
type Options struct {
	// DryRun sends changes of objects for the API server to judge, and no statement.
	DryRun bool
	// Confirm asks before each step; nil means yes.
	Confirm func(step *v1.FixStep) (bool, error)
	// Open connects to a step's server.
	Open func(ctx context.Context, step *v1.FixStep) (conn cluster.Changer, login Login, close func(), err error)
	// Same tells whether two values of a step's variable are the same to its server.
	Same    func(step *v1.FixStep, a, b string) bool
	Objects *Objects
	// Timeout bounds a step, Wait one that restarts pods; 0 is no limit. The time for
	// an answer to Confirm is not counted.
	Timeout, Wait time.Duration
	// Audit records what is done; nil only for a dry run.
	Audit *Audit
	// Done is told of each step that has a result.
	Done func(step *v1.FixStep)
}

// Login is who changes a server, and by which way.
type Login struct{ Account, Via string }

// Run takes the automatic steps of a plan, one after the other. What became of
// each stands in its Result; the error is one that ended the run.
func Run(ctx context.Context, plan *v1.FixPlan, o Options) error {
	for i := range plan.Steps {
		step := &plan.Steps[i]
		var err error
		step.Result, err = o.take(ctx, plan.Steps[:i], step)
		if step.Result != nil && (step.Result.Outcome == v1.FixApplied) {
			plan.Summary.Applied++
		}
		if step.Kind == v1.FixPatchConfigMap {
			followUp(plan.Steps[i+1:], step)
		}
		if o.Done != nil && step.Result != nil {
			o.Done(step)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// followUp gives later steps on the same object the version that this one made
// of it: only others' changes are to be noticed. Value is of use for that alone.
func followUp(later []v1.FixStep, step *v1.FixStep) {
	version := step.Result.Value
	step.Result.Value = ""
	for i := range later {
		if l := &later[i]; step.Result.Outcome == v1.FixApplied && l.Kind == step.Kind && l.Namespace == step.Namespace && l.Object == step.Object {
			l.ResourceVersion = version
		}
	}
}

// take takes one step.
func (o Options) take(ctx context.Context, before []v1.FixStep, step *v1.FixStep) (*v1.FixResult, error) {
	if err := ctx.Err(); err != nil {
		return left("the time was over"), nil
	}
	if !step.Automatic {
		return left("for you to do"), nil
	}
	if n := missing(before, step); n > 0 {
		return left(fmt.Sprintf("step %d, which it needs, was not taken", n)), nil
	}
	if o.DryRun && isStatement(step.Kind) {
		return left("a server has no dry run"), nil
	}
	if result, err := o.confirmed(step); err != nil || result != nil {
		return result, err
	}
	limit := o.Timeout
	if step.Kind == v1.FixRolloutRestart {
		limit = o.Wait
	}
	if limit > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, limit)
		defer cancel()
	}
	if isStatement(step.Kind) {
		return o.statement(ctx, step)
	}
	return o.object(ctx, step)
}

// missing is the number of an earlier step that this one needs and that was not
// taken: a restart brings nothing while mysqld-auto.cnf is as it was.
func missing(before []v1.FixStep, step *v1.FixStep) int {
	if step.Kind != v1.FixRolloutRestart {
		return 0
	}
	for _, b := range before {
		needed := b.Namespace == step.Namespace && slices.ContainsFunc(b.Variables, func(v string) bool { return slices.Contains(step.Variables, v) })
		if needed && b.Automatic && b.Result != nil && !taken(b.Result.Outcome) {
			return b.Number
		}
	}
	return 0
}

func taken(o v1.FixOutcome) bool {
	return o == v1.FixApplied || o == v1.FixAccepted
}

func isStatement(kind v1.FixKind) bool {
	return kind == v1.FixSetGlobal || kind == v1.FixSetPersist || kind == v1.FixResetPersist
}

// confirmed asks; a step that is not confirmed has its result.
func (o Options) confirmed(step *v1.FixStep) (*v1.FixResult, error) {
	if o.Confirm == nil || o.DryRun {
		return nil, nil
	}
	yes, err := o.Confirm(step)
	if err != nil || !yes {
		return &v1.FixResult{Outcome: v1.FixDeclined, Text: "not confirmed"}, err
	}
	return nil, nil
}

func left(why string) *v1.FixResult { return &v1.FixResult{Outcome: v1.FixLeft, Text: why} }

func failed(step *v1.FixStep, err error) *v1.FixResult {
	e := cluster.ErrorReport(step.Object, err)
	text := e.Text
	if e.Hint != "" {
		text += " (" + e.Hint + ")"
	}
	return &v1.FixResult{Outcome: v1.FixFailed, Text: text}
}
