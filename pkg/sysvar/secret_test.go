package sysvar

import (
	"testing"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
)

func TestSecret(t *testing.T) {
	maria := For(model.Server{Flavour: model.MariaDB, Version: model.Version{Major: 11, Minor: 8}})
	mysql := For(model.Server{Flavour: model.MySQL, Version: model.Version{Major: 8, Minor: 4}})
	tests := []struct {
		c      *Catalogue
		option string
		want   bool
	}{
		{maria, "wsrep_sst_auth", true},
		{maria, "WSREP-SST-AUTH", true},
		{maria, "loose-wsrep_sst_auth", true},
		{maria, "wsrep_sst_auth sst:geheim", true}, // a line without its equals sign
		{maria, "wsrep_sst_auth:geheim", true},
		{mysql, "wsrep_sst_auth", true}, // a fork's
		{mysql, "init-connect", true},
		{mysql, "loose-keyring_hashicorp_secret_id", true},
		{mysql, "authentication_ldap_simple_bind_root_pwd", true},
		{mysql, "password", true},       // of the group client
		{mysql, "report-pasword", true}, // mistyped
		{mysql, "max_connections", false},
		{mysql, "max_conections", false},
		{mysql, "default_password_lifetime", false},
		{mysql, "disconnect_on_expired_password", false},
		{mysql, "validate_password.length", false},
		{maria, "old_passwords", false},
	}
	for _, tt := range tests {
		if got := tt.c.Secret(tt.option); got != tt.want {
			t.Errorf("%s: Secret(%q) = %v, want %v", tt.c.server, tt.option, got, tt.want)
		}
	}
}

// What one server's catalogue knows for a secret is one wherever it is written.
func TestSecretsOfAllCatalogues(t *testing.T) {
	for _, v := range []string{"5.7.44", "8.0.40", "8.4.3", "9.7.0", "10.6.0-MariaDB", "10.11.0-MariaDB", "11.4.0-MariaDB", "11.8.0-MariaDB"} {
		server, err := model.ParseServer(v)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for name, s := range For(server).table.options {
			if s.Sensitive {
				n++
				if !secretName(name) {
					t.Errorf("%s: %s is not known by its name", v, name)
				}
			}
		}
		if n == 0 {
			t.Errorf("%s: no secret in the catalogue", v)
		}
	}
}

func TestMentionsSecret(t *testing.T) {
	c := For(model.Server{Flavour: model.MySQL, Version: model.Version{Major: 8, Minor: 4}})
	for text, want := range map[string]bool{
		"SET GLOBAL INIT_CONNECT='SET @pw=1'":  true,
		"--wsrep-sst-auth=sst:geheim":          true,
		"ALTER USER APP IDENTIFIED BY 'x'":     true,
		"[mysqld]\nmax_connections = 5":        false,
		"SET GLOBAL MAX_CONNECTIONS=5":         false,
		"CHANGE MASTER TO MASTER_PASSWORD='x'": true,
	} {
		if got := c.MentionsSecret(text); got != want {
			t.Errorf("MentionsSecret(%q) = %v, want %v", text, got, want)
		}
	}
}

// A plugin's variable that only the server knows counts by its name.
func TestSecretOfTheRunningServer(t *testing.T) {
	snap := &model.Snapshot{Variables: map[string]model.Variable{"someldap_bind_pwd": {Name: "someldap_bind_pwd", Value: "x"}, "someldap_bind_dn": {Name: "someldap_bind_dn", Value: "x"}}}
	c := For(model.Server{Flavour: model.MySQL, Version: model.Version{Major: 8, Minor: 4}}).WithLive(snap)
	if !c.Secret("someldap_bind_pwd") || c.Secret("someldap_bind_dn") {
		t.Error("not by the name")
	}
}
