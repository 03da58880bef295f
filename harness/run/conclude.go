package run

import (
	"fmt"
	"strings"

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

// conclude counts, and draws the exit code and the sentence from the counts.
func (d *Document) conclude() {
	d.Planned = len(d.Obligations)
	mustFailed, shouldFailed, unclear, elsewhere := 0, 0, 0, 0
	var needless []string // waivers of what passes
	for _, o := range d.Obligations {
		d.Counts.Add(o.Outcome)
		switch {
		case o.Outcome == verdict.Fail && o.Level == spec.Must:
			mustFailed++
		case o.Outcome == verdict.Fail && o.Level == spec.Should:
			shouldFailed++
		case d.Elsewhere(o):
			elsewhere++
		case o.Level == spec.Must && (o.Outcome == verdict.Inconclusive || o.Outcome == verdict.NotRun):
			unclear++
		case o.NeedlessWaiver():
			needless = append(needless, o.ID)
		}
	}
	d.Warnings = shouldFailed
	failed := mustFailed
	if d.Strict {
		failed += shouldFailed
	}
	passed := fmt.Sprintf("%d of %d obligations passed", d.Counts.Pass, d.Planned)
	switch {
	case d.Interrupted:
		d.ExitCode, d.Verdict = ExitInterrupted, fmt.Sprintf("INTERRUPTED: %s before the run was interrupted", passed)
	case d.Counts.Broken > 0:
		d.ExitCode, d.Verdict = ExitBroken, fmt.Sprintf("BROKEN: %d obligations could not be judged because of a fault of qorcheck", d.Counts.Broken)
	case failed > 0:
		d.ExitCode, d.Verdict = ExitFail, fmt.Sprintf("FAILED: %d of %d obligations failed, %d passed", failed, d.Planned, d.Counts.Pass)
	case len(needless) > 0:
		d.ExitCode, d.Verdict = ExitFail, "FAILED: "+passed
	case d.Preflight != "":
		d.ExitCode, d.Verdict = ExitUnclear, "INCONCLUSIVE: "+d.Preflight
	case d.Stopped != "":
		d.ExitCode, d.Verdict = ExitUnclear, fmt.Sprintf("INCONCLUSIVE: %s before sending stopped", passed)
	case d.Counts.Pass+d.Counts.Waived == 0 && failed+shouldFailed+elsewhere == 0:
		d.ExitCode, d.Verdict = ExitUnclear, fmt.Sprintf("INCONCLUSIVE: none of %d obligations was exercised", d.Planned)
	case unclear > 0 && d.Unexercised:
		d.ExitCode, d.Verdict = ExitPass, fmt.Sprintf("PASSED with --allow-unexercised: %s, %d that must hold were not exercised", passed, unclear)
	case unclear > 0:
		d.ExitCode, d.Verdict = ExitUnclear, fmt.Sprintf("INCONCLUSIVE: %s, %d that must hold were not exercised", passed, unclear)
	default:
		d.ExitCode, d.Verdict = ExitPass, "PASSED: "+passed
	}
	if d.Stopped != "" {
		d.Verdict += "; " + d.Stopped
	}
	if len(needless) > 0 {
		d.Verdict += fmt.Sprintf("; %d pass although they are waived, remove their waivers: %s", len(needless), few(needless, 3))
	}
	if d.Counts.Waived > 0 {
		d.Verdict += fmt.Sprintf("; %d failed and are waived", d.Counts.Waived)
	}
	if d.Warnings > 0 && !d.Strict {
		d.Verdict += fmt.Sprintf("; %d that should hold failed (a warning; --strict counts it)", d.Warnings)
	}
	if d.Counts.Unsupported > 0 {
		d.Verdict += fmt.Sprintf("; %d unsupported", d.Counts.Unsupported)
	}
	if d.Shard != nil {
		d.Verdict += fmt.Sprintf("; shard %s, a part of the run", d.Shard)
	}
	if elsewhere > 0 {
		d.Verdict += fmt.Sprintf(" in which %d were not exercised", elsewhere)
	}
	if d.Profile != "" {
		d.Verdict += "; profile " + d.Profile
	}
	if d.Filter != "" {
		d.Verdict += "; filter " + d.Filter
	}
	if d.Unverified {
		d.Verdict += "; with --insecure-skip-verify, so that nothing shows that it was the target that answered"
	}
}

// Elsewhere tells whether all is well with what a shard has of an obligation, but
// it was not exercised: an answer in another shard may be one that it speaks of.
func (d *Document) Elsewhere(o Obligation) bool {
	return d.Shard != nil && o.Outcome == verdict.Inconclusive && o.Planned > 0 && o.Counts.Pass == o.Planned && o.Exercised == 0
}

// few lists the first of some ids and counts the others.
func few(ids []string, most int) string {
	if len(ids) <= most {
		return strings.Join(ids, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(ids[:most], ", "), len(ids)-most)
}
