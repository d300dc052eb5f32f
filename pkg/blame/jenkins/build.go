package jenkins

import (
	"regexp"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/blame/address"
)

const buildTree = "number,url,result,building,timestamp,duration,actions[_class,causes[_class,shortDescription,userId,userName,upstreamProject,upstreamBuild]," +
	"parameters[name,value],remoteUrls,lastBuiltRevision[SHA1,branch[name]],revision[hash,pullHash]]"

// build is the part of Jenkins' answer that is asked for.
type build struct {
	Number              int
	URL                 string
	Result              string
	Building            bool
	Timestamp, Duration int64 // ms
	Actions             []action
}

// action is any of a build's actions: which one shows in the fields that it has.
type action struct {
	Class             string `json:"_class"`
	Causes            []cause
	Parameters        []parameter
	RemoteUrls        []string
	LastBuiltRevision struct {
		SHA1   string
		Branch []struct{ Name string }
	}
	Revision struct{ Hash, PullHash string }
}

type cause struct {
	Class            string `json:"_class"`
	ShortDescription string
	UserID           string `json:"userId"`
	UserName         string
	UpstreamProject  string
	UpstreamBuild    int
}

type parameter struct {
	Name  string
	Value any
}

// revision is the commit that the build checked out of the repository asked
// about. A build has one record a repository: its own, libraries, others.
func (b build) revision(repo string) (sha, branch string) {
	var records []action
	for _, a := range b.Actions {
		if a.LastBuiltRevision.SHA1 == "" {
			continue
		}
		for _, u := range a.RemoteUrls {
			if repo != "" && sameRepo(u, repo) {
				return a.LastBuiltRevision.SHA1, branchOf(a)
			}
		}
		records = append(records, a)
	}
	// Without a repository to match, a single record is meant; of several, none.
	if len(records) == 1 && (repo == "" || len(records[0].RemoteUrls) == 0) {
		return records[0].LastBuiltRevision.SHA1, branchOf(records[0])
	}
	if len(records) == 0 {
		for _, a := range b.Actions {
			if a.Revision.Hash != "" {
				return a.Revision.Hash, ""
			}
			if a.Revision.PullHash != "" {
				return a.Revision.PullHash, ""
			}
		}
	}
	return "", ""
}

func branchOf(a action) string {
	if len(a.LastBuiltRevision.Branch) == 0 {
		return ""
	}
	name := a.LastBuiltRevision.Branch[0].Name
	for _, prefix := range []string{"refs/remotes/", "refs/heads/", "origin/"} {
		name = strings.TrimPrefix(name, prefix)
	}
	return name
}

func (b build) asBuild(job, repo string) *v1.Build {
	out := &v1.Build{Job: job, Number: b.Number, URL: address.Clean(b.URL), Result: b.Result, Seconds: float64(b.Duration) / 1000}
	if b.Building {
		out.Result = ""
	}
	if b.Timestamp > 0 {
		out.Started = &metav1.Time{Time: time.UnixMilli(b.Timestamp).UTC()}
	}
	out.Revision, out.Branch = b.revision(repo)
	for _, a := range b.Actions {
		for _, c := range a.Causes {
			kind := causeKind(c.Class)
			out.Replayed = out.Replayed || kind == "replay"
			out.Causes = append(out.Causes, v1.BuildCause{Kind: kind, Who: c.who(), Text: c.ShortDescription})
		}
		for _, p := range a.Parameters {
			out.Parameters = append(out.Parameters, v1.Parameter{Name: p.Name, Value: show(p)})
		}
	}
	return out
}

func (c cause) who() string {
	switch {
	case c.UserID != "":
		return c.UserID
	case c.UpstreamProject != "":
		return c.UpstreamProject
	}
	return ""
}

// causeKind tells causes apart by the plain name of their class.
func causeKind(class string) string {
	name := class[strings.LastIndexAny(class, ".$")+1:]
	switch name {
	case "UserIdCause", "UserCause":
		return "user"
	case "UpstreamCause", "BuildUpstreamCause":
		return "upstream"
	case "SCMTriggerCause", "GitHubPushCause", "GitLabWebHookCause":
		return "scm"
	case "TimerTriggerCause":
		return "timer"
	case "BranchIndexingCause", "BranchEventCause":
		return "branch"
	case "RebuildCause":
		return "rebuild"
	case "ReplayCause":
		return "replay"
	}
	return "other"
}

var secretName = regexp.MustCompile(`(?i)pass|token|secret|key|credential|pwd|auth`)

// show is a parameter's value; secrets by type (no value is sent) or by name are
// masked.
func show(p parameter) string {
	if secretName.MatchString(p.Name) {
		return "***"
	}
	switch v := p.Value.(type) {
	case string:
		return v
	case bool:
		if v {
			return "true"
		}
		return "false"
	case nil:
		return ""
	}
	return "(not a text)"
}

// sameRepo compares repositories by host and path, whatever the protocol.
func sameRepo(a, b string) bool { return normal(a) == normal(b) }

func normal(repo string) string {
	r := repo
	if _, rest, ok := strings.Cut(r, "://"); ok {
		r = rest
	} else if host, path, ok := strings.Cut(r, ":"); ok && !strings.Contains(host, "/") {
		r = host + "/" + path // git@host:path
	}
	host, path, _ := strings.Cut(r, "/")
	host = host[strings.LastIndexByte(host, '@')+1:]
	host, _, _ = strings.Cut(host, ":")
	return strings.ToLower(host) + "/" + strings.TrimSuffix(strings.TrimSuffix(strings.Trim(path, "/"), ".git"), "/")
}

func sameCommit(a, b string) bool {
	n := min(len(a), len(b))
	return n >= 7 && strings.EqualFold(a[:n], b[:n])
}
