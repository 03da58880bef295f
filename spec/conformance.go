package spec

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

const extension = "x-conformance"

//go:embed conformance.schema.json
var conformanceSchema []byte

// Conformance is the x-conformance block: what OpenAPI cannot say. A block at an
// operation replaces the root's keys that it names.
type Conformance struct {
	Outcome     []Outcome    `json:"outcome,omitempty"`
	Error       *ErrorBody   `json:"error,omitempty"`
	Unique      []Unique     `json:"unique,omitempty"`
	Idempotency *Idempotency `json:"idempotency,omitempty"`
	ReadBack    []ReadBack   `json:"readBack,omitempty"`
	Amounts     *Amounts     `json:"amounts,omitempty"`
	NeverShown  []string     `json:"neverShown,omitempty"` // request fields whose value no answer repeats
	Merchant    *Merchant    `json:"merchant,omitempty"`
	Codes       *Codes       `json:"codes,omitempty"`
	Echo        []Echo       `json:"echo,omitempty"`
	Messages    *Messaging   `json:"messages,omitempty"`
	Later       string       `json:"later,omitempty"` // trigger of the fixtures: accepted, and failed afterwards
}

// Outcome is one vocabulary in which answers tell how a request ended.
type Outcome struct {
	Field      string   `json:"field"` // pointer into the answer
	IgnoreCase bool     `json:"ignoreCase,omitempty"`
	Success    []string `json:"success,omitempty"` // empty: every word that is neither refused nor error
	Refused    []string `json:"refused"`
	Error      []string `json:"error"`
	Reason     string   `json:"reason"`    // pointer into the answer; non-blank with refused and error words
	Otherwise  string   `json:"otherwise"` // absent or allowed: the reason on success
}

// Ending is how a request ended by an answer's own words.
type Ending string

// The endings. Unknown is a word outside a vocabulary that lists its words of success.
const (
	Succeeded Ending = "success"
	Refused   Ending = "refused"
	Errored   Ending = "error"
	Unknown   Ending = "unknown"
)

// Ending says how a request ended by this vocabulary, given the word at Field.
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

// ErrorBody is what every 4xx and 5xx body holds.
type ErrorBody struct {
	Required []string          `json:"required"` // pointers to strings, present and non-blank
	Fixed    map[string]string `json:"fixed,omitempty"`
}

// Unique is a request field whose value is new in each request; Name is its curl
// variable. Within is the text around the value, which stands for {value}.
type Unique struct {
	Field  string `json:"field"`
	Name   string `json:"name"`
	Within string `json:"within,omitempty"`
}

// Idempotency names the header that makes a repeat harmless.
type Idempotency struct {
	Header string `json:"header"`
	Name   string `json:"name"`
}

// ReadBack tells how traces are found by the unique value named By.
type ReadBack struct {
	By        string            `json:"by"`
	Operation string            `json:"operation"`
	Parameter string            `json:"parameter,omitempty"` // query parameter that takes the value; "": every row is listed
	Separator string            `json:"separator,omitempty"` // between several values in the parameter; "": it takes one
	Query     map[string]string `json:"query,omitempty"`
	Rows      string            `json:"rows"`  // pointer to the array in the answer
	Field     string            `json:"field"` // pointer within a row to the value
}

// Amounts are the request fields that move money, and the fields of an answer
// that tell how much was moved.
type Amounts struct {
	Fields   []string `json:"fields"`
	Answers  []string `json:"answers,omitempty"`
	Currency string   `json:"currency"`
}

// Merchant is the request field that names the merchant.
type Merchant struct {
	Field string `json:"field"`
}

// Codes are the words by which an answer tells a success from all else. A code
// under Unjudged tells neither.
type Codes struct {
	Field    string   `json:"field"` // pointer into the answer
	Success  []string `json:"success"`
	Unjudged []string `json:"unjudged,omitempty"`
}

// Echo is a request field whose value the answer repeats.
type Echo struct {
	Request string `json:"request"`
	Answer  string `json:"answer"`
}

// Messaging tells how news of an outcome is subscribed to and what it looks like:
// pointers into a message, but for Answer, which leads into the answer that the
// message is about.
type Messaging struct {
	Register Register `json:"register"`
	Answer   string   `json:"answer"` // the id that a message names, in the answer
	ID       string   `json:"id"`     // the same id, in the message
	Event    string   `json:"event"`
	Success  string   `json:"success"`
	Reason   string   `json:"reason"`
	Within   float64  `json:"within,omitempty"`  // seconds from the outcome to the first attempt; 0: nothing is promised
	Repeats  int      `json:"repeats,omitempty"` // attempts after the first, at most; 0: nothing is promised
	Lookup   *Finder  `json:"lookup,omitempty"`
}

