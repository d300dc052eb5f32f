package cluster

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/go-sql-driver/mysql"
)

// Kubelet, runtime, driver and client-go word their failures with names of sandboxes
// and paths on the node, which say nothing to who reads the error. What they said is
// whole at -v=2.

// forwarding begins what a kubelet says of a port that it could not forward.
var forwarding = regexp.MustCompile(`error forwarding port (\d+) to pod \w+, uid : (?:failed to execute portforward in network namespace "[^"]*": )?`)

// plainRefusal says that nobody listens, and on which port.
func plainRefusal(text string) string {
	if m := forwarding.FindStringSubmatch(text); m != nil {
		return fmt.Sprintf("connection refused on port %s of the pod", m[1])
	}
	return text
}

// invalidConnection takes out the driver's words that say nothing.
var invalidConnection = strings.NewReplacer("driver: bad connection", "the connection broke", mysql.ErrInvalidConn.Error()+": ", "", ": "+mysql.ErrInvalidConn.Error(), "")

// plainLoss says how a connection broke.
func plainLoss(text string) string {
	return "lost the connection in the middle of an answer: " + forwarding.ReplaceAllString(invalidConnection.Replace(text), "")
}

// noTimeLeft is client-go's error for a request that it does not begin, because it
// would come too late; it is no context.DeadlineExceeded.
const noTimeLeft = "would exceed context deadline"

var outOfTime = strings.NewReplacer("client rate limiter Wait returned an error: ", "", "rate: Wait(n=1) "+noTimeLeft, "no time is left",
	"context deadline exceeded", "no answer in time")

// notStarted is what an OCI runtime says last of a program that it could not start.
var notStarted = regexp.MustCompile(`(?s)^.*(exec: "[^"]*": .*?)(?:: unknown)?$`)
