package run

import (
	"fmt"
	"slices"
	"strings"

	"qorcheck/harness/settings"
	"qorcheck/harness/verdict"
	"qorcheck/spec"
)

// Exit codes of a finished run.
const (
	ExitPass        = 0
	ExitFail        = 1
	ExitUsage       = 2
	ExitUnclear     = 3
	ExitBroken      = 4
	ExitInterrupted = 130
)

// tally is what the exit code and the verdict of a run depend on.
type tally struct {
	failed    int      // obligations that fail the run
	warned    int      // obligations that would fail a strict run
	readings  int      // obligations that should hold by our reading and do not fail a run
	unclear   int      // obligations that must hold and were not exercised
	elsewhere int      // obligations that another shard may exercise
	needless  []string // obligations that pass although they are waived
	ended     []string // obligations whose waiver has ended
	ending    []string // obligations whose waiver ends soon, with the day
}

// noticeDays is how long before its end a waiver is announced to end.
const noticeDays = 14

// ended reports whether a waiver ended before the run began.
func (d *Document) ended(w *Waiver) bool {
	left, err := settings.DaysLeft(w.Until, d.Started)
	return err == nil && left < 0
}

// ending reports whether a waiver ends soon after the run.
func (d *Document) ending(w *Waiver) bool {
	left, err := settings.DaysLeft(w.Until, d.Started)
	return err == nil && left <= noticeDays
}

// conclude counts, and draws the exit code and the verdict from the counts.
func (d *Document) conclude() {
	t := d.count()
	d.ExitCode, d.Verdict = d.result(t)
	for _, remark := range d.remarks(t) {
		d.Verdict += "; " + remark
	}
}

// count fills the document's counts.
func (d *Document) count() (t tally) {
	d.Planned, d.Counts, d.Warnings = len(d.Obligations), Counts{}, 0
	for _, o := range d.Obligations {
		d.Counts.Add(o.Outcome)
		switch {
		case o.Ended != nil:
			t.ended = append(t.ended, o.ID)
		case o.Waiver != nil && d.ending(o.Waiver):
			t.ending = append(t.ending, o.ID+" on "+o.Waiver.Until)
		}
		switch {
		case o.Outcome == verdict.Fail:
			if o.Level == spec.Should {
				d.Warnings++
			}
			switch {
			case d.Fails(&o):
				t.failed++
			case o.Clause.Basis.Fails(o.Level, true):
				t.warned++
			case o.Level == spec.Should:
				t.readings++
			}
		case d.Elsewhere(o):
			t.elsewhere++
		case o.Level == spec.Must && (o.Outcome == verdict.Inconclusive || o.Outcome == verdict.NotRun):
			t.unclear++
		case o.NeedlessWaiver():
			t.needless = append(t.needless, o.ID)
		}
	}
	return t
}

// result is the exit code and the sentence that begins the verdict.
func (d *Document) result(t tally) (code int, sentence string) {
	passed := fmt.Sprintf("%d of %d obligations passed", d.Counts.Pass, d.Planned)
	if d.OneCase != "" {
		passed = fmt.Sprintf("%d of %d obligations that the case exercises passed", d.Counts.Pass, d.concerned(t))
	}
	switch {
	case d.Interrupted:
		return ExitInterrupted, fmt.Sprintf("INTERRUPTED: %s before the run was interrupted", passed)
	case !d.Fault.IsZero():
		return ExitBroken, fmt.Sprintf("BROKEN: %s, then a fault of qorcheck ended the run: %s", passed, d.Fault)
	case d.Counts.Broken > 0:
		return ExitBroken, fmt.Sprintf("BROKEN: %d obligations could not be judged because of a fault of qorcheck", d.Counts.Broken)
	case t.failed > 0:
		return ExitFail, fmt.Sprintf("FAILED: %d of %d obligations failed, %d passed", t.failed, d.concerned(t), d.Counts.Pass)
	case len(t.needless) > 0:
		return ExitFail, "FAILED: " + passed
	case !d.Preflight.IsZero():
		return ExitUnclear, "INCONCLUSIVE: " + d.Preflight.String()
	case !d.Stopped.IsZero():
		return ExitUnclear, fmt.Sprintf("INCONCLUSIVE: %s before sending stopped", passed)
	case d.Planned > 0 && d.Counts.NotApplicable == d.Planned && !slices.ContainsFunc(d.Obligations, func(o Obligation) bool { return o.inapplicable() }):
		return ExitUnclear, fmt.Sprintf("INCONCLUSIVE: none of %d obligations is applicable: the description leaves nothing to ask", d.Planned)
	case d.OneCase != "" && t.elsewhere == d.Planned:
		return ExitUnclear, "INCONCLUSIVE: the case exercises no obligation"
	case d.Counts.Pass+d.Counts.Waived+d.Warnings+t.elsewhere == 0:
		return ExitUnclear, fmt.Sprintf("INCONCLUSIVE: none of %d obligations was exercised", d.Planned)
	case t.unclear > 0 && d.Unexercised:
		return ExitPass, fmt.Sprintf("PASSED with --allow-unexercised: %s, %d that must hold %s not exercised", passed, t.unclear, were(t.unclear))
	case t.unclear > 0:
		return ExitUnclear, fmt.Sprintf("INCONCLUSIVE: %s, %d that must hold %s not exercised", passed, t.unclear, were(t.unclear))
	}
	if d.Counts.Pass == 0 && d.Counts.Waived > 0 {
		return ExitPass, fmt.Sprintf("PASSED by its waivers alone: none of %d obligations passed", d.Planned)
	}
	return ExitPass, "PASSED: " + passed
}

