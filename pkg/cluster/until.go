package cluster

import (
	"bytes"
	"sync"
)

// until keeps what a command prints up to its closing line. The answer is whole
// then; how long the container's runtime takes to report the command's end, a good
// part of what an exec costs, is not waited for.
type until struct {
	closing [][]byte
	whole   chan struct{} // closed with the closing line

	mu    sync.Mutex
	buf   bytes.Buffer
	ended bool
}

// newUntil ends at a line that is mark and one of the words.
func newUntil(mark string, words ...string) *until {
	u := &until{whole: make(chan struct{})}
	for _, word := range words {
		u.closing = append(u.closing, []byte(mark+word))
	}
	return u
}

func (u *until) Write(p []byte) (int, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.ended {
		return len(p), nil
	}
	u.buf.Write(p)
	for _, closing := range u.closing {
		if bytes.HasSuffix(u.buf.Bytes(), closing) {
			u.ended = true
			close(u.whole)
			break
		}
	}
	return len(p), nil
}

func (u *until) text() string {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.buf.String()
}
