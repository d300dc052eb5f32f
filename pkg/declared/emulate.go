package declared

// emulated is what is known of a program that images and operators bring, or nil.
func (m *machine) emulated(name string, argv []text) func() {
	return nil
}
