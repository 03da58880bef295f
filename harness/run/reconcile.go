package run

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"

	"qorcheck/harness/exchange"
	"qorcheck/harness/plan"
	"qorcheck/harness/verdict"
	"qorcheck/spec"
)

// reconciliation compares what the lists of the target show after the run with what
// they showed before it, and with what the responses of the run named.
type reconciliation struct {
	lists     []plan.Listing
	before    map[string]exchange.Contents // by operation of the list
	named     map[string]map[string]string // by operation of the list: id → the operation whose response named it
	rejected  map[string]rejection         // by case
	last      time.Time                    // that a case of them ended
	accounted map[string]accounted         // by obligation
	lost      int                          // cases whose requests may have made something that no response named
	over      bool
}

// rejection is a rejected request, as far as something of it may show later.
type rejection struct {
	kept
	status      int
	obligations []string
	later       []string // ids that later responses of the case named, such as that of the corrected request
}

// kept is a case as far as it is needed to enter it once more.
type kept struct {
	entry Entry           // without its verdicts
	act   exchange.Record // what the curl line of its exchange is made of
}

// shown is its entry, with the curl line.
func (k kept) shown() Entry {
	e := k.entry
	e.Evidence = slices.Clone(e.Evidence)
	for i := range e.Evidence {
		e.Evidence[i].Curl, e.Evidence[i].Variables = k.act.Curl(), k.act.Variables()
	}
	return e
}

// accounted is an obligation about all that a list shows, and the case that serves it.
type accounted struct {
	kept
	list string
}

func newReconciliation(p *plan.Plan) reconciliation {
	return reconciliation{
		lists: p.Listings, before: map[string]exchange.Contents{}, named: map[string]map[string]string{},
		rejected: map[string]rejection{}, accounted: map[string]accounted{},
	}
}

// judgedByLists reports whether an obligation is concluded only when the lists were read again.
func judgedByLists(check string) bool {
	return check == plan.CheckReconciled || check == plan.CheckAccounted
}

// listedBefore reports whether a list showed an id before the run sent anything: a message
// about it is about no request of the run.
func (r *Run) listedBefore(id string) bool {
	for _, contents := range r.left.before {
		if contents.IDs[id] {
			return true
		}
	}
	return false
}

// readBefore reads the lists before anything else is sent.
func (r *Run) readBefore(ctx context.Context) {
	for _, l := range r.left.lists {
		r.left.named[l.Operation] = map[string]string{}
		r.left.before[l.Operation] = r.readList(ctx, l, func(string) bool { return false })
	}
}

// readList reads a list, and once more where that failed: it may have changed meanwhile.
func (r *Run) readList(ctx context.Context, l plan.Listing, keep func(id string) bool) exchange.Contents {
	read := r.client.ReadList(ctx, l, keep)
	r.count(read.Pages)
	if read.Trouble != "" && ctx.Err() == nil {
		read = r.client.ReadList(ctx, l, keep)
		r.count(read.Pages)
	}
	return read
}

// keepNamed keeps the id of what a response says that it made; the run must be locked.
func (r *Run) keepNamed(record *exchange.Record) {
	o := r.plan.Description.Operation(record.Step.Operation)
	if o == nil || !changes(record) {
		return
	}
	for _, l := range o.Conformance.Lists {
		if id := record.Named(l.Answer); id != "" && r.left.named[l.Operation] != nil {
			r.left.named[l.Operation][id] = o.ID
		}
	}
}

// changes reports whether a request may make something.
func changes(record *exchange.Record) bool {
	return record.Step.Await == nil && record.Method != http.MethodGet && record.Method != http.MethodHead
}

// nameless reports whether a request may have made something that no response named.
func (r *Run) nameless(record *exchange.Record) bool {
	o := r.plan.Description.Operation(record.Step.Operation)
	if o == nil || !changes(record) || len(o.Conformance.Lists) == 0 {
		return false
	}
	if record.Silence() != "" || record.Failure != nil && record.Failure.Kind == exchange.Malformed {
		return true
	}
	if record.Answer == nil || record.Answer.Status/100 != 2 || record.Named(o.Conformance.Lists[0].Answer) != "" {
		return false
	}
	body, ok := record.Answer.JSON()
	return !ok || o.Ending(body) == spec.Succeeded || o.Ending(body) == ""
}

// leavesNameless reports whether a case with an outcome may have made something that no
// response named.
func (r *Run) leavesNameless(t *exchange.Transcript, outcome verdict.Outcome) bool {
	return t.Any(r.nameless) || r.droppedNameless(t, outcome)
}

