package drift

import (
	"testing"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
)

// of is what was found of a variable.
func of(found []v1.Finding, variable string) v1.Finding {
	for _, f := range found {
		if f.Variable == variable {
			return f
		}
	}
	return v1.Finding{}
}

// A new name of the binary log shows in no variable but log_bin_basename.
func TestBinaryLogHasAnotherName(t *testing.T) {
	snap := running("log_bin", "ON", model.SourceCompiled)
	snap.Variables["log_bin_basename"] = model.Variable{Name: "log_bin_basename", Value: "/var/lib/mysql/mysql-bin", Source: model.SourceCompiled}
	snap.Variables["datadir"] = model.Variable{Name: "datadir", Value: "/var/lib/mysql/", Source: model.SourceCompiled}
	for name, drifted := range map[string]bool{"mysql-bin": false, "mysql-bin.log.1": false, "/var/lib/mysql/mysql-bin": false, "binlog": true, "/logs/mysql-bin": true, "MySQL-bin": true, "./mysql-bin": false} {
		f := of(Compare(Input{Declaration: declare("log-bin", name), Snapshot: snap}), "log_bin_basename")
		if f.Drift != drifted || drifted && f.Class != v1.PendingRestart {
			t.Errorf("log-bin=%s: %+v", name, f)
		}
	}
	snap.Variables["log_bin_basename"] = model.Variable{Name: "log_bin_basename", Value: "./bin", Source: model.SourceCompiled}
	if f := of(Compare(Input{Declaration: declare("log-bin", "./bin.log"), Snapshot: snap}), "log_bin_basename"); f.Drift {
		t.Errorf("MariaDB prints it as it was written: %+v", f)
	}
	off := declare("log-bin", "other")
	off.Settings = append(off.Settings, model.Setting{Option: "skip-log-bin"})
	if f := of(Compare(Input{Declaration: off, Snapshot: snap}), "log_bin_basename"); f.Drift {
		t.Errorf("there is to be no binary log: %+v", f)
	}
}

// The container's output is root's: the server cannot log there, and goes on without.
func TestLogToTheContainersOutput(t *testing.T) {
	d := declare("general_log", "1")
	d.Settings = append(d.Settings, declare("general_log_file", "/dev/stdout").Settings...)
	snap := running("general_log", "OFF", model.SourceFile)
	if f := of(Compare(Input{Declaration: d, Snapshot: snap}), "general_log"); f.Drift || f.Class != v1.EnvironmentLimited || f.Declared.Effective != "OFF" {
		t.Errorf("%+v", f)
	}
	snap = running("general_log", "OFF", model.SourceDynamic)
	if f := of(Compare(Input{Declaration: d, Snapshot: snap}), "general_log"); !f.Drift {
		t.Errorf("somebody switched it off: %+v", f)
	}
}
