package cluster

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/go-logr/logr/funcr"
	"k8s.io/klog/v2"
)

func TestQuietCapsTheVerbosity(t *testing.T) {
	var mu sync.Mutex
	var lines []string
	loud := func(verbosity int) context.Context {
		lines = nil
		return klog.NewContext(context.Background(), funcr.New(func(_, args string) {
			mu.Lock()
			defer mu.Unlock()
			lines = append(lines, args)
		}, funcr.Options{Verbosity: verbosity}))
	}
	say := func(ctx context.Context) {
		logger := klog.FromContext(ctx).WithName("client").WithValues("id", 1)
		for level := range 11 {
			logger.V(level).Info(fmt.Sprintf("level %d", level))
			logger.WithCallDepth(1).V(level).Info(fmt.Sprintf("deep %d", level))
		}
		logger.Error(errors.New("broken pipe"), "Copying failed")
	}
	say(quiet(loud(10), quietPayloads))
	text := strings.Join(lines, "\n")
	for want, there := range map[string]bool{"level 6": true, "deep 6": true, "level 7": false, "deep 7": false, "level 10": false, "broken pipe": true} {
		if strings.Contains(text, want) != there {
			t.Errorf("%q printed: %t, want %t:\n%s", want, !there, there, text)
		}
	}
	say(quiet(loud(0), quietPayloads))
	if text := strings.Join(lines, "\n"); strings.Contains(text, "broken pipe") || !strings.Contains(text, "level 0") {
		t.Errorf("at -v=0:\n%s", text)
	}
}
