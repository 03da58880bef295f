package spec

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Flow is a sequence of requests that exercises a requirement. The first request with
// an expectation is the act, which is judged; those before it prepare, those after it
// observe the effect.
type Flow struct {
	ID    string     `yaml:"id"`  // part of the case's id
	Why   string     `yaml:"why"` // what is right or wrong with the act, for reports
	Steps []FlowStep `yaml:"steps"`
}

// Own stands for the operation of the obligation in Do.
const Own = "$operation"

// Settle in Do is the request that makes the environment settle a transaction.
const Settle = "settle"

// FlowStep is one request of a flow, or one awaited message. A value under With
// may be an expression:
//
//	$NAME.request#/pointer   what the named step sent
//	$NAME.answer#/pointer    its response
//	$NAME.unlike#/pointer    an id made like that one, which nothing has
//	$unique.NAME             a new value of 25 characters, the same within the flow
//	$merchants.NAME          a merchant of the fixtures
//	$message.address         where messages are received; also $message.header and $message.secret
//	$message.own             an address of the flow alone; also $message.moved, another, and
//	                         $message.refusing, which refuses each message
//
// Within a text expressions stand in braces, as in "{$first.answer#/id},{$second.answer#/id}".
type FlowStep struct {
	Name      string         `yaml:"name"`      // by which other steps refer to it; act is the name of the act
	Do        string         `yaml:"do"`        // operation id, $operation or settle
	Of        string         `yaml:"of"`        // the earlier step that a link leads from; the latest that has one
	Again     string         `yaml:"again"`     // the earlier step whose request is sent again, byte for byte
	Rewritten bool           `yaml:"rewritten"` // with again: the same JSON value in other bytes, and another Accept header
	Await     string         `yaml:"await"`     // the earlier step whose message is awaited; with an expectation it must arrive
	At        string         `yaml:"at"`        // where the message is awaited: own, moved, refusing; address when omitted
	Never     bool           `yaml:"never"`     // it must not arrive there
	Most      int            `yaml:"most"`      // how often it may arrive there at most; 0 is not judged
	Test      string         `yaml:"test"`      // trigger of the fixtures: refused, error, internal, capture_refused, …
	With      map[string]any `yaml:"with"`      // pointer into the body or in:name of a parameter → value
	Without   []string       `yaml:"without"`   // the same, omitted from the request
	As        string         `yaml:"as"`        // role of the credentials; nobody sends none
	Keyed     bool           `yaml:"keyed"`     // carries an idempotency key
	Form      bool           `yaml:"form"`      // sent as a form
	Times     int            `yaml:"times"`     // number of copies, sent at once
	HangUp    bool           `yaml:"hangUp"`    // the connection is closed when the response begins
	Ends      Ending         `yaml:"ends"`      // how a step that is not judged must end; success when omitted
	Expect    *Expect        `yaml:"expect"`
}

// Special reports whether a step sends another request than the correct one with the
// mandatory fields alone, or is to end otherwise than with success.
func (s FlowStep) Special() bool {
	return s.Test != "" || s.As != "" || s.Keyed || s.Form || s.Times > 0 || s.HangUp || len(s.With)+len(s.Without) > 0 || s.Ends != "" && s.Ends != Succeeded
}

// Nobody is the role that sends no credentials.
const Nobody = "nobody"

// label is the name of a step in other steps and in reports.
func (s FlowStep) label() string {
	for _, word := range []string{s.Name, s.Do, s.Again, s.Await} {
		if word != "" {
			return word
		}
	}
	return ""
}

// Act is the index of the step that is judged, -1 when there is none.
func (f Flow) Act() int {
	return slices.IndexFunc(f.Steps, func(s FlowStep) bool { return s.Expect != nil && s.Await == "" })
}

// For reports whether the flow exercises an operation: its act is a request of it.
func (f Flow) For(operation string) bool {
	act := f.Steps[f.Act()]
	for act.Again != "" {
		act = f.Steps[f.named(act.Again, len(f.Steps))]
	}
	return act.Do == Own || act.Do == operation
}

