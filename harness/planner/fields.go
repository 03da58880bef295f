package planner

import (
	"cmp"
	"slices"
	"strings"

	"qorcheck/harness/generate"
	"qorcheck/harness/plan"
	"qorcheck/spec"
)

// fieldCases breaks each field of a JSON body in each way that its schema forbids.
func (d *drafter) fieldCases(s subject) []*proposal {
	var list []*proposal
	m := d.bodyMaker(s.Operation, s.Body.JSON(), s.correct.bound)
	for _, f := range d.faultsOf(s.Operation, m) {
		if f.Class == generate.Wide && s.names(f.Pointer) {
			continue
		}
		made := s.correct
		made.body = f.Value
		list = append(list, fieldCase(s, made, m, f))
	}
	return list
}

// names reports whether a field names the merchant or something that exists: any text
// that is neither has an answer of its own.
func (s subject) names(pointer string) bool {
	_, bound := s.correct.bound[pointer]
	return bound || withinMerchant(s.Operation, pointer)
}

// fieldCase breaks one field of a body.
func fieldCase(s subject, made draft, m generate.Maker, f generate.Fault) *proposal {
	id, how := generate.ID(f.Pointer), ""
	if made.form != nil {
		id, how = "form."+id, ", sent as a form"
	}
	kind, what := kindOf(f, id)
	if made.form != nil && f.Keyword == "type" && f.Required && hasFields(m, f.Pointer) {
		kind = "malformed.missing" // each of its fields has a name of its own in a form, and none is sent
	}
	if f.Gap != "" {
		return s.gap(kind, what, made, f.Pointer, f)
	}
	mandatory := ""
	if f.Required && f.Pointer != "" {
		mandatory = ", a mandatory field"
	}
	return s.propose(kind, what, cmp.Or(f.Pointer, "the body")+" "+f.Why+mandatory+how, made).varying(variantOfFault(f)).breaking(bodyFault(m, f))
}

// bodyFault is what a generated fault of a body breaks.
func bodyFault(m generate.Maker, f generate.Fault) *fault {
	return &fault{
		Fault:   plan.Fault{Pointer: f.Pointer, Keyword: f.Keyword, Sent: sentJSON(f), Allowed: f.Allowed},
		certify: func(value any) error { return m.Certify(f, value) },
		of:      f.Schema,
	}
}

// sentJSON is what a fault sends, for people.
func sentJSON(f generate.Fault) string {
	if f.Absent {
		return "nothing"
	}
	sent, err := encode(f.Sent)
	if err != nil {
		return ""
	}
	return sent.Show()
}

// hasFields reports whether there are places within a place.
func hasFields(m generate.Maker, pointer string) bool {
	return slices.ContainsFunc(m.Places(), func(p generate.Place) bool { return strings.HasPrefix(p.Pointer, pointer+"/") })
}

// formFieldCases breaks the fields of a form: those that are mandatory where the
// operation takes JSON too, for there each one is broken, and of the others what has a
// pattern or a list of values; else every field. What is sent is text; so only what a text
// can break is broken.
func (d *drafter) formFieldCases(s subject) []*proposal {
	content := s.Body.Form()
	if content == nil || !content.HasSchema {
		return nil
	}
	var list []*proposal
	m := d.bodyMaker(s.Operation, content, s.correct.bound)
	broken := formPlaces(s.Operation, m)
	for _, f := range m.Faults() {
		if f, ok := asText(f); ok && f.Class != generate.Wide && (broken[f.Pointer] || f.Keyword == "pattern" || f.Keyword == "enum") && (f.Keyword != "type" || f.Pointer != "") {
			list = append(list, fieldCase(s, s.correct.asForm(content, f.Value), m, f))
		}
	}
	return list
}

// textCases breaks a body that is a text or bytes, in what its schema says of it.
func (d *drafter) textCases(s subject) []*proposal {
	content := s.Body.Fields()
	if content == nil || !content.HasSchema || spec.JSON(content.SentAs) || spec.Form(content.SentAs) || spec.Multipart(content.SentAs) {
		return nil
	}
	var list []*proposal
	m := d.bodyMaker(s.Operation, content, s.correct.bound)
	for _, f := range d.faultsOf(s.Operation, m) {
		if f, ok := asText(f); ok && f.Pointer == "" && f.Sent != "" {
			made := s.correct.clone()
			made.body = f.Value
			list = append(list, fieldCase(s, made, m, f))
		}
	}
	return list
}

// asText is a fault as a text can make it; false where none can.
func asText(f generate.Fault) (generate.Fault, bool) {
	if f.Within {
		return f, false // a form holds no object within an object
	}
	if f.Keyword == "type" {
		switch f.Class {
		case "string":
			f.Sent = "text" // a number in quotes is a number here
			f.Value = generate.Set(f.Value, f.Pointer, f.Sent)
		case "fraction":
		default:
			return f, false
		}
	}
	return f, true
}

// formPlaces lists the places of a form that are broken.
func formPlaces(o *spec.Operation, m generate.Maker) map[string]bool {
	broken := map[string]bool{"": true}
	for _, p := range m.Places() {
		broken[p.Pointer] = p.Required || o.Body.JSON() == nil
	}
	return broken
}

// kindOf says which kind of case a fault makes, and what distinguishes it from the
// others of that kind at its place.
func kindOf(f generate.Fault, place string) (kind, what string) {
	kind, detail := f.Kind()
	if f.Keyword == generate.Blank && f.Class == generate.Wide {
		return "malformed.wide-blank", place
	}
	if what = place; detail != "" {
		what += "." + detail
	}
	if f.Reading {
		return "malformed.ours", kind + "." + what
	}
	return "malformed." + kind, what
}

// variantOfFault distinguishes the ways in which a value can be missing or blank.
func variantOfFault(f generate.Fault) string {
	_, detail := f.Kind()
	if f.Absent {
		return "absent"
	}
	return detail
}

// firstFault breaks a request in the first way that makes the target reject it. A
// missing field is the last resort: a target may answer that in more than one way.
func (d *drafter) firstFault(s subject) (draft, *fault, bool) {
	content := s.Body.JSON()
	if content == nil || !content.HasSchema || !s.sendsBody() {
		return d.firstParameterFault(s)
	}
	m := d.bodyMaker(s.Operation, content, s.correct.bound)
	for _, keyword := range []string{"pattern", "type", "required"} {
		for _, f := range d.faultsOf(s.Operation, m) {
			if f.Gap != "" || f.Reading || f.Keyword != keyword || f.Class == "null" || f.Pointer == "" || withinMerchant(s.Operation, f.Pointer) {
				continue
			}
			made := s.correct.clone()
			made.body = f.Value
			return made, bodyFault(m, f), true
		}
	}
	return draft{}, nil, false
}

// firstParameterFault breaks a parameter of a request that has no body.
func (d *drafter) firstParameterFault(s subject) (draft, *fault, bool) {
	for _, p := range s.Parameters {
		if p.In != "path" && p.In != "query" {
			continue
		}
		for _, made := range d.parameterCases(s, p) {
			if made.fault != nil && !made.fault.lax && made.absent == (absence{}) {
				return made.draft, made.fault, true
			}
		}
	}
	return draft{}, nil, false
}

// withinMerchant reports whether a place holds the merchant: a fault there has more than one answer.
func withinMerchant(o *spec.Operation, pointer string) bool {
	m := o.Conformance.Merchant
	return m != nil && pointer != "" && strings.HasPrefix(m.Field+"/", pointer+"/")
}
