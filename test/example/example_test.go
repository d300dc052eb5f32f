package example

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const page = "# x\n\n<!-- run: offline -->\n```console\n$ echo one; (exit 3)\none\n$ echo $? >&2\n3\n$ true\n```\n\n```console\n$ ls\n```\n"

func write(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "x.md")
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestRun(t *testing.T) {
	blocks, err := Blocks(write(t, page))
	if err != nil {
		t.Fatal(err)
	}
	if len(blocks) != 2 || blocks[0].Mode != "offline" || blocks[0].Line != 5 || blocks[1].Mode != "" {
		t.Fatalf("blocks %+v", blocks)
	}
	got, err := blocks[0].Run(t.TempDir(), os.Environ())
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(blocks[0].Commands, got); d != "" {
		t.Error(d)
	}
}

func TestRewrite(t *testing.T) {
	blocks, err := Blocks(write(t, page))
	if err != nil {
		t.Fatal(err)
	}
	if err := blocks[0].Rewrite([]Command{{"echo two", "two\n"}}); err != nil {
		t.Fatal(err)
	}
	got, _ := os.ReadFile(blocks[0].File)
	want := "# x\n\n<!-- run: offline -->\n```console\n$ echo two\ntwo\n```\n\n```console\n$ ls\n```\n"
	if d := cmp.Diff(want, string(got)); d != "" {
		t.Error(d)
	}
}

func TestSame(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"POD   AGE\nx-7fbf8fd6c4-x6gqm   72s ago\n", "POD     AGE\nx-54fbf8fd6c-zzzzz   3m1s ago\n", true},
		{"at 2026-11-25T08:46:52Z, MySQL 9.7.4", "at 2027-01-02T00:00:00Z, MySQL 9.8.0", true},
		{"max_connections 2000", "max_connections 500", false},
		{"alice", "bob", false},
		{"mysql-0", "mysql-1", false},
	} {
		if got := Same(c.a, c.b); got != c.want {
			t.Errorf("Same(%q, %q) = %t", c.a, c.b, got)
		}
	}
}