// named returns the index of the step with a name before another, -1 when there is none.
func (f Flow) named(name string, before int) int {
	for i := range f.Steps[:before] {
		if f.Steps[i].Name == name || name == "act" && i == f.Act() {
			return i
		}
	}
	return -1
}

func (f Flow) check() error {
	if notLabel(f.ID) || f.ID == "" {
		return fmt.Errorf("flow %q: an id must be made of letters, digits, . and -", f.ID)
	}
	if f.Why == "" || len(f.Steps) == 0 {
		return fmt.Errorf("flow %s: why and steps must be given", f.ID)
	}
	if f.Act() < 0 {
		return fmt.Errorf("flow %s: no request has expect; the first that has one is judged", f.ID)
	}
	for i, s := range f.Steps {
		if err := f.checkStep(i, s); err != nil {
			return fmt.Errorf("flow %s: step %d (%s): %w", f.ID, i+1, s.label(), err)
		}
	}
	return nil
}

func (f Flow) checkStep(i int, s FlowStep) error {
	for _, check := range []func(int, FlowStep) error{f.checkKind, f.checkNames, f.checkValues, f.checkExpect} {
		if err := check(i, s); err != nil {
			return err
		}
	}
	return nil
}

// checkKind refuses a step that is not exactly one of do, again and await, or has keys
// that go with another.
func (f Flow) checkKind(_ int, s FlowStep) error {
	kinds := 0
	for _, word := range []string{s.Do, s.Again, s.Await} {
		if word != "" {
			kinds++
		}
	}
	switch {
	case kinds != 1:
		return errors.New("one of do, again and await must be given")
	case s.Do == "" && (len(s.With) > 0 || len(s.Without) > 0 || s.Test != "" || s.As != "" || s.Keyed || s.Form || s.Of != ""):
		return errors.New("with, without, test, as, keyed, form and of must be given with do")
	case s.Again == "" && s.Rewritten:
		return errors.New("rewritten must be given with again")
	case s.Await == "" && (s.At != "" || s.Never || s.Most != 0) || s.Never && (s.Expect != nil || s.Most != 0) || s.Most < 0:
		return errors.New("at, never and most must be given with await, and never without expect and most")
	}
	return nil
}

// checkNames refuses names of no earlier step, and values outside their lists.
func (f Flow) checkNames(i int, s FlowStep) error {
	for _, reference := range [][2]string{{"of", s.Of}, {"again", s.Again}, {"await", s.Await}} {
		if name := reference[1]; name != "" && f.named(name, i) < 0 {
			return fmt.Errorf("%s: %q: no earlier step has this name", reference[0], name)
		}
	}
	switch {
	case s.At != "" && !slices.Contains(addresses, s.At):
		return fmt.Errorf("at: %q: must be one of %s", s.At, strings.Join(addresses, ", "))
	case s.Name != "" && (f.named(s.Name, i) >= 0 || s.Name == "act" || notLabel(s.Name)):
		return fmt.Errorf("name: %q: must be used once, be made of letters, digits, . and -, and not be act", s.Name)
	case s.Times < 0 || s.Times > 100:
		return fmt.Errorf("times: %d: must be 1 to 100", s.Times)
	case !expectable(s.Ends):
		return fmt.Errorf("ends: %q: must be one of success, refused, error", s.Ends)
	}
	return nil
}

// checkValues refuses places that no request has, and unknown expressions.
func (f Flow) checkValues(i int, s FlowStep) error {
	for _, place := range slices.Sorted(maps.Keys(s.With)) {
		if !isPlace(place) {
			return fmt.Errorf("with: %q: must be a pointer into the body, or query:, path: or header: and a name", place)
		}
		text, _ := s.With[place].(string)
		for _, expression := range expressions(text) {
			if err := f.checkExpression(expression, i); err != nil {
				return fmt.Errorf("with: %s: %w", place, err)
			}
		}
	}
	for _, place := range s.Without {
		if !isPlace(place) {
			return fmt.Errorf("without: %q: must be a pointer into the body, or query: or header: and a name", place)
		}
	}
	return nil
}

