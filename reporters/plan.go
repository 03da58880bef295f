package reporters

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"qorcheck/harness/plan"
	"qorcheck/spec"
)

// PlanJSON writes a plan as JSON, with every request in full.
func PlanJSON(w io.Writer, p *plan.Plan, v plan.Volume) error {
	return WriteJSON(w, struct {
		Digest      string             `json:"digest"`
		Seed        uint64             `json:"seed"`
		Volume      plan.Volume        `json:"volume"`
		Obligations []*plan.Obligation `json:"obligations"`
		Cases       []*plan.Case       `json:"cases"`
		Dropped     []plan.Dropped     `json:"dropped"`
		Statements  []plannedStatement `json:"statements"`
	}{p.Digest, p.Seed, v, p.Obligations, p.Cases, p.Dropped, statementsOf(p)})
}

// plannedStatement is a statement of the documentation and what a plan makes of it.
type plannedStatement struct {
	Statement
	Obligations int `json:"obligations"`
}

// statementsOf lists the statements of the documentation that the requirement list
// names, by id.
func statementsOf(p *plan.Plan) []plannedStatement {
	obligations := map[string]int{} // by requirement
	for _, o := range p.Obligations {
		obligations[o.Requirement.ID]++
	}
	list := []plannedStatement{}
	for _, s := range NewCatalogue(p.Description, p.Requirements, nil).Statements {
		one := plannedStatement{Statement: s}
		for _, id := range s.Requirements {
			one.Obligations += obligations[id]
		}
		for _, q := range p.Requirements.List {
			if one.Obligations == 0 && s.NotCovered == "" && slices.Contains(s.Requirements, q.ID) {
				one.NotCovered = q.Untested
			}
		}
		list = append(list, one)
	}
	return list
}

// PlanText writes a plan for a terminal: each obligation with its cases, then the totals.
func PlanText(w io.Writer, p *plan.Plan, v plan.Volume) error {
	b := bufio.NewWriter(w)
	cases := map[string]*plan.Case{}
	for _, c := range p.Cases {
		cases[c.ID] = c
	}
	for _, o := range p.Obligations {
		fmt.Fprintf(b, "%s  [%s, %s]\n", o.Sentence, o.ID, o.Requirement.Level)
		switch {
		case o.Unsupported != "":
			fmt.Fprintf(b, "    unsupported: %s\n", o.Unsupported)
		case o.Inapplicable != "":
			fmt.Fprintf(b, "    not applicable: %s\n", o.Inapplicable)
		case o.Lacks != "":
			fmt.Fprintf(b, "    inconclusive: %s\n", o.Lacks)
		}
		if o.Requirement.Expect == nil && len(o.Cases) > 0 {
			fmt.Fprintf(b, "    judged on the answers of %d cases of %s\n", len(o.Cases), o.Operation.ID)
			continue
		}
		for _, id := range o.Cases {
			c := cases[id]
			fmt.Fprintf(b, "    %-7s %s: %s%s\n", expectation(c.Expect), c.ID, c.Why, preparation(c))
		}
	}
	heading, outside := "\nstatements of the documentation, and how many obligations are made of each:\n", 0
	for _, s := range statementsOf(p) {
		switch {
		case s.Obligations > 0:
			fmt.Fprintf(b, "%s    %s  %d: %s\n", heading, s.ID, s.Obligations, strings.Join(s.Requirements, ", "))
		case s.NotCovered != "":
			fmt.Fprintf(b, "%s    %s  none: %s\n", heading, s.ID, s.NotCovered)
		default:
			outside++
			continue
		}
		heading = ""
	}
	if outside > 0 {
		fmt.Fprintf(b, "    %d more are left out here\n", outside)
	}
	fmt.Fprintf(b, "\n%d obligations, %d cases, %d dropped (--dropped lists them)\n", len(p.Obligations), len(p.Cases), len(p.Dropped))
	fmt.Fprintf(b, "at most %d requests, %d of them writes", v.Requests, v.Writes)
	if v.Payments > 0 {
		fmt.Fprintf(b, "; %s %s in %d requests that should be accepted", v.Money, v.Currency, v.Payments)
	}
	fmt.Fprintln(b)
	planEffects(b, v.Effects)
	fmt.Fprint(b, "nothing was sent\n")
	return b.Flush()
}

// planEffects writes what operations do that do more than read, and how often.
func planEffects(w io.Writer, list []plan.EffectVolume) {
	for _, effect := range []struct {
		is   spec.Effect
		says string
	}{{spec.Makes, "make something"}, {spec.Changes, "change or remove one thing each"}, {spec.Many, "may change many things"}} {
		var sent, held []string
		for _, one := range list {
			switch {
			case one.Effect != effect.is:
			case one.Requests == 0:
				held = append(held, one.Operation)
			case one.Undone > 0:
				sent = append(sent, fmt.Sprintf("%s %d (%d cases are undone)", one.Operation, one.Requests, one.Undone))
			default:
				sent = append(sent, fmt.Sprintf("%s %d", one.Operation, one.Requests))
			}
		}
		if len(sent) > 0 {
			fmt.Fprintf(w, "requests that %s: %s\n", effect.says, strings.Join(sent, ", "))
		}
		if len(held) > 0 {
			fmt.Fprintf(w, "operations that %s, of which nothing is sent: %s\n", effect.says, strings.Join(held, ", "))
		}
	}
}

// Dropped lists the cases that were proposed and not kept, with the reasons.
func Dropped(w io.Writer, p *plan.Plan) error {
	b := bufio.NewWriter(w)
	for _, d := range p.Dropped {
		fmt.Fprintf(b, "%s: %s\n", d.ID, d.Reason)
	}
	fmt.Fprintf(b, "%d dropped, %d kept\n", len(p.Dropped), len(p.Cases))
	return b.Flush()
}

// Coverage writes the table of keywords with the number of cases that break each, or why there is none.
func Coverage(w io.Writer, p *plan.Plan, rows []plan.Coverage) error {
	b := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(b, "OPERATION\tPLACE\tKEYWORD\tCASES\tREASON FOR NONE")
	holes := 0
	for _, row := range rows {
		reason := row.Reason
		if row.Malformed == 0 && reason == "" {
			holes++
			reason = "a hole: nothing explains it"
		}
		place := row.Pointer
		if place == "" {
			place = "the body"
		}
		fmt.Fprintf(b, "%s\t%s\t%s\t%d\t%s\n", row.Operation, place, row.Keyword, row.Malformed, reason)
	}
	if err := b.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(w, "\n%d keywords at %d operations, %d without a case or a reason\n", len(rows), len(p.Description.Operations), holes)
	return err
}

func expectation(e plan.Expect) string {
	parts := make([]string, len(e.Statuses))
	for i, s := range e.Statuses {
		parts[i] = strconv.Itoa(s)
	}
	return strings.Join(parts, "/")
}

func preparation(c *plan.Case) string {
	if len(c.Prepare) == 0 {
		return ""
	}
	var names []string
	for _, step := range c.Prepare {
		names = append(names, step.Name)
	}
	return " (after " + strings.Join(names, ", ") + ")"
}
