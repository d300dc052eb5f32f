package declared

import "strings"

// seq prints numbers, one a line or with what -s puts between them.
func seq(m *machine, argv []text) {
	m.status = 0
	separator := "\n"
	var args []text
	for i := 1; i < len(argv); i++ {
		a := argv[i].String()
		switch {
		case a == "-s" && i+1 < len(argv):
			i++
			separator = argv[i].String()
		case strings.HasPrefix(a, "--separator="):
			separator = strings.TrimPrefix(a, "--separator=")
		case strings.HasPrefix(a, "-s"):
			separator = a[2:]
		default:
			args = append(args, argv[i])
		}
	}
	numbers, known := seqNumbers(args)
	if !known || strings.Contains(separator, unknown) {
		m.out = append(m.out, plain(unknown+"\n")...)
		return
	}
	if len(numbers) > 0 {
		m.out = append(m.out, plain(strings.Join(numbers, separator)+"\n")...)
	}
}

// seqNumbers are the numbers of [FIRST [STEP]] LAST; not known where there are
// more than a script goes through, or options that change how they look.
func seqNumbers(args []text) (numbers []string, known bool) {
	var bounds []int
	for _, a := range args {
		n, ok := number(a.String())
		if !ok {
			return nil, false
		}
		bounds = append(bounds, n)
	}
	first, step, last := 1, 1, 0
	switch len(bounds) {
	case 1:
		last = bounds[0]
	case 2:
		first, last = bounds[0], bounds[1]
	case 3:
		first, step, last = bounds[0], bounds[1], bounds[2]
	default:
		return nil, false
	}
	if step == 0 || (last-first)/step > 1000 {
		return nil, false
	}
	for n := first; step > 0 && n <= last || step < 0 && n >= last; n += step {
		numbers = append(numbers, itoa(n))
	}
	return numbers, true
}
