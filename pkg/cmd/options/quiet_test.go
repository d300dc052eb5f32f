package options

import (
	"bytes"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	"k8s.io/client-go/features"
	"k8s.io/klog/v2"
)

// At -v=1 a user reads what was tried, not client-go's feature gates.
func TestFeatureGatesAreNotTold(t *testing.T) {
	r := NewRoot(genericiooptions.NewTestIOStreamsDiscard(), Build{})
	r.Verbosity = 1
	if err := r.Prepare(&cobra.Command{}); err != nil {
		t.Fatal(err)
	}
	var stderr bytes.Buffer
	klog.LogToStderr(false)
	klog.SetOutput(&stderr)
	defer klog.LogToStderr(true)
	_ = features.FeatureGates().Enabled(features.WatchListClient)
	klog.V(1).Info("heard")
	klog.Flush()
	if got := stderr.String(); strings.Contains(got, "Feature gate") || !strings.Contains(got, "heard") {
		t.Errorf("stderr: %s", got)
	}
}