func (f Flow) checkExpect(i int, s FlowStep) error {
	if s.Expect == nil {
		return nil
	}
	if err := s.Expect.check(); err != nil {
		return err
	}
	if s.Expect.Same != "" && f.named(s.Expect.Same, i+1) < 0 {
		return fmt.Errorf("expect.same: %q: no earlier step has this name", s.Expect.Same)
	}
	if s.Expect.Order == nil {
		return nil
	}
	if s.Await != "" || s.Expect.Same != "" {
		return errors.New("expect.order: must not be given with await or same")
	}
	if err := f.checkOrder(s.Expect.Order, i); err != nil {
		return fmt.Errorf("expect.order: %w", err)
	}
	return nil
}

func (f Flow) checkOrder(o *Order, before int) error {
	for _, pointer := range []string{o.List, o.By} {
		if !strings.HasPrefix(pointer, "/") {
			return fmt.Errorf("%q: list and by must be JSON pointers, as /data/rows and /id", pointer)
		}
	}
	if len(o.Values) < 2 {
		return errors.New("values: must be two or more")
	}
	for _, value := range o.Values {
		if !strings.Contains(value, "#/") || strings.Contains(value, ".unlike#") {
			return fmt.Errorf("values: %q: must be $NAME.request#/… or $NAME.answer#/…", value)
		}
		if err := f.checkExpression(value, before); err != nil {
			return fmt.Errorf("values: %w", err)
		}
	}
	return nil
}

// addresses are the names of the receiver's addresses for a flow.
var addresses = []string{"address", "own", "moved", "refusing"}

// Embedded finds expressions within a text, each in braces.
var Embedded = regexp.MustCompile(`\{(\$[a-z][^{}]*)\}`)

// expressions lists what of a value under with is an expression: all of it, or parts in braces.
func expressions(text string) []string {
	if strings.HasPrefix(text, "$") {
		return []string{text}
	}
	var list []string
	for _, match := range Embedded.FindAllStringSubmatch(text, -1) {
		list = append(list, match[1])
	}
	return list
}

func isPlace(place string) bool {
	in, _, ok := strings.Cut(place, ":")
	return strings.HasPrefix(place, "/") || ok && slices.Contains([]string{"query", "path", "header"}, in)
}

func (f Flow) checkExpression(text string, before int) error {
	from, rest, _ := strings.Cut(strings.TrimPrefix(text, "$"), ".")
	switch {
	case from == "unique" || from == "merchants":
		if rest != "" {
			return nil
		}
	case from == "message":
		if slices.Contains(addresses, rest) || rest == "header" || rest == "secret" {
			return nil
		}
	case strings.HasPrefix(rest, "request#/") || strings.HasPrefix(rest, "answer#/") || strings.HasPrefix(rest, "unlike#/"):
		if f.named(from, before) < 0 {
			return fmt.Errorf("%q: no earlier step is named %s", text, from)
		}
		return nil
	}
	return fmt.Errorf("%q: must be $NAME.request#/…, $NAME.answer#/…, $NAME.unlike#/…, $unique.NAME, $merchants.NAME or $message.address, .own, .moved, .refusing, .header, .secret", text)
}

// Holds maps pointers into a response body to the JSON Schemas of the values there. A
// string in a schema that begins with $ is an expression, as in With.
type Holds map[string]any

// UnmarshalYAML reads a map of pointers.
func (h *Holds) UnmarshalYAML(node *yaml.Node) error {
	plain := map[string]any{}
	if err := node.Decode(&plain); err != nil {
		return err
	}
	for pointer, schema := range plain {
		if pointer != "" && !strings.HasPrefix(pointer, "/") {
			return fmt.Errorf("line %d: expect.body: %q: must be a JSON pointer, as /data/0/amount", node.Line, pointer)
		}
		if _, err := compileExpectation(schema); err != nil {
			return fmt.Errorf("line %d: expect.body: %s: must be a JSON Schema: %w", node.Line, pointer, err)
		}
	}
	*h = plain
	return nil
}
