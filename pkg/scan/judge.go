package scan

import v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"

func judge(d *Detail) {
	d.Report.State = v1.StateInSync
	d.Report.LastChange = lastChange(d.Report)
}
