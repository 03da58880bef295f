// Package run sends the cases of a plan, judges each when its answer arrives,
// journals it, forgets its record, and owns the finished document.
package run

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
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
	Journal          io.Writer         // one line of JSON a case; nil keeps none
	Progress         func(Progress)    // called after each case and at each pause, never twice at once; nil for none
}

// Progress is how far a run is.
type Progress struct {
	Done, Total int // cases
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

	mu       sync.Mutex
	document *Document
	index    map[string]int // obligation → place in the document
	waiting  []int          // cases that each obligation still waits for
	reasons  []reason       // of each obligation
	causes   causes
	watches  map[string]*stopwatch // by operation
	settled  []chan struct{}
	done     int
	failed   int
	broken   error // the first fault of our own
	news     news
	finished chan struct{}
}

// Start begins a run and returns at once. The context ends it early: requests
// under way are given up, clean-up is still done, what was not sent is not run.
func Start(ctx context.Context, p *plan.Plan, client *exchange.Client, o Options) *Run {
	s := client.Settings()
	r := &Run{plan: p, client: client, options: o, index: map[string]int{}, causes: causes{}, watches: map[string]*stopwatch{}, finished: make(chan struct{})}
	r.document = &Document{
		Version: DocumentVersion, Tool: o.Tool, Name: p.Requirements.Name,
		API:    p.Description.Title + " " + p.Description.Version,
		Target: s.Target.Redacted(), RunID: s.RunID, Seed: p.Seed, Profile: o.Profile, Filter: o.Filter, Strict: o.Strict, Unexercised: o.AllowUnexercised,
		Rate: s.Rate.String(), Unverified: s.TLS != nil && s.TLS.InsecureSkipVerify,
		Started: time.Now().UTC(), Cases: len(p.Cases),
		Digests:  Digests{Description: p.Description.Digest, Requirements: p.Requirements.Digest, Fixtures: p.Fixtures.Digest, Plan: p.Digest},
		Untested: []Untested{}, Dropped: []Dropped{}, Left: []string{}, Foreign: []string{},
	}
	for _, q := range p.Requirements.List {
		if !q.Tested() {
			r.document.Untested = append(r.document.Untested, Untested{q.ID, q.Sentence, q.Untested})
		}
	}
	for _, d := range p.Dropped {
		r.document.Dropped = append(r.document.Dropped, Dropped{d.ID, d.Reason})
	}
	waived := map[string]*Waiver{}
	if o.Waivers != nil {
		r.document.Digests.Waivers = o.Waivers.Digest
		for _, w := range o.Waivers.List {
			waived[w.Obligation] = &Waiver{w.Reason, w.Owner, w.Link, w.Until}
		}
	}
	for i, planned := range p.Obligations {
		r.document.Obligations = append(r.document.Obligations, obligation(p, planned))
		r.document.Obligations[i].Waiver = waived[planned.ID]
		r.index[planned.ID] = i
		r.waiting = append(r.waiting, 0)
		r.reasons = append(r.reasons, reason{})
		r.settled = append(r.settled, make(chan struct{}))
	}
	for _, c := range p.Cases {
		for _, id := range c.Obligations {
			r.document.Obligations[r.index[id]].Planned++
			r.waiting[r.index[id]]++
		}
	}
	r.circuit = newCircuit(func(last string) string { return r.askAgain(ctx, last) })
	client.OnPause(r.paused)
	go r.work(ctx, s.Concurrency)
	return r
}

func obligation(p *plan.Plan, planned *plan.Obligation) Obligation {
	q, op := planned.Requirement, planned.Operation
	return Obligation{
		ID: planned.ID, Operation: op.ID, Method: op.Method, Path: op.Path,
		Requirement: q.ID, Level: q.Level, Chapter: q.Chapter, Sentence: planned.Sentence, Check: q.Check,
		Clause: Clause{q.Clause.Page, p.Requirements.Link(q.Clause), q.Clause.Text},
		File:   p.Description.File, Line: op.Line,
		Notes: []Note{}, Causes: []string{},
	}
}

func (r *Run) work(ctx context.Context, workers int) {
	defer r.finish(ctx)
	if sentence := r.preflight(ctx); sentence != "" {
		r.document.Preflight = sentence
		return
	}
	for i, waiting := range r.waiting {
		if waiting == 0 {
			r.settle(i)
		}
	}
	r.subscribe(ctx)
	r.send(ctx, workers)
	r.close(ctx)
}

