package planner

import (
	"strings"

	"qorcheck/harness/generate"
	"qorcheck/harness/plan"
	"qorcheck/spec"
)

// parameterCases breaks one parameter in each way that its schema forbids. What
// is sent is text; so only what a text can break is broken.
func (d *drafter) parameterCases(s subject, p spec.Parameter) []*proposal {
	key, label := p.In+":"+p.Name, "the "+p.In+" parameter "+p.Name
	var list []*proposal
	if p.In != "path" {
		list = append(list, d.absentParameter(s, p)...)
		list = append(list, d.doubledParameter(s, p)...)
	}
	if s.correct.answered(key) {
		return list
	}
	m := d.parameterMaker(p)
	for _, f := range m.Faults() {
		f, ok := asText(f)
		if !ok || f.Pointer == "" && f.Keyword == generate.Blank || trimmed(p, f) {
			continue
		}
		kind, what := kindOf(f, generate.ID(p.In+"-"+p.Name+f.Pointer))
		if f.Gap != "" {
			list = append(list, s.gap(kind, what, s.correct, key+f.Pointer, f))
			continue
		}
		sent := sentText(p, f.Value)
		if p.In == "path" && (sent == "" || strings.Trim(sent, ".") == "" || strings.Contains(sent, "/")) {
			continue // another path
		}
		made := s.correct.clone()
		made.parameters[key] = f.Value
		one := s.propose(kind, what, strings.TrimSpace(label+" "+f.Pointer)+" "+f.Why, made).varying(variantOfFault(f)).breaking(&fault{
			Fault:  plan.Fault{Pointer: key + f.Pointer, Keyword: f.Keyword, Sent: sent, Allowed: f.Allowed},
			broken: &brokenParameter{p, func(value any) error { return m.Certify(f, value) }},
			of:     d.describedParameter(p, f.Pointer),
		})
		if name := d.nameOfNothing(s.Operation, p, f); name != "" {
			safe := made.clone()
			safe.parameters[key] = name
			one.safe = &safe
		}
		list = append(list, one)
	}
	return list
}

// trimmed reports whether what is wrong with a parameter may be lost on the way: white
// space around a header or a cookie is no part of it, and that around one of the words
// that a parameter may list parts them.
func trimmed(p spec.Parameter, f generate.Fault) bool {
	text, _ := f.Sent.(string)
	return (p.In == "header" || p.In == "cookie" || f.Keyword == "enum") && strings.TrimSpace(text) != text
}

// absentParameter omits a mandatory parameter, and leaves it blank.
func (d *drafter) absentParameter(s subject, p spec.Parameter) []*proposal {
	if !p.Required {
		return nil
	}
	key, id, label := p.In+":"+p.Name, generate.ID(p.In+"-"+p.Name), "the "+p.In+" parameter "+p.Name
	made := s.correct.clone()
	delete(made.parameters, key)
	list := []*proposal{s.propose("malformed.missing", id, label+" is missing, a mandatory one", made).varying("absent").breaking(&fault{
		Fault: plan.Fault{Pointer: key, Keyword: "required", Sent: "nothing", Allowed: "a value"},
	})}
	for _, f := range d.parameterMaker(p).Faults() {
		if f.Pointer != "" || f.Keyword != generate.Blank || f.Class == "space" && p.In != "query" || f.Class == generate.Wide {
			continue // white space around a header or cookie is not part of it
		}
		made := s.correct.clone()
		made.parameters[key] = f.Sent
		kind, what := kindOf(f, id)
		list = append(list, s.propose(kind, what, label+" "+f.Why+", a mandatory one", made).varying(variantOfFault(f)).breaking(&fault{
			Fault: plan.Fault{Pointer: key, Keyword: f.Keyword, Sent: sentJSON(f), Allowed: f.Allowed},
		}))
	}
	return list
}

// doubledParameter sends one parameter twice with one value. What a target makes
// of that is its own affair, and noted.
func (d *drafter) doubledParameter(s subject, p spec.Parameter) []*proposal {
	if p.Schema.Type.Includes("array") || p.Schema.Type.Includes("object") {
		return nil // may be made of several
	}
	key := p.In + ":" + p.Name
	made := s.correct.clone()
	if _, there := made.parameters[key]; !there {
		made.parameters[key] = d.parameterMaker(p).Make(generate.OnlyRequired)
	}
	made.doubled = key
	sent := parameterText(made.parameters[key]).Show()
	return []*proposal{s.propose("malformed.doubled", generate.ID(p.In+"-"+p.Name), "the "+p.In+" parameter "+p.Name+" is given twice", made).breaking(&fault{
		Fault: plan.Fault{Pointer: key, Keyword: "doubled", Sent: sent + " and " + sent, Allowed: "one value"}, lax: true,
	})}
}
