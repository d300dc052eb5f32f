package cluster

import (
	"context"

	"github.com/go-logr/logr"
	"k8s.io/klog/v2"
)

// Verbosity above which client-go prints what passes through it: bodies of
// answers (Secrets among them) at 8, payloads of tunnels (SQL, passwords) at 7.
const (
	quietBodies   = 7
	quietPayloads = 6
)

// quiet caps the verbosity of everything that logs through the context, so that
// no -v shows a secret. Errors that libraries print on their own, "Copying
// stdin failed" and the like, are told at -v=4 only: their cause is returned.
func quiet(ctx context.Context, most int) context.Context {
	return klog.NewContext(ctx, quietLogger(klog.FromContext(ctx), most))
}

func quietLogger(logger klog.Logger, most int) klog.Logger {
	return logger.WithSink(quietSink{logger.GetSink(), most})
}

type quietSink struct {
	logr.LogSink
	most int
}

func (s quietSink) Enabled(level int) bool { return level <= s.most && s.LogSink.Enabled(level) }

func (s quietSink) Error(err error, msg string, keysAndValues ...any) {
	if s.LogSink.Enabled(4) {
		s.LogSink.Error(err, msg, keysAndValues...)
	}
}

func (s quietSink) WithValues(keysAndValues ...any) logr.LogSink {
	return quietSink{s.LogSink.WithValues(keysAndValues...), s.most}
}

func (s quietSink) WithName(name string) logr.LogSink {
	return quietSink{s.LogSink.WithName(name), s.most}
}

func (s quietSink) WithCallDepth(depth int) logr.LogSink {
	if deeper, ok := s.LogSink.(logr.CallDepthLogSink); ok {
		return quietSink{deeper.WithCallDepth(depth), s.most}
	}
	return s
}
