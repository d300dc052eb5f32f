//go:build lab

package incidents

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/blame"
)

// setting is a ConfigMap (or Secret) of its own for one incident: one key, one
// variable, mounted beside all others into one server.
type setting struct {
	name, variable string
	first, last    string // value at the server's start, and after the incident
	secret         bool
	pod            string // "" = mysql
}

func (s setting) podName() string {
	if s.pod == "" {
		return "mysql"
	}
	return s.pod
}

func (s setting) key() string { return s.name + ".cnf" }

func (s setting) content(value string) string {
	return fmt.Sprintf("# %s\n[mysqld]\n%s = %s\n", s.name, s.variable, value)
}

// manifest is the object with a value; marks are its annotations, and labels if
// their name ends in ":label".
func (s setting) manifest(value string, marks map[string]string) string {
	annotations, labels := map[string]string{}, map[string]string{}
	for name, text := range marks {
		if label, ok := strings.CutSuffix(name, ":label"); ok {
			labels[label] = text
		} else {
			annotations[name] = text
		}
	}
	kind, data := "ConfigMap", "data"
	if s.secret {
		kind, data = "Secret", "stringData"
	}
	object := map[string]any{"apiVersion": "v1", "kind": kind, "metadata": map[string]any{"name": s.name}, data: map[string]string{s.key(): s.content(value)}}
	for field, m := range map[string]map[string]string{"annotations": annotations, "labels": labels} {
		if len(m) > 0 {
			object["metadata"].(map[string]any)[field] = m
		}
	}
	text, _ := json.Marshal(object)
	return string(text)
}

const (
	annLee  = "Ann Lee <ann@shop.example>"
	bobRoe  = "Bob Roe <bob@shop.example>"
	caraDoe = "Cara Doe <cara@shop.example>"
)

// objectIncident is an incident of a declaring object.
type objectIncident struct {
	setting
	title, done string
	before      func(c *change) // as it is at the server's start; nil: applied by the pipeline, without marks
	happens     func(c *change)
	// What blame must say with the whole audit log and Git, with an audit log that
	// has no bodies and without Git, and with neither. A nil one is not asked.
	all, metadata, bare *want
}

// change is what an incident works with.
type change struct {
	*lab
	repo *repository
	in   objectIncident
	s    setting
	// commits by name, for what is expected
	commits map[string]string
}

// later lets the second end: managers' times are whole ones.
func (c *change) later() { time.Sleep(1100 * time.Millisecond) }

func (c *change) object() string {
	if c.s.secret {
		return "secret/" + c.s.name
	}
	return "configmap/" + c.s.name
}

// applied is `kubectl apply` of a value by somebody.
func (c *change) applied(who, value string, marks map[string]string, flags ...string) {
	c.t.Helper()
	c.as(who, c.s.manifest(value, marks), append([]string{"apply", "-f", "-"}, flags...)...)
}

// built is what the pipeline applies: the content of a commit, with its marks.
func (c *change) built(value, commit string) {
	c.t.Helper()
	c.applied("jenkins", value, c.marks(commit))
}

func (c *change) marks(commit string) map[string]string {
	return map[string]string{"ci.jenkins/job": "db/conf/main", "ci.git/commit": commit, "ci.git/repo": c.repo.url}
}

// committed commits a value under the object's name.
func (c *change) committed(name, author, value string) string {
	c.t.Helper()
	hash := c.repo.commit(author, "Set "+c.s.variable+" to "+value, map[string]string{c.s.key(): c.s.content(value)})
	c.commits[name] = hash
	return hash
}

// sed is what a person does in the editor. The copy of the manifest that
// `kubectl apply` keeps in an annotation is not indented like that.
func (c *change) sed(from, to string) string {
	return fmt.Sprintf("s/^( +)%[1]s = %[2]s$/\\1%[1]s = %[3]s/", c.s.variable, from, to)
}

// patch is a merge patch of the key.
func (c *change) patch(value string) string {
	text, _ := json.Marshal(map[string]any{"data": map[string]string{c.s.key(): c.s.content(value)}})
	return string(text)
}

var (
	byJenkins = "system:serviceaccount:$namespace:jenkins"
	byFlux    = "system:serviceaccount:$namespace:flux"
	helmMarks = map[string]string{"meta.helm.sh/release-name": "mysql", "meta.helm.sh/release-namespace": "shop", "app.kubernetes.io/managed-by:label": "Helm"}
	fluxMarks = map[string]string{"kustomize.toolkit.fluxcd.io/name:label": "shop", "kustomize.toolkit.fluxcd.io/namespace:label": "flux-system"}
)

