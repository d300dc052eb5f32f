package declared

import (
	"path"
	"regexp"
	"strings"
)

func hostname(m *machine, argv []text) {
	m.status = 0
	m.lacksHostname = m.lacksHostname || lacksHostname(m.imageName) // it is told; an older build of the tag may have it
	if len(argv) > 1 {
		switch argv[1].String() {
		case "-s":
		case "-f", "--fqdn":
			m.out = append(m.out, plain(m.r.hostname()+"."+unknown+"\n")...)
			return
		default:
			m.out = append(m.out, plain(unknown)...)
			return
		}
	}
	m.out = append(m.out, plain(m.r.hostname()+"\n")...)
}

func baseName(m *machine, argv []text) {
	m.status = 0
	_, args := flagsOf(argv, "s")
	if len(args) == 0 {
		return
	}
	s := path.Base(args[0].String())
	if len(args) > 1 {
		s = strings.TrimSuffix(s, args[1].String())
	}
	m.out = append(m.out, plain(s+"\n")...)
}

func dirName(m *machine, argv []text) {
	m.status = 0
	if len(argv) > 1 {
		m.out = append(m.out, plain(path.Dir(argv[1].String())+"\n")...)
	}
}

func exprProgram(m *machine, argv []text) {
	m.status = 0
	var words []string
	for _, a := range argv[1:] {
		words = append(words, a.String())
	}
	if len(words) == 3 && (words[1] == ":" || words[1] == "match") {
		re, err := regexp.Compile("^(?:" + basicRegexp(words[2]) + ")")
		if err == nil && !strings.Contains(words[0], unknown) {
			got := ""
			if f := re.FindStringSubmatch(words[0]); len(f) > 1 {
				got = f[1]
			} else if len(f) == 1 {
				got = itoa(len(f[0]))
			}
			m.out = append(m.out, plain(got+"\n")...)
			return
		}
		m.out = append(m.out, plain(unknown)...)
		return
	}
	f, err := parseScript("((" + strings.Join(words, " ") + "))")
	if err == nil && len(f.Stmts) == 1 {
		if n, known := m.arithText(strings.Join(words, " "), 0); known {
			m.out = append(m.out, plain(itoa(n)+"\n")...)
			return
		}
	}
	m.out = append(m.out, plain(unknown)...)
}
