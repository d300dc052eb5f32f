package explain

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cmd/options"
)

var update = flag.Bool("update", false, "write the golden files anew")

func runExplain(t *testing.T, args ...string) (string, error) {
	t.Helper()
	var out bytes.Buffer
	root := options.NewRoot(genericiooptions.IOStreams{In: strings.NewReader(""), Out: &out, ErrOut: &out}, options.Build{})
	cmd := New(root)
	cmd.SilenceErrors, cmd.SilenceUsage = true, true
	cmd.SetArgs(args)
	err := cmd.Execute()
	return out.String(), err
}

func TestText(t *testing.T) {
	for name, args := range map[string][]string{
		"buffer-pool":   {"innodb_buffer_pool_size", "--server-version", "8.0.45"},
		"time-zone":     {"default-time-zone", "--server-version", "10.11-MariaDB"},
		"removed":       {"default_authentication_plugin", "--server-version", "8.4.7"},
		"no-variable":   {"skip-grant-tables", "--server-version", "9.7"},
		"ignored":       {"innodb_page_cleaners", "--server-version", "10.11-MariaDB"},
		"per-pod":       {"server_id"},
		"other-release": {"max_connections", "--server-version", "9.1.0"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := runExplain(t, args...)
			if err != nil {
				t.Fatal(err)
			}
			file := filepath.Join("testdata", name+".txt")
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(string(want), got); d != "" {
				t.Errorf("-want +got:\n%s", d)
			}
		})
	}
}

func TestJSON(t *testing.T) {
	text, err := runExplain(t, "slave_parallel_workers", "-o", "json", "--server-version", "8.4.7")
	if err != nil {
		t.Fatal(err)
	}
	var d description
	if err := json.Unmarshal([]byte(text), &d); err != nil {
		t.Fatal(err)
	}
	if d.Variable != "replica_parallel_workers" || !slices.Contains(d.Aliases, "slave_parallel_workers") || !d.Dynamic || !d.Present {
		t.Errorf("%+v", d)
	}
	if text, err := runExplain(t, "max_connections", "-o", "yaml"); err != nil || !strings.Contains(text, "variable: max_connections\n") {
		t.Errorf("yaml: %v\n%s", err, text)
	}
}

func TestErrors(t *testing.T) {
	for _, tt := range []struct {
		args []string
		want string
	}{
		{[]string{"max_conections"}, "did you mean max"},
		{[]string{"nothing_like_this_at_all"}, `has no variable or option "nothing_like_this_at_all"`},
		{[]string{}, "want one variable"},
		{[]string{"max_connections", "-o", "xml"}, "allowed formats are: json,yaml"},
		{[]string{"max_connections", "--server-version", "new"}, "--server-version"},
	} {
		_, err := runExplain(t, tt.args...)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%q: %v, want %q", tt.args, err, tt.want)
		}
	}
}
