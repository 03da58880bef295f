package generate

import (
	"strings"

	"qorcheck/spec"
)

// keyword is a keyword of a schema: where it applies, a value on its bound, and
// what lies beyond it. Everything that is done for each keyword is done from the
// table of them.
type keyword struct {
	name      string                            // in OpenAPI 3.0's words
	kind      string                            // of cases that break it
	detail    detail                            // what distinguishes such a case from others of its kind at its place
	of        string                            // the type that it applies to, "" for any
	has       func(p place, v view) bool        // reports whether a place has it
	exclusive func(v view) bool                 // reports whether the bound itself is excluded; nil for never
	byFormat  func(v view) bool                 // reports whether the format of a number sets the bound; nil for never
	on        func(m Maker, v view) (any, bool) // a value on the bound; nil where there is no bound
	why       string                            // read after the place: what the value on the bound is
	upper     bool                              // the bound is one from above
	beyond    func(b *breaking)                 // adds what breaks it
	final     bool                              // the other keywords of its place add nothing
	blank     bool                              // a text that is empty or white space may break it
}

// detail says what is added to the id of a case that breaks a keyword.
type detail int

const (
	noDetail  detail = iota
	byClass          // of the fault
	byKeyword        // its name
)

// Blank stands for the keyword of a mandatory text that is empty or white space:
// whichever keyword of its place the description refuses it by.
const Blank = "blank"

// Wide is the class of a blank whose white space is beyond ASCII: a server that trims
// what it knows for white space takes it for a text.
const Wide = "wide"

// Limits of what is sent: characters on a bound and beyond one, and items or properties.
const (
	maxLengthOn     = 10_000
	maxLengthBeyond = 100_000
	maxSize         = 1000
)

// keywords is the table of keywords, in the order in which they are broken.
var keywords = []keyword{
	{
		name: "required", kind: "missing",
		has:    func(p place, _ view) bool { return p.required && p.pointer != "" },
		beyond: (*breaking).missing,
	}, {
		name: "type", kind: "type", detail: byClass,
		has:    func(_ place, v view) bool { return len(v.types) > 0 && len(v.types) < 6 },
		beyond: (*breaking).types,
	}, {
		name: Blank, kind: "blank", detail: byClass, // no keyword of a schema: made with the types
		has: func(place, view) bool { return false },
	}, {
		name: "enum", kind: "enum", detail: byClass, final: true,
		has:    func(_ place, v view) bool { return len(v.enum) > 0 },
		beyond: (*breaking).enum,
	}, {
		name: "minimum", kind: "bound", detail: byKeyword, of: "number",
		has:       func(_ place, v view) bool { return v.minimum != nil },
		exclusive: func(v view) bool { return v.exclusiveMin },
		byFormat:  func(v view) bool { return v.minByFormat },
		on:        func(_ Maker, v view) (any, bool) { return spec.NumberOf(v.lowest()), true },
		why:       "is the least number allowed",
		beyond:    (*breaking).minimum,
	}, {
		name: "maximum", kind: "bound", detail: byKeyword, of: "number", upper: true,
		has:       func(_ place, v view) bool { return v.maximum != nil },
		exclusive: func(v view) bool { return v.exclusiveMax },
		byFormat:  func(v view) bool { return v.maxByFormat },
		on:        func(_ Maker, v view) (any, bool) { return spec.NumberOf(v.highest()), true },
		why:       "is the greatest number allowed",
		beyond:    (*breaking).maximum,
	}, {
		name: "multipleOf", kind: "bound", detail: byKeyword, of: "number",
		has:    func(_ place, v view) bool { return v.multipleOf != nil },
		beyond: (*breaking).multipleOf,
	}, {
		name: "maxLength", kind: "length", detail: byKeyword, of: "string", upper: true,
		has:    func(_ place, v view) bool { return v.maxLength >= 0 },
		on:     func(m Maker, v view) (any, bool) { return m.sized(v, within(v.maxLength, maxLengthOn)) },
		why:    "is as long as allowed",
		beyond: (*breaking).maxLength,
	}, {
		name: "minLength", kind: "length", detail: byKeyword, of: "string", blank: true,
		has:    func(_ place, v view) bool { return v.minLength > 0 },
		on:     func(m Maker, v view) (any, bool) { return m.sized(v, v.minLength) },
		why:    "is as short as allowed",
		beyond: (*breaking).minLength,
	}, {
		name: "pattern", kind: "pattern", detail: byClass, of: "string", blank: true,
		has:    func(_ place, v view) bool { return len(v.patterns) > 0 },
		beyond: (*breaking).pattern,
	}, {
		name: "format", kind: "pattern", detail: byKeyword, of: "string",
		has:    func(_ place, v view) bool { return v.checked() },
		beyond: (*breaking).format,
	}, {
		name: "minItems", kind: "items", detail: byKeyword, of: "array",
		has:    func(_ place, v view) bool { return v.minItems > 0 },
		on:     func(m Maker, v view) (any, bool) { return m.list(v, v.minItems) },
		why:    "has as few items as allowed",
		beyond: (*breaking).minItems,
	}, {
		name: "maxItems", kind: "items", detail: byKeyword, of: "array", upper: true,
		has:    func(_ place, v view) bool { return v.maxItems >= 0 },
		on:     func(m Maker, v view) (any, bool) { return m.list(v, within(v.maxItems, maxSize)) },
		why:    "has as many items as allowed",
		beyond: (*breaking).maxItems,
	}, {
		name: "uniqueItems", kind: "items", detail: byKeyword, of: "array",
		has:    func(_ place, v view) bool { return v.uniqueItems },
		beyond: (*breaking).uniqueItems,
	}, {
		name: "minProperties", kind: "bound", detail: byKeyword, of: "object",
		has:    func(_ place, v view) bool { return v.minProperties > 0 },
		on:     func(m Maker, v view) (any, bool) { return m.ofSize(v, v.minProperties) },
		why:    "has as few properties as allowed",
		beyond: (*breaking).minProperties,
	}, {
		name: "maxProperties", kind: "bound", detail: byKeyword, of: "object", upper: true,
		has:    func(_ place, v view) bool { return v.maxProperties >= 0 },
		on:     func(m Maker, v view) (any, bool) { return m.ofSize(v, v.maxProperties) },
		why:    "has as many properties as allowed",
		beyond: (*breaking).maxProperties,
	}, {
		name: "discriminator", kind: "enum", detail: byKeyword,
		has:    func(_ place, v view) bool { return v.discriminator != nil },
		beyond: (*breaking).discriminator,
	}, {
		name: "additionalProperties", kind: "extra", of: "object",
		has:    func(_ place, v view) bool { return v.noExtra },
		beyond: (*breaking).extraProperty,
	},
}

