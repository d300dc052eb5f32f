package cluster

import (
	"context"
	"errors"
	"sync"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
)

// memo keeps answers by key and lets one caller ask for all that want the same.
// What an API server may answer otherwise in a moment is not kept.
type memo[T any] struct {
	mu      sync.Mutex
	entries map[string]*memoEntry[T]
}

type memoEntry[T any] struct {
	done  chan struct{}
	value T
	err   error
}

func (m *memo[T]) do(ctx context.Context, key string, fetch func(context.Context) (T, error)) (T, error) {
	for {
		m.mu.Lock()
		if m.entries == nil {
			m.entries = map[string]*memoEntry[T]{}
		}
		e, found := m.entries[key]
		if !found {
			e = &memoEntry[T]{done: make(chan struct{})}
			m.entries[key] = e
		}
		m.mu.Unlock()

		if !found {
			e.value, e.err = fetch(ctx)
			if !lasting(e.err) {
				m.mu.Lock()
				delete(m.entries, key)
				m.mu.Unlock()
			}
			close(e.done)
			return e.value, e.err
		}
		select {
		case <-e.done:
		case <-ctx.Done():
			var zero T
			return zero, ctx.Err()
		}
		// The one who asked gave up, not this caller: ask again.
		if gaveUp(e.err) && ctx.Err() == nil {
			continue
		}
		return e.value, e.err
	}
}

func gaveUp(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

func lasting(err error) bool {
	return err == nil || apierrors.IsNotFound(err) || apierrors.IsForbidden(err)
}
