package generate

import (
	"encoding/binary"
	"hash/fnv"
	"maps"
	"math/big"
	"math/rand/v2"
	"slices"

	"github.com/getkin/kin-openapi/openapi3"

	"qorcheck/spec"
)

// Draw says what is drawn where a schema leaves a choice. The same seed and round draw
// the same; sizes and sorts of characters take turns over the rounds, so that a few dozen
// of them have had each.
type Draw struct {
	Seed  uint64
	Round int
	Plain bool // texts have ASCII alone
	// Keep reports whether a place has the value that Make gives it; nil for none.
	Keep func(pointer string, s *openapi3.Schema) bool

	// Counts remembers over the rounds how often places were given; nil counts anew.
	Counts Counts

	of    string // the parameter, "" for the body
	turns int    // how often the place that is being made was there before
}

// source is the source of what is drawn for one purpose at one place.
func (d Draw) source(purpose, pointer string) *rand.Rand {
	h := fnv.New64a()
	h.Write(binary.BigEndian.AppendUint64([]byte(purpose+"\x00"+d.of+"\x00"+pointer+"\x00"), d.Seed)) // writing a hash never fails
	return rand.New(rand.NewPCG(h.Sum64(), uint64(d.Round)))
}

// Source is the source of what else is drawn in the round.
func (d Draw) Source(purpose string) *rand.Rand { return d.source(purpose, "") }

// Present reports whether an optional place is given.
func (d Draw) Present(pointer string) bool {
	s := d.source("present", pointer)
	s.Uint64() // the first number of neighbouring rounds is alike
	return s.Uint64()&1 == 1
}

// Of is the draw of the value of a parameter that is given.
func (d Draw) Of(parameter string, optional bool) Draw {
	d = d.at(parameter, optional)
	d.of = parameter
	return d
}

// at is the draw of a place that is given.
func (d Draw) at(pointer string, optional bool) Draw {
	d.turns = d.Round
	if optional {
		d.turns = d.before(pointer)
	}
	return d
}

// Counts says of optional places in how many rounds they were given, up to one. It is for
// one goroutine.
type Counts map[drawnPlace]givenUntil

// drawnPlace is a place that is drawn from a source of its own.
type drawnPlace struct {
	seed        uint64
	of, pointer string
}

// givenUntil is how often a place was given before a round.
type givenUntil struct{ round, times int }

// before counts the earlier rounds in which an optional place was given.
func (d Draw) before(pointer string) int {
	place := drawnPlace{d.Seed, d.of, pointer}
	counted := d.Counts[place]
	if counted.round > d.Round {
		counted = givenUntil{}
	}
	for earlier := d; counted.round < d.Round; counted.round++ {
		if earlier.Round = counted.round; earlier.Present(pointer) {
			counted.times++
		}
	}
	if d.Counts != nil {
		d.Counts[place] = counted
	}
	return counted.times
}

// turn is the number of the next of n choices that take turns at a place.
func (d Draw) turn(purpose, pointer string, n int) int {
	first := d
	first.Round = 0
	return (first.source(purpose, pointer).IntN(n) + d.turns) % n
}

// Explore makes a valid value with as many optional places, and of such sizes, as are drawn.
func (m Maker) Explore(d Draw) (value any, ok bool) {
	value = m.drawn(m.Schema.Schema, spot{}, d)
	return value, len(m.Schema.Violations(m.sampled(value), spec.Sent)) == 0
}

// drawn makes the value of a place.
func (m Maker) drawn(s *openapi3.Schema, at spot, d Draw) any {
	if fixed, ok := m.fixed(at.pointer, s); ok {
		return fixed
	}
	v := m.view(s, at.pointer, at.branch)
	usual := func() any { return m.value(s, at) }
	repeated := slices.ContainsFunc(v.parts, func(part *openapi3.Schema) bool { return count(m.path, part) > 1 })
	if d.Keep != nil && d.Keep(at.pointer, s) || repeated || at.depth > maxDepth || len(v.prefix) > 0 || v.contains != nil {
		return usual()
	}
	r := d.source("value", at.pointer)
	if len(v.branches) > 0 {
		at.branch = at.branch.with(at.pointer, d.turn("branch", at.pointer, len(v.branches[0])))
		v = m.view(s, at.pointer, at.branch)
	}
	m.path = append(slices.Clip(m.path), v.parts...)
	switch {
	case v.nullable && v.saysNull && r.IntN(8) == 0 && v.allows(nil):
		return nil
	case v.is("object") && (len(v.properties) > 0 || v.described):
		return m.drawnObject(v, at, d)
	case len(v.enum) > 0:
		return v.enum[d.turn("word", at.pointer, len(v.enum))]
	case v.is("array") && v.items != nil:
		return m.drawnList(v, at, d)
	case v.is("integer"), v.is("number"):
		if n := v.drawnNumber(r, d.turns); v.allows(n) {
			return n
		}
	case v.is("boolean"):
		return r.IntN(2) == 0
	case v.is("string"):
		if text, ok := m.drawnText(v, r, d); ok {
			return text
		}
	}
	return usual()
}

