package plan

import (
	"slices"
	"strings"

	"qorcheck/spec"
)

// Smoke returns the plan reduced to few cases that, as far as can be foreseen,
// exercise every obligation, with a case of each kind that a must is about on each
// operation, and every flow. They are chosen greedily: whole cases, the one that shows most for each request first,
// and by their ids where that is equal. The others become Spares.
func (p *Plan) Smoke() *Plan {
	chosen := map[*Case]bool{}
	for _, c := range newCover(p).choose() {
		chosen[c] = true
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

// Foresees reports whether a case is to exercise an obligation, when the target
// responds as it must.
func (p *Plan) Foresees(c *Case, o *Obligation) bool {
	q := o.Requirement
	if o.Operation.ID != c.Operation {
		return false
	}
	if (Step{Check: q.Check}).aside() && q.Check != CheckNoTrace {
		return slices.ContainsFunc(c.Observe, func(s Step) bool { return s.Check == q.Check })
	}
	if q.Check == CheckNoTrace {
		return slices.ContainsFunc(c.Observe, func(s Step) bool { return s.ReadBack != nil })
	}
	return len(c.Expect.Statuses) == 0 || slices.ContainsFunc(c.Expect.Statuses, q.Applies)
}

// shows lists what a case is to show: obligations by its kind, their branches, and its flow.
func (p *Plan) shows(c *Case) []string {
	var list []string
	if c.Kind == KindFlow {
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
		if o.Requirement.Expect != nil && o.Requirement.Level == spec.Must {
			list = append(list, c.Operation+" "+kind)
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

// cover chooses cases until nothing is left to be shown.
type cover struct {
	cases []*Case // by their ids
	cost  []int
	gain  []int            // how much of what is left each case shows
	shows [][]string       // by case
	by    map[string][]int // the cases that show something, of what is left
}

func newCover(p *Plan) *cover {
	k := &cover{cases: slices.Clone(p.Cases), by: map[string][]int{}}
	slices.SortFunc(k.cases, func(a, b *Case) int { return strings.Compare(a.ID, b.ID) })
	for i, c := range k.cases {
		shown := p.shows(c)
		k.shows, k.gain, k.cost = append(k.shows, shown), append(k.gain, len(shown)), append(k.cost, c.Requests())
		for _, what := range shown {
			k.by[what] = append(k.by[what], i)
		}
	}
	return k
}

// choose chooses cases that show all, and leaves out those that others made needless,
// the dearest first.
func (k *cover) choose() []*Case {
	var chosen []int
	times := map[string]int{} // how often each is shown
	for i := k.next(); i >= 0; i = k.next() {
		chosen = append(chosen, i)
		for _, what := range k.shows[i] {
			times[what]++
		}
	}
	slices.SortStableFunc(chosen, func(a, b int) int { return k.cost[b] - k.cost[a] })
	var list []*Case
	for _, i := range chosen {
		if slices.ContainsFunc(k.shows[i], func(what string) bool { return times[what] == 1 }) {
			list = append(list, k.cases[i])
			continue
		}
		for _, what := range k.shows[i] {
			times[what]--
		}
	}
	return list
}

// next finds the case that shows most of what is left for each request, -1 when
// nothing is left.
func (k *cover) next() int {
	best := -1
	for i, gain := range k.gain {
		if gain > 0 && (best < 0 || gain*k.cost[best] > k.gain[best]*k.cost[i]) {
			best = i
		}
	}
	if best < 0 {
		return -1
	}
	for _, what := range k.shows[best] {
		for _, i := range k.by[what] {
			k.gain[i]--
		}
		delete(k.by, what)
	}
	return best
}
