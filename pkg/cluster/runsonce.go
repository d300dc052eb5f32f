package cluster

import "strings"

// onlyOnce are options with which mysqld and mariadbd do a job and end.
var onlyOnce = map[string]bool{
	"initialize": true, "initialize-insecure": true, "bootstrap": true, "help": true, "version": true, "install": true,
	"print-defaults": true, "validate-config": true, "wsrep-recover": true, "wsrep-recover-only": true,
}

// RunsOnce says whether a server's argument makes it do a job and end. Options
// that go on running beside others, --verbose and --skip-networking, do not.
func RunsOnce(arg string) bool {
	if arg == "-V" || arg == "-?" {
		return true
	}
	name, value, has := strings.Cut(arg, "=")
	name, long := strings.CutPrefix(name, "--")
	return long && onlyOnce[strings.ReplaceAll(name, "_", "-")] && !(has && isOff(value))
}

// WithoutNetwork says whether a server's arguments leave it without a network, as
// start scripts run it for a while to fill it. The last mention counts.
func WithoutNetwork(args []string) bool {
	without := false
	for _, a := range args {
		name, value, has := strings.Cut(strings.ReplaceAll(a, "_", "-"), "=")
		if name == "--skip-networking" {
			without = !(has && isOff(value))
		}
	}
	return without
}

// isOff says whether a server takes an option's value for no.
func isOff(value string) bool {
	return value == "0" || strings.EqualFold(value, "off") || strings.EqualFold(value, "false")
}
