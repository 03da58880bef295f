// Package run sends the cases of a plan, judges each when its answer arrives,
// journals it, forgets its record, and owns the finished document.
package run

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"qorcheck/harness/exchange"
	"qorcheck/harness/plan"
	"qorcheck/harness/settings"
	"qorcheck/harness/verdict"
)

// Options say how a run is kept and counted.
type Options struct {
	Tool             string            // name and version, for the document
	Filter           string            // as given, for the document
	Profile          string            // as given, for the document
	Waivers          *settings.Waivers // nil for none
	Strict           bool              // a failed should counts as a failure
	AllowUnexercised bool              // exit code 3 becomes 0
	Shard            *Shard            // that the plan is, of Whole; nil for a whole plan
	Whole            *plan.Plan        // nil without Shard
	Settings         map[string]string // the flags that were given and count, for the journal
	Journal          io.Writer         // of this run, see ReadJournal; nil keeps none
	Earlier          *Replayed         // the run that is resumed, of the same plan; nil for a new one
	Progress         func(Progress)    // called after each case and at each pause, never twice at once; nil for none
}

// Progress is how far a run is.
type Progress struct {
	Done, Total int // cases
	Earlier     int // of those done, how many in earlier parts of the run
	Failed      int // cases with a failed obligation
	Case        string
	Outcome     verdict.Outcome // of that case
	Evidence    []exchange.Evidence
	Elapsed     time.Duration
	Pause       exchange.Pause // what the target asked for since; none when it is zero
}

// Run is a run under way.
type Run struct {
	plan    *plan.Plan
	client  *exchange.Client
	options Options
	circuit *circuit

	stop  context.CancelFunc // ends the sending
	began time.Time          // this part of the run
	there int                // cases of earlier parts

	mu       sync.Mutex
	*ledger                  // what is known so far
	settled  []chan struct{} // by obligation
	beside   End             // what belongs to no case
	broken   error           // the first fault of our own
	news     news
	finished chan struct{}
}

// Start begins a run and returns at once. When the context ends, no further request
// is made: those under way are waited for, what a case made is removed, and what
// was not sent to its end is not run.
func Start(ctx context.Context, p *plan.Plan, client *exchange.Client, o Options) *Run {
	s := client.Settings()
	r := &Run{plan: p, client: client, options: o, finished: make(chan struct{})}
	sending, stop := context.WithCancel(ctx)
	r.stop = stop
	if o.Earlier == nil {
		head := Head{Document: before(p, s, o), Settings: o.Settings}
		if o.Shard != nil {
			head.Document = before(o.Whole, s, o)
			head.Part = &Part{Shard: *o.Shard, Cases: len(p.Cases), Planned: casesOf(p)}
		}
		r.ledger = newLedger(head.begin())
		r.write(struct {
			Head Head `json:"head"`
		}{head})
	} else {
		r.ledger = o.Earlier.ledger
		again := Resumed{s.RunID, s.Rate.String(), unverified(s)}
		r.write(struct {
			Resumed Resumed `json:"resumed"`
		}{again})
		r.ledger.resume(again, o.Earlier.unanswered)
	}
	r.there = len(r.done)
	for range p.Obligations {
		r.settled = append(r.settled, make(chan struct{}))
	}
	r.circuit = newCircuit(func(last string) string { return r.askAgain(sending, last) })
	client.OnPause(r.paused)
	r.began = time.Now()
	go r.work(ctx, sending, s.Concurrency)
	return r
}

