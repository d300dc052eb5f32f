// Package jenkins asks a Jenkins server which build delivered a commit: by job
// and number, or by job and commit. It only reads (GET), so that no crumb is
// needed, and it sends credentials to the server that the user named and to no
// other, whatever URL an annotation or a redirect holds.
package jenkins

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/blame"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/blame/address"
)

// Options name the server and how to log in. Without a user it is read
// anonymously.
type Options struct {
	URL         string
	User, Token string
	Client      *http.Client // nil: one with a time limit of 10 s a request
	// Retries of an answer 429 or 503, where the server asks to wait 2 s at most.
	Retries int
}

// Client is a blame.Jenkins over REST.
type Client struct {
	base *url.URL
	opts Options
	http *http.Client
}

// New checks the server's URL.
func New(opts Options) (*Client, error) {
	base, err := url.Parse(strings.TrimSuffix(opts.URL, "/"))
	if err != nil || base.Host == "" || base.Scheme != "http" && base.Scheme != "https" {
		return nil, fmt.Errorf("Jenkins server %q: want a URL such as https://jenkins.example", address.Clean(opts.URL))
	}
	if base.User != nil {
		if opts.User == "" {
			opts.User = base.User.Username()
			opts.Token, _ = base.User.Password()
		}
		base.User = nil
	}
	base.RawQuery, base.Fragment = "", ""
	client := http.Client{Timeout: 10 * time.Second}
	if opts.Client != nil {
		client = *opts.Client
	}
	client.CheckRedirect = func(req *http.Request, via []*http.Request) error {
		if req.URL.Host != base.Host || base.Scheme == "https" && req.URL.Scheme != "https" {
			return fmt.Errorf("it redirects to another server, %s", req.URL.Host)
		}
		if len(via) > 5 {
			return errors.New("it redirects in a circle")
		}
		return nil
	}
	return &Client{base: base, opts: opts, http: &client}, nil
}

// Faults that callers may tell apart.
var (
	ErrLogin    = errors.New("Jenkins refuses the login")
	ErrRight    = errors.New("Jenkins denies the right to read")
	ErrNotFound = errors.New("Jenkins has no such job or build, or hides it")
	ErrNoBuild  = errors.New("no build of the commit")
)

// Build implements blame.Jenkins.
func (c *Client) Build(ctx context.Context, q blame.BuildQuery) (*v1.Build, error) {
	job, number, err := c.target(q)
	if err != nil {
		return nil, err
	}
	if !straight(job) {
		return nil, fmt.Errorf("job %q is no job's name: a part of it leads out of the folder", job)
	}
	if number == 0 {
		if q.Commit == "" {
			return nil, fmt.Errorf("job %s: neither a build's number nor a commit is known", job)
		}
		if number, err = c.find(ctx, job, q); err != nil {
			return nil, err
		}
	}
	var answer build
	err = c.get(ctx, jobPath(job)+fmt.Sprintf("/%d/api/json", number), buildTree, &answer)
	if err != nil {
		return nil, fmt.Errorf("build %s #%d: %w", job, number, err)
	}
	return answer.asBuild(job, q.Repo), nil
}

// target is job and number, also from a build's URL on this very server.
func (c *Client) target(q blame.BuildQuery) (job string, number int, err error) {
	if q.URL == "" {
		if q.Job == "" {
			return "", 0, errors.New("no Jenkins job is named")
		}
		return q.Job, q.Number, nil
	}
	u, err := url.Parse(q.URL)
	if err != nil || u.Host != c.base.Host {
		return "", 0, errors.New("the build's URL is not on the given Jenkins server")
	}
	job, number, ok := parseJobPath(strings.TrimPrefix(u.EscapedPath(), c.base.EscapedPath()))
	if !ok {
		return "", 0, errors.New("the build's URL is not one of a Jenkins build")
	}
	return job, number, nil
}

