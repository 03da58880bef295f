package plan

import (
	"math"
	"slices"
	"strings"

	"qorcheck/spec"
)

// Smoke returns the plan reduced to few cases that, as far as can be foreseen,
// exercise every obligation and every flow, with a case of each kind that a must is about:
// kinds of keys and of outcomes on each operation, the others on one. They are chosen greedily: whole
// cases, the one that shows most for each request first, one that differs from all others in what is right or
// wrong with it before one that does not, and by their ids where that is equal. The others become Spares.
func (p *Plan) Smoke() *Plan {
	chosen := map[*Case]bool{}
	k := newCover(p, true, (*Case).likely)
	for _, i := range k.choose() {
		chosen[k.cases[i]] = true
	}
	var cases, spares []*Case
	for _, c := range p.Cases {
		if chosen[c] {
			cases = append(cases, c)
		} else {
			spares = append(spares, c)
		}
	}
	small := p.Sending(cases)
	small.Spares, small.Whole = slices.Concat(spares, p.Spares), len(p.Cases)
	return small
}

// shownOnce are the groups of kinds of which one operation is enough, beside those that the
// obligations of others need.
var shownOnce = []string{"malformed", "not-found", "message"}

// shows lists what a case is to show: obligations and their branches, and if it is to be
// more, each kind of a must, and its flow.
func (p *Plan) shows(c *Case, more bool) []string {
	var list []string
	if c.Kind == KindFlow && more {
		list = append(list, c.ID)
	}
	kind := c.Kind
	if method := c.Act.Request.Method; method == "GET" || method == "HEAD" || c.Expect.Handling == Accepted {
		kind, _, _ = strings.Cut(kind, ".") // nothing can have an effect that must have none: one of a group is enough
	}
	for _, id := range c.Obligations {
		o := p.Obligation(id)
		if o == nil {
			continue
		}
		for _, b := range o.Branches {
			if slices.Contains(b.Cases, c.ID) {
				list = append(list, o.ID+" "+b.Name)
			}
		}
		if !p.Foresees(c, o) {
			continue
		}
		if o.Requirement.Check == CheckNoTrace {
			id += " " + string(c.Expect.Handling) // an accepted one is the control of those that are rejected
		}
		list = append(list, id)
		if more && o.Requirement.Expect != nil && o.Requirement.Level == spec.Must {
			if group, _, _ := strings.Cut(kind, "."); !slices.Contains(shownOnce, group) {
				kind = c.Operation + " " + kind
			}
			list = append(list, kind)
		}
	}
	return list
}

// Requests is how many requests a case sends at most.
func (c *Case) Requests() int {
	n := 0
	for _, s := range c.Steps() {
		if s.Await == nil {
			n += max(s.Times, 1)
		}
	}
	return n
}

// likely is how many requests a case sends where all comes as it should: what is only
// captured for clean-up is in no answer then.
func (c *Case) likely() int {
	optional := map[string]bool{}
	for _, s := range c.Steps() {
		for _, captured := range s.Capture {
			optional[captured.Name] = captured.Optional
		}
	}
	n := c.Requests()
	for _, s := range c.Cleanup {
		if slices.ContainsFunc(s.Request.Placeholders(), func(p Placeholder) bool { return p.Source == FromAnswer && optional[p.Args[0]] }) {
			n--
		}
	}
	return n
}

// cover chooses cases until nothing is left to be shown, or nothing more may be sent.
type cover struct {
	cases []*Case // by their ids
	cost  []int
	left  int              // requests that may be sent
	gain  []int            // how much of what is left each case shows
	shows [][]string       // by case
	by    map[string][]int // the cases that show something, of what is left
	what  []string         // by case: what is right or wrong with it, on any operation
	seen  map[string]bool  // what is right or wrong with the chosen ones
}

func newCover(p *Plan, more bool, cost func(*Case) int) *cover {
	k := &cover{cases: slices.Clone(p.Cases), by: map[string][]int{}, seen: map[string]bool{}, left: math.MaxInt}
	slices.SortFunc(k.cases, func(a, b *Case) int { return strings.Compare(a.ID, b.ID) })
	for i, c := range k.cases {
		shown := p.shows(c, more)
		k.shows, k.gain, k.cost = append(k.shows, shown), append(k.gain, len(shown)), append(k.cost, cost(c))
		k.what = append(k.what, strings.TrimPrefix(c.ID, IDPart(c.Operation)+"."))
		for _, what := range shown {
			k.by[what] = append(k.by[what], i)
		}
	}
	return k
}

// choose chooses cases that show all, and leaves out those that others made needless,
// the dearest first.
func (k *cover) choose() (list []int) {
	chosen := k.greedy()
	times := map[string]int{} // how often each is shown
	for _, i := range chosen {
		for _, what := range k.shows[i] {
			times[what]++
		}
	}
	slices.SortStableFunc(chosen, func(a, b int) int { return k.cost[b] - k.cost[a] })
	for _, i := range chosen {
		if slices.ContainsFunc(k.shows[i], func(what string) bool { return times[what] == 1 }) {
			list = append(list, i)
			continue
		}
		for _, what := range k.shows[i] {
			times[what]--
		}
	}
	return list
}

// greedy chooses cases as long as one shows something new.
func (k *cover) greedy() (list []int) {
	for i := k.next(); i >= 0; i = k.next() {
		k.take(i)
		list = append(list, i)
	}
	return list
}

// next finds the case that shows most of what is left for each request, -1 when
// nothing is left.
func (k *cover) next() int {
	best := -1
	for i, gain := range k.gain {
		if gain > 0 && k.cost[i] <= k.left && (best < 0 || k.before(i, best)) {
			best = i
		}
	}
	return best
}

// before reports whether a case is chosen before another.
func (k *cover) before(i, other int) bool {
	if mine, its := k.gain[i]*k.cost[other], k.gain[other]*k.cost[i]; mine != its {
		return mine > its
	}
	return !k.seen[k.what[i]] && k.seen[k.what[other]]
}

// take chooses a case.
func (k *cover) take(i int) {
	k.left -= k.cost[i]
	k.seen[k.what[i]] = true
	for _, what := range k.shows[i] {
		for _, other := range k.by[what] {
			k.gain[other]--
		}
		delete(k.by, what)
	}
}

// different chooses, as far as there are requests left, cases that differ from the
// chosen ones in what is right or wrong with them: what most operations can be sent
// comes first.
func (k *cover) different() (list []int) {
	operations := map[string]int{}
	var others []int
	for i, what := range k.what {
		operations[what]++
		if !k.seen[what] {
			others = append(others, i)
		}
	}
	slices.SortStableFunc(others, func(a, b int) int { return operations[k.what[b]]*k.cost[a] - operations[k.what[a]]*k.cost[b] })
	for _, i := range others {
		if !k.seen[k.what[i]] && k.cost[i] <= k.left {
			k.take(i)
			list = append(list, i)
		}
	}
	return list
}
