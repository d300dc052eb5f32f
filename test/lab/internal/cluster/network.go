package cluster

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// ensureNetwork makes the bridge; made says that it was not there before.
func ensureNetwork(ctx context.Context) (made bool, err error) {
	device, err := net.InterfaceByName(bridge)
	if err != nil {
		if err := ip(ctx, "link", "add", bridge, "type", "bridge"); err != nil {
			return false, err
		}
		made = true
	}
	if err := ip(ctx, "link", "set", bridge, "up"); err != nil {
		return made, err
	}
	have := map[string]bool{}
	if device != nil {
		addresses, err := device.Addrs()
		if err != nil {
			return made, fmt.Errorf("list the addresses of %s: %w", bridge, err)
		}
		for _, address := range addresses {
			have[address.String()] = true
		}
	}
	// The order matters: the CNI plugin looks at the first address only.
	for _, address := range []string{nodeIP + "/24", serverIP + "/32"} {
		if have[address] {
			continue
		}
		if err := ip(ctx, "address", "add", address, "dev", bridge); err != nil {
			return made, err
		}
	}
	return made, nil
}

// removeNetwork deletes the bridge and what the CNI plugins remember.
func removeNetwork(ctx context.Context, state string) error {
	if _, err := net.InterfaceByName(bridge); err == nil {
		if err := ip(ctx, "link", "delete", bridge); err != nil {
			return err
		}
	}
	remembered, err := filepath.Glob("/var/lib/cni/results/" + cniNetwork + "-*")
	if err != nil {
		return err
	}
	for _, path := range append(remembered, filepath.Join(state, "cni")) {
		if err := os.RemoveAll(path); err != nil {
			return fmt.Errorf("forget an address: %w", err)
		}
	}
	return nil
}

func ip(ctx context.Context, args ...string) error {
	out, err := exec.CommandContext(ctx, "ip", args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("ip %s: %w: %s", strings.Join(args, " "), err, strings.TrimSpace(string(out)))
	}
	return nil
}
