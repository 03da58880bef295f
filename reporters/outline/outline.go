// Package outline decides what reports show of a finished run, in which order and
// with which counts. Each format renders it.
package outline

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"qorcheck/harness/redact"
	"qorcheck/harness/run"
	"qorcheck/harness/verdict"
	"qorcheck/spec"
)

// Outline is what reports show of a run, each list in the order of reading.
type Outline struct {
	Took      time.Duration
	Stopped   string        // why the run ended before its end, "" when it did not
	Tally     []Count       // how obligations and cases ended, by outcome
	Failures  []Failure     // not waived
	Accepted  []Failure     // waived
	Waivers   []Entry       // obligations with a waiver, whatever their outcome
	Needless  []Entry       // obligations that pass although they are waived
	Unjudged  []Group       // obligations that neither passed nor failed
	Unlocks   []Group       // obligations outside the run's profile, by the line of the fixtures that they lack
	Tolerated []Note        // on obligations that passed
	Slips     []string      // parts of the description that could not be used as they stand
	Left      []redact.Text // made by the run and not removed
	Foreign   []redact.Text // messages about what the run did not do

	Unreconciled []redact.Text // what was not reconciled with the lists of the target, or belongs to nobody known
	Untested     []run.Untested
	Inapplicable []Unshown // branches of requirements that do not apply, with the reason
	Limits       []string  // what the run does not test, each counted, with where it is listed
	LeftOut      string    // by the budget of the run: how many obligations of which operations, most first
}

// Entry is an obligation with what it means for the run.
type Entry struct {
	*run.Obligation
	Fails bool // its outcome is an error of the run, by Fails
}

// Count is how many obligations and cases had an outcome.
type Count struct {
	Outcome     verdict.Outcome
	Obligations int
	Warnings    int // failed obligations that do not fail the run
	Cases       int
}

// Failure is a cause of failed obligations.
type Failure struct {
	run.Cause
	Fails      bool // it fails the run; else it is a warning
	First      run.Case
	Obligation *run.Obligation // that First did not pass
	Operations []string        // in which the cause shows, sorted
}

// Word is FAIL for a failure that fails the run, else WARNING.
func (f Failure) Word() string {
	if f.Fails {
		return "FAIL"
	}
	return "WARNING"
}

// Extent counts the cases and operations of a failure.
func (f Failure) Extent() string {
	where := Plural(len(f.Operations), "operation")
	if len(f.Operations) == 1 {
		where = f.Operations[0]
	}
	return fmt.Sprintf("%s of %s", Plural(f.Cases, "case"), where)
}

// Evidence is one line that shows a failure: its first case, what was sent and what came.
func (f Failure) Evidence() string {
	text := f.First.ID
	if f.First.Act < 0 || f.First.Act >= len(f.First.Evidence) {
		return text
	}
	e := f.First.Evidence[f.First.Act]
	text += ": " + e.Request.Line.String()
	switch {
	case len(e.Messages) > 0:
		text += " → a message: " + e.Messages[0].Body.Cut(maxEvidence).String()
	case e.Answer != nil:
		text += " → " + strings.TrimSpace(e.Answer.Line.String()+" "+e.Answer.Body.Cut(maxEvidence).String())
	}
	return strings.Join(strings.Fields(text), " ")
}

// maxEvidence is how many bytes of a body the line of evidence has.
const maxEvidence = 120

// Group is obligations that had one outcome for one reason. One that lacks several
// lines of the fixtures is in the group of each.
type Group struct {
	Outcome     verdict.Outcome
	Why         string
	Line        string // of the fixtures, for want of which they were not exercised; "" for another reason
	Alone       int    // how many of them lack no other line
	Obligations []Entry
	Fails       bool // one of the obligations does
	InVerdict   bool // the verdict states the reason, so that short reports leave the group out
}

// Obligations lists the ids of the obligations that failed by the cause.
func (f Failure) Obligations() []string {
	var list []string
	for _, b := range f.Behind {
		list = append(list, b.Obligation)
	}
	return list
}

