//go:build !unix

package offline

const nonBlocking = 0
