package evidence

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
)

type secrets map[string]map[string]string

func (s secrets) Secret(_ context.Context, namespace, name string) (*corev1.Secret, error) {
	data, ok := s[namespace+"/"+name]
	if !ok {
		return nil, errors.New("not found")
	}
	secret := &corev1.Secret{Data: map[string][]byte{}}
	for k, v := range data {
		secret.Data[k] = []byte(v)
	}
	return secret, nil
}

func TestLogin(t *testing.T) {
	file := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(file, []byte("of-file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	known := secrets{"shop/git": {"username": "bot", "password": "of-secret\n"}, "ci/jenkins": {"token": "of-ci"}, "shop/empty": {"x": "y"},
		"shop/flux": {"identity": "PEM", "identity.pub": "pub", "known_hosts": "host key", "password": "of-key"}, "shop/typed": {"ssh-privatekey": "PEM"}}
	for name, tt := range map[string]struct {
		env               map[string]string
		secret, namespace string
		user, token, says string
		key               string
	}{
		"nothing":                       {namespace: "shop"},
		"environment":                   {env: map[string]string{"MYSQLDRIFT_GIT_USER": "ann", "MYSQLDRIFT_GIT_TOKEN": "of-env"}, user: "ann", token: "of-env"},
		"file":                          {env: map[string]string{"MYSQLDRIFT_GIT_TOKEN_FILE": file}, token: "of-file"},
		"environment before file":       {env: map[string]string{"MYSQLDRIFT_GIT_TOKEN": "of-env", "MYSQLDRIFT_GIT_TOKEN_FILE": file}, token: "of-env"},
		"file that is not there":        {env: map[string]string{"MYSQLDRIFT_GIT_TOKEN_FILE": file + "x"}, says: "MYSQLDRIFT_GIT_TOKEN_FILE"},
		"Secret before all":             {env: map[string]string{"MYSQLDRIFT_GIT_TOKEN": "of-env"}, secret: "git", namespace: "shop", user: "bot", token: "of-secret"},
		"Secret of another namespace":   {secret: "ci/jenkins", namespace: "shop", token: "of-ci"},
		"Secret that is not there":      {secret: "gone", namespace: "shop", says: "--git-secret gone: not found"},
		"Secret without a password":     {secret: "empty", namespace: "shop", says: "no key password, token"},
		"Secret of Flux with a key":     {secret: "flux", namespace: "shop", key: "PEM of-key host key"},
		"Secret of the type ssh-auth":   {secret: "typed", namespace: "shop", key: "PEM"},
		"Secret in which of namespaces": {secret: "git", says: "wants a namespace"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, variable := range []string{"MYSQLDRIFT_GIT_USER", "MYSQLDRIFT_GIT_TOKEN", "MYSQLDRIFT_GIT_TOKEN_FILE"} {
				t.Setenv(variable, tt.env[variable])
			}
			f := Flags{gitSecret: tt.secret}
			got, err := f.gitPlaces().login(t.Context(), known, tt.namespace)
			if got.user != tt.user || got.token != tt.token || (err != nil) != (tt.says != "") || err != nil && !strings.Contains(err.Error(), tt.says) {
				t.Errorf("%q %q %v", got.user, got.token, err)
			}
			if key := strings.TrimSpace(got.key.PEM + " " + got.key.Passphrase + " " + got.key.KnownHosts); key != tt.key {
				t.Errorf("key %q, want %q", key, tt.key)
			}
			if text := fmt.Sprintf("%v %+v %#v", got, got, got); tt.token != "" && strings.Contains(text, tt.token) || strings.Contains(text, "PEM") {
				t.Errorf("a login prints itself: %s", text)
			}
		})
	}
}

func TestParameterHistory(t *testing.T) {
	f := Flags{history: []string{"archery.param_history:variable=variable_name,value=new_var,user=user_display,when=create_time"}}
	tables, err := f.historyTables()
	if err != nil || len(tables) != 1 || tables[0].Table != "archery.param_history" || tables[0].Variable != "variable_name" || tables[0].Value != "new_var" ||
		tables[0].User != "user_display" || tables[0].When != "create_time" || tables[0].Host != "" {
		t.Errorf("%+v %v", tables, err)
	}
	for _, wrong := range []string{"archery.param_history", "t:variable=a,value=b,user=c", "t:variable=a,value=b,user=c,when=d,colour=e", "t; DROP:variable=a,value=b,user=c,when=d", ":variable=a,value=b,user=c,when=d"} {
		f.history = []string{wrong}
		if _, err := f.historyTables(); err == nil || !strings.Contains(err.Error(), "--parameter-history") {
			t.Errorf("%s: %v", wrong, err)
		}
	}
}