// Unlocks counts what a line of the fixtures would unlock.
func (g Group) Unlocks() string {
	more := len(g.Obligations) - g.Alone
	switch {
	case more == 0:
		return Plural(g.Alone, "obligation")
	case g.Alone == 0:
		return Plural(more, "obligation") + " with other lines"
	}
	return fmt.Sprintf("%s, %d more with other lines", Plural(g.Alone, "obligation"), more)
}

// IDs lists the ids of the obligations.
func (g Group) IDs() []string {
	var list []string
	for _, o := range g.Obligations {
		list = append(list, o.ID)
	}
	return list
}

// Note is a remark on answers that were tolerated.
type Note struct {
	Text        redact.Text
	Count       int // cases
	Obligations []Entry
}

// limits counts what the run does not test: cases that were not sent, requirements and
// statements of the documentation. Each says where it is listed. The run of one case tests
// nothing else anyway.
func limits(d *run.Document) []string {
	var list []string
	if d.OneCase != "" {
		return nil
	}
	if n := len(d.Dropped); n > 0 {
		list = append(list, fmt.Sprintf("not sent: %s that could not be shown to break one rule only, as listed in %s under dropped", Plural(n, "case"), documentFile))
	}
	if n := len(d.Untested); n > 0 {
		list = append(list, fmt.Sprintf("not tested yet: %s of %s, as listed in %s under untested", Plural(n, "requirement"), d.Name, documentFile))
	}
	statements := 0
	for _, p := range Documentation(d) {
		for _, s := range p.Statements {
			if s.State == NotTested {
				statements++
			}
		}
	}
	if statements > 0 {
		list = append(list, fmt.Sprintf("not tested: %s of the documentation, as listed in %s under documentation, each with the reason", Plural(statements, "statement"), documentFile))
	}
	return list
}

// documentFile is where everything is listed.
const documentFile = "run.json"

// leftOut counts what a budget left out, by operation.
func leftOut(d *run.Document) string {
	if d.Budget == nil {
		return ""
	}
	counts, operations := map[string]int{}, []string{}
	for _, id := range d.Budget.LeftOut {
		operation, _, _ := strings.Cut(id, ".")
		if counts[operation]++; counts[operation] == 1 {
			operations = append(operations, operation)
		}
	}
	slices.SortStableFunc(operations, func(a, b string) int { return counts[b] - counts[a] })
	for i, operation := range operations {
		operations[i] = fmt.Sprintf("%s %d", operation, counts[operation])
	}
	return strings.Join(operations, ", ")
}

// Of outlines a run.
func Of(d *run.Document) *Outline {
	o := &Outline{
		Took: d.Finished.Sub(d.Started).Round(10 * time.Millisecond), Slips: d.Slips, Left: d.Left, Foreign: d.Foreign, Unreconciled: d.Unreconciled, Untested: d.Untested,
		Limits: limits(d), LeftOut: leftOut(d), Tally: tally(d), Unjudged: unjudged(d), Unlocks: missing(d, verdict.Unsupported), Tolerated: tolerated(d), Inapplicable: inapplicable(d),
	}
	if d.Interrupted || !d.Preflight.IsZero() || !d.Stopped.IsZero() || !d.Fault.IsZero() {
		o.Stopped = d.Verdict
	}
	for _, c := range d.Causes {
		if c.Outcome != verdict.Fail {
			continue
		}
		f := Failure{Cause: c, Fails: c.Basis.Fails(c.Level, d.Strict), First: c.Shown[0], Obligation: d.Obligation(c.Shown[0].Obligation), Operations: d.Operations(c)}
		if d.Waived(c) {
			o.Accepted = append(o.Accepted, f)
		} else {
			o.Failures = append(o.Failures, f)
		}
	}
	for i := range d.Obligations {
		one := &d.Obligations[i]
		if one.Waiver != nil {
			o.Waivers = append(o.Waivers, Entry{one, one.NeedlessWaiver()})
		}
		if one.NeedlessWaiver() {
			o.Needless = append(o.Needless, Entry{one, true})
		}
	}
	return o
}

