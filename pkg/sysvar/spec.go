package sysvar

// Type is the kind of values a variable takes.
type Type string

// The types. What a server calls them is in brackets.
const (
	TypeBool    Type = "bool"    // [BOOLEAN, Boolean] shown as ON/OFF, a few as YES/NO or TRUE/FALSE
	TypeInt     Type = "int"     // [INT, BIGINT, Integer with a negative minimum]
	TypeUint    Type = "uint"    // [INT UNSIGNED, BIGINT UNSIGNED, Integer]
	TypeDouble  Type = "double"  // [DOUBLE, Numeric] shown with six decimals
	TypeString  Type = "string"  // [VARCHAR, String]
	TypeEnum    Type = "enum"    // [ENUM, Enumeration] one of Members; an option takes the index too
	TypeSet     Type = "set"     // [SET, Set] a comma list of Members; an option takes the bit mask too
	TypeFlagSet Type = "flagset" // [FLAGSET] name=on|off|default list: optimizer_switch
)

// Arg says whether an option takes a value.
type Arg string

// The forms in which `--help` prints an option: --x=#, --x[=#], --x.
const (
	ArgRequired Arg = "required"
	ArgOptional Arg = "optional"
	ArgNone     Arg = "none"
)

// Scope is where a variable exists.
type Scope string

// The scopes. ScopeSession has a global value too, ScopeSessionOnly has none.
const (
	ScopeGlobal      Scope = "global"
	ScopeSession     Scope = "session"
	ScopeSessionOnly Scope = "session-only"
)

// Spec describes one system variable of one server version and the options
// that set it, or an option without a variable.
type Spec struct {
	// Name is the variable in lower case with underscores; empty for an option
	// that has no variable (skip-grant-tables, symbolic-links): not observable.
	Name string
	// Options are the option names that set it, as `mysqld --verbose --help`
	// prints them: dashes, no leading ones, no [skip-] prefixes ("default-time-zone").
	// Empty: it cannot stand in an option file (version, hostname).
	Options []string
	// Aliases are other variable names with always the same value
	// (replica_x/slave_x, tx_isolation/transaction_isolation).
	Aliases []string

	Type Type
	Arg  Arg
	// Default is the compiled value as SHOW VARIABLES prints it on a server
	// without any option; HasDefault is false if it is not known or is
	// computed from others or from the host (see HostDependent).
	Default    string
	HasDefault bool
	// Min, Max, Block are bounds and block size as decimal numbers; empty or
	// "0" for Block means none.
	Min, Max, Block string
	// Members are an enum's values in index order, or a set's in bit order.
	Members []string
	// Dynamic reports that SET GLOBAL is allowed.
	Dynamic bool
	Scope   Scope

	// Versions as "8.0.26"; empty: since always, or not.
	Introduced, Deprecated, Removed string
	// ReplacedBy is the option or variable to use instead.
	ReplacedBy string
	// Ignored marks an option that this server still accepts and does nothing
	// with (MariaDB's removed options).
	Ignored bool

	// Sensitive values are never printed (passwords, keys, init_connect).
	Sensitive bool
	// PerPod differs between pods by nature (server_id, report_host), PerRole
	// between primary and replica (read_only).
	PerPod, PerRole bool
	// HostDependent values are sized from CPUs, memory, RLIMIT_NOFILE or other
	// variables when not set.
	HostDependent bool
	// Observable is false if no SHOW VARIABLES shows what the option did.
	Observable bool

	// Doc is one paragraph; Source says where the entry was taken from
	// ("mysqld 9.7.4 --verbose --help", a manual page).
	Doc, Source string
}
