package html

import (
	"qorcheck/harness/run"
	"qorcheck/harness/verdict"
	"qorcheck/reporters/outline"
)

// look is how an outcome is shown, never by colour alone.
type look struct{ Class, Sign, Word string }

// lookOf returns the look of an outcome.
func lookOf(outcome verdict.Outcome) look {
	switch outcome {
	case verdict.Pass:
		return look{"pass", "✓", "passed"}
	case verdict.Fail:
		return look{"fail", "✗", "failed"}
	case verdict.Broken:
		return look{"broken", "‼", "broken"}
	case verdict.Inconclusive:
		return look{"unclear", "?", "inconclusive"}
	case verdict.Waived:
		return look{"waived", "w", "waived"}
	case verdict.Unsupported:
		return look{"unsupported", "∅", "unsupported"}
	case verdict.NotApplicable:
		return look{"unsupported", "·", "not applicable"}
	}
	return look{"notrun", "–", "not run"}
}

// warning is the look of a failure that does not fail the run.
func warning() look { return look{"warning", "!", "failed (should)"} }

// lookOfFailure returns the look of a failed requirement.
func lookOfFailure(fails bool) look {
	if fails {
		return lookOf(verdict.Fail)
	}
	return warning()
}

func lookOfObligation(d *run.Document, o *run.Obligation) look {
	if o.Outcome == verdict.Fail {
		return lookOfFailure(d.Fails(o))
	}
	return lookOf(o.Outcome)
}

func lookOfRun(d *run.Document) look {
	switch d.ExitCode {
	case run.ExitPass:
		return lookOf(verdict.Pass)
	case run.ExitFail:
		return lookOf(verdict.Fail)
	case run.ExitBroken:
		return lookOf(verdict.Broken)
	}
	return lookOf(verdict.Inconclusive)
}

// tally is one part of the bar that shows how the obligations ended.
type tally struct {
	look
	Count    int
	At, Wide float64 // in the bar, of 1000
	Link     string  // id of the section that shows them
}

func tallies(d *run.Document, counts []outline.Count) []tally {
	var list []tally
	add := func(l look, count int, link string) {
		if count > 0 {
			list = append(list, tally{look: l, Count: count, Link: link})
		}
	}
	for _, c := range counts {
		switch c.Outcome {
		case verdict.Fail:
			add(lookOf(c.Outcome), c.Obligations-c.Warnings, "failures")
			add(warning(), c.Warnings, "failures")
		case verdict.Pass:
			add(lookOf(c.Outcome), c.Obligations, "matrix")
		case verdict.Waived:
			add(lookOf(c.Outcome), c.Obligations, "waived")
		default:
			add(lookOf(c.Outcome), c.Obligations, "unjudged")
		}
	}
	spread(list, d.Planned)
	return list
}

// spread lays the parts of a bar side by side, none too narrow to be seen.
func spread(list []tally, planned int) {
	const narrowest = 6.0
	whole, at := 0.0, 0.0
	for _, t := range list {
		whole += max(narrowest, 1000*share(t.Count, planned))
	}
	for i := range list {
		list[i].At, list[i].Wide = at, max(narrowest, 1000*share(list[i].Count, planned))*1000/whole
		at += list[i].Wide
	}
}
