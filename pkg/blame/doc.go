// Package blame gathers evidence for one variable of one instance, from the Git
// line to the SET statement, and judges at which hop the value parted and who
// did that.
//
// Fetching and judging are apart. Sources (Git, Jenkins, audit log, statement
// history, …) are small interfaces, implemented in the packages below this one
// or by the caller; each is optional and says why it is not available. What they
// answer is laid down in Facts. Judge, Chain and Contradictions are pure over
// Facts.
//
// The rule above all others: never the wrong person. Culprit is filled only if
// two independent sources agree and none of the same weight argues against it.
//
// It must not know how to print, what drift is (package drift decides, a
// v1.Finding tells), or how to reach a server.
package blame
