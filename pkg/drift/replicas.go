package drift

import (
	"fmt"
	"slices"
	"strings"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/sysvar"
)

// Replica is one pod of a workload as it was read for a comparison with the others.
type Replica struct {
	Pod      string
	Snapshot *model.Snapshot
	// Declaration is what governs this pod: pods that are declared differently
	// (a file by ordinal) may run differently.
	Declaration model.Declaration
}

// CompareReplicas compares the pods of one workload with each other and returns
// the findings of each, by the replicas' order. The value of most pods is the
// reference; where none has most, the primary's is, else the first pod's.
//
// Not compared: variables that differ between pods by nature, those that belong
// to a role across roles, sizes that a server derived from its host, and pods of
// different versions, whose defaults differ.
func CompareReplicas(replicas []Replica) [][]v1.Finding {
	all := make([][]v1.Finding, len(replicas))
	for _, group := range sameVersion(replicas) {
		c := sysvar.For(replicas[group[0]].Snapshot.Server).WithLive(replicas[group[0]].Snapshot)
		cmp := replicaComparison{c, replicas, declaredTexts(c, replicas)}
		for _, name := range variableNames(replicas, group) {
			for _, peers := range cmp.comparable(name, group) {
				cmp.compare(name, peers, all)
			}
		}
	}
	return all
}

type replicaComparison struct {
	catalogue *sysvar.Catalogue
	replicas  []Replica
	declared  []map[string]string // by replica: variable → text as declared
}

// comparable splits the pods into those whose values of a variable ought to be
// the same; nil if none ought to.
func (r *replicaComparison) comparable(name string, group []int) [][]int {
	spec, known := r.catalogue.Lookup(name)
	switch {
	case neverCompared[name] || !known || spec.PerPod || spec.Scope == sysvar.ScopeSessionOnly:
		return nil
	case spec.HostDependent && !r.setByHand(name, group):
		return nil
	case spec.PerRole:
		byRole := map[model.Role][]int{}
		for _, i := range group {
			// A role that could not be read might be any: compare with nobody.
			if role := r.replicas[i].Snapshot.Role; role != model.RoleUnknown {
				byRole[role] = append(byRole[role], i)
			}
		}
		var split [][]int
		for _, role := range []model.Role{model.RolePrimary, model.RoleReplica, model.RoleMember, model.RoleAlone} {
			split = append(split, byRole[role])
		}
		return split
	}
	return [][]int{group}
}

// setByHand tells whether some pod's value certainly does not come from its host.
func (r *replicaComparison) setByHand(name string, group []int) bool {
	return slices.ContainsFunc(group, func(i int) bool {
		switch r.replicas[i].Snapshot.Variables[name].Source {
		case model.SourceFile, model.SourceCommandLine, model.SourcePersisted, model.SourceDynamic:
			return true
		}
		return false
	})
}

// compare adds a finding to each pod whose value is not the reference.
func (r *replicaComparison) compare(name string, peers []int, all [][]v1.Finding) {
	if len(peers) < 2 {
		return
	}
	ref := r.reference(name, peers)
	reference := r.value(name, ref)
	var same []string
	for _, i := range peers {
		if r.equal(name, reference, r.value(name, i)) {
			same = append(same, r.replicas[i].Pod)
		}
	}
	for _, i := range peers {
		v, ok := r.replicas[i].Snapshot.Variables[name]
		if !ok || r.equal(name, reference, r.value(name, i)) || r.declaredApart(name, ref, i) {
			continue
		}
		mine, theirs := v.Value, reference
		message := fmt.Sprintf("%s runs with %q, %s with %q", r.replicas[i].Pod, mine, strings.Join(same, ", "), theirs)
		if r.catalogue.Secret(name) {
			mine, theirs = redacted, redacted
			message = fmt.Sprintf("%s runs with another value than %s", r.replicas[i].Pod, strings.Join(same, ", "))
		}
		all[i] = append(all[i], v1.Finding{
			Variable: name, Class: v1.ReplicaDivergence, Drift: true, Hop: string(model.HopRuntime),
			Declared: &v1.Declared{Value: theirs, Source: "pod/" + same[0]},
			Running:  &v1.Running{Value: mine, Source: string(v.Source), Path: v.Path},
			Message:  message,
			Remedy:   "find out which value is meant (kubectl mysqldrift diff pod/" + r.replicas[i].Pod + " " + name + ") and declare it for all pods",
		})
	}
}

