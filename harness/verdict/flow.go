package verdict

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"qorcheck/harness/exchange"
	"qorcheck/harness/plan"
	"qorcheck/spec"
)

// flow judges every step of a story that has an expectation. The others must
// succeed, or nothing can be concluded of what they were to show.
func flow(v View) Observation {
	seen := Observation{}
	t := v.Transcript
	steps := append([]exchange.Record{*t.Act}, t.Observe...)
	for i, r := range steps {
		if r.Step.Check != "flow" {
			continue
		}
		step := v.told(r)
		place := 0
		if i > 0 {
			place = len(t.Prepare) + 1 + i
		}
		for j := range step.Findings {
			step.Findings[j].Exchange = place
			if place > 0 {
				step.Findings[j].Expected = afterwards(r.Step) + step.Findings[j].Expected
			}
		}
		seen = seen.merge(step)
		if step.Unclear != "" {
			break // what comes after it rests on it
		}
	}
	return seen
}

// afterwards says which observation expected something.
func afterwards(s plan.Step) string { return "afterwards, from " + s.Name + ": " }

// told judges one step of a flow.
func (v View) told(r exchange.Record) Observation {
	switch {
	case r.Step.Await != nil && (r.Step.Expect != nil || r.Step.Await.Never) && v.Answer.Status/100 != 2:
		return Observation{} // nothing was carried out, so nothing is to be told
	case r.Failure != nil && r.Failure.Kind == exchange.HungUp:
		return Observation{}
	case r.Failure != nil:
		return Observation{Unclear: r.Step.Name + ": " + r.Failure.Text.String()}
	case r.Writes > 1 && r.Step.Fresh:
		return Observation{Unclear: fmt.Sprintf("%s went out %d times on its way", r.Step.Name, r.Writes)}
	case r.Step.Await != nil && r.Step.Await.Never:
		return v.unwanted(r)
	case r.Step.Await != nil:
		return v.toldByMessage(r)
	case r.Missing != "" && r.Step.Expect == nil:
		return Observation{Unclear: fmt.Sprintf("%s: the answer has no %s", r.Step.Name, r.Missing)}
	}
	o := v.Operation.Description.Operation(r.Step.Operation)
	if o == nil { // settle
		if r.Answer.Status/100 != 2 {
			return Observation{Unclear: fmt.Sprintf("%s was answered %d", r.Step.Name, r.Answer.Status)}
		}
		return Observation{}
	}
	view := View{Case: v.Case, Operation: o, Method: r.Step.Request.Method, Answer: r.Answer, Body: readBody(r.Answer), Transcript: v.Transcript}
	if s := r.Answer.Status; s == 429 || s == 503 {
		return Observation{Unclear: fmt.Sprintf("%s was answered %d: it has no time now", r.Step.Name, s)}
	}
	if r.Step.Expect == nil {
		if e := o.Ending(view.Body.Value); r.Answer.Status/100 != 2 || e == spec.Refused || e == spec.Errored {
			return Observation{Unclear: fmt.Sprintf("%s was answered %d%s", r.Step.Name, r.Answer.Status, told(view))}
		}
		return Observation{}
	}
	view.Expect = *r.Step.Expect
	if note, ok := tolerated(view.Expect.Tolerated, r.Answer.Status, view.Body.Value); ok {
		return Observation{Exercised: true, Note: note}
	}
	if same := view.Expect.Same; same != "" {
		return view.repeats(r, same)
	}
	seen := status(view)
	if len(seen.Findings) == 0 {
		seen.Findings = append(view.holds(view.Body.Value), view.ordered(view.Body.Value)...)
	}
	return seen
}

// toldByMessage judges an awaited message. That it comes at all is the flow's
// matter only where it is expected to say something.
func (v View) toldByMessage(r exchange.Record) Observation {
	switch {
	case len(r.Messages) > 0 && r.Step.Expect == nil:
		return Observation{}
	case len(r.Messages) > 0:
	case r.Step.Expect != nil:
		return v.untold(r)
	default:
		return Observation{Unclear: "no message came about " + r.Sought}
	}
	view := v
	view.Expect = *r.Step.Expect
	return Observation{Exercised: true, Findings: view.holds(r.Messages[0].Value)}
}

