package plan

import (
	"fmt"
	"slices"
	"strings"
)

// Simpler says how a drawn case is made simpler, to find the fewest fields and steps that
// still show what it shows.
type Simpler struct {
	// Edits are those that may be made, in phases: first the steps that can be omitted,
	// then the optional places, the usual values and the items of lists.
	Edits func() [][]Edit
	// Make makes the case with some edits; nil where that is no valid case.
	Make func(edits []Edit) *Case
}

// Edit makes a drawn case simpler at one place.
type Edit struct {
	Place string `json:"place"`           // pointer into the body, in:name of a parameter, or step:number
	Usual bool   `json:"usual,omitempty"` // the place takes its usual value; otherwise it is omitted
}

// shrunk separates the id of a drawn case from what a simpler one is called beside it.
const shrunk = ".shrunk-"

// SimplerID is the id of a simpler case that is made of a drawn one.
func SimplerID(drawn, edits string) string { return drawn + shrunk + edits }

// DrawnFrom is the id of the drawn case that a simpler one is made of; that of any other
// case is its own.
func DrawnFrom(id string) string {
	if i := strings.LastIndex(id, shrunk); i >= 0 {
		return id[:i]
	}
	return id
}

// With returns the plan reduced to one case that is made from one of its own, and to the
// obligations that this one serves.
func (p *Plan) With(made *Case) *Plan {
	small := *p
	small.Cases = []*Case{made}
	return small.Case(made.ID)
}

// Shrinking is how a drawn case was made simpler.
type Shrinking struct {
	Case   *Case  // the simplest one that still shows what it is about
	Edits  []Edit // that lead to it
	Needed []Edit // those after which it shows that no more
}

// Shrink finds the fewest places and steps of a drawn case, some edits of which are made
// already, that still show something, as shows reports. It ends early when over reports so.
func (c *Case) Shrink(made Shrinking, shows func(*Case) bool, over func() bool) Shrinking {
	tried := map[string]bool{}
	try := func(more []Edit) bool {
		edits := append(made.Edits[:len(made.Edits):len(made.Edits)], more...)
		key := fmt.Sprint(edits)
		if tried[key] {
			return false
		}
		tried[key] = true
		next := c.Simpler.Make(edits)
		switch {
		case next == nil:
			return false
		case sameRequests(next, made.Case):
			return true
		case shows(next):
			made.Case, made.Edits = next, edits
			return true
		}
		if len(more) == 1 {
			made.Needed = append(made.Needed, more[0])
		}
		return false
	}
	for _, rest := range c.Simpler.Edits() {
		for size := len(rest); size > 0; size /= 2 {
			for i := 0; i < len(rest) && !over(); {
				end := min(i+size, len(rest))
				if try(rest[i:end]) {
					rest = append(rest[:i:i], rest[end:]...)
				} else {
					i = end
				}
			}
		}
	}
	return made
}

// sameRequests reports whether two cases send the same.
func sameRequests(a, b *Case) bool {
	same := func(s, other Step) bool {
		path, query := s.Request.Location()
		otherPath, otherQuery := other.Request.Location()
		return s.Operation == other.Operation && path == otherPath && query == otherQuery && s.Request.Body == other.Request.Body && slices.Equal(s.Request.Header, other.Request.Header)
	}
	if len(a.Prepare) != len(b.Prepare) {
		return false
	}
	for i := range a.Prepare {
		if !same(a.Prepare[i], b.Prepare[i]) {
			return false
		}
	}
	return same(a.Act, b.Act)
}