func proven(hop, culprit string) *want {
	return &want{hop: hop, culprit: culprit, confidence: blame.Proven}
}
func likely(hop, culprit string) *want {
	return &want{hop: hop, culprit: culprit, confidence: blame.Likely}
}
func lead(hop, lead string) *want {
	return &want{hop: hop, lead: lead, confidence: blame.NotProven}
}
func (w want) of(commit string) *want { w.commit = commit; return &w }
func (w want) marked() *want          { w.untraced = true; return &w }

var configIncidents = []objectIncident{
	{setting: setting{name: "edited", variable: "binlog_cache_size", first: "65536", last: "131072"}, title: "kubectl edit", done: "zoe: kubectl edit configmap",
		happens: func(c *change) { c.edit("zoe", c.object(), c.sed("65536", "131072")) },
		all:     proven(start, "zoe").marked(), metadata: likely(start, "zoe"), bare: lead(start, "kubectl edit")},

	{setting: setting{name: "built", variable: "bulk_insert_buffer_size", first: "4194304", last: "16777216"}, title: "CI applied a commit", done: "Ann commits; jenkins: kubectl apply, with annotations",
		before:  func(c *change) { c.built("4194304", c.committed("first", annLee, "4194304")) },
		happens: func(c *change) { c.built("16777216", c.committed("raised", bobRoe, "16777216")) },
		all:     proven(start, bobRoe).of("raised"), metadata: likely(start, byJenkins), bare: lead(start, "kubectl apply")},

	{setting: setting{name: "helm", variable: "eq_range_index_dive_limit", first: "100", last: "150"}, title: "Helm-like apply", done: "jenkins: kubectl apply --server-side --field-manager=helm",
		before:  func(c *change) { c.applied("jenkins", "100", helmMarks, "--server-side", "--field-manager=helm") },
		happens: func(c *change) { c.applied("jenkins", "150", helmMarks, "--server-side", "--field-manager=helm") },
		all:     proven(start, byJenkins), metadata: likely(start, byJenkins), bare: lead(start, "Helm")},

	{setting: setting{name: "flux", variable: "group_concat_max_len", first: "2048", last: "4096"}, title: "Flux-like apply, no Flux there", done: "flux: kubectl apply --server-side --field-manager=kustomize-controller",
		before: func(c *change) {
			c.applied("flux", "2048", fluxMarks, "--server-side", "--field-manager=kustomize-controller")
		},
		happens: func(c *change) {
			c.applied("flux", "4096", fluxMarks, "--server-side", "--field-manager=kustomize-controller")
		},
		all: proven(start, byFlux), metadata: likely(start, byFlux), bare: lead(start, "Flux Kustomization")},

	{setting: setting{name: "shared", variable: "max_error_count", first: "100", last: "200"}, title: "two managers on one key", done: "jenkins as helm, then zoe as ops-bot apply the same content",
		before: func(c *change) { c.applied("jenkins", "100", nil, "--server-side", "--field-manager=helm") },
		happens: func(c *change) {
			c.applied("jenkins", "200", nil, "--server-side", "--field-manager=helm")
			c.applied("zoe", "200", nil, "--server-side", "--field-manager=ops-bot")
		},
		all: proven(start, byJenkins).marked()},

	{setting: setting{name: "forced", variable: "max_sort_length", first: "1024", last: "2048"}, title: "forced over another manager", done: "zoe: kubectl apply --server-side --force-conflicts",
		before: func(c *change) {
			c.applied("flux", "1024", fluxMarks, "--server-side", "--field-manager=kustomize-controller")
		},
		happens: func(c *change) { c.applied("zoe", "2048", nil, "--server-side", "--force-conflicts") },
		all:     proven(start, "zoe"), metadata: likely(start, "zoe"), bare: lead(start, "kubectl apply --server-side")},

	{setting: setting{name: "back", variable: "min_examined_row_limit", first: "0", last: "0"}, title: "edited and edited back", done: "zoe edits, bob edits back",
		happens: func(c *change) {
			c.edit("zoe", c.object(), c.sed("0", "5"))
			c.edit("bob", c.object(), c.sed("5", "0"))
		},
		all: &want{confidence: blame.Proven}},

	{setting: setting{name: "reverted", variable: "net_retry_count", first: "25", last: "15"}, title: "a Git revert", done: "Cara: git revert; jenkins: kubectl apply",
		before: func(c *change) {
			c.committed("first", annLee, "15")
			c.built("25", c.committed("raised", bobRoe, "25"))
		},
		happens: func(c *change) {
			c.commits["reverted"] = c.repo.revert(caraDoe, c.commits["raised"])
			c.built("15", c.commits["reverted"])
		},
		all: proven(start, caraDoe).of("reverted")},

	{setting: setting{name: "ahead", variable: "preload_buffer_size", first: "32768", last: "32768"}, title: "a commit that nobody delivers", done: "Bob commits; nothing is applied",
		before:  func(c *change) { c.built("32768", c.committed("first", annLee, "32768")) },
		happens: func(c *change) { c.committed("waiting", bobRoe, "65536") },
		all:     (&want{hop: delivery, confidence: blame.Likely}).of("waiting")},

	{setting: setting{name: "forged", variable: "query_alloc_block_size", first: "8192", last: "16384"}, title: "a forged annotation against Git", done: "jenkins applies Ann's commit; zoe: kubectl annotate with Bob's",
		before: func(c *change) { c.built("8192", c.committed("first", bobRoe, "8192")) },
		happens: func(c *change) {
			c.built("16384", c.committed("raised", annLee, "16384"))
			c.as("zoe", "", "annotate", "--overwrite", c.object(), "ci.git/commit="+c.commits["first"])
		},
		all: proven(start, annLee).of("raised").marked()},

	{setting: setting{name: "borrowed", variable: "max_seeks_for_key", first: "1000", last: "2000"}, title: "a borrowed field manager's name", done: "zoe: kubectl apply --server-side --field-manager=kustomize-controller --force-conflicts",
		before: func(c *change) {
			c.applied("flux", "1000", fluxMarks, "--server-side", "--field-manager=kustomize-controller")
		},
		happens: func(c *change) {
			c.applied("zoe", "2000", fluxMarks, "--server-side", "--field-manager=kustomize-controller")
		},
		all: proven(start, "zoe"), metadata: lead(start, "Flux Kustomization"), bare: lead(start, "Flux Kustomization")},

	{setting: setting{name: "sealed", variable: "range_alloc_block_size", first: "4096", last: "8192", secret: true}, title: "a Secret changed", done: "zoe: kubectl patch secret",
		happens: func(c *change) {
			c.as("zoe", "", "patch", c.object(), "--type=merge", "-p", strings.Replace(c.patch("8192"), `"data"`, `"stringData"`, 1))
		},
		all: likely(start, "zoe"), bare: lead(start, "kubectl patch")},

	{setting: setting{name: "patched", variable: "innodb_lru_scan_depth", first: "1024", last: "2048"}, title: "patched, then a label patched by another", done: "zoe: kubectl patch the key; bob: kubectl patch a label",
		happens: func(c *change) {
			c.as("zoe", "", "patch", c.object(), "--type=merge", "-p", c.patch("2048"))
			c.as("bob", "", "patch", c.object(), "--type=merge", "-p", `{"metadata":{"labels":{"team":"db"}}}`)
		},
		all: proven(start, "zoe").marked(), metadata: lead(start, "kubectl patch"), bare: lead(start, "kubectl patch")},

	{setting: setting{name: "replaced", variable: "transaction_alloc_block_size", first: "8192", last: "16384"}, title: "kubectl replace", done: "zoe: kubectl replace",
		happens: func(c *change) { c.as("zoe", c.s.manifest("16384", nil), "replace", "-f", "-") },
		all:     proven(start, "zoe"), metadata: likely(start, "zoe"), bare: lead(start, "kubectl replace")},

	{setting: setting{name: "recreated", variable: "key_cache_age_threshold", first: "300", last: "400"}, title: "edited by one, deleted and created by another", done: "zoe: kubectl edit; bob: kubectl delete, kubectl create",
		happens: func(c *change) {
			c.edit("zoe", c.object(), c.sed("300", "400"))
			c.as("bob", "", "delete", c.object())
			c.as("bob", c.s.manifest("400", nil), "create", "-f", "-")
		},
		all: proven(start, "bob").marked(), metadata: likely(start, "bob"), bare: lead(start, "kubectl create")},

	{setting: setting{name: "comment", variable: "host_cache_size", first: "256", last: "128"}, title: "a commit delivered, then a comment of the same text edited", done: "jenkins applies Bob's commit; zoe: kubectl edit of a comment",
		before: func(c *change) { c.built("256", c.committed("first", annLee, "256")) },
		happens: func(c *change) {
			c.built("128", c.committed("raised", bobRoe, "128"))
			c.later()
			c.edit("zoe", c.object(), "s/^( +)# comment$/\\1# seen/")
		},
		all: likely(start, bobRoe).of("raised").marked(), metadata: lead(start, "zoe"), bare: lead(start, "kubectl edit")},

	{setting: setting{name: "noted", variable: "parser_max_mem_size", first: "20000000", last: "30000000"}, title: "edited, then a comment of the same text edited by another", done: "zoe: kubectl edit of the value; bob: kubectl edit of a comment",
		happens: func(c *change) {
			c.edit("zoe", c.object(), c.sed("20000000", "30000000"))
			c.later()
			c.edit("bob", c.object(), "s/^( +)# noted$/\\1# seen/")
		},
		all: proven(start, "zoe").marked(), bare: lead(start, "kubectl edit")},

	{setting: setting{name: "instep", variable: "optimizer_trace_max_mem_size", first: "1048576", last: "3145728"}, title: "SET, edited to that, then edited away from it", done: "alice: SET GLOBAL; bob: kubectl edit to that value; zoe: kubectl edit to another",
		happens: func(c *change) {
			c.typed("mysql", []sqlIncident{{does: "alice: SET GLOBAL optimizer_trace_max_mem_size = 2097152"}})
			c.later()
			c.edit("bob", c.object(), c.sed("1048576", "2097152"))
			c.later()
			c.edit("zoe", c.object(), c.sed("2097152", "3145728"))
		},
		all: proven(start, "zoe").marked()},

	{setting: setting{name: "followed", variable: "optimizer_search_depth", first: "62", last: "20"}, title: "applied by hand, committed by another after that, and marked so", done: "zoe: kubectl apply; Bob commits the same; zoe: kubectl annotate with that",
		before: func(c *change) { c.built("62", c.committed("first", annLee, "62")) },
		happens: func(c *change) {
			c.applied("zoe", "20", c.marks(c.commits["first"]))
			c.later()
			c.as("zoe", "", "annotate", "--overwrite", c.object(), "ci.git/commit="+c.committed("after", bobRoe, "20"))
		},
		all: proven(start, "zoe").marked()},

	{setting: setting{name: "gone", variable: "stored_program_definition_cache", first: "256", last: "512"}, title: "marked with a commit that the branch does not have, as after a forced push", done: "jenkins applies Bob's content under another commit's hash",
		happens: func(c *change) {
			c.committed("raised", bobRoe, "512")
			c.built("512", strings.Repeat("dead", 10))
		},
		all: lead(start, "").marked()},

	{setting: setting{name: "binary", variable: "histogram_generation_max_mem_size", first: "20000000", last: "10000000"}, title: "the key moved to binaryData, with another value", done: "zoe: kubectl patch --type=json",
		happens: func(c *change) {
			encoded := base64.StdEncoding.EncodeToString([]byte(c.s.content("10000000")))
			c.as("zoe", "", "patch", c.object(), "--type=json", "-p", `[{"op":"remove","path":"/data/binary.cnf"},{"op":"add","path":"/binaryData","value":{"binary.cnf":"`+encoded+`"}}]`)
		},
		all: proven(start, "zoe").marked(), metadata: likely(start, "zoe"), bare: lead(start, "kubectl patch")},

	{setting: setting{name: "putback", variable: "innodb_sync_spin_loops", first: "60", last: "30"}, title: "an old file applied by hand", done: "Ann's commit, Bob's delivered; zoe: kubectl apply of Ann's file",
		before: func(c *change) {
			c.committed("first", annLee, "30")
			c.applied("jenkins", "60", nil)
			c.as("jenkins", "", "annotate", c.object(), "ci.git/commit="+c.committed("raised", bobRoe, "60"), "ci.git/repo="+c.repo.url)
		},
		happens: func(c *change) { c.applied("zoe", "30", nil) },
		all:     proven(start, "zoe").marked()},
}

