// Package layoutlab runs the built plugin on real pods with real servers, one for
// each way by which a ConfigMap or a Secret becomes an option file: all is in sync
// and confirmed, then every source is edited while its server runs, and each
// layout must give the class of finding that is its own. The manifests are those
// of the lab's scenario layouts. It needs MYSQLDRIFT_LAB_KUBECONFIG and the tag
// "lab".
package layoutlab
