package git

import (
	"fmt"
	"sync"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/blame"
)

// once keeps what one run has asked: pods that share a ConfigMap ask the same, and
// several repositories' users would otherwise fetch into one copy at once.
type once struct {
	mu      sync.Mutex
	copies  map[string]*sync.Mutex // by folder
	fetched map[string]bool        // by folder and branch
	answers map[string]*answer     // by question
}

type answer struct {
	ready   sync.Once
	history *blame.GitHistory
	err     error
}

// copy is the lock of a copy's folder, and whether the branch was fetched in this run.
func (o *once) copy(dir, branch string) (lock *sync.Mutex, fetched bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.copies == nil {
		o.copies, o.fetched = map[string]*sync.Mutex{}, map[string]bool{}
	}
	if o.copies[dir] == nil {
		o.copies[dir] = &sync.Mutex{}
	}
	return o.copies[dir], o.fetched[dir+" "+branch]
}

func (o *once) isFetched(dir, branch string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.fetched[dir+" "+branch] = true
}

// answer is the place for the answer to a question.
func (o *once) answer(q blame.GitQuery) *answer {
	q.Values, q.Content = nil, blame.Digest(q.Content)
	key := fmt.Sprintf("%+v", q)
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.answers == nil {
		o.answers = map[string]*answer{}
	}
	if o.answers[key] == nil {
		o.answers[key] = &answer{}
	}
	return o.answers[key]
}
