package model

import "testing"

func TestParseServer(t *testing.T) {
	for text, want := range map[string]Server{
		"9.7.4":                  {MySQL, Version{9, 7, 4}, "9.7.4"},
		"9.7.4-2":                {MySQL, Version{9, 7, 4}, "9.7.4-2"},
		"8.0.36-28":              {MySQL, Version{8, 0, 36}, "8.0.36-28"},
		"8.4":                    {MySQL, Version{8, 4, 0}, "8.4"},
		"10.11.19-MariaDB-deb12": {MariaDB, Version{10, 11, 19}, "10.11.19-MariaDB-deb12"},
		"5.5.5-10.6.1-MariaDB":   {MariaDB, Version{10, 6, 1}, "5.5.5-10.6.1-MariaDB"},
		"11.8.2":                 {MariaDB, Version{11, 8, 2}, "11.8.2"},
		"mariadb:10.11":          {MariaDB, Version{10, 11, 0}, "mariadb:10.11"},
		"5.5.68-MariaDB":         {MariaDB, Version{5, 5, 68}, "5.5.68-MariaDB"},
	} {
		got, err := ParseServer(text)
		if err != nil || got != want {
			t.Errorf("ParseServer(%q) = %+v, %v; want %+v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "latest", "mysql"} {
		if got, err := ParseServer(text); err == nil {
			t.Errorf("ParseServer(%q) = %+v, want an error", text, got)
		}
	}
}

func TestVersionOrder(t *testing.T) {
	if !(Version{8, 0, 36}).AtLeast(8, 0, 4) || (Version{8, 0, 3}).AtLeast(8, 0, 4) || (Version{5, 7, 44}).AtLeast(8, 0, 0) {
		t.Error("versions compare as numbers, from the left")
	}
}

func TestOriginString(t *testing.T) {
	for want, o := range map[string]Origin{
		"configmap/mysql:my.cnf:12": {Object: "configmap/mysql:my.cnf", Path: "/etc/my.cnf", Line: 12},
		"/etc/my.cnf:3":             {Path: "/etc/my.cnf", Line: 3},
		"arg":                       {Object: "arg"},
	} {
		if got := o.String(); got != want {
			t.Errorf("%+v prints %q, want %q", o, got, want)
		}
	}
}
