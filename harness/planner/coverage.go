package planner

import (
	"cmp"
	"slices"
	"strings"

	"qorcheck/harness/generate"
	"qorcheck/harness/plan"
	"qorcheck/spec"
)

// inForm marks the places of a form.
const inForm = "form:"

// Coverage lists every keyword of every place that requests can break, with the
// cases that do, or the reason for none. A row with neither is a hole.
func Coverage(p *plan.Plan) []plan.Coverage {
	var list []plan.Coverage
	broken := brokenBy(p)
	for _, o := range p.Description.Operations {
		add := func(pointer, keyword, reason string) {
			row := plan.Coverage{Operation: o.ID, Pointer: pointer, Keyword: keyword}
			if row.Malformed = broken[row]; row.Malformed == 0 {
				row.Reason = cmp.Or(droppedAt(p, row), reason, unasked(p, o, keyword))
			}
			list = append(list, row)
		}
		if content := o.Body.JSON(); content != nil && content.HasSchema {
			for _, rule := range (generate.Maker{Schema: content.Schema}).Rules() {
				add(rule.Pointer, rule.Keyword, "")
			}
		}
		if content := o.Body.Form(); content != nil && content.HasSchema {
			m := generate.Maker{Schema: content.Schema}
			places := formPlaces(o, m)
			for _, rule := range m.Rules() {
				add(inForm+rule.Pointer, rule.Keyword, formless(m, rule, places[rule.Pointer]))
			}
		}
		for _, parameter := range o.Parameters {
			where := parameter.In + ":" + parameter.Name
			for _, rule := range (generate.Maker{Schema: parameter.Schema}).Rules() {
				add(where+rule.Pointer, rule.Keyword, textual(p, o, parameter, rule))
			}
			if parameter.Required {
				add(where, "required", textual(p, o, parameter, generate.Rule{Keyword: "required"}))
			}
		}
	}
	return list
}

// isForm reports whether a body is sent as a form of either kind.
func isForm(r plan.Request) bool {
	return r.Form() || slices.ContainsFunc(r.Header, func(f plan.Field) bool { return f.Name == "Content-Type" && spec.Multipart(string(f.Value)) })
}

// brokenBy counts the cases that break a keyword at a place.
func brokenBy(p *plan.Plan) map[plan.Coverage]int {
	counts := map[plan.Coverage]int{}
	for _, c := range p.Cases {
		if c.Fault == nil {
			continue
		}
		row := plan.Coverage{Operation: c.Operation, Pointer: c.Fault.Pointer, Keyword: c.Fault.Keyword}
		if isForm(c.Act.Request) && !strings.Contains(row.Pointer, ":") {
			row.Pointer = inForm + row.Pointer
		}
		counts[row]++
		if row.Keyword == generate.Blank {
			for _, keyword := range generate.BlankKeywords() {
				row.Keyword = keyword
				counts[row]++
			}
		}
	}
	return counts
}

// droppedAt says why the case for a row was dropped, "" when none was.
func droppedAt(p *plan.Plan, row plan.Coverage) string {
	reason := ""
	for _, d := range p.Dropped {
		if d.Operation == row.Operation && d.Pointer == row.Pointer && d.Keyword == row.Keyword {
			reason = "dropped: " + d.Reason
		}
	}
	return reason
}

// formless says why no form breaks a keyword, "" when one can.
func formless(m generate.Maker, rule generate.Rule, broken bool) string {
	if !broken {
		return "an optional field, which is broken in the JSON body"
	}
	if rule.Keyword == "type" && rule.Pointer == "" {
		return "any form is an object"
	}
	if rule.Keyword == "type" && takesText(m, rule.Pointer) {
		return "a form is made of texts, and any text is of this type"
	}
	return ""
}

// takesText reports whether any text is of the type that a place is to have.
func takesText(m generate.Maker, pointer string) bool {
	found := m.Schema.At(m.At(pointer)).Violations("text", spec.Sent)
	return !slices.ContainsFunc(found, func(v spec.Violation) bool { return v.Keyword == "type" })
}

// textual says why a keyword of a parameter cannot be broken by the text that it is sent as, "" when it can.
func textual(p *plan.Plan, o *spec.Operation, parameter spec.Parameter, rule generate.Rule) string {
	i, m := o.Conformance.Idempotency, generate.Maker{Schema: parameter.Schema}
	switch {
	case i != nil && parameter.In == "header" && strings.EqualFold(i.Header, parameter.Name):
		return "the value is made for each request"
	case parameter.In == "path" && rule == generate.Rule{Keyword: "required"}:
		return "without it the path is another one"
	case rule.Keyword == "type" && rule.Pointer == "" && (m.Is("array") || m.Is("object")):
		return "any text is a list or an object of some kind"
	case rule.Keyword == "type" && takesText(m, rule.Pointer):
		return "a parameter is sent as text, and any text is of this type"
	}
	for _, c := range p.Cases {
		if c.Operation == o.ID && slices.ContainsFunc(c.Act.Request.Path.Placeholders(), func(ph plan.Placeholder) bool { return ph.Source == plan.FromAnswer }) && parameter.In == "path" {
			return "the value is an id that the target made"
		}
	}
	return ""
}

// unasked says that no requirement asks for such cases, "" when one does.
func unasked(p *plan.Plan, o *spec.Operation, keyword string) string {
	kind, _ := kindOf(generate.Fault{Keyword: keyword}, "")
	for _, q := range p.Requirements.List {
		if q.Tested() && q.Check == checkStatus && q.Operations.Has(o.ID) && covers(q, kind) {
			return ""
		}
	}
	return "no requirement asks for " + kind + " cases of this operation"
}
