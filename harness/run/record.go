package run

import (
	"cmp"
	"encoding/json"
	"fmt"
	"iter"
	"slices"
	"time"

	"qorcheck/harness/exchange"
	"qorcheck/harness/plan"
	"qorcheck/harness/redact"
	"qorcheck/harness/verdict"
)

// maxText is how many bytes each text of a verdict has. It is cut after redaction.
const maxText = 600

// judge judges and journals what a case showed. A panic of ours breaks that case alone.
func (r *Run) judge(c *plan.Case, t *exchange.Transcript) {
	var verdicts []verdict.Verdict
	var evidence []exchange.Evidence
	protected := func(do func()) {
		defer func() {
			if fault := recover(); fault != nil {
				verdicts = crashed(c, fault)
			}
		}()
		do()
	}
	protected(func() {
		defer since(time.Now(), &r.work.judging)
		verdicts = verdict.Judge(r.plan, t)
	})
	protected(func() {
		defer since(time.Now(), &r.work.redaction)
		evidence = r.evidence(t, verdicts)
	})
	r.record(c, t, verdicts, evidence)
}

// evidence lists the redacted exchanges of a case. Those of a case that passed are
// needed by the journal and the progress only, without curl lines.
func (r *Run) evidence(t *exchange.Transcript, verdicts []verdict.Verdict) []exchange.Evidence {
	passed := !slices.ContainsFunc(verdicts, func(v verdict.Verdict) bool { return v.Outcome.Worse(verdict.Pass) })
	if passed && r.options.Journal == nil && r.options.Progress == nil {
		return nil
	}
	list := make([]exchange.Evidence, 0, t.Count())
	for record := range t.Records() {
		e := record.Evidence()
		if !passed {
			e.Curl, e.Variables = record.Curl(), record.Variables()
		}
		list = append(list, e)
	}
	return list
}

// crashed lists the verdicts of a case whose judgement met a fault of our own.
func crashed(c *plan.Case, fault any) []verdict.Verdict {
	var verdicts []verdict.Verdict
	for _, id := range c.Obligations {
		verdicts = append(verdicts, verdict.Crashed(id, fault))
	}
	return verdicts
}

func (r *Run) record(c *plan.Case, t *exchange.Transcript, verdicts []verdict.Verdict, evidence []exchange.Evidence) {
	e := entry(c, t)
	e.Number = cmp.Or(r.numbers[c.ID], len(r.numbers)+1)
	e.Unnamed = t != nil && r.unnamed(t)
	e.Outcome, e.Evidence = verdict.Pass, evidence
	show := r.shown()
	e.Verdicts = make([]Verdict, 0, len(verdicts))
	for _, v := range verdicts {
		e.Verdicts = append(e.Verdicts, show.verdict(v))
		if v.Outcome.Worse(e.Outcome) {
			e.Outcome = v.Outcome
		}
	}

	r.mu.Lock()
	defer r.mu.Unlock()
	e.Ended = now()
	began := time.Now()
	kept := r.write(r.line(e))
	since(began, &r.work.journal)
	if !kept {
		return // a case that is not in the journal was not run
	}
	if t != nil {
		r.keepIDs(t)
		r.keepRejection(t, e)
	}
	if c.Simpler != nil && e.Outcome == verdict.Fail && !c.Spare {
		r.drawn.failed = append(r.drawn.failed, drawnFailure{c, e.Verdicts})
	}
	for _, i := range r.ledger.add(e) {
		if !r.held(i) {
			close(r.concluded[i])
		}
	}
	if r.options.Progress != nil {
		p := r.progress()
		p.Case, p.Outcome, p.Evidence = c.ID, e.Outcome, e.Evidence
		r.options.Progress(p)
	}
}

// shown makes what is stored of what a check said.
func (r *Run) shown() redactor {
	return func(text string) redact.Text { return r.client.Redactor().Answer(text).Cut(maxText) }
}

// entry begins the journal line of a case; there is no transcript where a fault of our own ended it.
func entry(c *plan.Case, t *exchange.Transcript) Entry {
	e := Entry{Case: c.ID, Operation: c.Operation, Kind: c.Kind, What: c.Why, Act: -1}
	e.Spare, e.Shrunk = c.Spare, c.Spare && c.Explored
	if c.Fault != nil {
		e.Fault = c.Fault.Pointer
	}
	if t == nil {
		return e
	}
	e.Requests, e.Left = t.RequestCount(), t.Left
	if t.Act != nil {
		e.Act = len(t.Prepare)
	}
	e.Unanswered = t.Unanswered()
	e.Began, e.TookMS = inProgress(t.Records())
	for record := range t.Records() {
		if record.Answer != nil && record.Step.Operation != "" && !record.Shared {
			e.Times = append(e.Times, Time{record.Step.Operation, exchange.Milliseconds(record.Took)})
		}
	}
	return e
}

// inProgress is when the first request of a case was sent, and how long it was to the
// last response.
func inProgress(records iter.Seq[*exchange.Record]) (began time.Time, tookMS float64) {
	var ended time.Time
	for r := range records {
		if r.Shared {
			continue
		}
		if began.IsZero() || r.Started.Before(began) {
			began = r.Started
		}
		if over := r.Started.Add(r.Took); over.After(ended) {
			ended = over
		}
	}
	return began.UTC().Truncate(time.Microsecond), exchange.Milliseconds(ended.Sub(began))
}

// now is the time as the journal has it.
func now() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }

// line shortens a case for the journal, if there is one; the run must be locked. Exchanges of a case that passed
// stay whole where they are remarkable, or are the example of an obligation or a branch.
func (r *Run) line(e Entry) any {
	if r.options.Journal == nil {
		return nil
	}
	whole := map[int]bool{}
	all := r.options.AllEvidence || e.Outcome.Worse(verdict.Pass)
	for _, v := range e.Verdicts {
		if all = all || !v.Note.IsZero(); !all {
			i := r.index[v.Obligation]
			r.examples[i].needs(&r.document.Obligations[i], e, v, whole)
		}
	}
	return r.catalogue.line(e, func(i int) bool { return all || whole[i] || e.Evidence[i].Remarkable() })
}

// write puts a line into the journal and reports whether it is there; the run must be
// locked. When it is not, the run ends: what is not written down would be lost.
func (r *Run) write(value any) bool {
	if r.options.Journal == nil {
		return true
	}
	text, err := json.Marshal(value)
	if err == nil && r.broken == nil {
		_, err = r.options.Journal.Write(append(text, '\n'))
	}
	if err != nil && r.broken == nil {
		r.broken = fmt.Errorf("journal: %w", err)
		r.stop()
	}
	return r.broken == nil
}
