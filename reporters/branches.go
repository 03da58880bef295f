package reporters

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"qorcheck/harness/run"
	"qorcheck/reporters/outline"
)

// BranchedRequirement is a requirement with branches, and what a run showed of each.
type BranchedRequirement struct {
	Requirement string   `json:"requirement"`
	Sentence    string   `json:"sentence"`
	Branches    []Branch `json:"branches"`
}

// Branch is one branch of a requirement on all operations of a run.
type Branch struct {
	Name       string        `json:"name"`
	Cases      int           `json:"cases"`      // those that showed it
	Operations int           `json:"operations"` // those on which it was shown
	Other      []BranchPlace `json:"other"`      // where it was not
}

// BranchPlace is an operation on which a branch was not shown, with the reason.
type BranchPlace struct {
	Operation string `json:"operation"`
	Applies   bool   `json:"applies"`
	Why       string `json:"why"`
}

// Branches lists the requirements with branches of a run, in the plan's order.
func Branches(d *run.Document) []BranchedRequirement {
	list := []BranchedRequirement{}
	at := map[string]int{}
	for _, o := range d.Obligations {
		if len(o.Branches) == 0 {
			continue
		}
		i, there := at[o.Requirement]
		if !there {
			i = len(list)
			at[o.Requirement] = i
			list = append(list, BranchedRequirement{Requirement: o.Requirement, Sentence: o.Promise})
			for _, b := range o.Branches {
				list[i].Branches = append(list[i].Branches, Branch{Name: b.Name, Other: []BranchPlace{}})
			}
		}
		for j, b := range o.Branches {
			sum := &list[i].Branches[j]
			if b.Shown > 0 {
				sum.Cases += b.Shown
				sum.Operations++
				continue
			}
			sum.Other = append(sum.Other, BranchPlace{o.Operation, b.Applies(), b.WhyNot()})
		}
	}
	return list
}

// BranchesJSON writes what a run showed of branches as JSON.
func BranchesJSON(w io.Writer, d *run.Document) error { return WriteJSON(w, Branches(d)) }

// BranchesText writes what a run showed of branches for a terminal.
func BranchesText(w io.Writer, d *run.Document) error {
	b := bufio.NewWriter(w)
	unshown := 0
	for _, q := range Branches(d) {
		fmt.Fprintf(b, "%s  it %s\n", q.Requirement, q.Sentence)
		for _, branch := range q.Branches {
			fmt.Fprintf(b, "    %s: %s on %s\n", branch.Name, outline.Plural(branch.Cases, "case"), outline.Plural(branch.Operations, "operation"))
			for _, reason := range grouped(branch.Other) {
				fmt.Fprintf(b, "        %s\n", reason)
			}
			for _, place := range branch.Other {
				if place.Applies {
					unshown++
				}
			}
		}
	}
	fmt.Fprintf(b, "\n%d not shown\n%s\n", unshown, d.Verdict)
	return b.Flush()
}

// grouped words the places where a branch was not shown, one line for each reason.
func grouped(places []BranchPlace) []string {
	var order []string
	operations := map[string][]string{}
	for _, p := range places {
		word := "does not apply"
		if p.Applies {
			word = "not shown"
		}
		reason := word + ": " + p.Why
		if operations[reason] == nil {
			order = append(order, reason)
		}
		operations[reason] = append(operations[reason], p.Operation)
	}
	for i, reason := range order {
		order[i] = reason + " (" + strings.Join(operations[reason], ", ") + ")"
	}
	return order
}
