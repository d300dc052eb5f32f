package cluster

import "fmt"

// Password is a secret that no way of printing shows: not %v, %#v, JSON or YAML.
type Password struct{ secret string }

// NewPassword hides a password.
func NewPassword(secret string) Password { return Password{secret} }

const hidden = "[hidden]"

func (Password) String() string               { return hidden }
func (Password) GoString() string             { return hidden }
func (Password) Format(f fmt.State, _ rune)   { fmt.Fprint(f, hidden) }
func (Password) MarshalText() ([]byte, error) { return []byte(hidden), nil }
func (Password) MarshalJSON() ([]byte, error) { return []byte(`"` + hidden + `"`), nil }

// Credential is one account to try, and where it was found. Either the password
// is known here, or it is used in the pod without ever leaving it.
type Credential struct {
	User     string
	Password Password
	// Source says where it comes from: "--user", "secret/mysql:root-password
	// (env MYSQL_ROOT_PASSWORD)", "socket".
	Source string
	// Given is set for what the user named: if it is refused, nothing else is tried.
	Given bool
	// InPod: the pod's own client logs in by itself, with the password from the
	// container's environment (Env) or by its socket without one.
	InPod bool
	// Env are the container's variables, or their _FILE, that may hold the password.
	Env []string
	// Unread is the Secret that holds the password and may not be read here.
	Unread string
}

func (c Credential) String() string {
	user := c.User
	if user == "" {
		user = "the container's own user"
	}
	return user + " from " + c.Source
}
