package model

import "time"

// Source is where a server says that a variable's value came from, normalised
// over performance_schema.variables_info.VARIABLE_SOURCE and MariaDB's
// GLOBAL_VALUE_ORIGIN. It is a lead, never a proof: see package drift.
type Source string

const (
	SourceUnknown     Source = ""            // the server does not say, or it was not asked
	SourceCompiled    Source = "Compiled"    // COMPILED, COMPILE-TIME
	SourceFile        Source = "File"        // GLOBAL, SERVER, EXPLICIT, EXTRA, MYSQL_USER, LOGIN; CONFIG
	SourceCommandLine Source = "CommandLine" // COMMAND_LINE; COMMAND-LINE
	SourcePersisted   Source = "Persisted"   // PERSISTED
	SourceDynamic     Source = "Dynamic"     // DYNAMIC; SQL
	SourceAuto        Source = "Auto"        // MariaDB's AUTO: the server chose or corrected it
)

// Variable is one global system variable as observed. Fields that a server or a
// dump does not tell are zero.
type Variable struct {
	Name  string // lower case, underscores
	Value string // as SHOW GLOBAL VARIABLES prints it, whole
	// Truncated is set if the text was cut by the server and not read again.
	Truncated bool

	Source Source
	Path   string // option file, for SourceFile and SourcePersisted

	// Who last touched it: MySQL 8.0+ only, and SET SESSION writes it too.
	SetTime time.Time
	SetUser string
	SetHost string

	// Meta is what the server itself says of the variable; nil if it was not asked.
	Meta *Metadata
}

// Metadata is the live description of a variable: MySQL's variables_metadata and
// variables_info, MariaDB's information_schema.SYSTEM_VARIABLES. It beats any
// built-in catalogue. Texts are as the server prints them.
type Metadata struct {
	Type     string   // "BIGINT UNSIGNED", "Integer", …
	Scope    string   // GLOBAL, SESSION, "SESSION ONLY"
	Min, Max string   // bounds
	Block    string   // block size
	Enum     []string // members of an enum, set or flag set
	Default  string
	HasDef   bool // Default was given (it may be empty)
	ReadOnly bool
	Comment  string
}

// Persisted is one row of performance_schema.persisted_variables or
// mysqld-auto.cnf: it takes effect at every start, before anything else.
type Persisted struct {
	Name, Value      string
	SetTime          time.Time
	SetUser, SetHost string
}

// Role is an instance's place in replication.
type Role string

const (
	RoleUnknown Role = ""
	RolePrimary Role = "primary"
	RoleReplica Role = "replica"
	RoleAlone   Role = "standalone"
	RoleMember  Role = "member" // Galera or group replication, multi-primary
)

// Snapshot is what one server was seen running with, at one moment.
type Snapshot struct {
	Server   Server
	TakenAt  time.Time
	Uptime   time.Duration // 0 = not known
	Hostname string
	Role     Role

	Variables map[string]Variable
	Persisted map[string]Persisted

	// What was asked and answered. Without it, absence proves nothing.
	HasSources   bool // Variable.Source is filled
	HasPersisted bool // Persisted is complete
	HasMetadata  bool // Variable.Meta is filled

	// Notes say what could not be read and what to do: a missing grant, an old version.
	Notes []string
}

// StartedAt is when the server started, or zero if the uptime is not known.
func (s *Snapshot) StartedAt() time.Time {
	if s.Uptime == 0 || s.TakenAt.IsZero() {
		return time.Time{}
	}
	return s.TakenAt.Add(-s.Uptime)
}