// before is the document of a run of which nothing was sent.
func before(p *plan.Plan, s settings.Settings, o Options) Document {
	d := Document{
		Version: DocumentVersion, Tool: o.Tool, Name: p.Requirements.Name,
		API:    p.Description.Title + " " + p.Description.Version,
		Target: s.Target.Redacted(), RunID: s.RunID, Seed: p.Seed, Profile: o.Profile, Filter: o.Filter, Strict: o.Strict, Unexercised: o.AllowUnexercised,
		Rate: s.Rate.String(), Unverified: unverified(s),
		Started: time.Now().UTC(), Cases: len(p.Cases),
		Digests:  DigestsOf(p, o.Waivers),
		Untested: []Untested{}, Dropped: []Dropped{}, Left: []string{}, Foreign: []string{},
	}
	for _, q := range p.Requirements.List {
		if !q.Tested() {
			d.Untested = append(d.Untested, Untested{q.ID, q.Sentence, q.Untested})
		}
	}
	for _, dropped := range p.Dropped {
		d.Dropped = append(d.Dropped, Dropped{dropped.ID, dropped.Reason})
	}
	waived := map[string]*Waiver{}
	if o.Waivers != nil {
		for _, w := range o.Waivers.List {
			waived[w.Obligation] = &Waiver{w.Reason, w.Owner, w.Link, w.Until}
		}
	}
	cases := casesOf(p)
	for _, one := range p.Obligations {
		entry := obligation(p, one)
		entry.Planned, entry.Waiver = cases[one.ID], waived[one.ID]
		d.Obligations = append(d.Obligations, entry)
	}
	return d
}

// casesOf counts the cases of each obligation.
func casesOf(p *plan.Plan) map[string]int {
	cases := map[string]int{}
	for _, o := range p.Obligations {
		cases[o.ID] = 0
	}
	for _, c := range p.Cases {
		for _, id := range c.Obligations {
			cases[id]++
		}
	}
	return cases
}

// DigestsOf names what a run is made of; there may be no waivers.
func DigestsOf(p *plan.Plan, waivers *settings.Waivers) Digests {
	d := Digests{Description: p.Description.Digest, Requirements: p.Requirements.Digest, Fixtures: p.Fixtures.Digest, Plan: p.Digest}
	if waivers != nil {
		d.Waivers = waivers.Digest
	}
	return d
}

func unverified(s settings.Settings) bool { return s.TLS != nil && s.TLS.InsecureSkipVerify }

// obligation is one of which no case has run.
func obligation(p *plan.Plan, planned *plan.Obligation) Obligation {
	q, op := planned.Requirement, planned.Operation
	o := Obligation{
		ID: planned.ID, Operation: op.ID, Method: op.Method, Path: op.Path,
		Requirement: q.ID, Level: q.Level, Chapter: q.Chapter, Sentence: planned.Sentence, Check: q.Check,
		Clause: Clause{q.Clause.Page, p.Requirements.Link(q.Clause), q.Clause.Text},
		File:   p.Description.File, Line: op.Line,
		Notes: []Note{}, Causes: []string{},
	}
	switch {
	case planned.Unsupported != "":
		o.Outcome, o.Why = verdict.Unsupported, planned.Unsupported
	case planned.Lacks != "":
		o.Outcome, o.Why = verdict.Inconclusive, planned.Lacks
	}
	return o
}

// work does the run. The outer context ends when it is interrupted, sending also
// when there is no use in going on.
func (r *Run) work(ctx, sending context.Context, workers int) {
	defer r.finish(ctx)
	missing := slices.DeleteFunc(slices.Clone(r.plan.Cases), func(c *plan.Case) bool { return r.done[c.ID] })
	if r.broken != nil || r.options.Earlier != nil && len(missing) == 0 {
		return
	}
	if sentence := r.preflight(sending); sentence != "" {
		r.document.Preflight = sentence
		return
	}
	for i, waiting := range r.waiting {
		if waiting == 0 {
			r.settle(i)
		}
	}
	r.subscribe(sending, missing)
	r.send(sending, missing, workers)
	r.close(sending)
}

// send executes cases, so many at once. A case that only waits lets another go on.
func (r *Run) send(ctx context.Context, cases []*plan.Case, workers int) {
	slots := make(chan struct{}, workers)
	aside := func(wait func()) {
		<-slots
		wait()
		slots <- struct{}{}
	}
	var pool sync.WaitGroup
	defer func() {
		pool.Wait()
		if why := r.circuit.reason(); why != "" {
			r.document.Stopped = why
		}
	}()
	for _, c := range cases {
		select {
		case <-ctx.Done():
			return
		case <-r.circuit.open:
			return
		case slots <- struct{}{}:
		}
		pool.Go(func() {
			if !r.circuit.stopped() {
				r.one(ctx, c, aside)
			}
			<-slots
		})
	}
}

