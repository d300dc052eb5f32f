package blame

import (
	"context"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
)

// Input is what a scan knows of one instance, and where more may be asked.
type Input struct {
	Instance v1.Instance
	Variable string // canonical name
	// Finding is what package drift found for the variable; nil: no drift.
	Finding     *v1.Finding
	Declaration model.Declaration
	Governing   []v1.GoverningFile
	Snapshot    *model.Snapshot
	// Pod tells when the container started and who owns the pod. May be nil.
	Pod *corev1.Pod
	// Objects reads Kubernetes. May be nil: a report from files alone.
	Objects Objects
	// Values knows how this server reads options; nil: PlainValues.
	Values Values
	// Marks are the names of the pipeline's annotations; zero: the usual ones.
	Marks   MarkNames
	Sources Sources
}

// Objects reads Kubernetes; cluster.Objects is one. Objects that do not exist
// answer with a NotFound API error, those that may not be read with Forbidden.
type Objects interface {
	ConfigMap(ctx context.Context, namespace, name string) (*corev1.ConfigMap, error)
	Secret(ctx context.Context, namespace, name string) (*corev1.Secret, error)
	Owner(ctx context.Context, namespace string, ref metav1.OwnerReference) (*unstructured.Unstructured, error)
	// List answers nil without an error where the kind is not served.
	List(ctx context.Context, namespace, group, kind string) ([]unstructured.Unstructured, error)
}

// Values knows how a server reads options and compares values.
type Values interface {
	// Variable is the canonical variable of an option as written, "" if it has none.
	Variable(option string) string
	// Equal tells whether two values are the same to the server.
	Equal(variable, a, b string) bool
	// Makes tells whether the server, given a value, may run with the other: it
	// rounds to blocks and limits to bounds.
	Makes(variable, given, running string) bool
	// Find is the variable's last setting in an option file, in the groups that
	// the server reads, and its line.
	Find(content []byte, variable string) (value string, line int, ok bool)
	// Secret: the option's value is compared, and never shown.
	Secret(option string) bool
	// MentionsSecret: a text names an option of that kind.
	MentionsSecret(text string) bool
}

// Sources are where evidence beyond the scan is asked for. Each may be nil; Why
// then says why, by the source's name ("Git", "Jenkins", "audit log",
// "statements", "pod files").
type Sources struct {
	Statements Statements
	Accounts   Accounts
	Files      Files
	Audit      AuditLog
	Git        Git
	Jenkins    Jenkins
	Why        map[string]string
}

// Statements asks a server for SET statements it remembers: statement history,
// digests, general log; or a tool's table of parameter changes.
type Statements interface {
	Statements(ctx context.Context, variable string) ([]Statement, error)
}

// Accounts asks a server for the hosts of its accounts without a name.
type Accounts interface {
	Anonymous(ctx context.Context) ([]string, error)
}

// Statement is one assignment of the variable by a statement that succeeded.
type Statement struct {
	// Source is the kind of record: "statement history", "digest", "general log",
	// "server audit log", "parameter history". Records of one kind are not independent of each other.
	Source string
	Scope  string // GLOBAL, PERSIST, PERSIST_ONLY, SESSION
	Text   string // with secrets masked
	Value  string // the literal assigned
	// HasValue is false for an expression, DEFAULT or a digest without sample.
	HasValue bool
	// When is the statement's end, or the time that a log gives it.
	When time.Time
	// Took is how long it ran; TookAtMost: not longer. Zero: not known.
	Took       time.Duration
	TookAtMost bool
	// User is empty where the record does not tell (digests).
	User, Host string
	Program    string // the client's program_name attribute
	// Login: User is what the client called itself, not the account that let it in.
	Login bool
	// InProgram: a stored program or an event ran it, in the name of its definer.
	InProgram bool
	// MayHaveFailed: the record counts runs that failed, and this may be one of them.
	MayHaveFailed bool
	// Earlier is the number of runs before this one that the record counts, Seen how
	// many of those are statements of their own beside this one.
	Earlier, Seen int
}

