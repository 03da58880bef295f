package plan

import (
	"slices"
	"strings"

	"qorcheck/spec"
)

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
	if applies := applying[q.Check]; applies != nil {
		return applies(c, o)
	}
	return len(c.Expect.Statuses) == 0 || slices.ContainsFunc(c.Expect.Statuses, q.Applies)
}

// applying holds the checks that apply to some cases alone, and to which.
var applying = map[string]func(*Case, *Obligation) bool{
	CheckNoTrace: func(c *Case, _ *Obligation) bool {
		return slices.ContainsFunc(c.Observe, func(s Step) bool { return s.ReadBack != nil })
	},
	"preferred": func(c *Case, o *Obligation) bool {
		breaks := func(e *Expect) bool {
			return e != nil && slices.ContainsFunc(e.Tolerated, func(t spec.Tolerance) bool { return slices.Contains(t.Breaks, o.Requirement.ID) })
		}
		return breaks(&c.Expect) || slices.ContainsFunc(c.Observe, func(s Step) bool { return breaks(s.Expect) })
	},
	"echo": func(c *Case, o *Obligation) bool {
		return c.accepted() && slices.ContainsFunc(o.Operation.Conformance.Echo, func(e spec.Echo) bool { return c.sends(e.Request) })
	},
	"amount": func(c *Case, o *Obligation) bool {
		a := o.Operation.Conformance.Amounts
		return c.accepted() && a != nil && slices.ContainsFunc(a.Fields, c.sends)
	},
	"not-shown": func(c *Case, o *Obligation) bool {
		return slices.ContainsFunc(o.Operation.Conformance.NeverShown, c.sends)
	},
	"present":         func(c *Case, _ *Obligation) bool { return c.accepted() },
	"no-reason":       func(c *Case, _ *Obligation) bool { return c.accepted() },
	"no-reason-field": func(c *Case, _ *Obligation) bool { return c.accepted() },
	"reason-name": func(c *Case, _ *Obligation) bool {
		return c.Expect.Ending == spec.Refused || c.Expect.Ending == spec.Errored
	},
	"blamed-field": func(c *Case, _ *Obligation) bool { return c.Fault != nil && strings.HasPrefix(c.Fault.Pointer, "/") },
}

// accepted reports whether the act is to be carried out.
func (c *Case) accepted() bool { return c.Expect.Handling == Accepted }

// sends reports whether the act has a field or a parameter of the last name in a pointer.
func (c *Case) sends(pointer string) bool {
	r, name := c.Act.Request, pointer[strings.LastIndexAny(pointer, "/:")+1:]
	return strings.Contains(string(r.Body), name) || slices.ContainsFunc(r.Query, func(f Field) bool { return f.Name == name })
}