// Fails reports whether an outcome of an obligation, or of one of its cases, is an
// error of the run. One that was not run is none by itself: Stopped says why.
func Fails(d *run.Document, o *run.Obligation, outcome verdict.Outcome) bool {
	switch outcome {
	case verdict.Fail:
		return o.Waiver == nil && d.Fails(o)
	case verdict.Broken:
		return true
	case verdict.Inconclusive:
		return o.Level == spec.Must && !d.Unexercised && !d.Elsewhere(*o)
	}
	return false
}

func tally(d *run.Document) []Count {
	var list []Count
	for _, outcome := range verdict.Outcomes {
		c := Count{Outcome: outcome, Obligations: d.Counts.Of(outcome), Cases: d.CaseCounts.Of(outcome)}
		if outcome == verdict.Fail {
			for _, o := range d.Obligations {
				if o.Outcome == verdict.Fail && !d.Fails(&o) {
					c.Warnings++
				}
			}
		}
		if c.Obligations+c.Cases > 0 {
			list = append(list, c)
		}
	}
	return list
}

// unjudged groups what neither passed nor failed: by outcome, then by reason.
func unjudged(d *run.Document) []Group {
	var list []Group
	for _, outcome := range []verdict.Outcome{verdict.Broken, verdict.Inconclusive, verdict.NotRun, verdict.Waived, verdict.Unsupported, verdict.NotApplicable} {
		at := map[string]int{}
		if outcome == verdict.Inconclusive {
			list = append(list, missing(d, outcome)...)
		}
		for i := range d.Obligations {
			o := &d.Obligations[i]
			if o.Outcome != outcome || outcome == verdict.Inconclusive && len(o.Missing) > 0 {
				continue
			}
			n, known := at[o.Why]
			if !known {
				n = len(list)
				at[o.Why] = n
				list = append(list, Group{Outcome: outcome, Why: o.Why, InVerdict: o.Why != "" && (o.Why == d.Preflight.String() || o.Why == d.Stopped.String()) || d.OneCase != "" && d.Elsewhere(*o)})
			}
			g, fails := &list[n], Fails(d, o, outcome)
			g.Obligations, g.Fails = append(g.Obligations, Entry{o, fails}), g.Fails || fails
		}
	}
	return list
}

// missing groups the obligations of an outcome by the line of the fixtures that they
// lack, the one that would unlock most first.
func missing(d *run.Document, outcome verdict.Outcome) []Group {
	var list []Group
	at := map[string]int{}
	for i := range d.Obligations {
		o := &d.Obligations[i]
		if o.Outcome != outcome {
			continue
		}
		fails := Fails(d, o, outcome)
		for _, m := range o.Missing {
			n, known := at[m.Line]
			if !known {
				n = len(list)
				at[m.Line] = n
				list = append(list, Group{Outcome: outcome, Why: m.Add, Line: m.Line})
			}
			g := &list[n]
			g.Obligations, g.Fails = append(g.Obligations, Entry{o, fails}), g.Fails || fails
			if len(o.Missing) == 1 {
				g.Alone++
			}
		}
	}
	slices.SortStableFunc(list, func(a, b Group) int {
		return cmp.Or(b.Alone-a.Alone, len(b.Obligations)-len(a.Obligations), strings.Compare(a.Line, b.Line))
	})
	return list
}

// tolerated adds up the notes of one text.
func tolerated(d *run.Document) []Note {
	var list []Note
	for i := range d.Obligations {
		o := &d.Obligations[i]
		for _, n := range o.Notes {
			at := slices.IndexFunc(list, func(one Note) bool { return one.Text == n.Text })
			if at < 0 {
				at = len(list)
				list = append(list, Note{Text: n.Text})
			}
			list[at].Count += n.Count
			list[at].Obligations = append(list[at].Obligations, Entry{Obligation: o})
		}
	}
	return list
}

// Plural counts things: 1 case, 2 cases.
func Plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
