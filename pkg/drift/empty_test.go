package drift

import (
	"encoding/json"
	"testing"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
)

// Who reads the JSON walks over the list, also where nothing was found.
func TestNothingFoundIsAnEmptyList(t *testing.T) {
	text, err := json.Marshal(Compare(Input{Declaration: declare("max_connections", "151"), Snapshot: running("max_connections", "151", model.SourceFile)}))
	if err != nil || string(text) != "[]" {
		t.Errorf("%s, %v", text, err)
	}
}
