package declared

import (
	"strings"
	"testing"
)

const ownedManifest = `
apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: db
  ownerReferences: [{apiVersion: GROUP/v1, kind: KIND, name: shop, uid: u, controller: true}]
spec:
  template:
    spec:
      containers:
      - name: mysql
        image: mysql:8.4
        command: [mysqld]
        volumeMounts: [{name: options, mountPath: /etc/my.cnf, subPath: KEY}]
      volumes: [{name: options, configMap: {name: options}}]
---
apiVersion: v1
kind: ConfigMap
metadata: {name: optionsOWNER}
data:
  KEY: |
    [mysqld]
    max_connections=7
---
apiVersion: GROUP/v1
kind: KIND
metadata: {name: shop}
spec: {myCnf: "[mariadb]"}
`

// TestOwner: a source is told up to the field that a user edits, with what that
// does; of an object that no operator made, no field is told.
func TestOwner(t *testing.T) {
	for _, tc := range []struct {
		kind, group, key string
		made             bool // by the operator
		owner, onChange  string
	}{
		{"InnoDBCluster", "mysql.oracle.com", "99-extra.cnf", true, "innodbcluster/shop:spec.mycnf", "nothing: the operator ignores edits of spec.mycnf"},
		{"InnoDBCluster", "mysql.oracle.com", "99-extra.cnf", false, "", "nothing until the pod is recreated"},
		{"Cluster", "mysql.oracle.com", "my.cnf", false, "", "nothing until the pod is recreated"},
		{"Galera", "mariadb.openstack.org", "galera_custom.cnf.in", true, "galera/shop:spec.customServiceConfig", "restarts the pods one by one; a hand edit of the configmap is put back"},
		{"Galera", "mariadb.openstack.org", "galera.cnf.in", true, "galera/shop", "restarts the pods one by one; a hand edit of the configmap is put back"},
		{"PerconaXtraDBCluster", "pxc.percona.com", "init.cnf", true, "perconaxtradbcluster/shop:spec.pxc.configuration", "restarts the pods one by one; a hand edit of the configmap is put back"},
		{"PerconaXtraDBCluster", "pxc.percona.com", "init.cnf", false, "", "the operator of perconaxtradbcluster/shop restarts the pods where it watches this object"},
		{"MariaDB", "k8s.mariadb.com", "my.cnf", true, "mariadb/shop:spec.myCnf", "replicas first; a hand edit of the configmap is put back"},
		{"Unheard", "example.com", "my.cnf", true, "", "nothing until the pod is recreated"},
	} {
		name := tc.kind + " " + tc.key
		if !tc.made {
			name += " of a user"
		}
		t.Run(name, func(t *testing.T) {
			owner := ""
			if tc.made {
				owner = ", ownerReferences: [{apiVersion: GROUP/v1, kind: KIND, name: shop, uid: u, controller: true}]"
			}
			text := strings.ReplaceAll(ownedManifest, "OWNER", owner)
			res := resolveWith(t, strings.NewReplacer("GROUP", tc.group, "KIND", tc.kind, "KEY", tc.key).Replace(text), nil)
			for _, g := range res.Governing {
				if g.Source != "configmap/options:"+tc.key {
					continue
				}
				if g.Owner != tc.owner || !strings.Contains(g.OnChange, tc.onChange) {
					t.Errorf("owner %q, on change %q", g.Owner, g.OnChange)
				}
				return
			}
			t.Errorf("not governed by the key: %+v", res.Governing)
		})
	}
}
