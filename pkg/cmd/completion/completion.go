// Package completion is the verb `completion`: shell completion, either as a
// script for the plugin's own name or as the file by which kubectl completes
// `kubectl mysqldrift`.
package completion

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"

	"github.com/spf13/cobra"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cmd/options"
)

// FileName is what kubectl (1.26 and later) looks for on the PATH when it
// completes a plugin named mysqldrift.
const FileName = "kubectl_complete-mysqldrift"

// binary is the plugin's name on the PATH.
const binary = "kubectl-mysqldrift"

// script answers kubectl's completion requests with the plugin's own.
const script = `#!/bin/sh
# kubectl calls this to complete "kubectl mysqldrift …".
exec kubectl-mysqldrift __complete "$@"
`

const windowsScript = "@echo off\r\nkubectl-mysqldrift __complete %*\r\n"

// New makes the command.
func New(root *options.Root) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "completion (bash|zsh|fish|powershell)",
		Short: "Write shell completion",
		Long: `Write shell completion.

kubectl completes a plugin through a file named ` + FileName + ` on
the PATH, which Krew cannot install. "completion install" writes it; after that
"kubectl mysqldrift" completes wherever kubectl itself does: verbs, flags,
namespaces, workloads, pods and variables.

With the name of a shell, a completion script for the command kubectl-mysqldrift
is printed instead.`,
		Example: `  # Let kubectl complete the plugin
  kubectl mysqldrift completion install

  # The same, into a folder of your choice that is on the PATH
  kubectl mysqldrift completion install --dir ~/bin

  # Complete the plugin's binary in bash
  source <(kubectl-mysqldrift completion bash)`,
		Annotations: map[string]string{options.NoConfigFile: "true"},
		Args:        cobra.MatchAll(cobra.ExactArgs(1), cobra.OnlyValidArgs),
		ValidArgs:   []string{"bash", "zsh", "fish", "powershell"},
		RunE: func(cmd *cobra.Command, args []string) error {
			return generate(cmd.Root(), args[0], root.Streams.Out)
		},
	}
	cmd.AddCommand(newInstall(root))
	return cmd
}

func generate(root *cobra.Command, shell string, w io.Writer) error {
	switch shell {
	case "bash":
		return root.GenBashCompletionV2(w, true)
	case "zsh":
		return root.GenZshCompletion(w)
	case "fish":
		return root.GenFishCompletion(w, true)
	default:
		return root.GenPowerShellCompletionWithDesc(w)
	}
}

func newInstall(root *options.Root) *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use:   "install",
		Short: "Install the file by which kubectl completes this plugin",
		Long: `Install ` + FileName + `, the file by which kubectl completes
"kubectl mysqldrift". It goes into the folder on the PATH in which kubectl finds
the plugin, or into --dir. An existing file is replaced only if it is one of ours.`,
		Example:     `  kubectl mysqldrift completion install`,
		Annotations: map[string]string{options.NoConfigFile: "true"},
		Args:        cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			path, err := install(dir)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(root.Streams.Out, "%s written\n", path)
			return err
		},
	}
	cmd.Flags().StringVar(&dir, "dir", "", "Folder to write into (default: where kubectl finds the plugin)")
	_ = cmd.MarkFlagDirname("dir")
	return cmd
}

// ownDir is the folder on the PATH in which kubectl finds the plugin. Where Krew
// installed it, that holds a link, and the binary lies elsewhere.
func ownDir() (string, error) {
	if path, err := exec.LookPath(binary); err == nil {
		return filepath.Abs(filepath.Dir(path))
	}
	self, err := os.Executable()
	return filepath.Dir(self), err
}

// install writes the file and returns its path.
func install(dir string) (string, error) {
	if dir == "" {
		var err error
		if dir, err = ownDir(); err != nil {
			return "", fmt.Errorf("find the plugin's own folder: %w; name one with --dir", err)
		}
	}
	name, text := FileName, script
	if runtime.GOOS == "windows" {
		name, text = FileName+".bat", windowsScript
	}
	path := filepath.Join(dir, name)
	if old, err := os.ReadFile(path); err == nil && string(old) != text {
		return "", fmt.Errorf("%s exists and is not ours: move it away, or choose another folder with --dir", path)
	}
	if err := os.WriteFile(path, []byte(text), 0o755); err != nil {
		return "", fmt.Errorf("write %s: %w; choose a folder on the PATH with --dir", path, err)
	}
	return path, nil
}
