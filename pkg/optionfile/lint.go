package optionfile

func (s *source) lintHeader(after string, column int)           {}
func (s *source) lintOption(text, line string, setting Setting) {}
func (s *source) lintSkipped(inc Include, name string)          {}
func (s *source) lintOrder(inc Include, settings []Setting)     {}
func (r *reader) lintGroups()                                   {}
