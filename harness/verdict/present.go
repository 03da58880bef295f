package verdict

import (
	"reflect"
	"slices"
	"strconv"
	"strings"

	"qorcheck/harness/exchange"
	"qorcheck/spec"
)

// everyItem stands for every item of a list in a pointer of spec.Present.
const everyItem = "/*"

// present judges that a response has the fields that the description says are there
// after such a request.
func present(v View) Observation {
	response := v.Operation.Response(v.Answer.Status)
	if response == nil || v.unexpected() {
		return Observation{} // another requirement has a finding, or it is tolerated
	}
	content := response.JSON()
	if content == nil || v.Body.Value == nil {
		return Observation{} // the schema's matter
	}
	seen, others := Observation{}, v.othersRows()
	for _, p := range v.Operation.Conformance.Present {
		if !v.promises(p) || !content.Schema.Documents(strings.ReplaceAll(p.Answer, everyItem, "/0")) {
			continue
		}
		for _, place := range placesOf(v.Body.Value, p.Answer) {
			if !matches(place.beside, p.Where, true) || matches(place.beside, p.Unless, false) || others(place.beside) {
				continue
			}
			seen.Exercised = true
			value, there := spec.Lookup(v.Body.Value, place.pointer)
			if text, ok := value.(string); value != nil && (!ok || !spec.Blank(text)) {
				continue
			}
			f := Finding{Rule: FieldPresent, Deviation: Missing, Status: v.Answer.Status, Pointer: place.pointer, Given: v.because(p, place)}
			if there {
				f.Deviation, f.Got = Value, valueAt(v.Body.Value, place.pointer)
			}
			seen.Findings = append(seen.Findings, f)
			break // one of a list shows it
		}
	}
	return seen
}

// othersRows reports whether a row of the response is another case's: one request may read
// the traces of several cases back, and which they are is chance.
func (v View) othersRows() func(row any) bool {
	if v.Transcript != nil {
		for _, r := range v.Transcript.Observe {
			if r.Answer == v.Answer && r.Step.ReadBack != nil {
				return func(row any) bool { return exchange.Text(row, r.Step.ReadBack.Field) != r.Sought }
			}
		}
	}
	return func(any) bool { return false }
}

// unexpected reports whether a response is another than the one that was to come.
func (v View) unexpected() bool {
	wanted := v.Expect.Ending
	return len(v.Expect.Statuses) > 0 && !slices.Contains(v.Expect.Statuses, v.Answer.Status) ||
		wanted != "" && wanted != v.Operation.Ending(v.Body.Value)
}

// promises reports whether a field is promised after this request, which ended so.
func (v View) promises(p spec.Present) bool {
	if len(p.Operations) > 0 && !slices.Contains(p.Operations, v.Operation.ID) {
		return false
	}
	ending := v.Operation.Ending(v.Body.Value)
	if len(p.Endings) == 0 && ending != spec.Succeeded && ending != "" || len(p.Endings) > 0 && !slices.Contains(p.Endings, ending) {
		return false
	}
	for pointer, wanted := range p.Request {
		if sent, _ := spec.Lookup(v.Sent, pointer); !reflect.DeepEqual(sent, wanted) {
			return false
		}
	}
	return true
}

// because lists what makes a field necessary.
func (v View) because(p spec.Present, at placed) (given []Fact) {
	for pointer := range p.Request {
		given = append(given, Fact{pointer + " of the request", exchange.Text(v.Sent, pointer)})
	}
	for pointer := range p.Where {
		given = append(given, Fact{pointer, exchange.Text(at.beside, pointer)})
	}
	slices.SortFunc(given, func(a, b Fact) int { return strings.Compare(a.Name, b.Name) })
	return given
}

// placed is a place in a body, and the object whose other fields count for it.
type placed struct {
	pointer string
	beside  any
}

// placesOf lists the places that a pointer with or without a * leads to.
func placesOf(body any, pointer string) []placed {
	list, field, every := strings.Cut(pointer, everyItem)
	if !every {
		return []placed{{pointer, body}}
	}
	items, _ := spec.Lookup(body, list)
	rows, _ := items.([]any)
	places := make([]placed, len(rows))
	for i, row := range rows {
		places[i] = placed{list + "/" + strconv.Itoa(i) + field, row}
	}
	return places
}

// matches reports whether an object has one of the wanted values in each field, or
// some value where none are listed. Otherwise is its result where nothing is wanted.
func matches(object any, wanted map[string][]string, otherwise bool) bool {
	if len(wanted) == 0 {
		return otherwise
	}
	for pointer, values := range wanted {
		if got := exchange.Text(object, pointer); got == "" || len(values) > 0 && !slices.Contains(values, got) {
			return false
		}
	}
	return true
}