// Register is the request that subscribes to one event: where in its body the
// address, the event and the header pair go that each message must carry.
type Register struct {
	Operation   string `json:"operation"`
	Address     string `json:"address"`
	Event       string `json:"event"`
	HeaderName  string `json:"headerName"`
	HeaderValue string `json:"headerValue"`
}

// Finder finds what a message is about by its id, so that news of other
// people's doings is told from news of requests of our own.
type Finder struct {
	Operation string `json:"operation"`
	Parameter string `json:"parameter"` // path or query parameter that takes the id
	Field     string `json:"field"`     // pointer into the answer: a unique value of the request that made it
}

// parseConformance reads a block against its strict schema. A nil value is an empty block.
func parseConformance(value any) (Conformance, error) {
	var c Conformance
	if value == nil {
		return c, nil
	}
	if err := checkBlock(value); err != nil {
		return c, fmt.Errorf("%s: %w", extension, err)
	}
	data, err := json.Marshal(value)
	if err != nil {
		return c, fmt.Errorf("%s: %w", extension, err)
	}
	if err := decodeStrict(data, &c); err != nil {
		return c, fmt.Errorf("%s: %w", extension, err)
	}
	return c, nil
}

// with returns the block with the keys of an operation's own block replaced.
func (c Conformance) with(own Conformance) Conformance {
	if own.Outcome != nil {
		c.Outcome = own.Outcome
	}
	if own.Error != nil {
		c.Error = own.Error
	}
	if own.Unique != nil {
		c.Unique = own.Unique
	}
	if own.Idempotency != nil {
		c.Idempotency = own.Idempotency
	}
	if own.ReadBack != nil {
		c.ReadBack = own.ReadBack
	}
	if own.Amounts != nil {
		c.Amounts = own.Amounts
	}
	if own.NeverShown != nil {
		c.NeverShown = own.NeverShown
	}
	if own.Merchant != nil {
		c.Merchant = own.Merchant
	}
	if own.Codes != nil {
		c.Codes = own.Codes
	}
	if own.Echo != nil {
		c.Echo = own.Echo
	}
	if own.Messages != nil {
		c.Messages = own.Messages
	}
	if own.Later != "" {
		c.Later = own.Later
	}
	return c
}

// blockSchema is the schema of a block, compiled once for all.
var blockSchema = sync.OnceValues(func() (*jsonschema.Schema, error) {
	document, err := blockDocument()
	if err != nil {
		return nil, err
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("schema.json", document); err != nil {
		return nil, err
	}
	return compiler.Compile("schema.json")
})

func blockDocument() (any, error) {
	return jsonschema.UnmarshalJSON(bytes.NewReader(conformanceSchema))
}

// checkBlock validates a decoded block against our schema of it and names the
// place, what is wrong there and what is allowed.
func checkBlock(value any) error {
	schema, err := blockSchema()
	if err != nil {
		return err
	}
	err = schema.Validate(value)
	invalid, ok := errors.AsType[*jsonschema.ValidationError](err)
	if !ok {
		return err
	}
	document, err := blockDocument()
	if err != nil {
		return err
	}
	printer := message.NewPrinter(language.English)
	var faults []string
	var walk func(*jsonschema.ValidationError)
	walk = func(e *jsonschema.ValidationError) {
		if len(e.Causes) == 0 {
			where := Pointer(e.InstanceLocation...)
			if where == "" {
				where = "/"
			}
			fault := fmt.Sprintf("at %s: %s", where, e.ErrorKind.LocalizedString(printer))
			if _, ok := e.ErrorKind.(*kind.AdditionalProperties); ok {
				if allowed := allowedAt(document, e); allowed != "" {
					fault += "; allowed: " + allowed
				}
			}
			faults = append(faults, fault)
		}
		for _, cause := range e.Causes {
			walk(cause)
		}
	}
	walk(invalid)
	slices.Sort(faults)
	return errors.New(strings.Join(slices.Compact(faults), "; "))
}

// allowedAt lists the property names of the schema that refused an extra one.
func allowedAt(document any, e *jsonschema.ValidationError) string {
	_, fragment, _ := strings.Cut(e.SchemaURL, "#")
	at, _ := Lookup(document, fragment)
	properties, _ := Lookup(at, "/properties")
	m, _ := properties.(map[string]any)
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}
