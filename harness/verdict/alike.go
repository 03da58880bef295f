package verdict

import (
	"maps"
	"net/http"
	"slices"
	"strconv"

	"qorcheck/harness/exchange"
	"qorcheck/spec"
)

// alike judges that a response does not distinguish another's object from none: by its
// status, its code, its text, and the names of its members and headers. What already differs between
// two objects that nothing has says nothing, such as an id in the text.
func alike(v View) Observation {
	var unknown []*exchange.Answer
	seen := v.after("alike", func(r exchange.Record) []Finding {
		unknown = append(unknown, r.Answer)
		if len(unknown) > 1 {
			return nil
		}
		return v.differs(r.Answer)
	})
	if len(unknown) > 1 && len(seen.Findings) == 0 {
		records, places := v.observed("alike")
		for _, f := range v.differsFromBoth(unknown[0], unknown[1]) {
			f.Step, f.Exchange = records[0].Step.Name, places[0]
			seen.Findings = append(seen.Findings, f)
		}
	}
	return seen
}

// differs compares status and code.
func (v View) differs(unknown *exchange.Answer) []Finding {
	if unknown.Status != v.Answer.Status {
		return []Finding{{Rule: UnknownIDStatus, Deviation: Status, Status: v.Answer.Status, Wanted: statuses([]int{unknown.Status})}}
	}
	c, body := v.Operation.Conformance.Codes, readBody(unknown).Value
	if c == nil || exchange.Text(v.Body.Value, c.Field) == exchange.Text(body, c.Field) {
		return nil
	}
	return []Finding{{
		Rule: UnknownIDCode, Deviation: Value, Status: v.Answer.Status,
		Pointer: c.Field, Wanted: []string{valueAt(body, c.Field)}, Got: valueAt(v.Body.Value, c.Field),
	}}
}

// differsFromBoth compares text, members and header names with those of two unknown ids.
func (v View) differsFromBoth(first, second *exchange.Answer) []Finding {
	if e := v.Operation.Conformance.Error; e != nil {
		got, _ := e.DescriptionIn(v.Body.Value)
		one, pointer := e.DescriptionIn(readBody(first).Value)
		other, _ := e.DescriptionIn(readBody(second).Value)
		if one == other && one != got && pointer != "" {
			return []Finding{{
				Rule: UnknownIDCode, Deviation: Value, Status: v.Answer.Status,
				Pointer: pointer, Wanted: []string{strconv.Quote(shorten(one))}, Got: valueAt(v.Body.Value, pointer),
			}}
		}
	}
	if pointer, surplus := strangeMember(v.Body.Value, readBody(first).Value, readBody(second).Value); pointer != "" {
		f := Finding{Rule: UnknownIDMember, Deviation: Surplus, Status: v.Answer.Status, Pointer: pointer, Got: "a member " + pointer}
		if !surplus {
			f.Deviation, f.Got = Missing, "no member "+pointer
		}
		return []Finding{f}
	}
	names := func(h http.Header) []string {
		return slices.DeleteFunc(headerNames(h), func(name string) bool { return slices.Contains(ofTransport, name) })
	}
	got, one, other := names(v.Answer.Header), names(first.Header), names(second.Header)
	for _, name := range got {
		if !slices.Contains(one, name) && !slices.Contains(other, name) {
			return []Finding{{Rule: UnknownIDHeader, Deviation: Surplus, Status: v.Answer.Status, Got: "a header " + name}}
		}
	}
	for _, name := range one {
		if slices.Contains(other, name) && !slices.Contains(got, name) {
			return []Finding{{Rule: UnknownIDHeader, Deviation: Missing, Status: v.Answer.Status, Got: "no header " + name}}
		}
	}
	return nil
}

// strangeMember returns the pointer of a member that a body alone has of three, or alone
// lacks; "" for none, and where the other two differ.
func strangeMember(body, one, other any) (pointer string, surplus bool) {
	got, first := membersOf(body), membersOf(one)
	if !maps.Equal(first, membersOf(other)) {
		return "", false
	}
	for _, p := range slices.Sorted(maps.Keys(got)) {
		if !first[p] {
			return p, true
		}
	}
	for _, p := range slices.Sorted(maps.Keys(first)) {
		if !got[p] {
			return p, false
		}
	}
	return "", false
}

// membersOf lists the members of the objects in a body by their pointers; the items of a
// list count as one.
func membersOf(body any) map[string]bool {
	members := map[string]bool{}
	var walk func(pointer string, value any)
	walk = func(pointer string, value any) {
		switch x := value.(type) {
		case map[string]any:
			for name, inner := range x {
				members[pointer+spec.Pointer(name)] = true
				walk(pointer+spec.Pointer(name), inner)
			}
		case []any:
			for _, inner := range x {
				walk(pointer+"/*", inner)
			}
		}
	}
	walk("", body)
	return members
}

// ofTransport are headers that come and go with the connection and what lies on the way.
var ofTransport = []string{
	"Age", "Connection", "Content-Length", "Date", "Keep-Alive", "Retry-After", "Set-Cookie", "Trailer", "Transfer-Encoding", "Via", "X-Cache",
}

func headerNames(h http.Header) []string {
	var list []string
	for name := range h {
		list = append(list, http.CanonicalHeaderKey(name))
	}
	slices.Sort(list)
	return list
}
