package plan

import (
	"slices"
	"strings"

	"qorcheck/harness/generate"
	"qorcheck/spec"
)

// Coverage says how one keyword of the description is exercised.
type Coverage struct {
	Operation string `json:"operation"`
	Pointer   string `json:"pointer"` // into the body, or in:name of a parameter
	Keyword   string `json:"keyword"`
	Malformed int    `json:"malformed"`        // cases that break it
	Reason    string `json:"reason,omitempty"` // why there is none
}

// Coverage lists every keyword of every place that requests can break, with the
// cases that do, or the reason for none. A row with neither is a hole.
func (p *Plan) Coverage() []Coverage {
	var list []Coverage
	for _, o := range p.Description.Operations {
		if content := o.Body.JSON(); content != nil && content.HasSchema {
			for _, rule := range (generate.Maker{Schema: content.Schema}).Rules() {
				list = append(list, p.covered(o, rule.Pointer, rule.Keyword, ""))
			}
		}
		for _, parameter := range o.Parameters {
			where := parameter.In + ":" + parameter.Name
			for _, rule := range (generate.Maker{Schema: parameter.Schema}).Rules() {
				if rule.Pointer == "" {
					list = append(list, p.covered(o, where, rule.Keyword, p.textual(o, parameter, rule.Keyword)))
				}
			}
			if parameter.Required {
				list = append(list, p.covered(o, where, "required", p.textual(o, parameter, "required")))
			}
		}
	}
	return list
}

// textual says why a keyword of a parameter cannot be broken by the text that it is sent as, "" when it can.
func (p *Plan) textual(o *spec.Operation, parameter spec.Parameter, keyword string) string {
	i := o.Conformance.Idempotency
	switch {
	case i != nil && parameter.In == "header" && strings.EqualFold(i.Header, parameter.Name):
		return "the value is made for each request"
	case parameter.In == "path" && keyword == "required":
		return "without it the path is another one"
	case keyword == "type" && (parameter.Schema.Type.Includes("string") || parameter.Schema.Type.Includes("array") || parameter.Schema.Type.Includes("object")):
		return "a parameter is sent as text, and any text is of this type"
	case keyword == "type" && parameter.Schema.Type.Includes("boolean"):
		return ""
	}
	for _, c := range p.Cases {
		if c.Operation == o.ID && slices.ContainsFunc(c.Act.Request.Path.Placeholders(), func(ph Placeholder) bool { return ph.Source == FromAnswer }) && parameter.In == "path" {
			return "the value is an id that the target made"
		}
	}
	return ""
}

func (p *Plan) covered(o *spec.Operation, pointer, keyword, reason string) Coverage {
	row := Coverage{Operation: o.ID, Pointer: pointer, Keyword: keyword}
	for _, c := range p.Cases {
		if c.Operation != o.ID || c.Fault == nil || c.Fault.Pointer != pointer {
			continue
		}
		if c.Fault.Keyword == keyword || c.Fault.Keyword == generate.Blank && (keyword == "pattern" || keyword == "minLength") {
			row.Malformed++
		}
	}
	if row.Malformed > 0 {
		return row
	}
	row.Reason = reason
	for _, d := range p.Dropped {
		if d.operation == o.ID && d.pointer == pointer && d.keyword == keyword {
			row.Reason = "dropped: " + d.Reason
		}
	}
	if row.Reason == "" {
		row.Reason = p.unasked(o, keyword)
	}
	return row
}

// unasked says that no requirement asks for such cases, "" when one does.
func (p *Plan) unasked(o *spec.Operation, keyword string) string {
	kind, _ := naming(generate.Fault{Keyword: keyword}, "")
	for _, q := range p.Requirements.List {
		if q.Tested() && q.Check == checkStatus && q.Operations.Has(o.ID) && q.Covers(kind) {
			return ""
		}
	}
	return "no requirement asks for " + kind + " cases of this operation"
}
