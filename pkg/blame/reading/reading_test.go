package reading

import (
	"testing"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/blame"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
)

func TestValues(t *testing.T) {
	v := NewValues(model.Server{Flavour: model.MySQL, Version: model.Version{Major: 9, Minor: 7}}, nil)
	content := []byte("[client]\nmax_connections=1\n[mysqld]\nMAX-x=2\nmax-connections = 10\nloose_max_connections=20 # later wins\nskip-name-resolve\n[mysqldump]\nmax_connections=30\n")
	if value, line, ok := v.Find(content, "max_connections"); !ok || value != "20" || line != 6 {
		t.Errorf("max_connections: %q line %d %v", value, line, ok)
	}
	if value, _, ok := v.Find(content, "skip_name_resolve"); !ok || value != "ON" {
		t.Errorf("skip_name_resolve: %q %v", value, ok)
	}
	if _, _, ok := v.Find(content, "sort_buffer_size"); ok {
		t.Error("found a setting that is not there")
	}
	if !v.Equal("innodb_buffer_pool_size", "1G", "1073741824") || v.Equal("max_connections", "10", "11") {
		t.Error("values are not compared as the server does")
	}
	if v.Variable("maximum-sort_buffer_size") != "" || v.Variable("skip-name-resolve") != "skip_name_resolve" {
		t.Error("options are not resolved as the server does")
	}
}

var (
	_ blame.Values = Values{}
	_ blame.Files  = Files{}
)
