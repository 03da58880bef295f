package planner

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"qorcheck/harness/generate"
	"qorcheck/harness/plan"
	"qorcheck/harness/settings"
	"qorcheck/spec"
)

// malformedCases makes requests that each break the description in one place.
func (b *builder) malformedCases(o *spec.Operation, base draft, prepared []plan.Step) {
	if base.hasBody && base.body != nil {
		if base.form == nil {
			b.syntaxCases(o, base, prepared)
			b.fieldCases(o, base, prepared)
		}
		b.formFieldCases(o, base, prepared)
		b.doubledField(o, base, prepared)
		b.mediaTypeCases(o, base, prepared)
		b.twofoldCases(o, base, prepared)
	}
	for _, p := range o.Parameters {
		if !b.isIdempotency(o, p) {
			b.parameterCases(o, base, prepared, p)
		}
	}
}

// twofoldCases break a request that is wrong in another way, too: whose it is comes
// before what it says, and what it says before what it is about.
func (b *builder) twofoldCases(o *spec.Operation, base draft, prepared []plan.Step) {
	faulty, broken, ok := b.firstFault(o, base)
	if !ok {
		return
	}
	add := func(kind, why string, d draft) {
		b.add(o, kind, "", why+", and "+broken.Pointer+" breaks "+broken.Keyword, d, prepared, broken)
	}
	lack := func(kind, what string) {
		if b.speak(o, kind).expect() != nil { // else nobody asks
			b.lack(o, kind, what)
		}
	}
	if schemes := b.schemes(o); len(schemes) > 0 && !anonymous(o) {
		d := faulty.clone()
		clear(d.credentials)
		add("unauthenticated.malformed", "no credential is sent", d)
		if lacking := b.roleLacks(settings.UnknownRole, schemes); lacking != "" {
			lack("forbidden.malformed", lacking)
		} else {
			d.credentials = b.credentials(o, settings.UnknownRole)
			add("forbidden.malformed", "the credentials are well formed and nobody's", d)
		}
	}
	if d, lacking, ok := b.inOthersName(o, faulty); lacking != "" {
		lack("forbidden.malformed-of-other", lacking)
	} else if ok {
		add("forbidden.malformed-of-other", o.Conformance.Merchant.Field+" names another merchant", d)
	}
	if d, altered := stranger(o, faulty); len(altered) > 0 {
		add("malformed.unknown-id", strings.Join(altered, " and ")+" names nothing that exists", d)
	}
}

// inOthersName names another merchant in a request, where it names one at all, and
// says what the fixtures lack for it.
func (b *builder) inOthersName(o *spec.Operation, base draft) (d draft, lacking string, ok bool) {
	m := o.Conformance.Merchant
	if m == nil {
		return draft{}, "", false
	}
	if _, there := spec.Lookup(base.body, m.Field); !there {
		return draft{}, "", false
	}
	other := b.fixtures.Merchants["other"]
	if other == "" {
		return draft{}, fmt.Sprintf("add to %s: merchants.other", b.fixtures.File), false
	}
	d = base.clone()
	d.body = generate.Set(d.body, m.Field, other)
	return d, "", true
}

func (b *builder) isIdempotency(o *spec.Operation, p spec.Parameter) bool {
	i := o.Conformance.Idempotency
	return i != nil && p.In == "header" && strings.EqualFold(i.Header, p.Name)
}

