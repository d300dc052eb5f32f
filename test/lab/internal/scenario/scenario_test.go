package scenario

import (
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	"sigs.k8s.io/yaml"
)

var testImages = map[string]string{
	"MYSQL_IMAGE": "mysql:x", "MARIADB_IMAGE": "mariadb:x", "BITNAMI_IMAGE": "bitnami/mysql:x",
	"EXPORTER_IMAGE": "exporter:x", "PROXY_IMAGE": "proxy:x", "PULL": "Never",
}

// kinds are all that the scenarios use; a document is decoded into its own.
func kinds() map[string]any {
	return map[string]any{
		"Namespace": &corev1.Namespace{}, "Secret": &corev1.Secret{}, "ConfigMap": &corev1.ConfigMap{}, "Service": &corev1.Service{},
		"StatefulSet": &appsv1.StatefulSet{}, "Deployment": &appsv1.Deployment{},
		"Job": &batchv1.Job{}, "CronJob": &batchv1.CronJob{}, "RoleBinding": &rbacv1.RoleBinding{},
	}
}

type head struct {
	Kind     string `json:"kind"`
	Metadata struct {
		Name      string `json:"name"`
		Namespace string `json:"namespace"`
	} `json:"metadata"`
}

func decode(t *testing.T, manifests, namespace string) map[string]bool {
	t.Helper()
	found := map[string]bool{}
	for document := range strings.SplitSeq(manifests, "\n---\n") {
		var h head
		if err := yaml.Unmarshal([]byte(document), &h); err != nil {
			t.Fatalf("not YAML: %v\n%s", err, document)
		}
		object, known := kinds()[h.Kind]
		if !known {
			t.Fatalf("kind %q of %s is not one that the scenarios use\n%s", h.Kind, h.Metadata.Name, document)
		}
		if err := yaml.UnmarshalStrict([]byte(document), object); err != nil {
			t.Errorf("%s %s: %v", h.Kind, h.Metadata.Name, err)
		}
		if h.Kind != "Namespace" && h.Metadata.Namespace != namespace {
			t.Errorf("%s %s is in namespace %q, not %q", h.Kind, h.Metadata.Name, h.Metadata.Namespace, namespace)
		}
		found[h.Kind+"/"+h.Metadata.Name] = true
	}
	return found
}

func TestManifestsAreWhatKubernetesKnows(t *testing.T) {
	for _, s := range All {
		t.Run(s.Name, func(t *testing.T) {
			text, err := s.Manifests(testImages)
			if err != nil {
				t.Fatal(err)
			}
			found := decode(t, text, s.Name)
			for _, rollout := range s.rollouts {
				short, name, _ := strings.Cut(rollout, "/")
				kind := map[string]string{"sts": "StatefulSet", "deploy": "Deployment"}[short]
				if !found[kind+"/"+name] {
					t.Errorf("waits for %s, which is in no manifest", rollout)
				}
			}
		})
	}
	for _, extra := range []string{"shop/incidents/*.yaml", "shop/lab/*.yaml"} {
		text, err := render(extra, testImages)
		if err != nil {
			t.Fatal(err)
		}
		if len(decode(t, text, "shop")) == 0 {
			t.Errorf("nothing at %s", extra)
		}
	}
}

func TestRenderWantsEveryPlaceholder(t *testing.T) {
	_, err := render("shop/*.yaml", map[string]string{"PULL": "Never"})
	if err == nil || !strings.Contains(err.Error(), "@MYSQL_IMAGE@") {
		t.Errorf("err = %v, want one that names @MYSQL_IMAGE@", err)
	}
}

func TestIncidentsHaveAScenarioAndAName(t *testing.T) {
	seen := map[string]bool{}
	standard := 0
	for _, incident := range Incidents {
		if _, err := Find(incident.Scenario); err != nil {
			t.Errorf("%s: %v", incident.Name, err)
		}
		if seen[incident.Name] {
			t.Errorf("two incidents are named %s", incident.Name)
		}
		seen[incident.Name] = true
		if incident.Standard {
			standard++
		}
	}
	if standard != 5 {
		t.Errorf("%d standard incidents, want the demo's 5", standard)
	}
	if _, err := FindIncident("no-such"); err == nil {
		t.Error("an unknown incident was found")
	}
}