// were is the verb that goes with a number.
func were(n int) string {
	if n == 1 {
		return "was"
	}
	return "were"
}

// concerned counts the obligations that the run is about.
func (d *Document) concerned(t tally) int {
	if d.OneCase != "" {
		return d.Planned - t.elsewhere
	}
	return d.Planned
}

// remarks are what else the verdict says.
func (d *Document) remarks(t tally) (list []string) {
	add := func(applies bool, format string, args ...any) {
		if applies {
			list = append(list, fmt.Sprintf(format, args...))
		}
	}
	add(!d.Stopped.IsZero(), "%s", d.Stopped)
	add(len(t.needless) > 0, "%d pass although they are waived, remove their waivers: %s", len(t.needless), few(t.needless, 3))
	add(d.Counts.Waived > 0, "%d failed and are waived", d.Counts.Waived)
	add(len(t.ended) > 0, "waivers that have ended, whose failures count again: %s", few(t.ended, 3))
	add(len(t.ending) > 0, "waivers that end within %d days: %s", noticeDays, few(t.ending, 3))
	add(t.warned > 0, "%d that should hold failed (a warning; --strict counts it)", t.warned)
	add(t.readings > 0, "%d that should hold by our reading failed (a warning)", t.readings)
	unclear := d.Counts.Inconclusive - t.elsewhere
	add(unclear > 0, "%d inconclusive", unclear)
	add(d.Counts.NotRun > 0 && d.Counts.NotRun < d.Planned, "%d not run", d.Counts.NotRun)
	add(d.Counts.Unsupported > 0, "%d unsupported", d.Counts.Unsupported)
	add(d.Counts.NotApplicable > 0 && d.Counts.NotApplicable < d.Planned, "%d not applicable", d.Counts.NotApplicable)
	add(d.Shard != nil && t.elsewhere == 0, "shard %s, a part of the run", d.Shard)
	add(d.Shard != nil && t.elsewhere > 0, "shard %s, a part of the run in which %d %s not exercised", d.Shard, t.elsewhere, were(t.elsewhere))
	add(d.Budget != nil, "budget of %s", d.WithinBudget())
	add(d.OneCase != "", "case %s", d.OneCase)
	add(d.Smoke > 0, "smoke run, %s", d.Extent())
	add(d.Sampled > 0 && d.Smoke == 0 && d.Budget == nil, "%d cases of shared schemas left out (--depth full sends them)", d.Sampled)
	without := d.without()
	add(len(without) > 0, "without: %s", strings.Join(without, ", "))
	add(d.JudgedBy != "" && d.Preflight.IsZero(), "judged by %s", d.JudgedBy)
	add(d.Filter != "", "filter %s", d.Filter)
	add(d.Unverified, "with --insecure-skip-verify: nothing shows that the target answered")
	return list
}

// without lists the essential requirements that the environment can show on no
// operation, with what each is about.
func (d *Document) without() []string {
	var list []string
	if d.Shard != nil {
		return nil // another shard may
	}
	shown, unsupported := map[string]bool{}, map[string]bool{}
	for _, o := range d.Obligations {
		switch o.Outcome {
		case verdict.Pass, verdict.Fail, verdict.Waived:
			shown[o.Requirement] = true
		case verdict.Unsupported:
			unsupported[o.Requirement] = true
		case verdict.NotApplicable:
			unsupported[o.Requirement] = unsupported[o.Requirement] || len(o.Branches) > 0 // only other responses came
		}
	}
	for _, o := range d.Obligations {
		if o.Essential != "" && unsupported[o.Requirement] && !shown[o.Requirement] {
			list = append(list, fmt.Sprintf("%s (%s)", o.Essential, o.Requirement))
			shown[o.Requirement] = true // once
		}
	}
	return list
}

// inPart says where another case may exercise what those of this run did not, "" when the
// run has all.
func (d *Document) inPart() string {
	switch {
	case d.Shard != nil:
		return " in this shard; it may in another"
	case d.OneCase != "":
		return " of this case; it may to another"
	}
	return ""
}

// Elsewhere reports whether every case that a shard has of an obligation passed, or the
// only case of a run, but none exercised it, or not in each branch: another case may.
func (d *Document) Elsewhere(o Obligation) bool {
	unshown := o.Exercised == 0 || slices.ContainsFunc(o.unshown(), func(b Branch) bool { return b.Planned > 0 })
	return d.inPart() != "" && o.Outcome == verdict.Inconclusive && o.Planned > 0 && o.Counts.Pass == o.Planned && unshown
}

// breaks reports whether an obligation as it ended keeps the run from exit code 0.
func (d *Document) breaks(o *Obligation) bool {
	switch o.Outcome {
	case verdict.Broken:
		return true
	case verdict.Fail:
		return d.Fails(o)
	case verdict.Inconclusive, verdict.NotRun:
		return o.Level == spec.Must && !d.Unexercised && !d.Elsewhere(*o)
	}
	return o.NeedlessWaiver()
}

// few lists the first of some ids and counts the others.
func few(ids []string, limit int) string {
	if len(ids) <= limit {
		return strings.Join(ids, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(ids[:limit], ", "), len(ids)-limit)
}