// syntaxCases breaks the body as a whole: what RFC 8259 forbids, what it merely
// advises against, and no body.
func (b *builder) syntaxCases(o *spec.Operation, base draft, prepared []plan.Step) {
	encoded, err := encode(base.body)
	if err != nil {
		return
	}
	body := string(encoded)
	object, _ := base.body.(map[string]any)
	bracketed := strings.HasPrefix(body, "{") || strings.HasPrefix(body, "[")
	quote := strings.LastIndex(body, `"`)
	inString := func(insert string) string { // into the last string of the body
		if quote < 0 {
			return body + insert
		}
		return body[:quote] + insert + body[quote:]
	}
	for _, broken := range []struct{ kind, what, why, body string }{
		{"malformed.syntax", "truncated", "the JSON body ends before its last bracket", body[:len(body)-1]},
		{"malformed.syntax", "trailing-comma", "the JSON body has a comma before its last bracket", body[:len(body)-1] + "," + body[len(body)-1:]},
		{"malformed.syntax", "comment", "the JSON body holds a comment", body[:1] + "/* comment */" + body[1:]},
		{"malformed.syntax", "single-quotes", "the JSON body has single quotes instead of double ones", strings.ReplaceAll(body, `"`, `'`)},
		{"malformed.syntax", "trailing-garbage", "the JSON body is followed by text", body + " garbage"},
		{"malformed.syntax", "nul", "a string of the JSON body holds a raw NUL", inString("\x00")},
		{"malformed.syntax", "invalid-utf8", "a string of the JSON body is not UTF-8", inString("\xff")},
		{"malformed.lax", "byte-order-mark", "the JSON body begins with a byte order mark", "\ufeff" + body},
		{"malformed.lax", "lone-surrogate", "a string of the JSON body holds half a surrogate pair", inString(`\ud800`)},
		{"malformed.lax", "duplicate-name", "the JSON body has one name twice", twice(object, body)},
		{"malformed.lax", "deep-nesting", "the JSON body is nested a thousand levels deep", body[:1] + `"nested":` + strings.Repeat("[", 1000) + strings.Repeat("]", 1000) + "," + body[1:]},
	} {
		if bracketed && broken.body != body && (broken.kind == "malformed.syntax" || len(object) > 0) {
			b.addRaw(o, broken.kind, broken.what, broken.why, base, prepared, plan.Template(broken.body))
		}
	}
	if o.Body.Required {
		b.addRaw(o, "malformed.empty", "", "the body is empty", base, prepared, "")
	} else {
		b.skip(o, "malformed.empty", "the operation may go without a body")
	}
}

// mediaTypeCases sends a correct body under a wrong name.
func (b *builder) mediaTypeCases(o *spec.Operation, base draft, prepared []plan.Step) {
	for _, wrong := range []struct{ kind, what, why, mediaType string }{
		{"malformed.media-type", "text", "the body is sent as text/plain", "text/plain"},
		{"malformed.media-type", "none", "the body is sent without a media type", ""},
		{"malformed.lax", "charset", "the body is labelled with a foreign charset", "application/json; charset=utf-16"},
	} {
		if base.form != nil && spec.JSON(wrong.mediaType) {
			continue
		}
		d := base
		d.mediaType = wrong.mediaType
		sent := wrong.mediaType
		if sent == "" {
			sent = "none"
		}
		b.add(o, wrong.kind, wrong.what, wrong.why, d, prepared, &fault{Fault: plan.Fault{Keyword: "media-type", Sent: sent, Allowed: mediaTypes(o)}, lax: wrong.kind == "malformed.lax"})
	}
}

// twice repeats the first name of an object.
func twice(object map[string]any, body string) string {
	if len(object) == 0 {
		return body
	}
	first := slices.Min(slices.Collect(maps.Keys(object)))
	again, err := encode(map[string]any{first: object[first]})
	if err != nil {
		return body
	}
	return body[:len(body)-1] + "," + string(again[1:])
}

func mediaTypes(o *spec.Operation) string {
	var list []string
	for _, c := range o.Body.Content {
		list = append(list, c.MediaType)
	}
	return strings.Join(list, ", ")
}

func (b *builder) addRaw(o *spec.Operation, kind, what, why string, base draft, prepared []plan.Step, raw plan.Template) {
	d := base
	d.raw = &raw
	b.add(o, kind, what, why, d, prepared, &fault{Fault: plan.Fault{Keyword: "syntax", Sent: what, Allowed: "JSON as RFC 8259 has it"}, lax: kind == "malformed.lax"})
}

// fieldCases breaks each field of a JSON body in each way that its schema forbids.
func (b *builder) fieldCases(o *spec.Operation, base draft, prepared []plan.Step) {
	m := values{b: b, o: o, bound: base.bound}.maker(o.Body.JSON())
	for _, f := range b.faultsOf(o, m) {
		d := base
		d.body = f.Value
		b.fieldCase(o, d, prepared, m, f)
	}
}

// faultsOf lists what breaks the JSON body of an operation.
func (b *builder) faultsOf(o *spec.Operation, m generate.Maker) []generate.Fault {
	list, known := b.faults[o.ID]
	if !known {
		list = m.Faults()
		b.faults[o.ID] = list
	}
	return list
}

