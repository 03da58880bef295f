package run

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"qorcheck/harness/exchange"
	"qorcheck/harness/plan"
	"qorcheck/harness/redact"
	"qorcheck/harness/verdict"
	"qorcheck/spec"
)

// comparison judges one list after the run.
type comparison struct {
	run           *Run
	list          plan.Listing
	before, after exchange.Contents
	makers        *makers
}

// owner is whose an entry is that no response named.
type owner int

const (
	ownerUnknown  owner = iota // it bears no mark of this run
	ownerRejected              // a rejected request of this run
	ownerOther                 // another request of this run, whose response may have been lost
	ownerElse                  // it bears the mark of another run
)

// judge judges what the list shows that it did not show before and that no response named.
func (c comparison) judge() {
	r := c.run
	if trouble := cmp.Or(c.before.Trouble, c.after.Trouble); trouble != "" {
		c.unclear(func(string) string { return trouble })
		return
	}
	c.unclear(c.uncontrolled())
	left := map[string][]exchange.Row{} // by case
	var unknown []exchange.Row
	unsure := 0
	for _, row := range c.after.Rows {
		switch id, whose := c.owner(row); whose {
		case ownerRejected:
			left[id] = append(left[id], row)
		case ownerUnknown:
			unknown = append(unknown, row)
		default:
			unsure++
		}
	}
	for _, id := range slices.Sorted(maps.Keys(left)) {
		kept := r.left.rejected[id]
		for _, obligation := range kept.obligations {
			r.amend(kept.shown(), verdict.Left(obligation, kept.status, c.leftovers(left[id])), c.evidence(left[id])...)
		}
	}
	c.account(unknown)
	if unsure > 0 {
		r.remark("%s of %s that no response named: of other runs, or of requests whose response was lost", entries(unsure), c.list.Operation)
	}
}

func entries(n int) string {
	if n == 1 {
		return "1 entry"
	}
	return fmt.Sprintf("%d entries", n)
}

// uncontrolled returns why finding nothing of an operation's requests proves nothing,
// "" where it does: the list shows what its responses, or those of another, named.
func (c comparison) uncontrolled() func(operation string) string {
	named := c.run.left.named[c.list.Operation]
	has, shown := map[string]int{}, map[string]bool{}
	anything := false
	for id, operation := range named {
		has[operation]++
		if c.after.IDs[id] {
			shown[operation], anything = true, true
		}
	}
	return func(operation string) string {
		switch {
		case has[operation] > 0 && !shown[operation]:
			return fmt.Sprintf("it shows none of the %d ids that responses of %s named, so finding nothing proves nothing", has[operation], operation)
		case !anything && c.run.document.Shard == nil:
			return "no response named an id that it shows, so finding nothing proves nothing"
		}
		return ""
	}
}

// unclear makes the cases inconclusive for which why gives a reason.
func (c comparison) unclear(why func(operation string) string) {
	r := c.run
	for _, id := range slices.Sorted(maps.Keys(r.left.rejected)) {
		kept := r.left.rejected[id]
		o := r.plan.Description.Operation(kept.entry.Operation)
		if !slices.ContainsFunc(o.Conformance.Lists, func(l spec.Listing) bool { return l.Operation == c.list.Operation }) {
			continue
		}
		if trouble := why(kept.entry.Operation); trouble != "" {
			for _, obligation := range kept.obligations {
				r.amend(kept.shown(), verdict.Unread(obligation, c.list.Operation, trouble))
			}
			kept.obligations = nil
			r.left.rejected[id] = kept
		}
	}
	for _, obligation := range slices.Sorted(maps.Keys(r.left.accounted)) {
		if one := r.left.accounted[obligation]; one.list == c.list.Operation {
			if trouble := why(""); trouble != "" {
				r.amend(one.shown(), verdict.Unread(obligation, c.list.Operation, trouble))
				delete(r.left.accounted, obligation)
			}
		}
	}
}

// mark is what a unique value looks like, whichever run made it.
var mark = regexp.MustCompile(`\bq[a-z2-7]{15,24}\b`)