// droppedNameless reports whether a case dropped a connection before the response named what
// its request made, and the request did not come again with success: in a case that passed
// the repeat named the same.
func (r *Run) droppedNameless(t *exchange.Transcript, outcome verdict.Outcome) bool {
	return t.Any(func(dropped *exchange.Record) bool {
		lists := listsOf(r.plan.Description.Operation(dropped.Step.Operation))
		if dropped.Failure == nil || dropped.Failure.Kind != exchange.HungUp || len(lists) == 0 || !changes(dropped) {
			return false
		}
		return outcome != verdict.Pass || !t.Any(func(other *exchange.Record) bool {
			return other.URL == dropped.URL && bytes.Equal(other.Body, dropped.Body) && other.Named(lists[0].Answer) != ""
		})
	})
}

// keepRejection keeps what is needed to judge a case once more when the lists were read
// again; the run must be locked.
func (r *Run) keepRejection(t *exchange.Transcript, e Entry) {
	if r.leavesNameless(t, e.Outcome) {
		r.left.lost++
		return
	}
	kept := rejection{kept: kept{entry: Entry{Case: e.Case, Operation: e.Operation, Kind: e.Kind, What: e.What, Fault: e.Fault, Act: -1, Outcome: e.Outcome}}}
	if e.Act >= 0 && e.Act < len(e.Evidence) {
		kept.entry.Act, kept.entry.Evidence, kept.act = 0, []exchange.Evidence{briefly(e.Evidence[e.Act])}, t.Act.ForCurl()
	}
	for _, v := range e.Verdicts {
		o := r.plan.Obligation(v.Obligation)
		switch {
		case o == nil || !v.Exercised || v.Outcome != verdict.Pass:
		case o.Requirement.Check == plan.CheckReconciled:
			kept.obligations = append(kept.obligations, o.ID)
		case o.Requirement.Check == plan.CheckAccounted:
			if first, known := r.left.accounted[o.ID]; !known || e.Case < first.entry.Case {
				r.left.accounted[o.ID] = accounted{kept.kept, o.Operation.ID}
			}
		}
	}
	if len(kept.obligations) == 0 || t.Act == nil || t.Act.Answer == nil {
		return
	}
	kept.status = t.Act.Answer.Status
	for i := range t.Observe {
		record := &t.Observe[i]
		o := r.plan.Description.Operation(record.Step.Operation)
		for _, l := range listsOf(o) {
			if id := record.Named(l.Answer); id != "" && changes(record) {
				kept.later = append(kept.later, id)
			}
		}
	}
	r.left.rejected[e.Case] = kept
	r.left.last = e.Ended
}

func listsOf(o *spec.Operation) []spec.Listing {
	if o == nil {
		return nil
	}
	return o.Conformance.Lists
}

// reconcile reads the lists again and judges what is new there and no response named.
func (r *Run) reconcile(ctx context.Context) {
	if ctx.Err() != nil || r.breaker.stopped() {
		return
	}
	for _, l := range r.left.lists {
		before := r.left.before[l.Operation]
		named := r.left.named[l.Operation]
		after := r.readList(ctx, l, func(id string) bool { return !before.IDs[id] && named[id] == "" })
		if ctx.Err() != nil {
			return
		}
		c := comparison{run: r, list: l, before: before, after: after, makers: r.makers()}
		c.judge()
	}
	r.beside.Unreconciled = append(r.beside.Unreconciled, r.unlisted()...)
	if n := len(r.attempts.made); n > 0 {
		r.remark("what requests left whose connection was lost, in %d cases that were sent once more", n)
	}
	if r.there > 0 {
		r.remark("%d cases before --resume", r.there)
	}
	r.left.over, r.beside.Reconciled = true, true
}

// remark names something that was not reconciled.
func (r *Run) remark(format string, args ...any) {
	r.beside.Unreconciled = append(r.beside.Unreconciled, r.client.Redactor().Answer(fmt.Sprintf(format, args...)))
}

// amend enters a case once more, whose verdicts replace those of the same obligations.
func (r *Run) amend(of Entry, v verdict.Verdict, evidence ...exchange.Evidence) {
	r.mu.Lock()
	defer r.mu.Unlock()
	e := of
	e.Amends, e.Outcome, e.Ended = true, v.Outcome, now()
	e.Evidence = slices.Concat(of.Evidence, evidence)
	for i := range v.Findings {
		v.Findings[i].Exchange += len(of.Evidence)
	}
	show := r.shown()
	e.Verdicts = []Verdict{show.verdict(v)}
	if r.write(r.line(e)) {
		r.ledger.amend(e)
	}
}
