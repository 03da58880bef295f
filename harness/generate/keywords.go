package generate

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
		add := func(keyword string, there bool) {
			if there {
				list = append(list, Rule{p.pointer, keyword})
			}
		}
		v := m.view(p.schema, p.pointer, p.branch)
		text, number, array := v.is("string"), v.is("number"), v.is("array")
		add("required", p.required && p.pointer != "")
		add("type", len(v.types) > 0 && len(v.types) < 6)
		if len(v.enum) > 0 {
			add("enum", true)
			continue // its other keywords add nothing
		}
		add("pattern", text && len(v.patterns) > 0)
		add("format", text && v.checked())
		add("minLength", text && v.minLength > 0)
		add("maxLength", text && v.maxLength >= 0)
		add(boundKeyword("minimum", v.exclusiveMin), number && v.minimum != nil)
		add(boundKeyword("maximum", v.exclusiveMax), number && v.maximum != nil)
		add("multipleOf", number && v.multipleOf != nil)
		add("minItems", array && v.minItems > 0)
		add("maxItems", array && v.maxItems >= 0)
		add("uniqueItems", array && v.uniqueItems)
		add("additionalProperties", v.is("object") && v.noExtra)
		add("minProperties", v.is("object") && v.minProperties > 0)
		add("maxProperties", v.is("object") && v.maxProperties >= 0)
		add("discriminator", v.discriminator != nil)
	}
	return list
}
