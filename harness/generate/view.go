package generate

import (
	"encoding/json"
	"maps"
	"math"
	"reflect"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"qorcheck/spec"
)

// view is a schema as one place sees it: allOf merged, one branch of oneOf and
// anyOf taken.
type view struct {
	maker         Maker
	pointer       string
	whole         *openapi3.Schema
	parts         []*openapi3.Schema // the schema itself, those of its allOf, the branches taken
	types         []string           // none: any
	nullable      bool
	enum          []any
	patterns      []string
	format        string
	minLength     int
	maxLength     int // -1: none
	minimum       *float64
	maximum       *float64
	exclusiveMin  bool
	exclusiveMax  bool
	multipleOf    *float64
	properties    map[string]*openapi3.Schema
	required      map[string]bool
	extra         *openapi3.Schema // of additional properties; nil when none are made
	described     bool             // extra is the description's own
	noExtra       bool
	minProperties int
	maxProperties int // -1: none
	items         *openapi3.Schema
	minItems      int
	maxItems      int // -1: none
	uniqueItems   bool
	branches      []openapi3.SchemaRefs // oneOf and anyOf lists of this place, in order
	taken         *openapi3.SchemaRef   // the branch taken of the first
	discriminator *openapi3.Discriminator
}

func (m Maker) view(s *openapi3.Schema, pointer string, branch choice) view {
	v := view{maker: m, pointer: pointer, whole: s, maxLength: -1, maxProperties: -1, maxItems: -1, nullable: true}
	v.take(s, branch, 0)
	return v
}

func (v *view) take(s *openapi3.Schema, branch choice, depth int) {
	if s == nil || depth > 16 || slices.Contains(v.parts, s) {
		return
	}
	v.parts = append(v.parts, s)
	v.takeTypes(s)
	v.takeWords(s)
	v.takeSizes(s)
	v.takeBounds(s)
	v.takeProperties(s)
	if s.Items != nil && v.items == nil {
		v.items = s.Items.Value
	}
	for _, part := range s.AllOf {
		v.take(part.Value, branch, depth+1)
	}
	for _, list := range []openapi3.SchemaRefs{s.OneOf, s.AnyOf, v.inheriting(s)} {
		if len(list) == 0 {
			continue
		}
		v.branches = append(v.branches, list)
		at := min(branch[v.pointer], len(list)-1)
		if v.taken == nil {
			v.taken = list[at]
		} else {
			at = 0
		}
		v.take(list[at].Value, branch, depth+1)
	}
}

// inheriting lists the schemas that a discriminator leads to from a schema that lists none,
// by the words of its mapping. Where one of them led here it is the one that is taken.
func (v *view) inheriting(s *openapi3.Schema) openapi3.SchemaRefs {
	if s.Discriminator == nil || len(s.OneOf)+len(s.AnyOf) > 0 {
		return nil
	}
	var list openapi3.SchemaRefs
	for _, word := range slices.Sorted(maps.Keys(s.Discriminator.Mapping)) {
		target := s.Discriminator.Mapping[word]
		if target.Value == nil || target.Value == s {
			continue
		}
		ref := &openapi3.SchemaRef{Ref: target.Ref, Value: target.Value}
		if slices.Contains(v.parts, target.Value) {
			v.taken = ref
			return nil
		}
		list = append(list, ref)
	}
	return list
}

// takeWords takes what a schema says of texts and listed values.
func (v *view) takeWords(s *openapi3.Schema) {
	if len(s.Enum) > 0 {
		v.enum = intersect(v.enum, s.Enum)
	}
	if s.Const != nil {
		v.enum = intersect(v.enum, []any{s.Const})
	}
	if s.Pattern != "" {
		v.patterns = append(v.patterns, s.Pattern)
	}
	if s.Format != "" && v.format == "" {
		v.format = s.Format
	}
}

// takeSizes takes the bounds of lengths and counts.
func (v *view) takeSizes(s *openapi3.Schema) {
	v.minLength = max(v.minLength, int(s.MinLength))
	v.maxLength = least(v.maxLength, s.MaxLength)
	v.minItems = max(v.minItems, int(s.MinItems))
	v.maxItems = least(v.maxItems, s.MaxItems)
	v.uniqueItems = v.uniqueItems || s.UniqueItems
	v.minProperties = max(v.minProperties, int(s.MinProps))
	v.maxProperties = least(v.maxProperties, s.MaxProps)
}

// takeProperties takes what a schema says of properties, named and others.
func (v *view) takeProperties(s *openapi3.Schema) {
	if len(s.Properties) > 0 && v.properties == nil {
		v.properties = make(map[string]*openapi3.Schema, len(s.Properties))
	}
	for name, property := range s.Properties {
		if property != nil && property.Value != nil {
			v.properties[name] = both(v.properties[name], property.Value)
		}
	}
	if len(s.Required) > 0 && v.required == nil {
		v.required = make(map[string]bool, len(s.Required))
	}
	for _, name := range s.Required {
		v.required[name] = true
	}
	if s.AdditionalProperties.Has != nil && !*s.AdditionalProperties.Has {
		v.noExtra = true
	}
	if extra := s.AdditionalProperties.Schema; extra != nil && v.extra == nil {
		v.extra, v.described = extra.Value, extra.Value != nil
	}
	if s.MinProps > 0 && v.extra == nil && !v.noExtra {
		v.extra = openapi3.NewStringSchema()
	}
	if s.Discriminator != nil {
		v.discriminator = s.Discriminator
	}
}

