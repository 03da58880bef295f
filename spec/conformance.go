package spec

import (
	"bytes"
	"cmp"
	_ "embed"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

const extension = "x-conformance"

//go:embed conformance.schema.json
var conformanceSchema []byte

// Conformance is the x-conformance block: what OpenAPI cannot say. A block at an
// operation replaces the root's keys that it names.
type Conformance struct {
	Outcome     []Outcome    `yaml:"outcome"`
	Error       *ErrorBody   `yaml:"error"`
	Unique      []Unique     `yaml:"unique"`
	Idempotency *Idempotency `yaml:"idempotency"`
	ReadBack    []ReadBack   `yaml:"readBack"`
	Amounts     *Amounts     `yaml:"amounts"`
	NeverShown  []string     `yaml:"neverShown"` // request fields whose value no answer repeats
	Merchant    *Merchant    `yaml:"merchant"`
	Codes       *Codes       `yaml:"codes"`
	Echo        []Echo       `yaml:"echo"`
	Messages    *Messaging   `yaml:"messages"`
	Later       string       `yaml:"later"` // trigger of the fixtures: accepted, and failed afterwards
}

// Outcome is one vocabulary in which answers tell how a request ended.
type Outcome struct {
	Field      string   `yaml:"field"` // pointer into the answer
	IgnoreCase bool     `yaml:"ignoreCase"`
	Success    []string `yaml:"success"` // empty: every word that is neither refused nor error
	Refused    []string `yaml:"refused"`
	Error      []string `yaml:"error"`
	Reason     string   `yaml:"reason"`    // pointer into the answer; non-blank with refused and error words
	Otherwise  string   `yaml:"otherwise"` // absent or allowed: the reason on success
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
	Required []string          `yaml:"required"` // pointers to strings, present and non-blank
	Fixed    map[string]string `yaml:"fixed"`
}

// Unique is a request field whose value is new in each request; Name is its curl
// variable. Within is the text around the value, which stands for {value}.
type Unique struct {
	Field  string `yaml:"field"`
	Name   string `yaml:"name"`
	Within string `yaml:"within"`
}

// Idempotency names the header that makes a repeat harmless.
type Idempotency struct {
	Header string `yaml:"header"`
	Name   string `yaml:"name"`
}

// ReadBack tells how traces are found by the unique value named By.
type ReadBack struct {
	By        string            `yaml:"by"`
	Operation string            `yaml:"operation"`
	Parameter string            `yaml:"parameter"` // query parameter that takes the value; "": every row is listed
	Separator string            `yaml:"separator"` // between several values in the parameter; "": it takes one
	Query     map[string]string `yaml:"query"`
	Rows      string            `yaml:"rows"`  // pointer to the array in the answer
	Field     string            `yaml:"field"` // pointer within a row to the value
}

// Amounts are the request fields that move money, and the fields of an answer
// that tell how much was moved.
type Amounts struct {
	Fields   []string `yaml:"fields"`
	Answers  []string `yaml:"answers"`
	Currency string   `yaml:"currency"`
}

// Merchant is the request field that names the merchant.
type Merchant struct {
	Field string `yaml:"field"`
}

// Codes are the words by which an answer tells a success from all else. A code
// under Unjudged tells neither.
type Codes struct {
	Field    string   `yaml:"field"` // pointer into the answer
	Success  []string `yaml:"success"`
	Unjudged []string `yaml:"unjudged"`
}

// Echo is a request field whose value the answer repeats.
type Echo struct {
	Request string `yaml:"request"`
	Answer  string `yaml:"answer"`
}

// Messaging tells how news of an outcome is subscribed to and what it looks like:
// pointers into a message, but for Answer, which leads into the answer that the
// message is about.
type Messaging struct {
	Register Register `yaml:"register"`
	Answer   string   `yaml:"answer"` // the id that a message names, in the answer
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

// Finder finds what a message is about by its id, so that news of other
// people's doings is told from news of requests of our own.
type Finder struct {
	Operation string `yaml:"operation"`
	Parameter string `yaml:"parameter"` // path or query parameter that takes the id
	Field     string `yaml:"field"`     // pointer into the answer: a unique value of the request that made it
}

// parseConformance reads a block, strictly. A nil value is an empty block.
func parseConformance(value any, node *yaml.Node) (Conformance, error) {
	var c Conformance
	if value == nil {
		return c, nil
	}
	if err := DecodeNode(node, extension, &c); err != nil {
		return c, err
	}
	return c, checkBlock(value, node)
}

// blocks finds the blocks of a description with their lines.
type blocks struct {
	root *yaml.Node // nil where the description has no block, or is JSON that YAML cannot read
}

func readBlocks(data []byte) blocks {
	if !bytes.Contains(data, []byte(extension)) {
		return blocks{}
	}
	root, err := ParseYAML(data)
	if err != nil {
		return blocks{} // it has been read already: the blocks are there, without their lines
	}
	return blocks{root}
}

// find returns the block at a path of keys. One that stands elsewhere, in a file or
// a component that is referred to, is made of its value and has no lines.
func (b blocks) find(value any, path ...string) (*yaml.Node, error) {
	node := b.root
	for _, key := range append(path, extension) {
		node = child(node, key)
	}
	if node == nil {
		node = &yaml.Node{}
		return node, node.Encode(value)
	}
	return node, nil
}

// child returns the value under a key or an index, nil when there is none.
func child(node *yaml.Node, key string) *yaml.Node {
	if node == nil {
		return nil
	}
	switch node.Kind {
	case yaml.AliasNode:
		return child(node.Alias, key)
	case yaml.MappingNode:
		for i := 0; i+1 < len(node.Content); i += 2 {
			if node.Content[i].Value == key {
				return node.Content[i+1]
			}
		}
	case yaml.SequenceNode:
		if i, err := strconv.Atoi(key); err == nil && i >= 0 && i < len(node.Content) {
			return node.Content[i]
		}
	}
	return nil
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
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(conformanceSchema))
	if err != nil {
		return nil, err
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("schema.json", document); err != nil {
		return nil, err
	}
	return compiler.Compile("schema.json")
})

// checkBlock validates a decoded block against our schema of it and names the
// line, the place, and what is wrong there.
func checkBlock(value any, node *yaml.Node) error {
	schema, err := blockSchema()
	if err != nil {
		return err
	}
	err = schema.Validate(value)
	invalid, ok := errors.AsType[*jsonschema.ValidationError](err)
	if !ok {
		return err
	}
	printer := message.NewPrinter(language.English)
	var faults []string
	var walk func(*jsonschema.ValidationError)
	walk = func(e *jsonschema.ValidationError) {
		if len(e.Causes) == 0 {
			fault := fmt.Sprintf("%s: at %s: %s", extension, cmp.Or(Pointer(e.InstanceLocation...), "/"), e.ErrorKind.LocalizedString(printer))
			if line := lineAt(node, e.InstanceLocation); line > 0 {
				fault = fmt.Sprintf("line %d: %s", line, fault)
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

// lineAt returns the line of a place in a block, 0 when it has none.
func lineAt(node *yaml.Node, tokens []string) int {
	for _, token := range tokens {
		node = child(node, token)
	}
	if node == nil {
		return 0
	}
	return node.Line
}