// fieldCase breaks one field of a body.
func (b *builder) fieldCase(o *spec.Operation, d draft, prepared []plan.Step, m generate.Maker, f generate.Fault) {
	id, how := generate.ID(f.Pointer), ""
	if d.form != nil {
		id, how = "form."+id, ", sent as a form"
	}
	kind, what := naming(f, id)
	if d.form != nil && f.Keyword == "type" && f.Required && holdsFields(m, f.Pointer) {
		kind = "malformed.missing" // each of its fields has a name of its own in a form, and none is sent
	}
	if f.Gap != "" {
		b.drop(o, kind, what, d.place(f.Pointer), f.Keyword, f.Gap)
		return
	}
	mandatory := ""
	if f.Required && f.Pointer != "" {
		mandatory = ", a mandatory field"
	}
	b.add(o, kind, what, cmp.Or(f.Pointer, "the body")+" "+f.Why+mandatory+how, d, prepared, &fault{
		Fault:   plan.Fault{Pointer: f.Pointer, Keyword: f.Keyword, Sent: sentText(f), Allowed: f.Allowed},
		certify: func(value any) error { return m.Certify(f, value) },
	})
}

// holdsFields tells whether there are places within a place.
func holdsFields(m generate.Maker, pointer string) bool {
	return slices.ContainsFunc(m.Places(), func(p generate.Place) bool { return strings.HasPrefix(p.Pointer, pointer+"/") })
}

// formFieldCases breaks the fields of a form: those that are mandatory where the
// operation takes JSON too, for there each one is broken; else every field. What
// is sent is text; so only what a text can break is broken.
func (b *builder) formFieldCases(o *spec.Operation, base draft, prepared []plan.Step) {
	content := o.Body.Form()
	if content == nil || !content.HasSchema {
		return
	}
	m := values{b: b, o: o, bound: base.bound}.maker(content)
	broken := formPlaces(o, m)
	for _, f := range m.Faults() {
		if !broken[f.Pointer] || f.Keyword == "type" && (f.Pointer == "" || f.Class != "string" && f.Class != "fraction") {
			continue
		}
		if f.Keyword == "type" && f.Class == "string" {
			f.Sent = "text" // a number in quotes is a number here
			f.Value = generate.Set(f.Value, f.Pointer, f.Sent)
		}
		b.fieldCase(o, base.asForm(content, f.Value), prepared, m, f)
	}
}

// formPlaces lists the places of a form that are broken.
func formPlaces(o *spec.Operation, m generate.Maker) map[string]bool {
	broken := map[string]bool{"": true}
	for _, p := range m.Places() {
		broken[p.Pointer] = p.Required || o.Body.JSON() == nil
	}
	return broken
}

// naming says which kind of case a fault makes, and what tells it from the
// others of that kind at its place.
func naming(f generate.Fault, place string) (kind, what string) {
	kind, what = "malformed."+f.Keyword, place
	switch f.Keyword {
	case "required":
		return "malformed.missing", place
	case generate.Blank:
		return kind, place + "." + f.Class
	case "type":
		if f.Class == "null" && f.Required {
			return "malformed.missing", place + ".null" // null counts as missing there
		}
		if f.Class == "null" {
			return "malformed.null", place
		}
		return kind, place + "." + f.Class
	case "enum":
		return kind, place + "." + f.Class
	case "pattern":
		if f.Class != "near" && f.Class != "space" {
			return kind, place + "." + f.Class
		}
		return kind, place
	case "format":
		return "malformed.pattern", place + ".format"
	case "minLength", "maxLength":
		return "malformed.length", place + "." + f.Keyword
	case "minItems", "maxItems", "uniqueItems":
		return "malformed.items", place + "." + f.Keyword
	case "additionalProperties":
		return "malformed.extra", place
	case "discriminator":
		return "malformed.enum", place + ".discriminator"
	}
	return "malformed.bound", place + "." + f.Keyword
}

func sentText(f generate.Fault) string {
	if f.Absent {
		return "nothing"
	}
	sent, err := encode(f.Sent)
	if err != nil {
		return ""
	}
	return sent.Show()
}

