package spec

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
)

// Conformance is the x-conformance block: what OpenAPI cannot say. A block at an
// operation replaces the root's keys that it names.
type Conformance struct {
	Outcome     []Outcome    `yaml:"outcome"`
	Error       *ErrorBody   `yaml:"error"`
	Unique      []Unique     `yaml:"unique"`
	Idempotency *Idempotency `yaml:"idempotency"`
	ReadBack    []ReadBack   `yaml:"readBack"`
	Amounts     *Amounts     `yaml:"amounts"`
	NeverShown  []string     `yaml:"neverShown"` // request fields whose value no response repeats
	Merchant    *Merchant    `yaml:"merchant"`
	Codes       *Codes       `yaml:"codes"`
	Echo        []Echo       `yaml:"echo"`
	Present     []Present    `yaml:"present"`
	Messages    *Messaging   `yaml:"messages"`
	Dependent   []Dependent  `yaml:"dependent"`
	Later       string       `yaml:"later"`      // trigger of the fixtures: accepted, and failed afterwards
	Lists       []Listing    `yaml:"lists"`      // of what requests leave behind
	Effect      Effect       `yaml:"effect"`     // of an operation; "": it follows from method, path and responses
	Production  []string     `yaml:"production"` // hosts that are never called
}

// Outcome is a response field that says how the request ended, with its values.
type Outcome struct {
	Field      string   `yaml:"field"` // pointer into the response
	IgnoreCase bool     `yaml:"ignoreCase"`
	Success    []string `yaml:"success"` // empty: every word that is neither refused nor error
	Refused    []string `yaml:"refused"`
	Error      []string `yaml:"error"`
	Reason     string   `yaml:"reason"` // pointer into the response; non-blank with refused and error values
	// OtherReasons are other usual names of Reason: a reason under one of them is one.
	OtherReasons []string `yaml:"otherReasons"`
	Otherwise    string   `yaml:"otherwise"` // absent or allowed: the reason on success
}

// Ending is how a request ended by the fields of its response.
type Ending string

// The endings. Unknown is a value that is in none of the lists of an outcome field which
// lists its successes.
const (
	Succeeded Ending = "success"
	Refused   Ending = "refused"
	Errored   Ending = "error"
	Unknown   Ending = "unknown"
)

// Ending returns how a request ended by the value at Field.
func (o Outcome) Ending(word string) Ending {
	has := func(words []string) bool {
		return slices.ContainsFunc(words, func(w string) bool {
			return w == word || o.IgnoreCase && strings.EqualFold(w, word)
		})
	}
	switch {
	case has(o.Refused):
		return Refused
	case has(o.Error):
		return Errored
	case len(o.Success) == 0 || has(o.Success):
		return Succeeded
	}
	return Unknown
}

// ErrorBody is what every 4xx and 5xx body holds. Where Code and Description are
// given, one name of each is enough, and Required and Fixed are the preferred ones.
type ErrorBody struct {
	Required    []string          `yaml:"required"` // pointers to strings, present and non-blank
	Fixed       map[string]string `yaml:"fixed"`
	Code        []string          `yaml:"code"`        // pointers under one of which a code stands, a non-blank string or a number
	Description []string          `yaml:"description"` // pointers under one of which a non-blank string describes the problem
}

// CodeIn returns the code of an error as text, "" where there is none.
func (e *ErrorBody) CodeIn(body any) string {
	for _, pointer := range e.Code {
		switch value, _ := Lookup(body, pointer); x := value.(type) {
		case string:
			if !Blank(x) {
				return x
			}
		case float64, json.Number:
			return Decimal(Rational(x))
		}
	}
	return ""
}

// DescriptionIn returns the description of the problem in an error, and its place;
// "" where there is none.
func (e *ErrorBody) DescriptionIn(body any) (text, pointer string) {
	for _, pointer := range e.Description {
		value, _ := Lookup(body, pointer)
		if text, ok := value.(string); ok && !Blank(text) {
			return text, pointer
		}
	}
	return "", ""
}

// Unique is a request field whose value is new in each request; Name is its curl
// variable. Within is the text around the value, which stands for {value}. One that is
// Optional is sent only where the field is sent anyway, and where its schema takes any text.
type Unique struct {
	Field    string `yaml:"field"`
	Name     string `yaml:"name"`
	Within   string `yaml:"within"`
	Optional bool   `yaml:"optional"`
}

// Idempotency names the header that makes a repeat harmless.
type Idempotency struct {
	Header string   `yaml:"header"`
	Name   string   `yaml:"name"`
	Same   []string `yaml:"same"` // pointers into the response to what a repeat has in common with the first; none: everything
}