// reference is the pod that holds the value of most.
func (r *replicaComparison) reference(name string, peers []int) int {
	best, votes, tied := peers[0], 0, false
	for _, i := range peers {
		n := 0
		for _, j := range peers {
			if r.equal(name, r.value(name, i), r.value(name, j)) {
				n++
			}
		}
		switch {
		case n > votes:
			best, votes, tied = i, n, false
		case n == votes && !r.equal(name, r.value(name, i), r.value(name, best)):
			tied = true
		}
	}
	if !tied {
		return best
	}
	for _, i := range peers {
		if r.replicas[i].Snapshot.Role == model.RolePrimary {
			return i
		}
	}
	return peers[0]
}

func (r *replicaComparison) value(name string, i int) string {
	return r.replicas[i].Snapshot.Variables[name].Value
}

// equal compares two values as the server means them; a pod's own host name in
// a value (file names, report_host) is no difference.
func (r *replicaComparison) equal(name, a, b string) bool {
	return a == b || r.catalogue.Equal(name, a, b) || r.withoutHosts(a) == r.withoutHosts(b)
}

func (r *replicaComparison) withoutHosts(value string) string {
	for _, replica := range r.replicas {
		for _, host := range []string{replica.Snapshot.Hostname, replica.Pod} {
			if host != "" {
				value = strings.ReplaceAll(value, host, "{host}")
			}
		}
	}
	return value
}

// declaredApart tells that two pods were given different values on purpose.
func (r *replicaComparison) declaredApart(name string, a, b int) bool {
	x, hasX := r.declared[a][name]
	y, hasY := r.declared[b][name]
	if !hasX && !hasY {
		return false
	}
	return hasX != hasY || !r.catalogue.Equal(name, x, y)
}

func declaredTexts(c *sysvar.Catalogue, replicas []Replica) []map[string]string {
	all := make([]map[string]string, len(replicas))
	for i, replica := range replicas {
		all[i] = map[string]string{}
		for _, s := range replica.Declaration.Settings {
			resolution := c.Resolve(s.Option)
			if resolution.Variable == "" {
				continue
			}
			text := s.Value
			if !s.HasValue {
				text = "ON"
			}
			all[i][resolution.Variable] = fmt.Sprint(text, negation(resolution.Negated))
		}
	}
	return all
}

func negation(negated bool) string {
	if negated {
		return " (negated)"
	}
	return ""
}

// sameVersion groups replicas, by index, that could be read and have one version.
func sameVersion(replicas []Replica) [][]int {
	var groups [][]int
next:
	for i, replica := range replicas {
		if replica.Snapshot == nil {
			continue
		}
		for g, group := range groups {
			first := replicas[group[0]].Snapshot.Server
			if first.Flavour == replica.Snapshot.Server.Flavour && first.Version == replica.Snapshot.Server.Version {
				groups[g] = append(group, i)
				continue next
			}
		}
		groups = append(groups, []int{i})
	}
	return groups
}

func variableNames(replicas []Replica, group []int) []string {
	seen := map[string]bool{}
	for _, i := range group {
		for name := range replicas[i].Snapshot.Variables {
			seen[name] = true
		}
	}
	names := make([]string, 0, len(seen))
	for name := range seen {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// neverCompared move by themselves or name the server: no catalogue entry may
// make them a difference between pods.
var neverCompared = map[string]bool{
	"hostname": true, "server_id": true, "server_uuid": true, "server_uid": true, "report_host": true, "report_port": true,
	"gtid_executed": true, "gtid_purged": true, "gtid_binlog_pos": true, "gtid_binlog_state": true, "gtid_current_pos": true,
	"gtid_slave_pos": true, "last_gtid": true, "gtid_owned": true, "gtid_seq_no": true,
	"timestamp": true, "identity": true, "last_insert_id": true, "rand_seed1": true, "rand_seed2": true, "pseudo_thread_id": true,
	"statement_id": true, "error_count": true, "warning_count": true, "in_transaction": true,
	"wsrep_node_name": true, "wsrep_node_address": true, "wsrep_node_incoming_address": true, "wsrep_gtid_domain_id": true,
	"wsrep_sst_receive_address": true, "wsrep_start_position": true, "innodb_buffer_pool_load_now": true,
	"auto_increment_offset": true, "group_replication_local_address": true, "group_replication_bootstrap_group": true,
	"pid_file": true,
}
