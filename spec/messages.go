package spec

import (
	"fmt"
	"maps"
	"slices"

	"github.com/getkin/kin-openapi/openapi3"
)

// Callback is a webhook message that an operation promises to send later.
type Callback struct {
	Name    string
	Message Content // its JSON body
}

// callbacks reads the messages that an operation promises: the JSON bodies of
// the requests that its callbacks describe.
func (r reader) callbacks(source openapi3.Callbacks) []Callback {
	var list []Callback
	for _, name := range slices.Sorted(maps.Keys(source)) {
		callback := source[name].Value
		if callback == nil {
			continue
		}
		for _, address := range slices.Sorted(maps.Keys(callback.Map())) {
			operations := callback.Value(address).Operations()
			for _, method := range slices.Sorted(maps.Keys(operations)) {
				body := operations[method].RequestBody
				if body == nil || body.Value == nil {
					continue
				}
				if content := jsonContent(r.contents(body.Value.Content)); content != nil && content.HasSchema {
					list = append(list, Callback{name, *content})
				}
			}
		}
	}
	return list
}

// Events lists the event names that the message's schema allows at a pointer, in the
// order of the schema.
func (c Callback) Events(pointer string) []string {
	s := at(c.Message.Schema.Schema, Tokens(pointer))
	if s == nil {
		return nil
	}
	var list []string
	for _, word := range s.Enum {
		if text, ok := word.(string); ok {
			list = append(list, text)
		}
	}
	return list
}

// at returns the schema of a nested property, nil when there is none.
func at(s *openapi3.Schema, tokens []string) *openapi3.Schema {
	for _, token := range tokens {
		property := s.Properties[token]
		if property == nil || property.Value == nil {
			return nil
		}
		s = property.Value
	}
	return s
}

// checkMessages refuses a messages block that names operations, fields or parameters
// which the description does not have.
func (d *Description) checkMessages(m *Messaging) error {
	if m == nil {
		return nil
	}
	register := d.Operation(m.Register.Operation)
	if register == nil {
		return fmt.Errorf("%s: messages.register: no operation has the id %q", extension, m.Register.Operation)
	}
	content := register.Body.JSON()
	for name, pointer := range map[string]string{
		"address": m.Register.Address, "event": m.Register.Event,
		"headerName": m.Register.HeaderName, "headerValue": m.Register.HeaderValue,
	} {
		if content == nil || !content.HasSchema || !content.Schema.Documents(pointer) {
			return fmt.Errorf("%s: messages.register.%s: the request of %s has no field %s", extension, name, register.ID, pointer)
		}
	}
	if l := m.Lookup; l != nil {
		finder := d.Operation(l.Operation)
		if finder == nil {
			return fmt.Errorf("%s: messages.lookup: no operation has the id %q", extension, l.Operation)
		}
		if !slices.ContainsFunc(finder.Parameters, func(p Parameter) bool { return p.Name == l.Parameter }) {
			return fmt.Errorf("%s: messages.lookup: operation %s has no parameter %q", extension, l.Operation, l.Parameter)
		}
	}
	return nil
}
