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
	"qorcheck/reporters/outline"
	"qorcheck/spec"
)

// PlanOptions are choices for the text of a plan.
type PlanOptions struct {
	Cases  bool   // each obligation with its cases, too
	Filter string // which part of the plan it is, "" for all of it
}

// PlanText writes a plan for a terminal: its summary, then what else is asked for.
func PlanText(w io.Writer, p *plan.Plan, v plan.Volume, o PlanOptions) error {
	b := bufio.NewWriter(w)
	planHead(b, p, o)
	planChapters(b, p)
	fmt.Fprintf(b, "\nat most %s, %d of them writes\n", outline.Plural(v.Requests, "request"), v.Writes)
	for _, sum := range v.Money {
		fmt.Fprintf(b, "%s %s in %s that should be accepted\n", sum.Amount, sum.Currency, outline.Plural(sum.Requests, "request"))
	}
	for _, slip := range p.Description.SlipTexts() {
		fmt.Fprintf(b, "in the description: %s\n", slip)
	}
	planEffects(b, p, v.Effects, o)
	planUnexercised(b, p)
	planStatements(b, p, o)
	if o.Cases {
		planCases(b, p)
	} else {
		fmt.Fprint(b, "--cases lists every obligation with its cases\n")
	}
	fmt.Fprint(b, "nothing was sent\n")
	return b.Flush()
}

// planHead says of what the plan is, and how large it is.
func planHead(w io.Writer, p *plan.Plan, o PlanOptions) {
	operations := map[string]bool{}
	for _, one := range p.Obligations {
		operations[one.Operation.ID] = true
	}
	fmt.Fprintf(w, "%s: %s, seed %d\n", p.Requirements.Name, p.Description.File, p.Seed)
	if o.Filter != "" {
		fmt.Fprintln(w, o.Filter)
	}
	fmt.Fprintf(w, "%s on %s, %s, %d dropped (--dropped lists them)\n", outline.Plural(len(p.Obligations), "obligation"), outline.Plural(len(operations), "operation"), outline.Plural(len(p.Cases), "case"), len(p.Dropped))
	if p.Sampled > 0 {
		fmt.Fprintf(w, "%s left out: they break what many operations share, in all ways in one of these and by a sample in the others (--depth full sends them)\n", outline.Plural(p.Sampled, "case"))
	}
}

// planChapters counts the obligations of each chapter by level.
func planChapters(w io.Writer, p *plan.Plan) {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(table, "\n\tMUST\tSHOULD\tMAY\t  CHAPTER\n")
	for _, chapter := range p.Requirements.Chapters() {
		count := map[spec.Level]int{}
		for _, one := range p.Obligations {
			if one.Requirement.Chapter == chapter.Name {
				count[one.Requirement.Level]++
			}
		}
		if len(count) > 0 {
			fmt.Fprintf(table, "\t%d\t%d\t%d\t  %s\n", count[spec.Must], count[spec.Should], count[spec.May], chapter.Title)
		}
	}
	table.Flush() // into a buffer, whose error is returned at the end
}

// planEffects writes what operations do that do more than read, and how often each is
// sent. Of a part of a plan it leaves out what the part is not about.
func planEffects(w io.Writer, p *plan.Plan, list []plan.EffectVolume, o PlanOptions) {
	for _, effect := range []struct {
		is   spec.Effect
		says string
	}{{spec.Makes, "make something"}, {spec.Changes, "change or remove one thing each"}, {spec.Many, "may change many things"}} {
		var sent, held []string
		for _, one := range list {
			concerned := o.Filter == "" || slices.ContainsFunc(p.Obligations, func(o *plan.Obligation) bool { return o.Operation.ID == one.Operation })
			switch {
			case one.Effect != effect.is || one.Requests == 0 && !concerned:
			case one.Requests == 0:
				held = append(held, one.Operation)
			case one.Undone > 0:
				sent = append(sent, fmt.Sprintf("%s %d (undone in %s)", one.Operation, one.Requests, outline.Plural(one.Undone, "case")))
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

// planUnexercised counts the obligations that the run cannot exercise, by the reason, with
// the line of the fixtures that would change it.
func planUnexercised(w io.Writer, p *plan.Plan) {
	count := map[string]int{}
	var reasons []string
	for _, o := range p.Obligations {
		for _, why := range unexercised(o) {
			if count[why]++; count[why] == 1 {
				reasons = append(reasons, why)
			}
		}
	}
	slices.SortStableFunc(reasons, func(a, b string) int { return count[b] - count[a] })
	if len(reasons) > 0 {
		fmt.Fprint(w, "not exercised, by reason:\n")
	}
	for _, why := range reasons {
		fmt.Fprintf(w, "%5d  %s\n", count[why], why)
	}
}

// unexercised lists why an obligation is not exercised, nothing where it is.
func unexercised(o *plan.Obligation) (reasons []string) {
	switch {
	case o.Unsupported != "":
		return []string{"unsupported: " + o.Unsupported}
	case o.Inapplicable != "":
		return []string{"not applicable: " + o.Inapplicable}
	case o.Lacks == "":
		return nil
	case len(o.Missing) == 0:
		return []string{"inconclusive: " + o.Lacks}
	}
	for _, m := range o.Missing {
		reasons = append(reasons, "inconclusive: "+m.Add)
	}
	return reasons
}

// planStatements says how many statements of the documentation are tested, and with
// the cases which ones, and why the others are not.
func planStatements(w io.Writer, p *plan.Plan, o PlanOptions) {
	tested, without := 0, 0
	var list []string
	for _, s := range statementsOf(p) {
		switch {
		case s.Obligations > 0:
			tested++
			list = append(list, fmt.Sprintf("    %s  %d: %s\n", s.ID, s.Obligations, strings.Join(s.Requirements, ", ")))
		case s.NotCovered != "" && o.Filter == "":
			without++
			list = append(list, fmt.Sprintf("    %s  none: %s\n", s.ID, s.NotCovered))
		}
	}
	if tested+without == 0 {
		return
	}
	fmt.Fprintf(w, "%s of the documentation tested", outline.Plural(tested, "statement"))
	if without > 0 {
		fmt.Fprintf(w, ", %d not tested", without)
	}
	if !o.Cases {
		fmt.Fprint(w, " (--cases lists them)\n")
		return
	}
	fmt.Fprintf(w, ", and how many obligations are made of each:\n%s", strings.Join(list, ""))
}

// planCases lists the obligations with their cases.
func planCases(w io.Writer, p *plan.Plan) {
	cases := map[string]*plan.Case{}
	for _, c := range p.Cases {
		cases[c.ID] = c
	}
	fmt.Fprintln(w)
	for _, o := range p.Obligations {
		fmt.Fprintf(w, "%s  [%s, %s]\n", o.Sentence, o.ID, o.Requirement.Level)
		for _, why := range unexercised(o) {
			fmt.Fprintf(w, "    %s\n", why)
		}
		if o.Requirement.Expect == nil && len(o.Cases) > 0 {
			fmt.Fprintf(w, "    judged on the answers of %d cases of %s\n", len(o.Cases), o.Operation.ID)
			continue
		}
		for _, id := range o.Cases {
			c := cases[id]
			fmt.Fprintf(w, "    %-7s %s: %s%s\n", expectation(c.Expect), c.ID, c.Why, preparation(c))
		}
	}
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
	guessed := ""
	if c.Guess != nil {
		guessed = ", guessed"
	}
	return " (after " + strings.Join(names, ", ") + guessed + ")"
}
