// Package policy judges findings: how severe each is, which are waived and
// until when. It works on reports that are already made; it must not know how
// they were fetched or how they are printed.
package policy
