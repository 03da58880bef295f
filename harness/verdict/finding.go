package verdict

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"qorcheck/spec"
)

// Finding is a broken rule of a check, as values. Expected and Received say the
// same in words: Judge writes them last, by the rule's entry in sentences, and
// nothing reads them but people. It quotes what was sent and received, secrets
// included: what is stored and reported is the redacted copy that run makes.
type Finding struct {
	Check     string
	Rule      Rule
	Deviation Deviation
	Status    int      // of the response that was judged
	Pointer   string   // into the body of the response or message
	Header    string   // the response header that is concerned
	Keyword   string   // of the schema that is broken
	Wanted    []string // the values of which one was wanted
	Got       string   // the value that was received, "" when it is missing
	Given     []Fact   // what makes the rule apply
	Words     []Fact   // how the response says that its request ended
	Fault     *Fault   // what is wrong with the request
	Step      string   // the step after the act in which it was found
	Exchange  int      // which exchange of the case, from 1; 0 is the one under judgement
	Operation string   // that the response or the message is of
	Correct   bool     // the request was to be carried out

	Expected string
	Received string
}

// Fact is a named value. The name of one in a body is its pointer.
type Fact struct {
	Name  string
	Value string
}

// Fault is what is wrong with a malformed request.
type Fault struct {
	Pointer string // into the body, or query:name; "" for the body as a whole
	Keyword string // of the schema that it breaks
	Sent    string
	Allowed string
}

// Deviation is the kind of difference between what was wanted and what was received.
type Deviation int

// The deviations, in the order in which one explains another: what follows a
// broken connection says less than the broken connection.
const (
	Transport  Deviation = iota + 1 // it is not HTTP
	Silence                         // nothing came where something had to
	Status                          // another status
	MediaType                       // another media type
	Unreadable                      // the body is not what its label says
	Missing                         // a value is not there
	Surplus                         // a value is there that must not be
	Type                            // a value is of another type
	Value                           // a value is another one
	Late                            // it came too late
	Effect                          // something happened that must not, or the reverse
)

var deviations = words[Deviation]{
	Transport: "transport", Silence: "silence", Status: "status", MediaType: "media-type", Unreadable: "unreadable",
	Missing: "missing", Surplus: "surplus", Type: "type", Value: "value", Late: "late", Effect: "effect",
}

// String returns the deviation's word.
func (d Deviation) String() string { return deviations.of(d, "Deviation") }

// MarshalText writes the deviation's word.
func (d Deviation) MarshalText() ([]byte, error) { return deviations.marshal(d, "deviation") }

// UnmarshalText reads a deviation's word.
func (d *Deviation) UnmarshalText(text []byte) error {
	return deviations.unmarshal(d, text, "deviation")
}

// words are the words of an enumeration.
type words[E ~int] map[E]string

func (w words[E]) of(e E, name string) string {
	if word, ok := w[e]; ok {
		return word
	}
	return fmt.Sprintf("%s(%d)", name, int(e))
}

func (w words[E]) marshal(e E, name string) ([]byte, error) {
	if _, ok := w[e]; !ok {
		return nil, fmt.Errorf("%s %d does not exist", name, int(e))
	}
	return []byte(w[e]), nil
}

func (w words[E]) unmarshal(into *E, text []byte, name string) error {
	for e, word := range w {
		if word == string(text) {
			*into = e
			return nil
		}
	}
	return fmt.Errorf("%s %q: must be %s", name, text, strings.Join(slices.Sorted(maps.Values(w)), ", "))
}

// deviationOf is the kind of a broken schema keyword.
func deviationOf(keyword string) Deviation {
	switch keyword {
	case "required":
		return Missing
	case "type", "nullable":
		return Type
	case "additionalProperties", "unevaluatedProperties", "readOnly", "writeOnly":
		return Surplus
	}
	return Value
}

// violation is the finding of a value that breaks a schema.
func violation(rule Rule, v spec.Violation, body any) Finding {
	return Finding{Rule: rule, Deviation: deviationOf(v.Keyword), Pointer: v.Pointer, Keyword: v.Keyword, Wanted: []string{v.Reason}, Got: valueAt(body, v.Pointer)}
}