// preflight makes one harmless valid call and says why nothing else can be sent, "" when it can.
func (r *Run) preflight(ctx context.Context) string {
	target := r.document.Target
	c := r.plan.Preflight
	if c == nil {
		if f := r.client.Reach(ctx); f != nil {
			return fmt.Sprintf("no answer from %s: %s; nothing else was sent", target, f.Text)
		}
		return ""
	}
	record := r.client.Do(ctx, c.ID, c.Act, map[string]string{})
	r.count([]exchange.Record{record})
	switch {
	case record.Failure != nil && record.Failure.Kind == exchange.Interrupted:
		return ""
	case record.Failure != nil:
		return fmt.Sprintf("no answer from %s: %s; nothing else was sent", target, record.Failure.Text)
	case record.Answer.Status == 401 || record.Answer.Status == 403:
		return fmt.Sprintf("%s refuses the valid credentials of the fixtures: %s was answered %d; nothing else was sent", target, record.Evidence().Request.Line, record.Answer.Status)
	}
	return ""
}

// mostSaid bounds each text of a verdict. It is cut after redaction.
const mostSaid = 600

// one sends a case, judges and journals it, or keeps it until the last messages
// are in. One that was interrupted is not run.
func (r *Run) one(ctx context.Context, c *plan.Case, aside func(func())) {
	t := r.execute(ctx, c, aside)
	switch {
	case t == nil:
	case t.Interrupted():
		r.abandon(t)
	case lateJudgement(c):
		r.circuit.saw(t)
		r.mu.Lock()
		defer r.mu.Unlock()
		r.news.late = append(r.news.late, t)
		r.named(t)
	default:
		r.circuit.saw(t)
		r.judge(c, t)
	}
}

// abandon keeps nothing of a case but what it did to the target.
func (r *Run) abandon(t *exchange.Transcript) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.beside.Requests += t.Sent()
	r.beside.Left = append(r.beside.Left, t.Left...)
	r.named(t)
}

// execute sends a case, nil where a fault of our own ended it.
func (r *Run) execute(ctx context.Context, c *plan.Case, aside func(func())) (t *exchange.Transcript) {
	defer func() {
		if fault := recover(); fault != nil {
			r.record(c, nil, faulty(c, fault), nil)
		}
	}()
	return r.client.Execute(ctx, c, aside)
}

// judge judges and journals what a case showed. A panic of ours breaks that case alone.
func (r *Run) judge(c *plan.Case, t *exchange.Transcript) {
	var verdicts []verdict.Verdict
	var evidence []exchange.Evidence
	protected := func(do func()) {
		defer func() {
			if fault := recover(); fault != nil {
				verdicts = faulty(c, fault)
			}
		}()
		do()
	}
	protected(func() { verdicts = verdict.Judge(r.plan, t) })
	protected(func() { evidence = r.evidence(t, verdicts) })
	r.record(c, t, verdicts, evidence)
}

// evidence is what is shown of a case. What passed is shown by the journal and the
// progress alone, and its requests are not repeated.
func (r *Run) evidence(t *exchange.Transcript, verdicts []verdict.Verdict) []exchange.Evidence {
	passed := !slices.ContainsFunc(verdicts, func(v verdict.Verdict) bool { return v.Outcome.Worse(verdict.Pass) })
	if passed && r.options.Journal == nil && r.options.Progress == nil {
		return nil
	}
	var list []exchange.Evidence
	for _, record := range t.Records() {
		e := record.Evidence()
		if !passed {
			e.Curl = record.Curl()
		}
		list = append(list, e)
	}
	return list
}

// faulty is what is said of a case that met a fault of our own.
func faulty(c *plan.Case, fault any) []verdict.Verdict {
	var verdicts []verdict.Verdict
	for _, id := range c.Obligations {
		verdicts = append(verdicts, verdict.Verdict{Obligation: id, Outcome: verdict.Broken, Why: fmt.Sprint("panic: ", fault)})
	}
	return verdicts
}

