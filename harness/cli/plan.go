package cli

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"qorcheck/harness/exchange"
	"qorcheck/harness/plan"
	"qorcheck/harness/planner"
)

func planCommand(p *process) *cobra.Command {
	in := &inputs{process: p}
	asJSON, dropped, coverage := false, false, false
	c := &cobra.Command{
		Use:   "plan",
		Short: "show the obligations and cases of a run, and send nothing",
		Long: `Show what a run would do: each obligation with its cases, the status that each case
must get and why, and how many requests, writes and how much money that comes to.
Nothing is sent.`,
		Example: "  qorcheck plan\n  qorcheck plan --filter 'operation:payment-capture && kind:unauthenticated'\n  qorcheck plan --json",
		Args:    noArguments,
		RunE: func(c *cobra.Command, _ []string) error {
			planned, fixtures, _, err := in.plan()
			if err != nil {
				return err
			}
			print := planText
			switch {
			case dropped:
				print = droppedText
			case coverage:
				print = coverageText
			case asJSON:
				print = planJSON
			}
			var b bytes.Buffer
			if err := print(&b, planned); err != nil {
				return err
			}
			// A plan has no secret of the fixtures; the description's own examples may be card numbers.
			_, err = io.WriteString(p.stdout, exchange.NewRedactor(fixtures, planned.Description.SecretFields).Template(b.String()).String())
			return err
		},
	}
	in.flags(c)
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON, with every request in full")
	c.Flags().BoolVar(&dropped, "dropped", false, "print the cases that were made and not kept, with the reason, and nothing else")
	c.Flags().BoolVar(&coverage, "coverage", false, "print a table: operation, place and keyword of the description, cases that break it, or why there is none")
	c.MarkFlagsMutuallyExclusive("json", "dropped", "coverage")
	return c
}

func planJSON(w io.Writer, p *plan.Plan) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(struct {
		Digest      string             `json:"digest"`
		Seed        uint64             `json:"seed"`
		Volume      plan.Volume        `json:"volume"`
		Obligations []*plan.Obligation `json:"obligations"`
		Cases       []*plan.Case       `json:"cases"`
		Dropped     []plan.Dropped     `json:"dropped"`
		Statements  []plannedStatement `json:"statements"`
	}{p.Digest, p.Seed, planner.Volume(p), p.Obligations, p.Cases, p.Dropped, statementsOf(p)})
}

// plannedStatement is a statement of the documentation and what a plan makes of it.
type plannedStatement struct {
	statement
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
	for _, s := range newCatalogue(p.Description, p.Requirements).Statements {
		one := plannedStatement{statement: s}
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

func planText(w io.Writer, p *plan.Plan) error {
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
	v := planner.Volume(p)
	fmt.Fprintf(b, "\n%d obligations, %d cases, %d dropped (--dropped lists them)\n", len(p.Obligations), len(p.Cases), len(p.Dropped))
	fmt.Fprintf(b, "at most %d requests, %d of them writes", v.Requests, v.Writes)
	if v.Payments > 0 {
		fmt.Fprintf(b, "; %s %s in %d requests that should be accepted", v.Money, v.Currency, v.Payments)
	}
	fmt.Fprint(b, "\nnothing was sent\n")
	return b.Flush()
}

func droppedText(w io.Writer, p *plan.Plan) error {
	b := bufio.NewWriter(w)
	for _, d := range p.Dropped {
		fmt.Fprintf(b, "%s: %s\n", d.ID, d.Reason)
	}
	fmt.Fprintf(b, "%d dropped, %d kept\n", len(p.Dropped), len(p.Cases))
	return b.Flush()
}

func coverageText(w io.Writer, p *plan.Plan) error {
	b := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(b, "OPERATION\tPLACE\tKEYWORD\tCASES\tREASON FOR NONE")
	holes := 0
	rows := planner.Coverage(p)
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