// both joins two schemas of one property, as allOf does.
func both(a, b *openapi3.Schema) *openapi3.Schema {
	if a == nil || a == b {
		return b
	}
	return &openapi3.Schema{AllOf: openapi3.SchemaRefs{a.NewRef(), b.NewRef()}, ReadOnly: a.ReadOnly || b.ReadOnly}
}

// takeTypes keeps the types that each schema allows.
func (v *view) takeTypes(s *openapi3.Schema) {
	if s.Type != nil {
		own := s.Type.Slice()
		if slices.Contains(own, "null") {
			own = slices.DeleteFunc(slices.Clone(own), func(t string) bool { return t == "null" })
		}
		if v.types == nil {
			v.types = own
		} else {
			v.types = slices.DeleteFunc(slices.Clone(v.types), func(t string) bool {
				return !slices.Contains(own, t) && !(t == "integer" && slices.Contains(own, "number"))
			})
		}
		v.nullable = v.nullable && (s.Nullable || s.Type.Includes("null"))
	} else if v.types == nil && len(s.Properties) > 0 {
		v.types = []string{"object"}
	}
}

// takeBounds takes the tighter bounds of numbers.
func (v *view) takeBounds(s *openapi3.Schema) {
	lower, upper := s.Min, s.Max
	exclusiveMin, exclusiveMax := s.ExclusiveMin.Bool != nil && *s.ExclusiveMin.Bool, s.ExclusiveMax.Bool != nil && *s.ExclusiveMax.Bool
	if s.ExclusiveMin.Value != nil {
		lower, exclusiveMin = s.ExclusiveMin.Value, true
	}
	if s.ExclusiveMax.Value != nil {
		upper, exclusiveMax = s.ExclusiveMax.Value, true
	}
	if lower != nil && (v.minimum == nil || *lower >= *v.minimum) {
		v.minimum, v.exclusiveMin = lower, exclusiveMin
	}
	if upper != nil && (v.maximum == nil || *upper <= *v.maximum) {
		v.maximum, v.exclusiveMax = upper, exclusiveMax
	}
	if s.MultipleOf != nil {
		v.multipleOf = s.MultipleOf
	}
}

// least is the lower of two upper bounds, -1 and nil being none.
func least(a int, b *uint64) int {
	if b == nil || *b > math.MaxInt32 {
		return a
	}
	if a < 0 || int(*b) < a {
		return int(*b)
	}
	return a
}

func intersect(a, b []any) []any {
	if a == nil {
		return slices.Clone(b)
	}
	return slices.DeleteFunc(slices.Clone(a), func(x any) bool { return !containsValue(b, x) })
}

func containsValue(list []any, value any) bool {
	return slices.ContainsFunc(list, func(other any) bool { return reflect.DeepEqual(normal(other), normal(value)) })
}

// normal brings numbers to one type.
func normal(value any) any {
	switch n := value.(type) {
	case int:
		return float64(n)
	case int64:
		return float64(n)
	case uint64:
		return float64(n)
	case json.Number:
		f, err := n.Float64()
		if err == nil {
			return f
		}
	}
	return value
}

// is reports whether the place takes values of a type; integers are numbers.
func (v view) is(name string) bool {
	return slices.Contains(v.types, name) || name == "number" && slices.Contains(v.types, "integer")
}

// allows reports whether a value is valid at this place.
func (v view) allows(value any) bool {
	return len(v.violations(value)) == 0
}

// violations lists what a value breaks at this place.
func (v view) violations(value any) []spec.Violation {
	return v.maker.Schema.At(v.whole).Violations(v.maker.sampled(value), spec.Sent)
}

func (m Maker) sampled(value any) any {
	if m.Sample == nil {
		return value
	}
	return m.Sample(value)
}

// step is the distance to the next number that the schema knows.
func (v view) step() float64 {
	if v.multipleOf != nil && *v.multipleOf > 0 {
		return *v.multipleOf
	}
	if v.is("integer") {
		return 1
	}
	return 0.5
}

// number makes a number within the bounds.
func (v view) number() float64 {
	for _, n := range []float64{1, v.lowest(), v.highest(), 0} {
		if v.allows(n) {
			return n
		}
	}
	return v.lowest()
}

// lowest is the least number that is allowed, or one that is low enough.
func (v view) lowest() float64 {
	if v.minimum == nil {
		if v.maximum != nil {
			return v.highest()
		}
		return v.step()
	}
	return v.inside(*v.minimum, v.exclusiveMin, math.Ceil, 1)
}

// highest is the greatest number that is allowed, or one that is high enough.
func (v view) highest() float64 {
	if v.maximum == nil {
		return v.lowest()
	}
	return v.inside(*v.maximum, v.exclusiveMax, math.Floor, -1)
}

func (v view) inside(bound float64, exclusive bool, round func(float64) float64, direction float64) float64 {
	n := bound
	if v.multipleOf != nil || v.is("integer") {
		n = round(bound/v.step()) * v.step()
	}
	if exclusive && n == bound {
		n += direction * v.step()
	}
	return n
}

// word finds the discriminator's value for the branch taken.
func (v view) word() (string, bool) {
	if v.taken == nil || v.taken.Ref == "" {
		return "", false
	}
	for _, name := range slices.Sorted(maps.Keys(v.discriminator.Mapping)) {
		if v.discriminator.Mapping[name].Ref == v.taken.Ref {
			return name, true
		}
	}
	return v.taken.Ref[strings.LastIndex(v.taken.Ref, "/")+1:], true
}
