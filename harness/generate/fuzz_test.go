package generate

import (
	"fmt"
	"testing"

	"qorcheck/spec"
)

// FuzzFaults makes schemas of the known keywords out of bytes: generating from
// them neither panics nor hangs, and what is certified is what it says.
func FuzzFaults(f *testing.F) {
	for _, seed := range []string{"", "\x05\x03\x00\x01\x02", "\x05\x02\x06\x01\x00\x01\x09", "\x07\x02\x01\x00\x04\x05", "\x06\x03\x01\x02\x05\x02\x00\x01"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 256 {
			return
		}
		source := &dice{data: data}
		schema, err := load(source.schema(0), map[string]any{"Self": source.object(1)})
		if err != nil {
			return // not valid OpenAPI
		}
		m := Maker{Schema: schema}
		seen := map[string]bool{}
		for _, fault := range m.Faults() {
			if fault.Gap != "" {
				continue
			}
			key := fmt.Sprint(fault.Pointer, " ", fault.Keyword, " ", fault.Class)
			if seen[key] {
				t.Errorf("two faults are %s", key)
			}
			seen[key] = true
			if m.Certify(fault, fault.Value) == nil && len(schema.Violations(fault.Value, spec.Sent)) == 0 {
				t.Errorf("%s is certified and valid", key)
			}
		}
		for _, v := range m.Valid() {
			_ = schema.Violations(v.Value, spec.Sent) // must end
		}
	})
}

// dice draws choices from bytes; when they are used up it draws zero.
type dice struct {
	data []byte
	at   int
}

func (d *dice) draw(n int) int {
	if d.at >= len(d.data) {
		return 0
	}
	d.at++
	return int(d.data[d.at-1]) % n
}

func (d *dice) schema(depth int) map[string]any {
	kinds := 9
	if depth > 3 {
		kinds = 5
	}
	switch d.draw(kinds) {
	case 0:
		s := map[string]any{"type": "string"}
		if d.draw(2) == 1 {
			s["minLength"] = d.draw(6)
		}
		if d.draw(2) == 1 {
			s["maxLength"] = d.draw(12)
		}
		if n := d.draw(6); n > 0 {
			s["pattern"] = []string{`^[0-9]+$`, `^[A-Z]{2,4}$`, `\S`, `^a?b*(c|d){1,3}$`, `^[^x]+$`}[n-1]
		}
		if n := d.draw(5); n > 0 {
			s["format"] = []string{"date", "email", "uuid", "password"}[n-1]
		}
		s["nullable"] = d.draw(2) == 1
		return s
	case 1:
		return map[string]any{"type": "string", "enum": []any{"a", "B", "c1"}[:1+d.draw(3)]}
	case 2, 3:
		s := map[string]any{"type": []string{"integer", "number"}[d.draw(2)]}
		if d.draw(2) == 1 {
			s["minimum"] = d.draw(20) - 10
			s["exclusiveMinimum"] = d.draw(2) == 1
		}
		if d.draw(2) == 1 {
			s["maximum"] = d.draw(40)
			s["exclusiveMaximum"] = d.draw(2) == 1
		}
		if d.draw(3) == 1 {
			s["multipleOf"] = []any{1, 2, 5, 0.5}[d.draw(4)]
		}
		return s
	case 4:
		return map[string]any{"type": "boolean"}
	case 5:
		s := map[string]any{"type": "array", "items": d.schema(depth + 1), "uniqueItems": d.draw(2) == 1}
		if d.draw(2) == 1 {
			s["minItems"] = d.draw(4)
		}
		if d.draw(2) == 1 {
			s["maxItems"] = d.draw(6)
		}
		return s
	case 6:
		return map[string]any{[]string{"allOf", "oneOf", "anyOf"}[d.draw(3)]: []any{d.schema(depth + 1), d.schema(depth + 1)}}
	case 7:
		return map[string]any{"$ref": "#/components/schemas/Self"}
	}
	return d.object(depth)
}

func (d *dice) object(depth int) map[string]any {
	properties, required := map[string]any{}, []any{}
	for n := range 1 + d.draw(4) {
		name := fmt.Sprintf("p%d", n)
		properties[name] = d.schema(depth + 1)
		if d.draw(2) == 1 {
			required = append(required, name)
		}
	}
	s := map[string]any{"type": "object", "properties": properties}
	if len(required) > 0 {
		s["required"] = required
	}
	switch d.draw(4) {
	case 1:
		s["additionalProperties"] = false
	case 2:
		s["additionalProperties"] = d.schema(depth + 1)
	}
	if d.draw(4) == 1 {
		s["minProperties"] = d.draw(4)
	}
	return s
}