// ReadBack is how the traces of a request are found by its unique value named By.
type ReadBack struct {
	By        string            `yaml:"by"`
	Operation string            `yaml:"operation"`
	Parameter string            `yaml:"parameter"` // query parameter that takes the value; "": every row is listed
	Separator string            `yaml:"separator"` // between several values in the parameter; "": it takes one
	Query     map[string]string `yaml:"query"`
	Rows      string            `yaml:"rows"`  // pointer to the array in the response
	Field     string            `yaml:"field"` // pointer within a row to the value
}

// Amounts are the request fields that move money, and the response
// fields with the amount that was moved.
type Amounts struct {
	Fields   []string `yaml:"fields"`
	Answers  []string `yaml:"answers"`
	Currency string   `yaml:"currency"`
}

// Merchant is the request field that names the merchant.
type Merchant struct {
	Field string `yaml:"field"`
}

// Codes are the codes of a success; any other code is none. Those under Unjudged go
// with both.
type Codes struct {
	Field    string   `yaml:"field"` // pointer into the response
	Success  []string `yaml:"success"`
	Unjudged []string `yaml:"unjudged"`
}

// Echo is a request field whose value the response repeats.
type Echo struct {
	Request string `yaml:"request"`
	Answer  string `yaml:"answer"`
}

// Present is a response field that is there, with a value that is neither null nor blank,
// where the request and the rest of the response have certain values.
type Present struct {
	Answer     string              `yaml:"answer"`     // pointer into the response; * stands for every item of a list
	Operations []string            `yaml:"operations"` // none: every one whose response documents it
	Endings    []Ending            `yaml:"endings"`    // none: success
	Request    map[string]any      `yaml:"request"`    // pointer into the request → its value there
	Where      map[string][]string `yaml:"where"`      // pointer into the response, or into the item → one of its values; none: any
	Unless     map[string][]string `yaml:"unless"`     // the same, of responses that need not have it
}

// Dependent is a value of a request field that the schema allows, and whose success
// depends on what happened before: a request with it may be answered otherwise.
type Dependent struct {
	Field     string     `yaml:"field"` // pointer into the request
	Value     string     `yaml:"value"`
	Tolerated []Rejected `yaml:"tolerated"`
}

// Rejected is a status by which such a request may be rejected.
type Rejected struct {
	Name   string `yaml:"name"` // of the tolerance, by which notes name it
	Status int    `yaml:"status"`
	Why    string `yaml:"why"`
}

// Tolerances lists what a request with the value may be answered beside a success.
func (d Dependent) Tolerances() []Tolerance {
	var list []Tolerance
	for _, r := range d.Tolerated {
		list = append(list, Tolerance{Name: r.Name, Status: r.Status, Why: r.Why})
	}
	return list
}

// Messaging describes the webhook messages about outcomes: how to subscribe, and where
// the fields of a message are. Answer is a pointer into the response that the message
// is about, the others are pointers into the message.
type Messaging struct {
	Register Register `yaml:"register"`
	Answer   string   `yaml:"answer"` // the id of the subject, in the response
	ID       string   `yaml:"id"`     // the same id, in the message
	Event    string   `yaml:"event"`
	Success  string   `yaml:"success"`
	Reason   string   `yaml:"reason"`
	Within   float64  `yaml:"within"`  // seconds from the outcome to the first attempt; 0: nothing is promised
	Repeats  int      `yaml:"repeats"` // attempts after the first, at most; 0: nothing is promised
	Lookup   *Finder  `yaml:"lookup"`
}

// Register is the request that subscribes to one event: where in its body the
// address, the event and the header pair go that each message must carry.
type Register struct {
	Operation   string `yaml:"operation"`
	Address     string `yaml:"address"`
	Event       string `yaml:"event"`
	HeaderName  string `yaml:"headerName"`
	HeaderValue string `yaml:"headerValue"`
}

// Finder is the operation that finds the subject of a message by its id. It separates
// messages about other clients' requests from those about ours.
type Finder struct {
	Operation string `yaml:"operation"`
	Parameter string `yaml:"parameter"` // path or query parameter that takes the id
	Field     string `yaml:"field"`     // pointer into the response: a unique value of the request that made it
}

// with returns the block with the keys of an operation's own block replaced. An empty
// list in that replaces, too.
func (c Conformance) with(own Conformance) Conformance {
	into, from := reflect.ValueOf(&c).Elem(), reflect.ValueOf(own)
	for i := range from.NumField() {
		if given := from.Field(i); !given.IsZero() {
			into.Field(i).Set(given)
		}
	}
	return c
}