// repeats judges whether an answer is that of another step again: the first of
// that label that is not a tolerated one.
func (v View) repeats(r exchange.Record, label string) Observation {
	for _, first := range v.Transcript.Records() {
		if first.Step.Label != label || first.Answer == nil {
			continue
		}
		body := readBody(first.Answer)
		if _, ok := tolerated(v.Expect.Tolerated, first.Answer.Status, body.Value); ok {
			continue
		}
		if first.Answer == r.Answer {
			return status(v)
		}
		seen := Observation{Exercised: true}
		if first.Answer.Status != r.Answer.Status || !reflect.DeepEqual(body.Value, v.Body.Value) {
			seen.Findings = []Finding{{
				Keyword:  "same",
				Expected: fmt.Sprintf("the answer of the first such request again, status %d %s", first.Answer.Status, difference(body.Value, v.Body.Value)),
				Received: fmt.Sprintf("status %d%s", r.Answer.Status, told(v)),
			}}
		}
		return seen
	}
	return Observation{Exercised: true, Findings: []Finding{{Keyword: "same", Expected: "one of the equal requests to be carried out", Received: "none was"}}}
}

// difference names the top-level fields in which two bodies differ.
func difference(a, b any) string {
	first, _ := a.(map[string]any)
	second, _ := b.(map[string]any)
	var names []string
	for name := range first {
		if !reflect.DeepEqual(first[name], second[name]) {
			names = append(names, name)
		}
	}
	for name := range second {
		if _, there := first[name]; !there {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return "and the same body"
	}
	slices.Sort(names)
	return "and the same " + strings.Join(names, ", ")
}

// holds judges what a body holds, place by place.
func (v View) holds(body any) []Finding {
	var findings []Finding
	for _, pointer := range slices.Sorted(maps.Keys(v.Expect.Body)) {
		schema, err := v.resolve(v.Expect.Body[pointer])
		if err != nil {
			findings = append(findings, Finding{Pointer: pointer, Expected: fmt.Sprintf("a value to compare %s with", pointer), Received: err.Error()})
			continue
		}
		value, there := spec.Lookup(body, pointer)
		if rule, ok := schema.(bool); ok && !rule {
			if there {
				findings = append(findings, Finding{Pointer: pointer, Keyword: "absent", Expected: "nothing at " + place(pointer), Received: received(body, pointer)})
			}
			continue
		}
		if !there {
			findings = append(findings, Finding{Pointer: pointer, Keyword: "required", Expected: wanted(pointer, schema), Received: "nothing there"})
			continue
		}
		if problem := spec.Misfit(schema, value); problem != "" {
			findings = append(findings, Finding{Pointer: pointer, Keyword: "body", Expected: wanted(pointer, schema), Received: received(body, pointer) + " (" + problem + ")"})
		}
	}
	return findings
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
			return []Finding{{Pointer: o.List, Keyword: "order", Expected: "a value to look for in " + place(o.List), Received: err.Error()}}
		}
	}
	list, there := spec.Lookup(body, o.List)
	items, isList := list.([]any)
	if !there || !isList {
		return []Finding{{Pointer: o.List, Keyword: "order", Expected: "a list at " + place(o.List), Received: received(body, o.List)}}
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
		Pointer:  o.List,
		Keyword:  "order",
		Expected: fmt.Sprintf("%s that holds %s %s", place(o.List), o.By, spoken(values, " before ")),
		Received: fmt.Sprintf("%s among %d items", spoken(found, ", "), len(items)),
	}}
}

func spoken(values []any, between string) string {
	if len(values) == 0 {
		return "none of them"
	}
	texts := make([]string, len(values))
	for i, value := range values {
		texts[i] = head(fmt.Sprint(value))
	}
	return strings.Join(texts, between)
}

func wanted(pointer string, schema any) string {
	data, err := json.Marshal(schema)
	if err != nil {
		return place(pointer)
	}
	return fmt.Sprintf("%s that fits %s", place(pointer), data)
}

// resolve replaces expressions within a schema by what was sent and answered.
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