func (r *Run) record(c *plan.Case, t *exchange.Transcript, verdicts []verdict.Verdict, evidence []exchange.Evidence) {
	e := entry(c, t)
	e.Verdicts, e.Outcome, e.Evidence = verdicts, verdict.Pass, evidence
	for i := range verdicts {
		v := &verdicts[i]
		show := func(text string) string { return shorten(r.client.RedactAnswer(text), mostSaid) }
		v.Why, v.Note = show(v.Why), show(v.Note)
		for j := range v.Findings {
			f := &v.Findings[j]
			f.Expected, f.Received, f.Pointer = show(f.Expected), show(f.Received), show(f.Pointer)
		}
		if v.Outcome.Worse(e.Outcome) {
			e.Outcome = v.Outcome
		}
	}

	r.mu.Lock()
	defer r.mu.Unlock()
	e.Ended = time.Now().UTC()
	if !r.write(e) {
		return // what the journal does not have did not happen
	}
	if t != nil {
		r.named(t)
	}
	for _, i := range r.ledger.add(e) {
		close(r.settled[i])
	}
	if r.options.Progress != nil {
		p := r.progress()
		p.Case, p.Outcome, p.Evidence = c.ID, e.Outcome, e.Evidence
		r.options.Progress(p)
	}
}

// entry tells what happened in a case, nil where nothing is known of it.
func entry(c *plan.Case, t *exchange.Transcript) Entry {
	e := Entry{Case: c.ID, Operation: c.Operation, Kind: c.Kind, What: c.Why, Act: -1}
	if c.Fault != nil {
		e.Fault = c.Fault.Pointer
	}
	if t == nil {
		return e
	}
	e.Requests, e.Left = t.Sent(), t.Left
	if t.Act != nil {
		e.Act = len(t.Prepare)
	}
	e.Unanswered = t.Unanswered()
	for _, record := range t.Records() {
		if record.Answer != nil && record.Step.Operation != "" && !record.Shared {
			e.Times = append(e.Times, Time{record.Step.Operation, exchange.Milliseconds(record.Took)})
		}
	}
	return e
}

// write puts a line into the journal and tells whether it is there; the run must be
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

// progress is how far the run is; it must be locked.
func (r *Run) progress() Progress {
	return Progress{Done: len(r.done), Total: len(r.plan.Cases), Earlier: r.there, Failed: r.failed, Elapsed: time.Since(r.began)}
}

// paused tells that nothing is sent for a while.
func (r *Run) paused(p exchange.Pause) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.options.Progress != nil {
		now := r.progress()
		now.Pause = p
		r.options.Progress(now)
	}
}

// named keeps the ids that the answers of a case name; the run must be locked.
func (r *Run) named(t *exchange.Transcript) {
	for _, record := range t.Records() {
		r.name(record)
	}
}

// settle concludes an obligation that waits for no case.
func (r *Run) settle(i int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ledger.settle(i)
	close(r.settled[i])
}

func (r *Run) finish(ctx context.Context) {
	r.mu.Lock()
	defer r.mu.Unlock()
	defer r.stop()
	end := r.beside
	end.Finished, end.Interrupted = time.Now().UTC(), ctx.Err() != nil
	end.Preflight, end.Stopped = r.document.Preflight, r.document.Stopped
	r.write(struct {
		End End `json:"end"`
	}{end})
	r.ledger.end(end)
	r.ledger.finish()
	for _, settled := range r.settled {
		select {
		case <-settled:
		default:
			close(settled)
		}
	}
	close(r.finished)
}

// Await waits for an obligation and returns it as it ended, with the causes as far as they are known by then.
func (r *Run) Await(ctx context.Context, id string) (Settled, error) {
	i, ok := r.index[id]
	if !ok {
		return Settled{}, fmt.Errorf("no obligation %s in the plan", id)
	}
	select {
	case <-r.settled[i]:
	case <-ctx.Done():
		return Settled{}, fmt.Errorf("obligation %s: %w", id, ctx.Err())
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return settled(r.document.Obligations[i], func(id string) *Cause { return &r.causes[id].Cause }), nil
}

// Wait waits for the end of the run. The error is a fault of our own, such as a
// journal that could not be written; the document is there all the same.
func (r *Run) Wait() (*Document, error) {
	<-r.finished
	return r.document, r.broken
}
