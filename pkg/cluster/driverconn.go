package cluster

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"sync"

	"github.com/go-sql-driver/mysql"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/observed"
)

// witness keeps why a connection broke: the driver says "invalid connection"
// and drops the reason.
type witness struct {
	net.Conn
	mu  sync.Mutex
	err error
}

func (w *witness) note(err error) {
	if err == nil || errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, net.ErrClosed) {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.err == nil {
		w.err = err
	}
}

func (w *witness) Read(p []byte) (int, error) {
	n, err := w.Conn.Read(p)
	w.note(err)
	return n, err
}

func (w *witness) Write(p []byte) (int, error) {
	n, err := w.Conn.Write(p)
	w.note(err)
	return n, err
}

// explain puts the reason to a driver's error that has lost it.
func (w *witness) explain(err error) error {
	if err == nil || w == nil {
		return err
	}
	if !errors.Is(err, mysql.ErrInvalidConn) && !errors.Is(err, driver.ErrBadConn) {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case w.err == nil:
		return err
	case errors.Is(w.err, io.EOF), errors.Is(w.err, io.ErrClosedPipe):
		return fmt.Errorf("the server closed the connection: %w", err)
	}
	return fmt.Errorf("%w: %w", err, w.err)
}

// witnessed is a Conn whose errors have their reasons.
type witnessed struct {
	observed.Conn
	witness *witness
}

func (c witnessed) Query(ctx context.Context, statement string) ([][]*string, []string, error) {
	rows, columns, err := c.Conn.Query(ctx, statement)
	return rows, columns, c.witness.explain(err)
}