// owner returns whose an entry is, and the case of a rejected request.
func (c comparison) owner(row exchange.Row) (id string, whose owner) {
	for _, pointer := range c.list.Marks {
		text := exchange.Text(row.Value, pointer)
		maker, known := c.makers.find(text)
		if !known {
			maker, known = c.makers.within(text)
		}
		switch {
		case !known && mark.MatchString(text):
			whose = ownerElse
		case !known:
		case c.rejects(maker):
			return maker.Case, ownerRejected
		default:
			return "", ownerOther
		}
	}
	return "", whose
}

// rejects reports whether a value was sent by a rejected request of this part of the run,
// and by no later one of its case that may have made the entry.
func (c comparison) rejects(m exchange.Maker) bool {
	kept, ok := c.run.left.rejected[m.Case]
	planned := c.makers.cases[m.Case]
	if !ok || m.Lost || planned == nil || !strings.Contains(string(planned.Act.Request.Body), string(m.Value)) {
		return false
	}
	return !slices.ContainsFunc(kept.later, func(id string) bool { return !c.after.IDs[id] })
}

// maxLeftovers limits the entries that one finding names.
const maxLeftovers = 5

// leftovers says of entries what people want to know.
func (c comparison) leftovers(rows []exchange.Row) []verdict.Leftover {
	var list []verdict.Leftover
	for _, row := range rows[:min(len(rows), maxLeftovers)] {
		one := verdict.Leftover{List: c.list.Operation, ID: row.ID}
		for _, pointer := range slices.Concat(c.list.Shown, c.list.Marks) {
			if text := exchange.Text(row.Value, pointer); text != "" {
				one.Shown = append(one.Shown, verdict.Fact{Name: pointer, Value: text})
			}
		}
		list = append(list, one)
	}
	return list
}

func (c comparison) evidence(rows []exchange.Row) []exchange.Evidence {
	var list []exchange.Evidence
	for _, row := range rows[:min(len(rows), maxLeftovers)] {
		list = append(list, c.run.client.EvidenceOf(row))
	}
	return list
}

// account judges entries that bear no mark. They are a failure only where nobody else
// can have made them.
func (c comparison) account(rows []exchange.Row) {
	r := c.run
	if len(rows) == 0 {
		return
	}
	alone := r.alone()
	if alone {
		for _, obligation := range slices.Sorted(maps.Keys(r.left.accounted)) {
			if one := r.left.accounted[obligation]; one.list == c.list.Operation {
				r.amend(one.shown(), verdict.Unaccounted(obligation, len(rows), c.leftovers(rows)), c.evidence(rows)...)
			}
		}
	}
	why := "others may have made them"
	if alone {
		why = "nobody else uses the environment"
	}
	r.remark("%s of %s without a mark of this run: %s", entries(len(rows)), c.list.Operation, why)
}

// alone reports whether nobody but this run, whose responses all came, can have made
// what nobody knows.
func (r *Run) alone() bool {
	lost := func(t *exchange.Transcript) bool { return r.leavesNameless(t, verdict.NotRun) } // not judged yet
	return r.options.Exclusive && r.document.Shard == nil && r.options.Earlier == nil && r.left.lost == 0 && !slices.ContainsFunc(r.inbox.late, lost)
}

// unlisted names the operations whose rejected requests no list shows.
func (r *Run) unlisted() []redact.Text {
	var names []string
	for _, c := range r.plan.Cases {
		o := r.plan.Description.Operation(c.Operation)
		method := c.Act.Request.Method
		if c.Expect.Handling == plan.Rejected && method != "GET" && method != "HEAD" && len(o.Conformance.Lists) == 0 && !slices.Contains(names, o.ID) {
			names = append(names, o.ID)
		}
	}
	if len(names) == 0 || len(r.left.lists) == 0 {
		return nil
	}
	slices.Sort(names)
	return []redact.Text{r.client.Redactor().Own("no list shows what they leave: " + strings.Join(names, ", "))}
}