// find looks for the newest build that built the commit and started before the
// write to the ConfigMap, a hundred at a time.
func (c *Client) find(ctx context.Context, job string, q blame.BuildQuery) (int, error) {
	const page, most = 100, 1000
	latest := q.Before
	if !latest.IsZero() {
		latest = latest.Add(time.Minute) // clocks
	}
	for from := 0; from < most; from += page {
		var list struct{ AllBuilds []build }
		tree := fmt.Sprintf("allBuilds[number,result,timestamp,actions[lastBuiltRevision[SHA1],remoteUrls,revision[hash,pullHash]]]{%d,%d}", from, from+page)
		if err := c.get(ctx, jobPath(job)+"/api/json", tree, &list); err != nil {
			return 0, fmt.Errorf("job %s: %w", job, err)
		}
		for _, b := range list.AllBuilds {
			if !latest.IsZero() && time.UnixMilli(b.Timestamp).After(latest) {
				continue
			}
			if b.Result == "FAILURE" || b.Result == "ABORTED" || b.Result == "NOT_BUILT" {
				continue // it delivered nothing, or not all of it
			}
			if sha, _ := b.revision(q.Repo); sameCommit(sha, q.Commit) {
				return b.Number, nil
			}
		}
		if len(list.AllBuilds) < page {
			break
		}
	}
	return 0, fmt.Errorf("job %s: %w %s", job, ErrNoBuild, q.Commit[:min(12, len(q.Commit))])
}

// get reads one JSON answer. Faults never carry credentials or the page's HTML.
func (c *Client) get(ctx context.Context, path, tree string, into any) error {
	target := c.base.String() + path + "?tree=" + url.QueryEscape(tree)
	for attempt := 0; ; attempt++ {
		wait, err := c.once(ctx, target, into)
		if wait == 0 || attempt >= c.opts.Retries {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(wait):
		}
	}
}

// once sends one request; wait is how long to wait before another try makes sense.
func (c *Client) once(ctx context.Context, target string, into any) (wait time.Duration, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, target, nil)
	if err != nil {
		return 0, err
	}
	req.Header.Set("Accept", "application/json")
	if c.opts.User != "" {
		req.SetBasicAuth(c.opts.User, c.opts.Token)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		var u *url.Error
		if errors.As(err, &u) {
			err = u.Err // without the URL
		}
		return 0, fmt.Errorf("ask %s: %w", c.base.Host, err)
	}
	defer resp.Body.Close()
	if wait, err := c.judge(resp); err != nil {
		return wait, err
	}
	const most = 32 << 20
	if err := json.NewDecoder(io.LimitReader(resp.Body, most)).Decode(into); err != nil {
		if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
			return 0, fmt.Errorf("the answer of %s breaks off", c.base.Host)
		}
		return 0, fmt.Errorf("the answer of %s is not what Jenkins' API answers: %w", c.base.Host, err)
	}
	return 0, nil
}

// shown is the user as faults name it. One without a token may be the token itself.
func (c *Client) shown() string {
	if c.opts.Token == "" {
		return "***"
	}
	return c.opts.User
}

// judge turns a status into a fault in words.
func (c *Client) judge(resp *http.Response) (wait time.Duration, err error) {
	isJenkins := resp.Header.Get("X-Jenkins") != ""
	switch resp.StatusCode {
	case http.StatusOK:
		return 0, nil
	case http.StatusUnauthorized:
		return 0, fmt.Errorf("%w of user %q (401): it wants an API token", ErrLogin, c.shown())
	case http.StatusForbidden:
		if c.opts.User == "" {
			return 0, fmt.Errorf("%w anonymously (403): give a user and an API token", ErrRight)
		}
		return 0, fmt.Errorf("%w to %q (403): it needs Overall/Read and Job/Read", ErrRight, c.shown())
	case http.StatusNotFound:
		if !isJenkins {
			return 0, fmt.Errorf("%w (404, and %s does not answer as Jenkins does: a proxy that decodes slashes?)", ErrNotFound, c.base.Host)
		}
		return 0, fmt.Errorf("%w (404)", ErrNotFound)
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		asked, when := retryAfter(resp)
		if asked > longestWait {
			return 0, fmt.Errorf("%s is busy (%d): it asks to try again %s", c.base.Host, resp.StatusCode, when)
		}
		return max(10*time.Millisecond, asked), fmt.Errorf("%s is busy (%d): try again in a moment", c.base.Host, resp.StatusCode)
	}
	return 0, fmt.Errorf("%s answers %s", c.base.Host, resp.Status)
}

// longestWait for a busy server. Whoever looks for a cause is better told to come
// again than kept.
const longestWait = 2 * time.Second

// retryAfter is the wait that the server asks for, in seconds or up to a date.
func retryAfter(resp *http.Response) (wait time.Duration, when string) {
	text := resp.Header.Get("Retry-After")
	if d, err := time.ParseDuration(text + "s"); err == nil {
		return d, fmt.Sprintf("in %s", d)
	}
	if at, err := http.ParseTime(text); err == nil {
		return time.Until(at), "after " + at.UTC().Format("2006-01-02 15:04:05Z")
	}
	return time.Second, ""
}