// send executes all cases, so many at once. A case that only waits lets another go on.
func (r *Run) send(ctx context.Context, workers int) {
	slots := make(chan struct{}, workers)
	aside := func(wait func()) {
		<-slots
		wait()
		slots <- struct{}{}
	}
	var pool sync.WaitGroup
	defer func() {
		pool.Wait()
		r.document.Stopped = r.circuit.reason()
	}()
	for _, c := range r.plan.Cases {
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
	r.document.Requests++
	record := r.client.Do(ctx, c.ID, c.Act, map[string]string{})
	switch {
	case record.Failure != nil:
		return fmt.Sprintf("no answer from %s: %s; nothing else was sent", target, record.Failure.Text)
	case record.Answer.Status == 401 || record.Answer.Status == 403:
		return fmt.Sprintf("%s refuses the valid credentials of the fixtures: %s was answered %d; nothing else was sent", target, record.Evidence.Request.Line, record.Answer.Status)
	}
	return ""
}

// mostSaid bounds each text of a verdict. It is cut after redaction.
const mostSaid = 600

// one sends a case, judges and journals it, or keeps it until the last messages are in.
func (r *Run) one(ctx context.Context, c *plan.Case, aside func(func())) {
	t := r.execute(ctx, c, aside)
	if t == nil {
		return
	}
	r.circuit.saw(t)
	if lateJudgement(c) {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.news.late = append(r.news.late, t)
		r.named(t)
		return
	}
	r.judge(c, t)
}

// execute sends a case, nil where a fault of our own ended it.
func (r *Run) execute(ctx context.Context, c *plan.Case, aside func(func())) (t *exchange.Transcript) {
	defer func() {
		if fault := recover(); fault != nil {
			r.record(c, nil, faulty(c, fault))
		}
	}()
	return r.client.Execute(ctx, c, aside)
}

// judge judges and journals what a case showed. A panic of ours breaks that case alone.
func (r *Run) judge(c *plan.Case, t *exchange.Transcript) {
	var verdicts []verdict.Verdict
	defer func() {
		if fault := recover(); fault != nil {
			verdicts = faulty(c, fault)
		}
		r.record(c, t, verdicts)
	}()
	verdicts = verdict.Judge(r.plan, t)
}

// faulty is what is said of a case that met a fault of our own.
func faulty(c *plan.Case, fault any) []verdict.Verdict {
	var verdicts []verdict.Verdict
	for _, id := range c.Obligations {
		verdicts = append(verdicts, verdict.Verdict{Obligation: id, Outcome: verdict.Broken, Why: fmt.Sprint("panic: ", fault)})
	}
	return verdicts
}

func (r *Run) record(c *plan.Case, t *exchange.Transcript, verdicts []verdict.Verdict) {
	var evidence []exchange.Evidence
	act := -1
	var took time.Duration
	var started time.Time
	if t != nil {
		for _, record := range t.Records() {
			evidence = append(evidence, record.Evidence)
		}
		if t.Act != nil {
			act, took, started = len(t.Prepare), t.Act.Took, t.Act.Started.UTC()
		}
	}
	worst := verdict.Pass
	for i := range verdicts {
		v := &verdicts[i]
		show := func(text string) string { return shorten(r.client.RedactAnswer(text), mostSaid) }
		v.Why, v.Note = show(v.Why), show(v.Note)
		for j := range v.Findings {
			f := &v.Findings[j]
			f.Expected, f.Received, f.Pointer = show(f.Expected), show(f.Received), show(f.Pointer)
		}
		if v.Outcome.Worse(worst) {
			worst = v.Outcome
		}
	}
	line, err := json.Marshal(Entry{c.ID, c.Operation, c.Kind, c.Why, worst, verdicts, evidence, act})

	r.mu.Lock()
	defer r.mu.Unlock()
	if r.options.Journal != nil && err == nil {
		_, err = r.options.Journal.Write(append(line, '\n'))
	}
	if err != nil && r.broken == nil {
		r.broken = fmt.Errorf("journal: %w", err)
	}
	d := r.document
	if t != nil {
		d.Requests += t.Sent()
		r.named(t)
	}
	d.CaseCounts.Add(worst)
	if t != nil {
		d.Left = append(d.Left, t.Left...)
		r.watch(t)
	}
	for _, v := range verdicts {
		i := r.index[v.Obligation]
		d.Obligations[i].add(c, v)
		d.Obligations[i].time(started, took)
		if v.Outcome != verdict.Pass && v.Outcome != verdict.NotRun {
			r.reasons[i].add(c, v)
			d.Obligations[i].cause(r.causes.add(&d.Obligations[i], c, v, evidence, shown(v, act)))
		}
		if r.waiting[i]--; r.waiting[i] == 0 {
			r.settle(i)
		}
	}
	r.done++
	if worst == verdict.Fail {
		r.failed++
	}
	if r.options.Progress != nil {
		r.options.Progress(Progress{Done: r.done, Total: len(r.plan.Cases), Failed: r.failed, Case: c.ID, Outcome: worst, Evidence: evidence, Elapsed: time.Since(d.Started)})
	}
}

// paused tells that nothing is sent for a while.
func (r *Run) paused(p exchange.Pause) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.options.Progress != nil {
		r.options.Progress(Progress{Done: r.done, Total: len(r.plan.Cases), Failed: r.failed, Elapsed: time.Since(r.document.Started), Pause: p})
	}
}

