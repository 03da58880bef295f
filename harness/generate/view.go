package generate

import (
	"math"
	"math/big"
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
	nullable      bool               // null is no fault
	saysNull      bool               // a type is given, and null beside it: a schema that only leaves its type out is not asked for null
	enum          []any
	patterns      []string
	format        string
	minLength     int
	maxLength     int // -1: none
	minimum       *big.Rat
	maximum       *big.Rat
	exclusiveMin  bool
	exclusiveMax  bool
	multipleOf    *big.Rat
	minByFormat   bool
	maxByFormat   bool
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
	addition
}

func (m Maker) view(s *openapi3.Schema, pointer string, branch choice) view {
	v := view{maker: m, pointer: pointer, whole: s, maxLength: -1, maxProperties: -1, maxItems: -1, nullable: true}
	v.take(s, branch, 0)
	v.takeFormat()
	if v.rest = v.items; len(v.prefix) > 0 {
		v.items = v.prefix[0]
	}
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
	v.takeModern(s)
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
		at, chosen := branch[v.pointer]
		if at = min(at, len(list)-1); !chosen {
			at = firstNotNull(list)
		}
		if v.taken == nil {
			v.taken = list[at]
		} else {
			at = 0
		}
		v.take(list[at].Value, branch, depth+1)
	}
}

// firstNotNull is the first branch that takes more than null: a value that is nothing shows little.
func firstNotNull(list openapi3.SchemaRefs) int {
	return max(0, slices.IndexFunc(list, func(branch *openapi3.SchemaRef) bool {
		return branch.Value == nil || !branch.Value.Type.Is("null")
	}))
}

// inheriting lists the schemas that a discriminator leads to from a schema that lists none,
// by the words of its mapping. Where one of them led here it is the one that is taken.
func (v *view) inheriting(s *openapi3.Schema) openapi3.SchemaRefs {
	if s.Discriminator == nil || len(s.OneOf)+len(s.AnyOf) > 0 {
		return nil
	}
	list := v.maker.Schema.At(s).Heirs()
	for _, ref := range list {
		if slices.Contains(v.parts, ref.Value) {
			v.taken = ref
			return nil
		}
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
		says := s.Nullable || s.Type.Includes("null")
		v.nullable, v.saysNull = v.nullable && says, v.saysNull || says
	} else if v.types == nil && len(s.Properties) > 0 {
		v.types = []string{"object"}
	}
}

// onlyNull reports whether null is the only type that the place takes.
func (v *view) onlyNull() bool {
	return v.types != nil && len(v.types) == 0 && v.nullable && v.saysNull
}

// takeBounds takes the tighter bounds of numbers.
func (v *view) takeBounds(s *openapi3.Schema) {
	lower, upper := spec.Bound(s, "minimum"), spec.Bound(s, "maximum")
	exclusiveMin, exclusiveMax := s.ExclusiveMin.Bool != nil && *s.ExclusiveMin.Bool, s.ExclusiveMax.Bool != nil && *s.ExclusiveMax.Bool
	v.takeBound(lower, upper, exclusiveMin, exclusiveMax)
	v.takeBound(spec.Bound(s, "exclusiveMinimum"), spec.Bound(s, "exclusiveMaximum"), true, true)
	if step := spec.Bound(s, "multipleOf"); step != nil && step.Sign() > 0 {
		v.multipleOf = commonMultiple(v.multipleOf, step)
	}
}

// takeFormat takes the bounds of a format of integers, where they are the tighter ones.
// Those of fractions are left out: what lies beyond them is often rounded to them.
func (v *view) takeFormat() {
	least, greatest := spec.FormatBounds(v.format)
	if least == nil || !v.is("number") || v.format == "float" || v.format == "double" {
		return
	}
	if v.minimum == nil || v.minimum.Cmp(least) < 0 {
		v.minimum, v.exclusiveMin, v.minByFormat = least, false, true
	}
	if v.maximum == nil || v.maximum.Cmp(greatest) > 0 {
		v.maximum, v.exclusiveMax, v.maxByFormat = greatest, false, true
	}
}

// unbounded reports whether the place takes integers of any size: nothing bounds them, and
// no example shows how great they are.
func (v view) unbounded() bool {
	shown := slices.ContainsFunc(v.parts, func(s *openapi3.Schema) bool { return s.Example != nil })
	return !shown && v.is("integer") && v.minimum == nil && v.maximum == nil && v.multipleOf == nil && v.format == "" && len(v.enum) == 0
}

func (v *view) takeBound(lower, upper *big.Rat, exclusiveMin, exclusiveMax bool) {
	if lower != nil && (v.minimum == nil || tighter(lower.Cmp(v.minimum), exclusiveMin)) {
		v.minimum, v.exclusiveMin = lower, exclusiveMin
	}
	if upper != nil && (v.maximum == nil || tighter(v.maximum.Cmp(upper), exclusiveMax)) {
		v.maximum, v.exclusiveMax = upper, exclusiveMax
	}
}