// The MariaDB server's files are stale: one was copied by an init container, one
// is mounted by subPath.
var staleIncidents = []objectIncident{
	{setting: setting{name: "copied", variable: "max_error_count", first: "64", last: "128", pod: "mariadb"}, title: "edited after the init container's copy", done: "zoe: kubectl edit configmap",
		happens: func(c *change) { c.edit("zoe", c.object(), c.sed("64", "128")) },
		all:     proven(file, "zoe").marked(), bare: lead(file, "kubectl edit")},
	{setting: setting{name: "stale", variable: "max_length_for_sort_data", first: "1024", last: "2048", pod: "mariadb"}, title: "edited, but mounted by subPath", done: "zoe: kubectl edit configmap",
		happens: func(c *change) { c.edit("zoe", c.object(), c.sed("1024", "2048")) },
		all:     proven(file, "zoe").marked(), bare: lead(file, "kubectl edit")},
}

var objectIncidents = slices.Concat(configIncidents, staleIncidents)

// sources are the projections of all objects into one folder.
func sources() string {
	var list []string
	for _, in := range objectIncidents {
		if in.pod != "" {
			continue
		}
		kind := "configMap"
		if in.secret {
			kind = "secret"
		}
		list = append(list, fmt.Sprintf("{%s: {name: %s}}", kind, in.name))
	}
	return strings.Join(append(list, "{configMap: {name: runtime}}"), ", ")
}

// named puts the run's own names into what is expected: hashes of commits, the
// namespace.
func (c *change) named(w want) want {
	for _, name := range slices.Sorted(maps.Keys(c.commits)) {
		if w.commit == name {
			w.commit = c.commits[name]
		}
	}
	return c.lab.named(w)
}
