//go:build unix

package offline

import "syscall"

// nonBlocking lets the open of a pipe that nobody writes to return.
const nonBlocking = syscall.O_NONBLOCK
