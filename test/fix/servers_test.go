//go:build lab

package fix

import (
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/mysqldrift/kubectl-mysqldrift/test/labtest"
)

const rootPassword = "fix-Root-1"

// options are what both servers start with. One value has a backslash and a
// quote, one is not what the server makes of it.
const options = `[mysqld]
max_connections = 123
table_open_cache = 400  # as agreed
back_log = 60
connect_timeout = 11
long_query_time = 2
innodb_buffer_pool_size = 16M
max_allowed_packet = 1000000
slow_query_log_file = "/var/lib/mysql/it's\\slow.log"
max_connect_errors = 200
`

// argument overrules max_connect_errors of the option file.
const argument = "--max-connect-errors=300"

// flavour is one of the two servers.
type flavour struct {
	name, image, password string
	// subPath mounts the file so that the kubelet never updates it.
	subPath bool
}

var flavours = []flavour{
	{name: "mysql", image: labtest.MySQLImage, password: "MYSQL_ROOT_PASSWORD"},
	{name: "mariadb", image: labtest.MariaDBImage, password: "MARIADB_ROOT_PASSWORD", subPath: true},
}

func (f flavour) pod() string { return f.name + "-0" }

func (f flavour) config() *corev1.ConfigMap {
	return &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: f.name}, Data: map[string]string{"my.cnf": options}}
}

// set is a StatefulSet of one server whose data outlives a restart of the pod.
func (f flavour) set() *appsv1.StatefulSet {
	one, grace, labels := int32(1), int64(5), map[string]string{"app": f.name}
	mount := corev1.VolumeMount{Name: "config", MountPath: "/etc/mysql/conf.d"}
	if f.subPath {
		mount = corev1.VolumeMount{Name: "config", MountPath: "/etc/mysql/conf.d/my.cnf", SubPath: "my.cnf"}
	}
	return &appsv1.StatefulSet{
		ObjectMeta: metav1.ObjectMeta{Name: f.name},
		Spec: appsv1.StatefulSetSpec{
			Replicas: &one, ServiceName: f.name, Selector: &metav1.LabelSelector{MatchLabels: labels},
			Template: corev1.PodTemplateSpec{ObjectMeta: metav1.ObjectMeta{Labels: labels}, Spec: corev1.PodSpec{
				TerminationGracePeriodSeconds: &grace,
				Volumes: []corev1.Volume{
					{Name: "config", VolumeSource: corev1.VolumeSource{ConfigMap: &corev1.ConfigMapVolumeSource{LocalObjectReference: corev1.LocalObjectReference{Name: f.name}}}},
				},
				Containers: []corev1.Container{{
					Name: "db", Image: f.image, ImagePullPolicy: corev1.PullIfNotPresent, Args: []string{argument},
					Env: []corev1.EnvVar{{Name: f.password, ValueFrom: &corev1.EnvVarSource{SecretKeyRef: &corev1.SecretKeySelector{
						LocalObjectReference: corev1.LocalObjectReference{Name: "root"}, Key: "password"}}}},
					Ports:          []corev1.ContainerPort{{ContainerPort: 3306}},
					ReadinessProbe: &corev1.Probe{ProbeHandler: corev1.ProbeHandler{TCPSocket: &corev1.TCPSocketAction{Port: intstr.FromInt32(3306)}}, PeriodSeconds: 1},
					VolumeMounts:   []corev1.VolumeMount{mount},
				}},
			}},
		},
	}
}