// parameterCases breaks one parameter in each way that its schema forbids. What
// is sent is text; so only what a text can break is broken.
func (b *builder) parameterCases(o *spec.Operation, base draft, prepared []plan.Step, p spec.Parameter) {
	key := p.In + ":" + p.Name
	label := "the " + p.In + " parameter " + p.Name
	if p.In != "path" {
		b.absentParameter(o, base, prepared, p)
		b.doubledParameter(o, base, prepared, p)
	}
	if value, ok := base.parameters[key].(string); ok && isAnswer(value) {
		return // an id that the target itself made
	}
	for _, f := range b.parameterMaker(p).Faults() {
		if f.Pointer == "" && f.Keyword == generate.Blank || f.Keyword == "type" && f.Class != "string" && f.Class != "fraction" {
			continue
		}
		if f.Keyword == "type" && f.Class == "string" {
			f.Sent = "text" // a number in quotes is a number here
			f.Value = generate.Set(f.Value, f.Pointer, f.Sent)
		}
		kind, what := naming(f, generate.ID(p.In+"-"+p.Name+f.Pointer))
		if f.Gap != "" {
			b.drop(o, kind, what, key+f.Pointer, f.Keyword, f.Gap)
			continue
		}
		sent := shown(p, f.Value)
		if p.In == "path" && (sent == "" || strings.Trim(sent, ".") == "" || strings.Contains(sent, "/")) {
			continue // another path
		}
		d := base.clone()
		d.parameters[key] = f.Value
		b.add(o, kind, what, strings.TrimSpace(label+" "+f.Pointer)+" "+f.Why, d, prepared, &fault{Fault: plan.Fault{Pointer: key + f.Pointer, Keyword: f.Keyword, Sent: sent, Allowed: f.Allowed}})
	}
}

// absentParameter leaves a mandatory parameter out, and leaves it blank.
func (b *builder) absentParameter(o *spec.Operation, base draft, prepared []plan.Step, p spec.Parameter) {
	if !p.Required {
		return
	}
	key, id, label := p.In+":"+p.Name, generate.ID(p.In+"-"+p.Name), "the "+p.In+" parameter "+p.Name
	d := base.clone()
	delete(d.parameters, key)
	b.add(o, "malformed.missing", id, label+" is missing, a mandatory one", d, prepared, &fault{Fault: plan.Fault{Pointer: key, Keyword: "required", Sent: "nothing", Allowed: "a value"}})
	for _, f := range b.parameterMaker(p).Faults() {
		if f.Pointer != "" || f.Keyword != generate.Blank || f.Class == "space" && p.In != "query" {
			continue // white space around a header or cookie is not part of it
		}
		d := base.clone()
		d.parameters[key] = f.Sent
		kind, what := naming(f, id)
		b.add(o, kind, what, label+" "+f.Why+", a mandatory one", d, prepared, &fault{Fault: plan.Fault{Pointer: key, Keyword: f.Keyword, Sent: sentText(f), Allowed: f.Allowed}})
	}
}

// doubledParameter sends one parameter twice with one value. What a target makes
// of that is its own affair, and noted.
func (b *builder) doubledParameter(o *spec.Operation, base draft, prepared []plan.Step, p spec.Parameter) {
	if p.Schema.Type.Includes("array") || p.Schema.Type.Includes("object") {
		return // may be made of several
	}
	key := p.In + ":" + p.Name
	d := base.clone()
	if _, there := d.parameters[key]; !there {
		d.parameters[key] = b.parameterMaker(p).Make(generate.OnlyRequired)
	}
	d.twice = key
	sent := parameterText(d.parameters[key]).Show()
	b.add(o, "malformed.doubled", generate.ID(p.In+"-"+p.Name), "the "+p.In+" parameter "+p.Name+" is given twice", d, prepared,
		&fault{Fault: plan.Fault{Pointer: key, Keyword: "doubled", Sent: sent + " and " + sent, Allowed: "one value"}, lax: true})
}

// doubledField sends the first field of a form twice with one value.
func (b *builder) doubledField(o *spec.Operation, base draft, prepared []plan.Step) {
	content := o.Body.Form()
	if content == nil || !content.HasSchema {
		return
	}
	d := base.asForm(content, values{b: b, o: o, bound: base.bound}.maker(content).Make(generate.OnlyRequired))
	text, err := formText(d.body)
	if err != nil || text == "" {
		return
	}
	first, _, _ := strings.Cut(string(text), "&")
	twice := text + "&" + plan.Template(first)
	d.raw = &twice
	name, _, _ := strings.Cut(plan.Template(first).Show(), "=")
	b.add(o, "malformed.doubled", "form", "a field of the form is given twice", d, prepared,
		&fault{Fault: plan.Fault{Keyword: "doubled", Sent: name + " twice", Allowed: "one value"}, lax: true})
}
