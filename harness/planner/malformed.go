package planner

import (
	"maps"
	"slices"
	"strings"

	"qorcheck/harness/generate"
	"qorcheck/harness/plan"
	"qorcheck/spec"
)

// malformedCases makes requests that each break the description in one place.
func (d *drafter) malformedCases(s subject) []*proposal {
	var list []*proposal
	if s.sendsBody() {
		if s.correct.form == nil {
			list = append(list, syntaxCases(s)...)
			list = append(list, d.fieldCases(s)...)
			list = append(list, d.problemCases(s)...)
		}
		list = append(list, d.formFieldCases(s)...)
		list = append(list, d.textCases(s)...)
		list = append(list, d.doubledField(s)...)
		list = append(list, mediaTypeCases(s)...)
	}
	list = append(list, d.precedenceCases(s)...)
	for _, p := range s.Parameters {
		if !isIdempotency(s.Operation, p) {
			list = append(list, d.parameterCases(s, p)...)
		}
	}
	return list
}

// sendsBody reports whether the correct request has a body that can be broken.
func (s subject) sendsBody() bool {
	return s.correct.hasBody && s.correct.body != nil && !spec.Bodiless(s.Method)
}

// syntaxCases breaks the body as a whole: what RFC 8259 forbids, what it merely
// advises against, and no body.
func syntaxCases(s subject) []*proposal {
	content := s.Body.Fields()
	if strings.Contains(content.MediaType, "*") && !spec.JSON(content.MediaType) {
		return nil // of any media type, so of bytes that need not be parsed
	}
	encoded, err := encode(s.correct.body)
	if err != nil {
		return nil
	}
	var list []*proposal
	body := string(encoded)
	object, _ := s.correct.body.(map[string]any)
	bracketed := strings.HasPrefix(body, "{") || strings.HasPrefix(body, "[")
	for _, broken := range brokenTexts(body, object) {
		if bracketed && broken.body != body && (broken.kind == "malformed.syntax" || len(object) > 0) {
			list = append(list, brokenText(s, broken.kind, broken.what, broken.why, broken.body))
		}
	}
	if s.Body.Required {
		return append(list, brokenText(s, "malformed.empty", "", "the body is empty", ""))
	}
	return append(list, s.none("malformed.empty", "the operation may go without a body"))
}

// brokenTexts lists what is made of a JSON body, to break its syntax or to stretch it.
func brokenTexts(body string, object map[string]any) []struct{ kind, what, why, body string } {
	end, quote := len(body)-1, strings.LastIndex(body, `"`)
	inString := func(insert string) string { // into the last string of the body
		if quote < 0 {
			return body + insert
		}
		return body[:quote] + insert + body[quote:]
	}
	nested := `"nested":` + strings.Repeat("[", 1000) + strings.Repeat("]", 1000) + ","
	return []struct{ kind, what, why, body string }{
		{"malformed.syntax", "truncated", "the JSON body ends before its last bracket", body[:end]},
		{"malformed.syntax", "trailing-comma", "the JSON body has a comma before its last bracket", body[:end] + "," + body[end:]},
		{"malformed.syntax", "comment", "the JSON body holds a comment", body[:1] + "/* comment */" + body[1:]},
		{"malformed.syntax", "single-quotes", "the JSON body has single quotes instead of double ones", strings.ReplaceAll(body, `"`, `'`)},
		{"malformed.syntax", "trailing-garbage", "the JSON body is followed by text", body + " garbage"},
		{"malformed.syntax", "nul", "a string of the JSON body holds a raw NUL", inString("\x00")},
		{"malformed.syntax", "invalid-utf8", "a string of the JSON body is not UTF-8", inString("\xff")},
		{"malformed.lax", "byte-order-mark", "the JSON body begins with a byte order mark", "\ufeff" + body},
		{"malformed.lax", "lone-surrogate", "a string of the JSON body holds half a surrogate pair", inString(`\ud800`)},
		{"malformed.lax", "duplicate-name", "the JSON body has one name twice", withNameTwice(object, body)},
		{"malformed.lax", "deep-nesting", "the JSON body is nested a thousand levels deep", body[:1] + nested + body[1:]},
	}
}

