package configfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

// RepositoryFile is the name of a repository's file.
const RepositoryFile = ".mysqldrift.yaml"

// None instead of a file's name reads no file at all.
const None = "none"

// PathEnv names the user's file instead of the usual one.
const PathEnv = "MYSQLDRIFT_CONFIG"

// UserPath is where the user's file is looked for, whether it is there or not.
func UserPath() (string, error) {
	if path := os.Getenv(PathEnv); path != "" {
		return path, nil
	}
	dir := os.Getenv("XDG_CONFIG_HOME")
	if dir == "" && runtime.GOOS == "windows" {
		dir, _ = os.UserConfigDir()
	}
	if dir == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return "", fmt.Errorf("find the configuration file: %w", err)
		}
		dir = filepath.Join(home, ".config")
	}
	return filepath.Join(dir, "mysqldrift", "config.yaml"), nil
}

// RepositoryRoot is the folder at or above dir that holds .git; "" if none does.
func RepositoryRoot(dir string) string {
	for {
		if _, err := os.Stat(filepath.Join(dir, ".git")); err == nil {
			return dir
		}
		up := filepath.Dir(dir)
		if up == dir {
			return ""
		}
		dir = up
	}
}

// Load reads the user's file, or the one named, and the file of the repository
// that dir is in. A file that was named must be there; None reads nothing.
func Load(named, dir string) (*Config, error) {
	all := &Config{}
	if named == "" {
		named = os.Getenv(PathEnv)
	}
	if named == None {
		return all, nil
	}
	path := named
	if path == "" {
		usual, err := UserPath()
		if err != nil {
			return all, nil // a process without a home has no file of its user's
		}
		path = usual
	}
	if err := all.read(path, named != "", userFile); err != nil {
		return nil, err
	}
	// Above the repository's root nobody vouches for a file: /tmp is everybody's.
	if root := RepositoryRoot(dir); root != "" {
		if err := all.read(filepath.Join(root, RepositoryFile), false, repositoryFile); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func (c *Config) read(path string, must bool, whose owner) error {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) && !must {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read the configuration file: %w", err)
	}
	one, err := parse(path, data, whose)
	if err != nil {
		return err
	}
	c.add(one)
	return nil
}
