package run

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"

	"qorcheck/harness/exchange"
	"qorcheck/harness/plan"
)

// An optional parameter that a target refuses by itself would hide the rest of each request
// that has it. So it is tried before the other cases, in minTrials operations; where all of
// them refuse it, and serve the same request without it, it is left out of what follows.
const minTrials = 2

// trial is a case that adds one optional parameter to the least correct request.
type trial struct{ with, without *plan.Case }

// optional is what is known of the optional parameters that several operations have.
type optional struct {
	mu       sync.Mutex
	statuses map[string]int // that trials were answered, by case; nil where none is under way
	refused  map[plan.Option][]trial
}

// tryOptions sends the cases that show whether the target refuses optional parameters that
// several operations have alike, and returns the others.
func (r *Run) tryOptions(ctx context.Context, cases []*plan.Case) []*plan.Case {
	trials := trialsIn(cases)
	if len(trials) == 0 {
		return cases
	}
	first := map[*plan.Case]bool{}
	for _, list := range trials {
		for _, t := range list {
			first[t.with], first[t.without] = true, true
		}
	}
	other := func(c *plan.Case) bool { return !first[c] }
	r.optional.statuses = map[string]int{}
	r.send(ctx, slices.DeleteFunc(slices.Clone(cases), other))
	r.optional.refused = map[plan.Option][]trial{}
	for option, list := range trials {
		if !slices.ContainsFunc(list, func(t trial) bool { return !r.optional.refuses(t) }) {
			r.optional.refused[option] = list
		}
	}
	r.optional.statuses = nil
	return slices.DeleteFunc(slices.Clone(cases), func(c *plan.Case) bool { return first[c] })
}

// trialsIn finds the trials of each optional parameter: the first ones of different operations.
func trialsIn(cases []*plan.Case) map[plan.Option][]trial {
	plain := func(c *plan.Case) bool {
		return c.Expect.Handling == plan.Accepted && len(c.Invented) == 0 && c.Guess == nil && !c.Awaits() && !refuses(c)
	}
	least := map[string]*plan.Case{} // by operation
	for _, c := range cases {
		if c.Kind == "valid.required" && plain(c) {
			least[c.Operation] = c
		}
	}
	trials := map[plan.Option][]trial{}
	for _, c := range cases {
		if c.Kind != "valid.optional" || len(c.Options) != 1 || !plain(c) || least[c.Operation] == nil {
			continue
		}
		o := c.Options[0]
		if list := trials[o]; len(list) < minTrials && !slices.ContainsFunc(list, func(t trial) bool { return t.with.Operation == c.Operation }) {
			trials[o] = append(list, trial{c, least[c.Operation]})
		}
	}
	for o, list := range trials {
		if len(list) < minTrials {
			delete(trials, o)
		}
	}
	return trials
}

// note keeps how a trial was answered.
func (o *optional) note(t *exchange.Transcript) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.statuses != nil && t.Act != nil && t.Act.Answer != nil {
		o.statuses[t.Case.ID] = t.Act.Answer.Status
	}
}

// refuses reports whether a trial was answered as the client's fault, for nothing but its
// parameter: the request is served without it.
func (o *optional) refuses(t trial) bool {
	with := o.statuses[t.with.ID]
	about := []int{http.StatusUnauthorized, http.StatusRequestTimeout, http.StatusConflict, http.StatusTooManyRequests}
	return with/100 == 4 && !slices.Contains(about, with) && o.statuses[t.without.ID]/100 == 2
}

// leaveOut is a case without the optional parameters that the target refuses. In the
// operations that have shown it, what is about the parameter itself is sent as it is.
func (o *optional) leaveOut(c *plan.Case) *plan.Case {
	made, left := *c, []string{}
	for _, option := range c.Options {
		trials := o.refused[option]
		shown := slices.ContainsFunc(trials, func(t trial) bool { return t.with.Operation == c.Operation })
		if trials == nil || !made.Act.Request.Has(option) || shown && c.Kind != "valid.everything" && !c.Explored {
			continue
		}
		made.Act.Request = made.Act.Request.Without(option)
		left = append(left, fmt.Sprintf("%s, which is refused by itself: %s", option, trials[0].with.ID))
	}
	if len(left) == 0 {
		return c
	}
	made.LeftOut = "sent without " + strings.Join(left, ", and without ")
	made.Why += ", " + made.LeftOut
	return &made
}
