package reporters

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"text/tabwriter"

	"qorcheck/harness/plan"
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
		Slips       []string           `json:"slips,omitempty"`
		Statements  []plannedStatement `json:"statements"`
	}{p.Digest, p.Seed, v, p.Obligations, p.Cases, p.Dropped, p.Description.SlipTexts(), statementsOf(p)})
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
