package declared

import "context"

func (r *resolver) describe(context.Context, *Resolution) {}

func (r *resolver) confirm(context.Context, *Resolution) {}