// Files asks the pod for its option files.
type Files interface {
	Files(ctx context.Context, paths []string) (map[string]PodFile, error)
}

// PodFile is an option file as it is in the pod.
type PodFile struct {
	Data    []byte
	ModTime time.Time
}

// AuditLog asks the API server's audit log for writes to one object, oldest first.
type AuditLog interface {
	Writes(ctx context.Context, resource, namespace, name string) ([]AuditEvent, error)
}

// AuditEvent is one write that the API server accepted.
type AuditEvent struct {
	Verb        string
	User        string // who really sent it: the impersonated user is in As
	As          string
	Groups      []string
	SourceIPs   []string
	UserAgent   string
	Manager     string // fieldManager of the request, if it names one
	When        time.Time
	ID          string
	Subresource string
	// Data are the keys that the request's body sets, nil where the log holds no
	// body. A patch holds only what it changes.
	Data map[string]string
	// Spec are the parts of the spec that the body sets, none where there is no body.
	Spec []string
	// LastApplied is the short hash of the last-applied-configuration in the body.
	LastApplied string
}

// GitQuery says which file's history is wanted.
type GitQuery struct {
	Repo   string // as an annotation or a controller names it
	Branch string // "" = the remote's HEAD
	// Commits are those that marks or controllers claim to be deployed.
	Commits []string
	// Earlier are those that a tool had delivered before.
	Earlier []string
	Path    string // file or folder in the repository, "" = unknown

	// The ConfigMap key that the file became.
	Namespace, Name, Key string
	Content              string
	// Written: the content was written no later, zero if not known.
	Written time.Time

	Variable string
	Values   Values
}

// Git answers with the history of the file that became a ConfigMap key.
type Git interface {
	History(ctx context.Context, q GitQuery) (*GitHistory, error)
}

// GitHistory is one option in one file of a repository.
type GitHistory struct {
	Repo, Branch, Path string
	Head               v1.Commit
	HeadContent        string // of the key, as the file at head would make it
	// HeadLine and HeadColumn are where the content begins in the file; zero where
	// that is not told, as for a quoted text.
	HeadLine, HeadColumn int
	HeadFile             string // the whole file at head
	// Found tells how the file was found: by path, content, configMapGenerator, …
	Found string
	// Deployed is the newest commit whose content equals the live key's; nil: none
	// within the history searched.
	Deployed *v1.Commit
	// Twin is a later commit with the same content as Deployed, which the write may
	// have been of as well; nil: none.
	Twin *v1.Commit
	// Claims answers for each commit asked about.
	Claims map[string]CommitClaim
	// Introduced is the commit that gave the variable its value at Deployed, or at
	// Head if nothing is deployed.
	Introduced *v1.Commit
	// Waiting are commits to the file after Deployed, oldest first.
	Waiting []v1.Commit
	// Last is the newest commit that changed the file; nil: none within the history.
	Last *v1.Commit
	// Changes are the commits that changed the variable, oldest first.
	Changes []v1.Commit
	// HeadValue is the variable at head.
	HeadValue    string
	HasHeadValue bool
	// Incomplete says why the history is not whole: a shallow clone, a limit.
	Incomplete string
}

// CommitClaim is what the repository says of a commit that somebody claims is deployed.
type CommitClaim struct {
	Known    bool // the repository has it
	OnBranch bool // it is in the branch's history
	// BranchUnknown: the history was not read far enough to tell.
	BranchUnknown bool
	Matches       bool      // its content equals the live key's
	When          time.Time // it was committed
	// Value is the variable in the file as of it.
	Value    string
	HasValue bool
	// Includes: the commit that introduced the live value is in its history. Told of
	// Earlier ones only, and only of those with another value.
	Includes bool
}

// Jenkins answers with the build that deployed a commit.
type Jenkins interface {
	Build(ctx context.Context, q BuildQuery) (*v1.Build, error)
}

// BuildQuery names a build by job and number, or by job and commit.
type BuildQuery struct {
	Job    string
	Number int // 0 = find by commit
	URL    string
	Repo   string
	Commit string
	Before time.Time // the write to the ConfigMap, zero if not known
}
