package run

import (
	"cmp"
	"slices"

	"qorcheck/harness/plan"
)

// queue holds the cases that are still to be sent. What waits is sent first, so that it
// waits while other cases are sent: cases that show a silence, those with the most quiet
// windows ahead, then those of which the lists may show something later. Cases that refuse
// messages come when no other case in progress can cause a message that would reach them,
// and while they wait, only cases are sent that cause none: while a registration lasts,
// the message about every other payment is sent there as well, and again as often as it
// is refused. Otherwise cases keep the order of the plan.
type queue struct {
	before   []*plan.Case // what waits, and what is loud
	refusing []*plan.Case
	beside   []*plan.Case
	loud     map[*plan.Case]bool // causes messages that would reach the refusing receivers
}

// newQueue sorts cases.
func newQueue(p *plan.Plan, cases []*plan.Case) *queue {
	q := &queue{loud: map[*plan.Case]bool{}}
	events := map[string]bool{} // that are sent to the refusing receivers
	for _, c := range cases {
		if refuses(c) {
			for _, event := range eventsOf(p.Description.Operation(c.Operation)) {
				events[event] = true
			}
		}
	}
	for _, c := range cases {
		switch {
		case refuses(c):
			q.refusing = append(q.refusing, c)
		case reaches(p, c, events):
			q.before = append(q.before, c)
			q.loud[c] = true
		case waits(c) > 0 || len(events) == 0:
			q.before = append(q.before, c)
		default:
			q.beside = append(q.beside, c)
		}
	}
	for _, list := range [][]*plan.Case{q.before, q.refusing, q.beside} {
		slices.SortStableFunc(list, func(a, b *plan.Case) int {
			return cmp.Or(cmp.Compare(waits(b), waits(a)), judgedLater(p, b)-judgedLater(p, a))
		})
	}
	return q
}

// take removes the next case. Quiet reports whether no case in progress causes a message
// that would reach the refusing receivers. It is nil where none may be sent now.
func (q *queue) take(quiet bool) *plan.Case {
	list := &q.beside
	switch {
	case len(q.before) > 0:
		list = &q.before
	case len(q.refusing) > 0 && quiet:
		list = &q.refusing
	case len(q.beside) == 0:
		return nil
	}
	c := (*list)[0]
	*list = (*list)[1:]
	return c
}

func (q *queue) empty() bool { return len(q.before)+len(q.refusing)+len(q.beside) == 0 }

// refuses reports whether a case registers a receiver that refuses each message.
func refuses(c *plan.Case) bool {
	return slices.ContainsFunc(c.Observe, func(s plan.Step) bool { return s.Await != nil && s.Await.Place == plan.Refusing })
}

// reaches reports whether a request of a case may cause a message of one of these events.
func reaches(p *plan.Plan, c *plan.Case, events map[string]bool) bool {
	return c.HasStep(func(s *plan.Step) bool {
		return s.Await == nil && slices.ContainsFunc(eventsOf(p.Description.Operation(s.Operation)), func(event string) bool { return events[event] })
	})
}

// judgedLater is 1 for a case whose traces the lists may show later, 0 for any other.
func judgedLater(p *plan.Plan, c *plan.Case) int {
	if slices.ContainsFunc(c.Obligations, func(id string) bool {
		o := p.Obligation(id)
		return o != nil && judgedByLists(o.Requirement.Check)
	}) {
		return 1
	}
	return 0
}

// waits counts for how many quiet windows a case waits within itself, and once more where
// its silence is judged at the end.
func waits(c *plan.Case) int {
	n := 0
	for _, s := range c.Observe {
		if s.Await != nil && s.Await.Never {
			n += 2
		}
	}
	if n == 0 && c.Awaits() {
		n = 1
	}
	return n
}
