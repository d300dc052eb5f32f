package main

import (
	"fmt"
	"os"
	"os/exec"
	"regexp"
)

var agreement = regexp.MustCompile(`(?m)\b((?:mysql|mariadb): \d+ of \d+ files equal .*)$`)

// parser prints how many option files of the corpus are read as
// my_print_defaults of both servers reads them. The test of the parser counts.
func parser(corpus string) error {
	cmd := exec.Command("go", "test", "./pkg/optionfile", "-run", "TestCorpusAgainstOracles", "-count", "1", "-v")
	cmd.Env = append(os.Environ(), "MYSQLDRIFT_CORPUS="+corpus)
	out, err := cmd.CombinedOutput()
	fmt.Println("\n== option files, read as my_print_defaults reads them")
	for _, m := range agreement.FindAllSubmatch(out, -1) {
		fmt.Printf("%s\n", m[1])
	}
	if err != nil {
		return fmt.Errorf("%w:\n%s", err, out)
	}
	return nil
}
