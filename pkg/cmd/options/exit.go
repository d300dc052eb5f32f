package options

import (
	"errors"
	"fmt"
)

// Exit codes, as `kubectl diff` has them: a scan that could not read every
// target has one of its own, since a partial result is never a clean one.
const (
	ExitOK         = 0 // no drift
	ExitDrift      = 1 // drift found
	ExitFailure    = 2 // the command failed, or was used wrongly
	ExitIncomplete = 3 // something could not be read
)

// ExitError carries an exit code through cobra to main. Err may be nil: then
// the output has said all there is to say and main prints nothing.
type ExitError struct {
	Code int
	Err  error
}

func (e *ExitError) Error() string {
	if e.Err == nil {
		return fmt.Sprintf("exit code %d", e.Code)
	}
	return e.Err.Error()
}

func (e *ExitError) Unwrap() error { return e.Err }

// Exit is an error that ends the program with a code and prints nothing more;
// nil for code 0.
func Exit(code int) error {
	if code == ExitOK {
		return nil
	}
	return &ExitError{Code: code}
}

// Usagef is an error in how the command was called.
func Usagef(format string, args ...any) error {
	return &ExitError{Code: ExitFailure, Err: fmt.Errorf(format, args...)}
}

// CodeOf is the exit code for a command's error, and the error that is left to
// print (nil if there is none).
func CodeOf(err error) (int, error) {
	if err == nil {
		return ExitOK, nil
	}
	var exit *ExitError
	if errors.As(err, &exit) {
		if exit.Err == nil {
			return exit.Code, nil
		}
		return exit.Code, err
	}
	return ExitFailure, err
}
