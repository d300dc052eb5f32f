package cluster

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"strings"
)

// podScript is one run of a script in a container. The script reads on its stdin
// what it is asked for, which may be known long after it was started: to start a
// process in a container is most of what an exec costs.
type podScript struct {
	mark   string // begins each part of the answer; no file can hold it
	nonce  string
	stdin  *io.PipeWriter
	answer *until
	ended  chan error
	cancel context.CancelFunc
}

// start starts a script. It ends with ctx, or with the answer to ask.
func (p *PodFiles) start(ctx context.Context, script string) *podScript {
	ctx, cancel := context.WithCancel(ctx)
	nonce := "mysqldrift-" + rand.Text()
	stdin, feed := io.Pipe()
	s := &podScript{mark: "\n--" + nonce + " ", nonce: nonce, stdin: feed, ended: make(chan error, 1), cancel: cancel}
	s.answer = newUntil(s.mark, "E\n", "N\n")
	go func() {
		defer cancel()
		err := p.run(ctx, []string{"sh", "-c", script}, stdin, s.answer, io.Discard)
		stdin.Close() // whoever still feeds it shall not wait
		s.ended <- err
	}()
	return s
}

// ask asks for files, most bytes of each, and returns the parts of the answer. It
// does so with the closing line: the script's end is not waited for.
func (s *podScript) ask(ctx context.Context, most int, names []string) ([]string, error) {
	defer s.cancel()
	go func() {
		defer s.stdin.Close()
		_, _ = fmt.Fprintf(s.stdin, "%s\n%d\n%s\n", s.nonce, most, strings.Join(names, "\n")) // fails with the run only
	}()
	var err error
	select {
	case <-s.answer.whole:
	case err = <-s.ended:
		if ctx.Err() != nil { // its end, not what the stream made of it
			err = context.Cause(ctx)
		}
	case <-ctx.Done():
		err = context.Cause(ctx)
	}
	select {
	case <-s.answer.whole: // how its run ended, at the same moment, is of no interest then
		err = nil
	default:
	}
	if err != nil {
		return nil, fmt.Errorf("read files in the pod: %w", err)
	}
	parts := strings.Split(s.answer.text(), s.mark)
	last := strings.TrimSpace(parts[len(parts)-1])
	if len(parts) < 2 || last != "E" && last != "N" {
		return nil, fmt.Errorf("read files in the pod: %w", io.ErrUnexpectedEOF)
	}
	return parts[1:], nil
}
