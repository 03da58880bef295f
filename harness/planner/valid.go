package planner

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"qorcheck/harness/generate"
	"qorcheck/harness/plan"
	"qorcheck/spec"
)

// validCases makes requests that the description allows and that the target must
// carry out: the documented examples, the mandatory fields alone, everything, each
// optional field alone, each listed value, each branch, each bound.
func (d *drafter) validCases(s subject) []*proposal {
	list := []*proposal{
		s.propose("valid.required", "", "a correct request with the mandatory fields alone", s.correct),
		s.propose("valid.everything", "", "a correct request with every documented field", d.draft(s.Operation, recipe{size: generate.Everything, bound: s.correct.bound})),
	}
	list = append(list, d.validBodies(s)...)
	list = append(list, d.validForms(s)...)
	if s.Body != nil && !s.Body.Required && s.correct.hasBody {
		made := s.correct.clone()
		made.hasBody, made.mediaType, made.body, made.form = false, "", nil, nil
		list = append(list, s.propose("valid.optional", "body", "the body is left out, an optional one", made))
	}
	for _, p := range s.Parameters {
		list = append(list, d.validParameter(s, p)...)
	}
	list = append(list, d.acceptCases(s)...)
	list = append(list, d.mediaTypeSpellings(s)...)
	return append(list, extraCases(s)...)
}

// validBodies sends the examples of a body, and what a generator makes of its schema.
func (d *drafter) validBodies(s subject) []*proposal {
	content := s.Body.Fields()
	if content == nil {
		return nil
	}
	var list []*proposal
	v := values{drafter: d, operation: s.Operation, recipe: recipe{bound: s.correct.bound}}
	m := v.maker(content)
	for _, e := range content.Examples {
		made := s.correct
		made.body, made.about = v.overlay(m, e.Value, s.correct.body, ""), "example "+e.Name
		list = append(list, s.propose("valid.example", e.Name, fmt.Sprintf("the documented example %q", e.Name), made))
	}
	for _, variant := range m.Valid() {
		if kind, what, ok := variantOf(variant.Class); ok {
			made := s.correct
			made.body, made.about = variant.Value, variant.Pointer
			one := s.propose(kind, what, variant.Why, made)
			one.extreme = variant.Extreme
			list = append(list, one)
		}
	}
	return list
}

// tolerateBounds lets a target refuse a number for bounds of its own that no description
// has: it is noted. A failure of the target stays one.
func tolerateBounds(e *plan.Expect) {
	e.Tolerated = slices.Clone(e.Tolerated)
	for _, status := range []int{400, 404, 409, 422} {
		if !slices.Contains(e.Statuses, status) {
			e.Tolerated = append(e.Tolerated, spec.Tolerance{Status: status, Why: "no bound of this number is documented, or only that of its format: a target may have a narrower one"})
		}
	}
}

// mediaTypeSpellings sends a correct body whose media type is written otherwise: the case of
// its name does not matter (RFC 9110, section 8.3.1), and that its text is of UTF-8 says what
// is so in any case.
func (d *drafter) mediaTypeSpellings(s subject) []*proposal {
	const kind = "valid.media-type"
	if !s.sendsBody() {
		return []*proposal{s.none(kind, "the operation takes no body")}
	}
	var list []*proposal
	add := func(what string, made draft) {
		base := made.mediaType
		if !spec.JSON(base) && !spec.Form(base) {
			return
		}
		for _, other := range []struct{ what, why, mediaType string }{
			{"charset", "names UTF-8", base + "; charset=utf-8"},
			{"capitals", "is written in capitals, and names UTF-8 in quotes", strings.ToUpper(base) + ";Charset=\"UTF-8\""},
		} {
			made.mediaType = other.mediaType
			list = append(list, s.propose(kind, what+other.what, "the media type of the body "+other.why, made))
		}
	}
	add("", s.correct)
	if content := s.Body.Form(); content != nil && content.HasSchema && s.correct.form == nil {
		add("form.", s.correct.asForm(content, d.bodyMaker(s.Operation, content, s.correct.bound).Make(generate.OnlyRequired)))
	}
	if len(list) == 0 {
		return []*proposal{s.none(kind, "the body is neither JSON nor a form")}
	}
	return list
}

// unknownName is a name that no description has.
const unknownName = "qorcheck-unknown"