// shown is the exchange that shows what was found: the act, or the one that a finding names.
func shown(v verdict.Verdict, act int) int {
	if len(v.Findings) > 0 && v.Findings[0].Exchange > 0 {
		return v.Findings[0].Exchange - 1
	}
	return act
}

// named keeps the ids that the answers of a case name; the run must be locked.
func (r *Run) named(t *exchange.Transcript) {
	for _, record := range t.Records() {
		r.name(record)
	}
}

func (o *Obligation) time(started time.Time, took time.Duration) {
	if !started.IsZero() && (o.Started.IsZero() || started.Before(o.Started)) {
		o.Started = started
	}
	o.Seconds += took.Seconds()
}

// watch counts how long each answer took.
func (r *Run) watch(t *exchange.Transcript) {
	for _, record := range t.Records() {
		if record.Answer == nil || record.Step.Operation == "" || record.Shared {
			continue
		}
		if r.watches[record.Step.Operation] == nil {
			r.watches[record.Step.Operation] = newStopwatch()
		}
		r.watches[record.Step.Operation].add(record.Took)
	}
}

// add counts a verdict.
func (o *Obligation) add(c *plan.Case, v verdict.Verdict) {
	o.Counts.Add(v.Outcome)
	if v.Exercised {
		o.Exercised++
	}
	if v.Note != "" {
		o.note(v.Note, c.ID)
	}
}

func (o *Obligation) cause(id string) {
	if !slices.Contains(o.Causes, id) {
		o.Causes = append(o.Causes, id)
	}
}

// reason keeps, for each outcome of cases, what the first of them says of it.
type reason map[verdict.Outcome]said

type said struct{ id, why string }

func (r reason) add(c *plan.Case, v verdict.Verdict) {
	if first, ok := r[v.Outcome]; !ok || c.ID < first.id {
		r[v.Outcome] = said{c.ID, v.Why}
	}
}

func (o *Obligation) note(text, id string) {
	for i := range o.Notes {
		if o.Notes[i].Text == text {
			o.Notes[i].Count++
			o.Notes[i].Case = min(o.Notes[i].Case, id)
			return
		}
	}
	o.Notes = append(o.Notes, Note{text, 1, id})
}

// settle concludes an obligation; callers hold the lock or run alone.
func (r *Run) settle(i int) {
	o := &r.document.Obligations[i]
	o.Seconds = math.Round(o.Seconds*1e6) / 1e6
	o.conclude(r.plan.Obligations[i], r.reasons[i])
	close(r.settled[i])
}

// conclude draws the outcome of an obligation from those of its cases: it passes
// when every case passed and at least one exercised it.
func (o *Obligation) conclude(planned *plan.Obligation, reasons reason) {
	slices.SortFunc(o.Notes, func(a, b Note) int { return strings.Compare(a.Text, b.Text) })
	switch {
	case planned.Unsupported != "":
		o.Outcome, o.Why = verdict.Unsupported, planned.Unsupported
	case o.Counts.Fail > 0 && o.Waiver != nil:
		o.Outcome, o.Why = verdict.Waived, o.Waiver.String()
	case o.Counts.Fail > 0:
		o.Outcome = verdict.Fail
	case o.Counts.Broken > 0:
		o.Outcome, o.Why = verdict.Broken, reasons[verdict.Broken].why
	case planned.Lacks != "":
		o.Outcome, o.Why = verdict.Inconclusive, planned.Lacks
	case o.Counts.Inconclusive > 0:
		o.Outcome, o.Why = verdict.Inconclusive, reasons[verdict.Inconclusive].why
	case o.Counts.NotRun > 0 || o.Counts.Sum() < o.Planned:
		o.Outcome, o.Why = verdict.NotRun, "the run ended before it"
	case o.Exercised == 0:
		o.Outcome, o.Why = verdict.Inconclusive, "no answer was one that it speaks of"
	default:
		o.Outcome = verdict.Pass
	}
	if o.NeedlessWaiver() {
		o.Why = "it passes although it is waived: remove its waiver"
	}
}

func (r *Run) finish(ctx context.Context) {
	r.mu.Lock()
	defer r.mu.Unlock()
	d := r.document
	for i := range d.Obligations {
		o := &d.Obligations[i]
		o.Counts.NotRun += o.Planned - o.Counts.Sum()
		select {
		case <-r.settled[i]:
		default:
			o.conclude(r.plan.Obligations[i], r.reasons[i])
			if why := cmp.Or(d.Preflight, d.Stopped); why != "" && o.Outcome == verdict.NotRun {
				o.Why = why
			}
			close(r.settled[i])
		}
	}
	d.CaseCounts.NotRun += d.Cases - d.CaseCounts.Sum()
	d.Interrupted = ctx.Err() != nil
	d.Finished = time.Now().UTC()
	slices.Sort(d.Left)
	d.Latency = latencies(r.watches)
	d.gather(r.causes)
	d.conclude()
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
