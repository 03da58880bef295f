// Package run sends the cases of a plan, judges each when its response arrives,
// journals it, forgets its record, and owns the finished document.
package run

import (
	"context"
	"fmt"
	"io"
	"sync"
	"time"

	"qorcheck/harness/exchange"
	"qorcheck/harness/group"
	"qorcheck/harness/plan"
	"qorcheck/harness/settings"
	"qorcheck/harness/verdict"
)

// Options say how a run is kept and counted.
type Options struct {
	Settings         settings.Settings // those of the client
	Tool             string            // name and version, for the document
	Filter           string            // as given, for the document
	Case             string            // the only case of the plan, "" for all
	Profile          string            // as given, for the document
	Waivers          *settings.Waivers // nil for none
	Strict           bool              // a failed should counts as a failure
	AllowUnexercised bool              // exit code 3 becomes 0
	Shard            *Shard            // that the plan is, of Whole; nil for a whole plan
	Whole            *plan.Plan        // nil without Shard
	Limit            Limit             // of a run within a budget
	Flags            map[string]string // that were given and count, for the journal
	Planning         time.Duration     // that the plan took, for the document
	Journal          io.Writer         // of this run, see ReadJournal; nil keeps none
	AllEvidence      bool              // the journal keeps every exchange whole, not only those that somebody needs
	Exclusive        bool              // nobody else uses the environment during the run
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
	plan     *plan.Plan
	client   *exchange.Client
	options  Options
	breaker  *breaker
	outages  outages
	optional optional
	usage    usage
	workers  workers
	laps     laps
	work     work

	watchdog watchdog

	stop  context.CancelFunc // ends the sending
	began time.Time          // this part of the run
	there int                // cases of earlier parts

	mu        sync.Mutex
	*ledger                   // what is known so far
	catalogue catalogue       // of the journal
	numbers   map[string]int  // of the cases of the whole plan
	concluded []chan struct{} // by obligation
	beside    End             // what belongs to no case
	broken    error           // the first fault of our own
	inbox     inbox
	kept      []*exchange.Transcript // in which a request was not served
	attempts  attempts
	left      reconciliation
	drawn     shrinking
	finished  chan struct{}
}

// Start begins a run and returns at once. When the context ends, no further request
// is made: those under way are waited for, what a case made is removed, and what
// was not sent to its end is not run.
func Start(ctx context.Context, p *plan.Plan, client *exchange.Client, o Options) *Run {
	s := o.Settings
	r := &Run{plan: p, client: client, options: o, finished: make(chan struct{})}
	r.laps = laps{last: time.Now(), Timing: Timing{Planning: milliRounded(o.Planning)}}
	sending, stop := o.Limit.context(ctx)
	r.stop = stop
	if o.Earlier == nil {
		head := Head{Document: newDocument(p, s, o), Settings: o.Flags}
		if o.Shard != nil {
			head.Document = newDocument(o.Whole, s, o)
			head.Part = &Part{Shard: *o.Shard, Cases: len(p.Cases), Planned: casesOf(p)}
		}
		r.ledger, r.catalogue = newLedger(head.begin()), newCatalogue(head.Document.Obligations)
		if o.Journal != nil {
			head.Values, r.broken = ValuesOf(head.Document.Digests, s.Fixtures)
		}
		r.write(struct {
			Head Head `json:"head"`
		}{head})
	} else {
		r.ledger, r.catalogue = o.Earlier.ledger, newCatalogue(o.Earlier.Head.Document.Obligations)
		again := Resumed{s.RunID, time.Now().UTC(), s.Rate.String(), unverified(s)}
		r.write(struct {
			Resumed Resumed `json:"resumed"`
		}{again})
		r.ledger.resume(again, o.Earlier.unanswered)
		r.drawn.takeOver(p, o.Earlier.failed)
	}
	r.numbers = numbersOf(p, o.Whole)
	r.there = len(r.done)
	r.left = newReconciliation(p)
	r.attempts.made = map[string]int{}
	for range p.Obligations {
		r.concluded = append(r.concluded, make(chan struct{}))
	}
	r.breaker = newBreaker(func(last string) string { return r.askAgain(sending, last) })
	if p.Budget != nil {
		r.usage.used = p.Budget.Fixed
	}
	r.began = time.Now()
	r.workers = newWorkers(s.Concurrency, maxDescriptors())
	go r.sendAll(ctx, sending)
	return r
}

// numbersOf numbers the cases of a plan, or of the whole one that it is a part of.
func numbersOf(p, whole *plan.Plan) map[string]int {
	if whole == nil {
		whole = p
	}
	numbers := make(map[string]int, len(whole.Cases))
	for i, c := range whole.Cases {
		numbers[c.ID] = i + 1
	}
	return numbers
}

// progress is how far the run is; it must be locked.
func (r *Run) progress() Progress {
	return Progress{Done: len(r.done), Total: len(r.plan.Cases), Earlier: r.there, Failed: r.failed, Elapsed: time.Since(r.began)}
}

// reportPauses passes on the pauses of the client until stop is called.
func (r *Run) reportPauses() (stop func()) {
	over := make(chan struct{})
	var reporting group.Group
	reporting.Go(func() {
		for {
			select {
			case p := <-r.client.Pauses():
				r.paused(p)
			case <-over:
				return
			}
		}
	})
	return func() {
		close(over)
		reporting.Wait()
	}
}

// paused shows that nothing is sent for a while.
func (r *Run) paused(p exchange.Pause) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.options.Progress != nil {
		now := r.progress()
		now.Pause = p
		r.options.Progress(now)
	}
}

// keepIDs keeps the ids that the responses of a case name; the run must be locked.
func (r *Run) keepIDs(t *exchange.Transcript) {
	for record := range t.Records() {
		r.keepID(record)
	}
}

// conclude concludes an obligation that waits for no case.
func (r *Run) conclude(i int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ledger.conclude(i)
	close(r.concluded[i])
}

func (r *Run) finish(ctx context.Context) {
	r.mu.Lock()
	defer r.mu.Unlock()
	defer r.stop()
	end := r.beside
	end.Finished, end.Interrupted = time.Now().UTC(), ctx.Err() != nil
	r.laps.Work = r.work.sum()
	end.Concurrency, end.Timing = r.workers.settled(), &r.laps.Timing
	end.Preflight, end.Stopped = r.document.Preflight, r.document.Stopped
	r.write(struct {
		End End `json:"end"`
	}{end})
	r.ledger.end(end)
	r.ledger.finish()
	for _, concluded := range r.concluded {
		select {
		case <-concluded:
		default:
			close(concluded)
		}
	}
	close(r.finished)
}

// Await waits for an obligation and returns it as it ended, with the causes as far as they are known by then.
func (r *Run) Await(ctx context.Context, id string) (Result, error) {
	i, ok := r.index[id]
	if !ok {
		return Result{}, fmt.Errorf("no obligation %s in the plan", id)
	}
	select {
	case <-r.concluded[i]:
	case <-ctx.Done():
		return Result{}, fmt.Errorf("obligation %s: %w", id, ctx.Err())
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.document.resultOf(r.document.Obligations[i], r.cause), nil
}

// cause finds a cause: as gathered so far, or in the finished document.
func (r *Run) cause(id string) *Cause {
	if g := r.causes[id]; g != nil {
		return &g.Cause
	}
	return r.document.Cause(id)
}

// Wait waits for the end of the run. The error is a fault of our own, such as a
// journal that could not be written; the document is there all the same.
func (r *Run) Wait() (*Document, error) {
	<-r.finished
	return r.document, r.broken
}