// within is a size as long as it is within a limit, else none.
func within(size, limit int) int {
	if size > limit {
		return -1
	}
	return size
}

// keywordsAt lists the keywords of a place.
func keywordsAt(p place, v view) []*keyword {
	var list []*keyword
	for i := range keywords {
		k := &keywords[i]
		if (k.of == "" || v.is(k.of)) && k.has(p, v) {
			list = append(list, k)
			if k.final {
				break
			}
		}
	}
	return list
}

// in is the name of a keyword in a view, where an exclusive bound has one of its own, and
// one that the format sets is the format's.
func (k *keyword) in(v view) string {
	if k.byFormat != nil && k.byFormat(v) {
		return "format"
	}
	if k.exclusive != nil && k.exclusive(v) {
		return "exclusive" + strings.ToUpper(k.name[:1]) + k.name[1:]
	}
	return k.name
}

// Rule is one keyword at one place.
type Rule struct {
	Pointer string
	Keyword string
}

// Rules lists the keywords of every place as the schema has them, read from it
// and not from what is generated: so that a hole in what is generated shows.
func (m Maker) Rules() []Rule {
	var list []Rule
	for _, p := range m.places() {
		v := m.view(p.schema, p.pointer, p.branch)
		for _, k := range keywordsAt(p, v) {
			list = append(list, Rule{p.pointer, k.in(v)})
		}
	}
	return list
}

// Kind says which kind of case a fault makes, and what distinguishes it from others
// of that kind at its place, "" for nothing.
func (f Fault) Kind() (kind, detail string) {
	switch {
	case f.Class == "null" && f.Required:
		return "missing", "null" // null counts as missing there
	case f.Class == "null":
		return "null", ""
	case f.Class == "unwrapped", f.Class == "outside", f.Class == "inside", f.Class == "doubled" && f.Within:
		return "missing", f.Class
	case f.Keyword == "format" && f.Class == "below":
		return "bound", "minimum"
	case f.Keyword == "format" && f.Class == "above":
		return "bound", "maximum"
	case f.Keyword == "pattern" && (f.Class == "near" || f.Class == "space"):
		return "pattern", ""
	}
	for i := range keywords {
		k := &keywords[i]
		if k.name != f.Keyword && !strings.EqualFold("exclusive"+k.name, f.Keyword) {
			continue
		}
		switch k.detail {
		case byClass:
			return k.kind, f.Class
		case byKeyword:
			return k.kind, f.Keyword
		}
		return k.kind, ""
	}
	return "bound", f.Keyword
}

// BlankKeywords lists the keywords that a blank text may break.
func BlankKeywords() []string {
	var list []string
	for i := range keywords {
		if keywords[i].blank {
			list = append(list, keywords[i].name)
		}
	}
	return list
}
