package address

import (
	"strings"
	"testing"
)

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"https://git.example/db/conf.git":                       "https://git.example/db/conf.git",
		"https://t0ken@git.example/db/conf.git":                 "https://git.example/db/conf.git",
		"https://bot:t0ken@git.example:8443/x.git":              "https://git.example:8443/x.git",
		"HTTPS://t0ken@git.example/x.git":                       "HTTPS://git.example/x.git",
		"https://bot:t0/ken@git.example/x.git":                  "https://git.example/x.git",
		"https://bot:t0%zzken@git.example/x.git":                "https://git.example/x.git",
		"https://git.example/x.git?access_token=t0ken":          "https://git.example/x.git",
		"https://git.example/x.git#t0ken":                       "https://git.example/x.git",
		"https://git.example?private_token=t0ken":               "https://git.example",
		"ssh://git@git.example/x.git":                           "ssh://git@git.example/x.git",
		"ssh://git:t0ken@git.example/x.git":                     "ssh://git.example/x.git",
		"git+ssh://git@git.example/x.git":                       "git+ssh://git@git.example/x.git",
		"git@git.example:db/conf.git":                           "git@git.example:db/conf.git",
		"/srv/conf":                                             "/srv/conf",
		"file:///srv/a?b":                                       "file:///srv/a?b",
		"http://[::1]:8080/x@y/z.git":                           "http://[::1]:8080/x@y/z.git",
		"http://jenkins.example:8080/job/db/412/?token=t0ken&a": "http://jenkins.example:8080/job/db/412/",
		"": "",
	} {
		if got := Clean(in); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}

func TestScrub(t *testing.T) {
	for _, repo := range []string{"https://t0ken@git.example/x.git", "https://bot:t0ken@git.example/x.git", "https://git.example/x.git?access_token=t0ken", "https://t0ken:x-oauth-basic@git.example/x.git"} {
		for _, text := range []string{"Get \"" + repo + "/info/refs?service=git-upload-pack\": dial tcp: no route", "no login as t0ken", repo} {
			if got := Scrub(text, repo); strings.Contains(got, "t0ken") {
				t.Errorf("%s", got)
			}
		}
	}
	const plain = `Get "https://git.example/x.git": dial tcp 10.0.0.1:443: no route to host`
	if got := Scrub(plain, "https://git.example/x.git"); got != plain {
		t.Error(got)
	}
}
