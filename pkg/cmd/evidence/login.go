package evidence

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/blame/git"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cmd/options"
)

// SecretReader reads one Secret; cluster.Objects is one.
type SecretReader interface {
	Secret(ctx context.Context, namespace, name string) (*corev1.Secret, error)
}

const gitSecretFlag = "--git-secret"

// login is who asks a service. It cannot print itself.
type login struct {
	user, token string
	key         git.Key // for ssh; Git only
}

func (login) String() string   { return "(login)" }
func (login) GoString() string { return "(login)" }

// places are where a login may be: a Secret that a flag names, then a file that
// an environment variable names, then the environment itself.
type places struct {
	flag, secret             string // [NAMESPACE/]NAME
	userEnv, tokenEnv, files string
}

func (s *Flags) gitPlaces() places {
	return places{gitSecretFlag, s.gitSecret, "MYSQLDRIFT_GIT_USER", "MYSQLDRIFT_GIT_TOKEN", "MYSQLDRIFT_GIT_TOKEN_FILE"}
}

func (s *Flags) jenkinsPlaces() places {
	return places{"--jenkins-secret", s.jenkinsSecret, "JENKINS_USER", "JENKINS_TOKEN", "JENKINS_TOKEN_FILE"}
}

// secretWithin bounds the reading of a Secret, so that it leaves time for the rest.
const secretWithin = 10 * time.Second

func (p places) login(ctx context.Context, secrets SecretReader, namespace string) (login, error) {
	l := login{user: os.Getenv(p.userEnv), token: os.Getenv(p.tokenEnv)}
	if p.secret != "" {
		ctx, cancel := context.WithTimeout(ctx, secretWithin)
		defer cancel()
		return p.ofSecret(ctx, secrets, namespace)
	}
	if name := os.Getenv(p.files); name != "" && l.token == "" {
		data, err := os.ReadFile(name)
		if err != nil {
			return login{}, &options.ExitError{Code: options.ExitFailure, Err: fmt.Errorf("%s: %w", p.files, err)}
		}
		l.token = strings.TrimSpace(string(data))
	}
	return l, nil
}

// ofSecret reads keys username and password, as a Secret of basic authentication
// and Flux's have them, or token; for Git also a key for ssh.
func (p places) ofSecret(ctx context.Context, secrets SecretReader, namespace string) (login, error) {
	name := p.secret
	if ns, rest, ok := strings.Cut(p.secret, "/"); ok {
		namespace, name = ns, rest
	}
	fail := func(err error) (login, error) {
		return login{}, &options.ExitError{Code: options.ExitFailure, Err: fmt.Errorf("%s %s: %w", p.flag, p.secret, err)}
	}
	if namespace == "" {
		return fail(fmt.Errorf("with --all-namespaces it wants a namespace: NAMESPACE/%s", name))
	}
	secret, err := secrets.Secret(ctx, namespace, name)
	if err != nil {
		return fail(err)
	}
	l := login{user: strings.TrimSpace(string(secret.Data["username"]))}
	for _, key := range []string{"password", "token", "bearerToken"} {
		if l.token == "" {
			l.token = strings.TrimSpace(string(secret.Data[key]))
		}
	}
	wanted := "password or token"
	if p.flag == gitSecretFlag {
		wanted = "password, token, identity or ssh-privatekey"
		if l.key = sshKey(secret.Data); l.key.PEM != "" {
			l.token = "" // a password beside it is the key's
			return l, nil
		}
	}
	if l.token == "" {
		return fail(fmt.Errorf("it has no key %s", wanted))
	}
	return l, nil
}

// sshKey reads what Flux's Secrets and those of the type kubernetes.io/ssh-auth hold.
func sshKey(data map[string][]byte) git.Key {
	key := git.Key{PEM: string(data["identity"]), Passphrase: string(data["password"]), KnownHosts: string(data["known_hosts"])}
	if key.PEM == "" {
		key.PEM = string(data["ssh-privatekey"])
	}
	if key.PEM == "" {
		return git.Key{}
	}
	return key
}
