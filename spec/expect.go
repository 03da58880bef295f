package spec

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Expect is the exact response that a case must get.
type Expect struct {
	Statuses  []string    `yaml:"statuses"` // numbers, ranges such as 4XX, or one of the words of statusWords
	Ending    Ending      `yaml:"ending"`   // how the request ended by the response body; "" when not judged
	Tolerated []Tolerance `yaml:"tolerated"`
	Body      Holds       `yaml:"body"` // in a flow: schemas of places in the body
	Same      string      `yaml:"same"` // in a flow: the step whose response this one must equal
	Order     *Order      `yaml:"order"`
}

// Order is, in a flow, the required order of some items of a list. Other items may
// stand before, between and after them: others may use the target too.
type Order struct {
	List   string   `yaml:"list" json:"list"`     // pointer to an array in the body
	By     string   `yaml:"by" json:"by"`         // pointer into each item
	Values []string `yaml:"values" json:"values"` // the values there, first to last: $NAME.request#/… or $NAME.answer#/…
}

// Tolerance is a response that passes with a note.
type Tolerance struct {
	Name   string            `yaml:"name" json:"name,omitempty"` // by which notes name it; one name may stand at several places
	Status int               `yaml:"status" json:"status"`
	Where  map[string]string `yaml:"where" json:"where,omitempty"` // pointer into the body → value there, case ignored
	Why    string            `yaml:"why" json:"why"`
	// Breaks names requirements with the check preferred: the response complies with
	// the one that tolerates it and breaks these.
	Breaks []string `yaml:"breaks" json:"breaks,omitempty"`
}

// expectable reports whether a list may ask for an ending; "" asks for none.
func expectable(e Ending) bool { return slices.Contains([]Ending{"", Succeeded, Refused, Errored}, e) }

func (e *Expect) check() error {
	for _, s := range e.Statuses {
		if _, word := statusWords[s]; !word && !isStatus(s) && !isRange(s) {
			return fmt.Errorf("expect.statuses: %q: must be %s, a range such as 4XX, or a status from 100 to 599", s, strings.Join(slices.Sorted(maps.Keys(statusWords)), ", "))
		}
	}
	if !expectable(e.Ending) {
		return fmt.Errorf("expect.ending: %q: must be one of success, refused, error", e.Ending)
	}
	for _, t := range e.Tolerated {
		if t.Status < 100 || t.Status > 599 || t.Why == "" {
			return fmt.Errorf("expect.tolerated: status %d: must have a status from 100 to 599 and a why", t.Status)
		}
	}
	return nil
}

// statusWords are the words for statuses that an operation documents.
var statusWords = map[string]func(*Operation) []int{
	"success":            (*Operation).Success,
	"documented-success": (*Operation).Success,
	"documented-4xx":     (*Operation).rejections,

	"documented-not-found": (*Operation).notFound,
}

// isRange reports whether a text is a range of statuses, 4XX for 400 to 499.
func isRange(text string) bool {
	return len(text) == 3 && text[0] >= '1' && text[0] <= '5' && strings.EqualFold(text[1:], "XX")
}

// For returns the expected statuses for an operation, ascending; none given means success.
func (e *Expect) For(o *Operation) []int {
	var list []int
	statuses := e.Statuses
	if len(statuses) == 0 {
		statuses = []string{"success"}
	}
	for _, s := range statuses {
		if of, word := statusWords[s]; word {
			list = append(list, of(o)...)
		} else if isRange(s) {
			list = append(list, statusesWithin(s)...)
		} else if n, err := strconv.Atoi(s); err == nil {
			list = append(list, n)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}
