package verdict

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"qorcheck/spec"
)

// holds judges the values that a body must have, pointer by pointer.
func (v View) holds(body any) []Finding {
	var findings []Finding
	for _, pointer := range slices.Sorted(maps.Keys(v.Expect.Body)) {
		schema, err := v.resolve(v.Expect.Body[pointer])
		if err != nil {
			findings = append(findings, Finding{Rule: Comparable, Deviation: Missing, Pointer: pointer, Got: err.Error()})
			continue
		}
		value, there := spec.Lookup(body, pointer)
		f := Finding{Pointer: pointer, Got: valueAt(body, pointer)}
		if rule, ok := schema.(bool); ok && !rule {
			if there {
				f.Rule, f.Deviation = ValueAbsent, Surplus
				findings = append(findings, f)
			}
			continue
		}
		f.Wanted = []string{schemaText(schema)}
		if !there {
			f.Rule, f.Deviation = ValueGiven, Missing
			findings = append(findings, f)
			continue
		}
		if problem := spec.Misfit(schema, value); problem != "" {
			f.Rule, f.Deviation, f.Given = ValueFits, Value, []Fact{{"problem", problem}}
			findings = append(findings, f)
		}
	}
	return findings
}

func schemaText(schema any) string {
	data, err := json.Marshal(schema)
	if err != nil {
		return fmt.Sprint(schema)
	}
	return string(data)
}

// ordered judges in which order some items of a list come.
func (v View) ordered(body any) []Finding {
	o := v.Expect.Order
	if o == nil {
		return nil
	}
	values := make([]any, len(o.Values))
	for i, expression := range o.Values {
		var err error
		if values[i], err = v.Transcript.Value(expression); err != nil {
			return []Finding{{Rule: Comparable, Deviation: Missing, Pointer: o.List, Got: err.Error()}}
		}
	}
	list, there := spec.Lookup(body, o.List)
	items, isList := list.([]any)
	switch {
	case !there:
		return []Finding{{Rule: List, Deviation: Missing, Pointer: o.List}}
	case !isList:
		return []Finding{{Rule: List, Deviation: Type, Pointer: o.List, Got: valueAt(body, o.List)}}
	}
	var found []any
	for _, item := range items {
		value, _ := spec.Lookup(item, o.By)
		if slices.ContainsFunc(values, func(sought any) bool { return reflect.DeepEqual(sought, value) }) {
			found = append(found, value)
		}
	}
	if reflect.DeepEqual(found, values) {
		return nil
	}
	return []Finding{{
		Rule: Order, Deviation: Value, Pointer: o.List,
		Wanted: plain(values), Got: strings.Join(plain(found), ", "), Given: []Fact{{o.By, strconv.Itoa(len(items))}},
	}}
}

func plain(values []any) []string {
	texts := make([]string, len(values))
	for i, value := range values {
		texts[i] = shorten(fmt.Sprint(value))
	}
	return texts
}

// resolve replaces expressions within a schema by what was sent and received.
func (v View) resolve(schema any) (any, error) {
	switch s := schema.(type) {
	case string:
		if strings.HasPrefix(s, "$") {
			return v.Transcript.Value(s)
		}
	case map[string]any:
		object := make(map[string]any, len(s))
		for key, inner := range s {
			value, err := v.resolve(inner)
			if err != nil {
				return nil, err
			}
			object[key] = value
		}
		return object, nil
	case []any:
		list := make([]any, len(s))
		for i, inner := range s {
			value, err := v.resolve(inner)
			if err != nil {
				return nil, err
			}
			list[i] = value
		}
		return list, nil
	}
	return schema, nil
}
