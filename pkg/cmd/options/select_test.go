package options

import "testing"

func TestSelectors(t *testing.T) {
	for _, tt := range []struct {
		s    Select
		fine bool
	}{
		{Select{LabelSelector: "app=mysql,tier!=test", FieldSelector: "spec.nodeName=a"}, true},
		{Select{}, true},
		{Select{LabelSelector: "app=!x,,"}, false},
		{Select{FieldSelector: "nonsense"}, false},
		{Select{ChunkSize: -1}, false},
	} {
		code, err := CodeOf(tt.s.Validate())
		if (err == nil) != tt.fine || !tt.fine && code != ExitFailure {
			t.Errorf("%+v: %v, exit code %d", tt.s, err, code)
		}
	}
}

func TestConnectPort(t *testing.T) {
	for port, fine := range map[int]bool{0: true, 3306: true, 65535: true, 65536: false, -1: false} {
		c := Connect{Via: ViaAuto, Parallel: 1, Port: port}
		if err := c.Validate(); (err == nil) != fine {
			t.Errorf("port %d: %v", port, err)
		}
	}
}
