package scan

import (
	"slices"
	"sync"
	"time"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cluster"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/policy"
)

// stallsAfter is how long nothing may begin or be done until a scan is said to wait
// for servers that do not answer.
const stallsAfter = time.Second

// progress tells of reports as they are done, one at a time, and once of all that are
// done while only servers that do not answer are awaited.
type progress struct {
	cfg   Config
	total int

	mu       sync.Mutex
	begun    int
	finished int
	ended    []bool
	last     time.Time // when something began or was done
}

func newProgress(cfg Config, total int) *progress {
	return &progress{cfg: cfg, total: total, ended: make([]bool, total), last: time.Now()}
}

func (p *progress) begin(in v1.Instance) {
	p.mu.Lock()
	p.begun, p.last = p.begun+1, time.Now()
	p.mu.Unlock()
	if p.cfg.Started != nil {
		p.cfg.Started(in, p.total)
	}
}

func (p *progress) done(i int, report *v1.DriftReport) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.finished, p.ended[i], p.last = p.finished+1, true, time.Now()
	if p.cfg.Progress != nil {
		p.cfg.Progress(p.finished, p.total, report)
	}
}

// watch calls once, if at all, while nothing else is told, with which reports are
// done. stop must be called when all are.
func (p *progress) watch(stalled func(ended []bool)) (stop func()) {
	if p.cfg.Stalled == nil {
		return func() {}
	}
	all := make(chan struct{})
	var watching sync.WaitGroup
	watching.Go(func() {
		tick := time.NewTicker(stallsAfter / 4)
		defer tick.Stop()
		for {
			select {
			case <-all:
				return
			case <-tick.C:
				if p.tellStalled(stalled) {
					return
				}
			}
		}
	})
	return func() { close(all); watching.Wait() }
}

func (p *progress) tellStalled(stalled func(ended []bool)) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.begun < p.total || p.finished == 0 || p.finished == p.total || time.Since(p.last) < stallsAfter {
		return false
	}
	stalled(p.ended)
	return true
}

// soFar are the reports that are done, judged by each other, and the servers that are
// awaited. The reports themselves stay as they are.
func soFar(instances []cluster.Instance, items []v1.DriftReport, peers []peer, ended []bool, rules policy.Rules) (done []v1.DriftReport, awaited []v1.Instance) {
	var theirs []peer
	for i := range instances {
		if !ended[i] {
			awaited = append(awaited, instances[i].Instance)
			continue
		}
		r := items[i]
		r.Findings = slices.Clone(r.Findings)
		done, theirs = append(done, r), append(theirs, peers[i])
	}
	byPeers(done, theirs, rules)
	return done, awaited
}
