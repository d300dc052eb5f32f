package cluster

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/go-sql-driver/mysql"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/observed"
)

// runner runs a command in the server's container: Connector.stream, or a local
// shell in tests.
type runner func(ctx context.Context, cmd []string, stdin io.Reader, stdout, stderr io.Writer) error

// podClient is the pod's own client as an observed.Conn. One run of it serves
// all statements; only after a server's error, at which it ends, is a new one
// begun.
type podClient struct {
	run   runner
	hello string // what clientScript reads first

	prelude []string // statements without a result: every run begins with them
	pending []string // those that this run has not had yet
	session *session
	proof   *proof // the login's, until it is asked for
}

type proof struct {
	rows    [][]*string
	columns []string
}

var _ observed.Conn = (*podClient)(nil)

func newPodClient(run runner, c Credential, port int) *podClient {
	how, what := "given", optionFileEscape(c.Password.secret)
	if len(c.Env) > 0 {
		how, what = "env", strings.Join(c.Env, " ")
	}
	return &podClient{run: run, hello: fmt.Sprintf("%s\n%s\n%s\n%d\n", optionFileEscape(c.User), how, what, port)}
}

// optionFileEscape makes a text safe between the double quotes of an option file.
func optionFileEscape(s string) string {
	return strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\r", `\r`).Replace(s)
}

// Query runs one statement. The client prints nothing for a statement without a
// result, so that such a one is sent along with the next.
func (c *podClient) Query(ctx context.Context, statement string) ([][]*string, []string, error) {
	statement = strings.TrimRight(strings.TrimSpace(statement), ";")
	if statement == observed.IdentityStatement && c.proof != nil {
		kept := c.proof
		c.proof = nil
		return kept.rows, kept.columns, nil
	}
	if hasNoResult(statement) {
		if slices.Contains(c.prelude, statement) {
			return nil, nil, nil
		}
		c.prelude = append(c.prelude, statement)
		c.pending = append(c.pending, statement)
		return nil, nil, nil
	}
	return c.ask(ctx, statement)
}

// ask sends statements of which the last has a result, behind what is pending.
func (c *podClient) ask(ctx context.Context, statements ...string) ([][]*string, []string, error) {
	if c.session == nil {
		c.session = startSession(ctx, c.run, c.hello)
		c.pending = slices.Clone(c.prelude)
	}
	rows, columns, err := c.session.query(ctx, append(c.pending, statements...))
	c.pending = nil
	if err != nil {
		c.Close()
		return nil, nil, err
	}
	return rows, columns, nil
}

// login proves that the account is let in, by the statements that come first
// in any case.
func (c *podClient) login(ctx context.Context) error {
	if _, _, err := c.Query(ctx, observed.BeginStatement); err != nil {
		return err
	}
	rows, columns, err := c.Query(ctx, observed.IdentityStatement)
	if err != nil {
		return err
	}
	c.proof = &proof{rows, columns}
	return nil
}

// Close ends the client's run.
func (c *podClient) Close() {
	if c.session != nil {
		c.session.close()
		c.session = nil
	}
}

func hasNoResult(statement string) bool {
	word, _, _ := strings.Cut(strings.ToUpper(statement), " ")
	return word == "START" || word == "ROLLBACK" || word == "COMMIT"
}

// session is one run of the client.
type session struct {
	cancel context.CancelFunc
	stdin  *io.PipeWriter
	stdout *bufio.Reader
	stderr *lockedBuffer
	done   chan struct{}
	err    error // of the run, valid after done
}

func startSession(ctx context.Context, run runner, hello string) *session {
	// The session outlives the statement that starts it, not its cause.
	runCtx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	inReader, inWriter := io.Pipe()
	outReader, outWriter := io.Pipe()
	s := &session{cancel: cancel, stdin: inWriter, stdout: bufio.NewReaderSize(outReader, 64<<10), stderr: &lockedBuffer{}, done: make(chan struct{})}
	go func() {
		err := run(runCtx, []string{"sh", "-c", clientScript}, io.MultiReader(strings.NewReader(hello), inReader), outWriter, s.stderr)
		s.err = err
		inReader.CloseWithError(io.ErrClosedPipe)
		close(s.done)
		outWriter.CloseWithError(io.EOF)
	}()
	return s
}

func (s *session) close() {
	s.stdin.Close()
	s.cancel()
}

type answer struct {
	text []byte
	err  error
}

// query sends statements of which the last has a result, and reads that.
func (s *session) query(ctx context.Context, statements []string) ([][]*string, []string, error) {
	got := make(chan answer, 1)
	go func() {
		// Ends when the run does, at the latest by cancel.
		if _, err := io.WriteString(s.stdin, strings.Join(statements, ";\n")+";\n"); err != nil {
			got <- answer{nil, err}
			return
		}
		text, err := readResult(s.stdout)
		got <- answer{text, err}
	}()
	select {
	case a := <-got:
		if a.err != nil {
			return nil, nil, s.failure(ctx, a.err)
		}
		rows, columns, err := parseResult(a.text)
		if err != nil {
			return nil, nil, fmt.Errorf("answer of the pod's client: %w", err)
		}
		return rows, columns, nil
	case <-ctx.Done():
		s.cancel()
		return nil, nil, context.Cause(ctx)
	}
}

// failure says why the client ended: its own words, or those of the stream.
func (s *session) failure(ctx context.Context, readErr error) error {
	select {
	case <-s.done:
	case <-ctx.Done():
		s.cancel()
		return context.Cause(ctx)
	}
	stderr := s.stderr.String()
	if err := clientError(stderr); err != nil {
		return err
	}
	var exit *ExitError
	if errors.As(s.err, &exit) {
		exit.Stderr = lastLine(stderr)
		hint := "the pod's own client did not run: use --via port-forward"
		return &fault{ReasonExec, hint, exit}
	}
	if s.err != nil {
		return s.err
	}
	return fmt.Errorf("the pod's client ended before it answered: %w", io.ErrUnexpectedEOF)
}

// clientErrorLine is how mysql and mariadb report an error:
// "ERROR 1142 (42000) at line 2: SELECT command denied …".
var clientErrorLine = regexp.MustCompile(`(?m)^(?:\S+: )?ERROR (\d+) \((\w{5})\)(?: at line \d+)?: (.*)$`)

func clientError(stderr string) error {
	m := clientErrorLine.FindStringSubmatch(stderr)
	if m == nil {
		return nil
	}
	number, err := strconv.ParseUint(m[1], 10, 16)
	if err != nil {
		return nil
	}
	e := &mysql.MySQLError{Number: uint16(number), Message: m[3]}
	copy(e.SQLState[:], m[2])
	return e
}

func lastLine(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return lines[len(lines)-1]
}

// lockedBuffer keeps the beginning of what is written to it: stderr of a client.
type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if room := 64<<10 - b.buf.Len(); room > 0 {
		b.buf.Write(p[:min(len(p), room)])
	}
	return len(p), nil
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}