// tighter reports whether a bound is tighter than another, by how much higher it is. Of
// equal ones an exclusive one is.
func tighter(higher int, exclusive bool) bool { return higher > 0 || higher == 0 && exclusive }

// commonMultiple is the least number that is a multiple of two, nil being none.
func commonMultiple(a, b *big.Rat) *big.Rat {
	if a == nil {
		return b
	}
	// lcm(p/q, r/s) = lcm(p·s, r·q) / (q·s)
	x, y := new(big.Int).Mul(a.Num(), b.Denom()), new(big.Int).Mul(b.Num(), a.Denom())
	common := new(big.Int).Mul(x, y)
	common.Quo(common, new(big.Int).GCD(nil, nil, x, y))
	return new(big.Rat).SetFrac(common, new(big.Int).Mul(a.Denom(), b.Denom()))
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
	if _, isFloat := value.(float64); isFloat {
		return value
	}
	if exact := spec.Rational(value); exact != nil {
		return spec.NumberOf(exact)
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
func (v view) step() *big.Rat {
	switch {
	case v.multipleOf != nil && v.wholeNumbers():
		return commonMultiple(v.multipleOf, big.NewRat(1, 1))
	case v.multipleOf != nil:
		return v.multipleOf
	case v.wholeNumbers():
		return big.NewRat(1, 1)
	}
	return big.NewRat(1, 2)
}

// wholeNumbers reports whether the place takes integers alone.
func (v view) wholeNumbers() bool { return v.is("integer") && !slices.Contains(v.types, "number") }

// number makes a number within the bounds.
func (v view) number() any {
	for _, n := range []*big.Rat{big.NewRat(1, 1), v.lowest(), v.highest(), new(big.Rat)} {
		if made := spec.NumberOf(n); v.allows(made) {
			return made
		}
	}
	return spec.NumberOf(v.lowest())
}

// lowest is the least number that is allowed, or one that is low enough.
func (v view) lowest() *big.Rat {
	if v.minimum == nil {
		if v.maximum != nil {
			return v.highest()
		}
		return v.step()
	}
	return v.inside(v.minimum, v.exclusiveMin, 1)
}

// highest is the greatest number that is allowed, or one that is high enough.
func (v view) highest() *big.Rat {
	if v.maximum == nil {
		return v.lowest()
	}
	return v.inside(v.maximum, v.exclusiveMax, -1)
}

// inside is the number nearest to a bound that is allowed, above it (1) or below (-1).
func (v view) inside(bound *big.Rat, exclusive bool, direction int64) *big.Rat {
	n := bound
	if v.multipleOf != nil || v.is("integer") {
		n = roundTo(bound, v.step(), direction)
	}
	if exclusive && n.Cmp(bound) == 0 {
		n = new(big.Rat).Add(n, v.tiny(bound, direction))
	}
	return n
}

// tiny is the distance from an exclusive bound to a number inside: a step, or half of the way
// to the other bound where that is less.
func (v view) tiny(bound *big.Rat, direction int64) *big.Rat {
	step, other := v.step(), v.maximum
	if direction < 0 {
		other = v.minimum
	}
	if other != nil && v.multipleOf == nil && !v.is("integer") {
		if gap := new(big.Rat).Sub(other, bound); gap.Abs(gap).Cmp(step) <= 0 && gap.Sign() > 0 {
			step = gap.Quo(gap, big.NewRat(2, 1))
		}
	}
	return new(big.Rat).Mul(step, new(big.Rat).SetInt64(direction))
}

// roundTo is the multiple of a step at or above a number (1), or at or below it (-1).
func roundTo(n, step *big.Rat, direction int64) *big.Rat {
	quotient := new(big.Rat).Quo(n, step)
	whole := new(big.Int).Div(quotient.Num(), quotient.Denom()) // towards minus infinity
	if direction > 0 && !quotient.IsInt() {
		whole.Add(whole, big.NewInt(1))
	}
	return new(big.Rat).Mul(new(big.Rat).SetInt(whole), step)
}

// beside is a number that is some steps away.
func beside(n, step *big.Rat, steps int64) any {
	return spec.NumberOf(new(big.Rat).Add(n, new(big.Rat).Mul(step, new(big.Rat).SetInt64(steps))))
}

// word finds the discriminator's value for the branch taken.
func (v view) word() (string, bool) {
	if v.taken == nil || v.taken.Ref == "" {
		return "", false
	}
	word, found := "", false
	for name, target := range v.discriminator.Mapping {
		if target.Ref == v.taken.Ref && (!found || name < word) {
			word, found = name, true
		}
	}
	if found {
		return word, true
	}
	return v.taken.Ref[strings.LastIndex(v.taken.Ref, "/")+1:], true
}