// withNameTwice repeats the first name of an object.
func withNameTwice(object map[string]any, body string) string {
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

// brokenText sends a text instead of the body.
func brokenText(s subject, kind, what, why, text string) *proposal {
	made, raw := s.correct, plan.Template(text)
	made.raw = &raw
	return s.propose(kind, what, why, made).breaking(&fault{
		Fault: plan.Fault{Keyword: "syntax", Sent: what, Allowed: "JSON as RFC 8259 has it"}, lax: kind == "malformed.lax",
	})
}

// mediaTypeCases sends a correct body under a wrong name: where it is not declared what the
// operation does, only under such as no server takes for its own.
func mediaTypeCases(s subject) []*proposal {
	var list []*proposal
	for _, wrong := range []struct{ kind, what, why, mediaType, sent string }{
		{"malformed.media-type", "text", "the body is sent as text/plain", "text/plain", "text/plain"},
		{"malformed.media-type", "none", "the body is sent without a media type", "", "none"},
		{"malformed.lax", "charset", "the body is labelled with a foreign charset", "application/json; charset=utf-16", "application/json; charset=utf-16"},
		{"malformed.media-type", "xml", "the body is sent as application/xml", "application/xml", "application/xml"},
		{"malformed.media-type", "near", "the name of the media type only begins like that of JSON", "application/jsonx", "application/jsonx"},
	} {
		if s.correct.form != nil && spec.JSON(wrong.mediaType) || wrong.mediaType == "" && takesAnything(s.Body) {
			continue
		}
		if more := wrong.what != "text" && wrong.what != "none" && wrong.what != "charset"; more && (!vouched(s.Operation) || s.correct.form != nil) {
			continue
		}
		made := s.correct
		made.mediaType = wrong.mediaType
		list = append(list, s.propose(wrong.kind, wrong.what, wrong.why, made).breaking(&fault{
			Fault: plan.Fault{Keyword: "media-type", Sent: wrong.sent, Allowed: mediaTypes(s.Operation)}, lax: wrong.kind == "malformed.lax",
		}))
	}
	return list
}

// takesAnything reports whether a body without a media type may be taken for one that an
// operation takes: RFC 9110 lets a target take it for any bytes.
func takesAnything(b *spec.Body) bool {
	return slices.ContainsFunc(b.Content, func(c spec.Content) bool { return spec.Covers(c.MediaType, "application/octet-stream") })
}

func mediaTypes(o *spec.Operation) string {
	var list []string
	for _, c := range o.Body.Content {
		list = append(list, c.MediaType)
	}
	return strings.Join(list, ", ")
}

// doubledField sends the first field of a form twice with one value.
func (d *drafter) doubledField(s subject) []*proposal {
	content := s.Body.Form()
	if content == nil || !content.HasSchema {
		return nil
	}
	made := s.correct.asForm(content, d.bodyMaker(s.Operation, content, s.correct.bound).Make(generate.OnlyRequired))
	text, err := contentBody(content, made.body)
	if err != nil || text == "" || !spec.Form(content.SentAs) {
		return nil
	}
	object, _ := made.body.(map[string]any)
	if _, isList := object[slices.Min(slices.Collect(maps.Keys(object)))].([]any); isList {
		return nil // may be made of several
	}
	first, _, _ := strings.Cut(string(text), "&")
	twice := text + "&" + plan.Template(first)
	made.raw = &twice
	name, _, _ := strings.Cut(plan.Template(first).Show(), "=")
	return []*proposal{s.propose("malformed.doubled", "form", "a field of the form is given twice", made).breaking(&fault{
		Fault: plan.Fault{Keyword: "doubled", Sent: name + " twice", Allowed: "one value"}, lax: true,
	})}
}