// extraCases send what the description neither knows nor forbids: a field in the
// body and in each object in it, and a query parameter.
func extraCases(s subject) []*proposal {
	const kind = "valid.extra"
	var list []*proposal
	if object, ok := s.correct.body.(map[string]any); ok && s.correct.form == nil {
		made := s.correct.clone()
		made.body = generate.Set(object, spec.Pointer(unknownName), "1")
		for _, name := range slices.Sorted(maps.Keys(object)) {
			if _, ok := object[name].(map[string]any); ok {
				made.body = generate.Set(made.body, spec.Pointer(name)+spec.Pointer(unknownName), "1")
			}
		}
		list = append(list, s.propose(kind, "field", "the body has a field that the description does not know", made))
	}
	made := s.correct.clone()
	made.extra = unknownName
	return append(list, s.propose(kind, "query", "the query has a parameter that the description does not know", made))
}

// variantOf names the kind of a generated valid value; required and everything are planned apart.
func variantOf(class string) (kind, what string, ok bool) {
	kind, what, ok = strings.Cut(class, ".")
	switch kind {
	case "optional", "enum", "branch":
		return "valid." + kind, what, ok
	}
	return "valid.bound", class, ok
}

// validParameter sends a parameter alone, with each listed value and on each bound.
func (d *drafter) validParameter(s subject, p spec.Parameter) []*proposal {
	key := p.In + ":" + p.Name
	if s.correct.answered(key) {
		return nil
	}
	var list []*proposal
	id, label := generate.ID(p.In+"-"+p.Name), "the "+p.In+" parameter "+p.Name
	add := func(kind, what, why string, value any) {
		made := s.correct.clone()
		made.parameters[key], made.about = value, key
		list = append(list, s.propose(kind, what, label+" "+why, made))
	}
	m := d.parameterMaker(p)
	if _, there := s.correct.parameters[key]; !there && !isIdempotency(s.Operation, p) {
		add("valid.optional", id, "is given, an optional one", m.Make(generate.OnlyRequired))
	}
	for _, variant := range m.Valid() {
		class, place, ok := strings.Cut(variant.Class, ".")
		at, number, numbered := strings.Cut(place, ".")
		kind, _, _ := variantOf(variant.Class)
		if !ok || variant.Value == nil || kind == "valid.optional" && at == "body" || p.In == "path" && sentText(p, variant.Value) == "" {
			continue
		}
		what := id
		if at != "body" { // an item or a property of it
			what += "-" + at
		}
		if kind == "valid.bound" {
			what = class + "." + what
		}
		if numbered {
			what += "." + number
		}
		add(kind, what, strings.TrimSpace(variant.Why), variant.Value)
		list[len(list)-1].extreme = variant.Extreme
	}
	return list
}

// validForms sends the same requests as a form, where the operation takes one beside JSON.
func (d *drafter) validForms(s subject) []*proposal {
	content := s.Body.Form()
	if content == nil || !content.HasSchema || s.correct.form != nil {
		return nil
	}
	m := d.bodyMaker(s.Operation, content, s.correct.bound)
	form := func(what, why string, size generate.Extent) *proposal {
		return s.propose("valid.form", what, "a correct request, sent as a form, with "+why, s.correct.asForm(content, m.Make(size)))
	}
	return []*proposal{
		form("required", "the mandatory fields alone", generate.OnlyRequired),
		form("everything", "every documented field", generate.Everything),
	}
}

// overlay takes an example as it stands, except for the fields whose value comes
// from outside the description and those that every request must carry.
func (v values) overlay(m generate.Maker, example, required any, pointer string) any {
	if fixed, ok := v.fixed(pointer, m.At(pointer)); ok {
		return fixed
	}
	object, ok := example.(map[string]any)
	if !ok {
		return generate.Copy(example)
	}
	must, _ := required.(map[string]any)
	merged := map[string]any{}
	for key, inner := range object {
		merged[key] = v.overlay(m, inner, must[key], pointer+spec.Pointer(key))
	}
	branched := m.Branched(pointer) // what one branch demands another may forbid
	for key, inner := range must {
		if _, there := merged[key]; !there && (!branched || v.wanted(pointer+spec.Pointer(key))) {
			merged[key] = generate.Copy(inner)
		}
	}
	return merged
}
