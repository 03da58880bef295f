package exchange

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"

	"qorcheck/harness/plan"
	"qorcheck/spec"
)

// Value finds what an expression names: $NAME.request#/pointer is what the step of
// that label sent, $NAME.answer#/pointer what it was answered, JSON numbers as float64.
func (t *Transcript) Value(expression string) (any, error) {
	label, rest, _ := strings.Cut(strings.TrimPrefix(expression, "$"), ".")
	for _, r := range t.Records() {
		if r.Step.Label != label {
			continue
		}
		side, pointer, _ := strings.Cut(rest, "#")
		var data []byte
		switch {
		case side == "request":
			data = r.Body
		case r.Answer != nil:
			data = r.Answer.Body
		default:
			return nil, fmt.Errorf("%s: it was not answered", expression)
		}
		value, err := decoded(data, side == "request" && r.Step.Request.Form())
		if err != nil {
			return nil, fmt.Errorf("%s: %w", expression, err)
		}
		found, there := spec.Lookup(value, pointer)
		if !there {
			return nil, fmt.Errorf("%s: nothing there", expression)
		}
		return found, nil
	}
	return nil, fmt.Errorf("%s: no step is called so", expression)
}

// Payload decodes the body of a request, JSON or a form, nil when it is neither.
func (r Record) Payload() any {
	value, err := decoded(r.Body, r.Step.Request.Form())
	if err != nil {
		return nil
	}
	return value
}

// decoded reads a body; in a form name[field] is a field within name.
func decoded(data []byte, form bool) (any, error) {
	if !form {
		var value any
		err := json.Unmarshal(data, &value)
		return value, err
	}
	fields, err := url.ParseQuery(string(data))
	if err != nil {
		return nil, err
	}
	root := map[string]any{}
	for name, values := range fields {
		object, field, nested := strings.Cut(name, "[")
		if !nested {
			root[name] = values[0]
			continue
		}
		inner, ok := root[object].(map[string]any)
		if !ok {
			inner = map[string]any{}
			root[object] = inner
		}
		inner[strings.TrimSuffix(field, "]")] = values[0]
	}
	return root, nil
}

// Named finds the text or number at a place of an answer, "" when there is none.
func (r Record) Named(pointer string) string {
	if r.Answer == nil || r.Answer.Status/100 != 2 {
		return ""
	}
	values := map[string]string{}
	probe := r
	probe.Step.Capture = []plan.Capture{{Name: pointer, Pointer: pointer}}
	capture(probe, values)
	return values[pointer]
}

// Sent counts the requests of a case.
func (t *Transcript) Sent() int {
	n := 0
	for _, r := range t.Records() {
		if r.Step.Await == nil && !r.Shared {
			n++
		}
	}
	return n
}