// drawnObject makes an object with its mandatory properties and some of the others.
func (m Maker) drawnObject(v view, at spot, d Draw) any {
	object := map[string]any{}
	for _, name := range slices.Sorted(maps.Keys(v.properties)) {
		s, below := v.properties[name], at.below(spec.Pointer(name))
		must := v.required[name] || m.wanted(below.pointer)
		switch {
		case !sendable(s):
		case must:
			object[name] = m.drawn(s, below, d)
		case d.Present(below.pointer):
			object[name] = m.drawn(s, below, d.at(below.pointer, true))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(v.required)) {
		if _, described := v.properties[name]; !described && !v.noExtra {
			below := at.below(spec.Pointer(name))
			object[name] = m.value(v.extra, below)
			if v.extra == nil {
				object[name] = m.value(openapi3.NewStringSchema(), below)
			}
		}
	}
	if v.described && v.names == nil {
		for n := range d.turn("extra", at.pointer, maxDrawnExtra+1) {
			name := "extra" + string(rune('a'+n))
			object[name] = m.drawn(v.extra, at.below(spec.Pointer(name)), d)
		}
	}
	m.fill(v, object, v.minProperties, at)
	if v.discriminator != nil {
		if word, ok := v.word(); ok {
			object[v.discriminator.PropertyName] = word
		}
	}
	if len(v.asking) > 0 {
		m.complete(v, object, at)
	}
	return object
}

// Bounds on what is drawn where a schema has none, or wide ones.
const (
	maxDrawnExtra  = 4       // additional properties
	maxDrawnItems  = 50      // of a list
	maxDrawnInner  = 3       // of a list within others
	maxDrawnLength = 64      // of a text
	maxDrawnNumber = 1000000 // beyond the least that is allowed
	drawnInTurn    = 32      // lengths that follow the least one by one
)

// drawnList makes a list; the sizes that it may have take turns.
func (m Maker) drawnList(v view, at spot, d Draw) any {
	most := maxDrawnItems
	if at.depth > 2 {
		most = v.minItems + maxDrawnInner
	}
	if v.maxItems >= 0 {
		most = min(most, v.maxItems)
	}
	var sizes []int
	for _, size := range []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 16, 20, 25, 33, maxDrawnItems} {
		if size > 0 || v.minItems == 0 {
			if size >= v.minItems && size <= most {
				sizes = append(sizes, size)
			}
		}
	}
	if !slices.Contains(sizes, most) && most >= v.minItems {
		sizes = append(sizes, most)
	}
	if len(sizes) == 0 {
		return m.array(v, at)
	}
	list, taken := []any{}, map[string]bool{}
	for i := range sizes[d.turn("items", at.pointer, len(sizes))] {
		one := d
		one.Seed += uint64(i) * 0x9e3779b97f4a7c15
		item := m.drawn(v.items, at.below("/0"), one)
		if v.uniqueItems {
			item = m.another(v, item, taken)
			if taken[compact(item)] {
				break
			}
			taken[compact(item)] = true
		}
		list = append(list, item)
	}
	return list
}

// drawnNumber makes a number: near the least, anywhere, or near the greatest that is
// allowed. Where nothing but a format bounds it, it is a positive one of usual size.
func (v view) drawnNumber(r *rand.Rand, turn int) any {
	step := v.step()
	low, bounded := step, false
	if v.minimum != nil && !v.minByFormat {
		low = v.lowest()
	} else if v.maximum != nil && !v.maxByFormat && v.highest().Cmp(low) < 0 {
		low = new(big.Rat).Sub(v.highest(), new(big.Rat).Mul(step, big.NewRat(drawnInTurn, 1)))
	}
	room := int64(maxDrawnNumber)
	if v.maximum != nil {
		steps := new(big.Rat).Quo(new(big.Rat).Sub(v.highest(), low), step)
		if n := new(big.Int).Quo(steps.Num(), steps.Denom()); n.IsInt64() && n.Int64() <= room {
			room, bounded = max(n.Int64(), 0), true
		}
	}
	steps := int64(turn/3) % (min(room, drawnInTurn) + 1)
	switch {
	case turn%3 == 1:
		steps = r.Int64N(room + 1)
	case turn%3 == 2 && bounded:
		steps = room - steps
	}
	return beside(low, step, steps)
}
