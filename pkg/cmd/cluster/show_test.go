package cluster

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"k8s.io/cli-runtime/pkg/genericiooptions"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cmd/options"
)

func broken() *v1.DriftReportList {
	return &v1.DriftReportList{
		Items:   []v1.DriftReport{{Instance: v1.Instance{Namespace: "shop", Pod: "mysql-0"}, Errors: []v1.ReportError{{Object: "pod/mysql-0", Reason: "Timeout", Text: "no answer"}}}},
		Summary: v1.Summary{Instances: 1, Unread: 1, Incomplete: true},
	}
}

func show(t *testing.T, lists ...*v1.DriftReportList) (Show, context.Context, *bytes.Buffer, *bytes.Buffer) {
	t.Helper()
	streams, _, out, errOut := genericiooptions.NewTestIOStreams()
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	n := 0
	return Show{
		Root: options.NewRoot(streams, options.Build{}), Text: true,
		Make: func(context.Context) (*v1.DriftReportList, error) {
			list := lists[n]
			if n++; n == len(lists) {
				cancel()
			}
			return list, nil
		},
		Write: func(w io.Writer, list *v1.DriftReportList) error {
			_, err := io.WriteString(w, list.Items[0].Instance.Pod+"\n")
			return err
		},
	}, ctx, out, errOut
}

func code(err error) int {
	c, _ := options.CodeOf(err)
	return c
}

func TestOnceTellsErrorsOnStderr(t *testing.T) {
	s, ctx, out, errOut := show(t, broken())
	if c := code(s.Once(ctx)); c != options.ExitIncomplete {
		t.Errorf("exit code %d", c)
	}
	if out.String() != "mysql-0\n" || !strings.Contains(errOut.String(), "error: shop/pod/mysql-0: no answer") {
		t.Errorf("out %q, err %q", out, errOut)
	}
}

// Into a pipe each round is written with its errors; a round that Ctrl-C cut
// short is not, and the last whole one's exit code stands.
func TestAgain(t *testing.T) {
	s, ctx, out, errOut := show(t, broken(), broken(), broken())
	if c := code(s.Again(ctx, time.Millisecond)); c != options.ExitIncomplete {
		t.Errorf("exit code %d", c)
	}
	if out.String() != "mysql-0\nmysql-0\n" || strings.Count(errOut.String(), "error:") != 2 {
		t.Errorf("out %q, err %q", out, errOut)
	}
	s.Make = func(context.Context) (*v1.DriftReportList, error) { return nil, errors.New("no kubeconfig") }
	if c := code(s.Again(t.Context(), time.Millisecond)); c != options.ExitFailure {
		t.Errorf("exit code %d", c)
	}
}

func TestFrame(t *testing.T) {
	screen := []byte("a\nb\nc\n")
	if got, want := string(frame(screen, "\nfoot", 0, 0)), "\x1b[Ha\x1b[K\nb\x1b[K\nc\x1b[K\n\x1b[K\nfoot\x1b[K\x1b[J"; got != want {
		t.Errorf("frame %q, want %q", got, want)
	}
	if got := string(frame(screen, "\nfoot", 0, 4)); strings.Count(got, "\n") > 3 || !strings.Contains(got, "… 2 more lines") {
		t.Errorf("frame of 4 lines: %q", got)
	}
	if got := string(frame(screen, "\nfoot", 0, 5)); strings.Contains(got, "more lines") {
		t.Errorf("frame of 5 lines: %q", got)
	}
	// A line of 25 columns takes three rows of ten.
	long := []byte("a\n" + strings.Repeat("x", 25) + "\nc\n")
	if got := string(frame(long, "\nfoot", 10, 7)); strings.Contains(got, "more lines") {
		t.Errorf("frame of 7 lines: %q", got)
	}
	if got := string(frame(long, "\nfoot", 10, 6)); !strings.Contains(got, "… 2 more lines") {
		t.Errorf("a wrapped line would scroll: %q", got)
	}
	if got := string(frame([]byte("\x1b[31m"+strings.Repeat("x", 9)+"\x1b[0m\nb\n"), "\nfoot", 10, 4)); strings.Contains(got, "more lines") {
		t.Errorf("colours take no columns: %q", got)
	}
}
