package main

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
)

// scored is what score.py --details writes of one case.
type scored struct {
	Case   string
	States map[string]struct {
		FalseAlarms     []string `json:"fp"`
		Missed          []string `json:"missed"`
		Undeclared      []string `json:"undeclared"`
		UndeclaredFound int      `json:"undeclared_found"`
		Reported        []string `json:"reported"`
		Pending         *struct{ T, Found int }
	}
}

// reasons say why a change that no file declares cannot be found. In an edited
// file they are effects: of lines that other lines were sized by, or that are gone.
var reasons = map[string]string{
	"temptable_max_ram":            "its default is 3% of the memory, between 1 and 4 GiB: a value in that range may be it",
	"innodb_read_io_threads":       "its default is half of the processors, 4 to 64: a value in that range may be it",
	"innodb_parallel_read_threads": "its default is an eighth of the processors, 4 to 256: a value in that range may be it",
}

// pendingReasons are persisted settings that no start would bring into force.
var pendingReasons = map[string]string{
	"my97-F023": "the persisted value is the one that runs",
	"my97-F044": "persisted_globals_load=OFF: no start reads it",
	"my97-F105": "a boolean persisted as 1: a start leaves it out, and the dumps are the same before and after",
}

// remaining lists what is wrong still, case by case.
func remaining(file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var cases []scored
	if err := json.Unmarshal(text, &cases); err != nil {
		return err
	}
	total, found, effects := 0, 0, 0
	fmt.Println("\nwhat remains:")
	for _, c := range cases {
		for _, state := range []string{"clean", "drifted", "edited", "restarted"} {
			s, ok := c.States[state]
			if !ok {
				continue
			}
			for _, v := range s.FalseAlarms {
				fmt.Printf("  %s %s: false alarm %s\n", c.Case, state, v)
			}
			for _, v := range s.Missed {
				fmt.Printf("  %s %s: missed %s\n", c.Case, state, v)
			}
			if p := s.Pending; p != nil && p.Found < p.T {
				fmt.Printf("  %s %s: %d of %d PERSIST_ONLY not told: %s\n", c.Case, state, p.T-p.Found, p.T, or(pendingReasons[c.Case]))
			}
			if state == "edited" {
				effects += len(s.Undeclared) - s.UndeclaredFound
				continue
			}
			total, found = total+len(s.Undeclared), found+s.UndeclaredFound
			for _, v := range s.Undeclared {
				if !slices.Contains(s.Reported, v) {
					fmt.Printf("  %s %s: undeclared %s not found: %s\n", c.Case, state, v, or(reasons[strings.ToLower(v)]))
				}
			}
		}
	}
	fmt.Printf("undeclared changes of a running server: %d of %d found; %d values that follow from edited or removed lines are not told as changes of their own\n", found, total, effects)
	return nil
}

func or(reason string) string {
	if reason == "" {
		return "no reason is known: a mistake"
	}
	return reason
}
