package generate

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"qorcheck/spec"
)

// Texts of patterns that only ECMA 262 has are made from the pattern's own parts: what
// look-aheads demand is put where a class takes it, and each text is tried on the pattern.

// attempts is how many texts are tried on a pattern.
const attempts = 200

// ecmaMatch makes a text that a pattern matches; repeat says how often its open repetitions
// are repeated, within what they allow.
func ecmaMatch(pattern string, repeat int) (string, bool) {
	if !spec.Judgeable(pattern) {
		return "", false
	}
	p := &ecmaParser{rest: []rune(spec.PlainClasses(pattern))}
	tree, ok := p.alternatives(0)
	if !ok || len(p.rest) > 0 {
		return "", false
	}
	for n := range attempts {
		w := &ecmaWriter{random: rand.New(rand.NewPCG(uint64(n), 1)), repeat: min(repeat+n%4, 300), attempt: n, groups: map[string]string{}}
		w.wishes = w.wished(tree, n%2 == 0)
		w.alternatives(tree)
		if text := w.text.String(); w.text.Len() <= maxText && spec.Matches(pattern, text) {
			return text, true
		}
	}
	return "", false
}

// ecmaNode is a part of a pattern: alternatives, a class of characters, a back-reference or
// nothing, and how often it stands.
type ecmaNode struct {
	alternatives [][]ecmaNode
	class        *ecmaClass
	name         string // of the group, by number or name
	reference    string
	ahead        bool // a positive look-ahead, which writes nothing
	least, most  int  // most: -1 for any number
}

// ecmaClass is a set of characters.
type ecmaClass struct {
	ranges  []rune // pairs of bounds
	within  []*unicode.RangeTable
	without []*unicode.RangeTable
	negated bool
}

func (c *ecmaClass) has(r rune) bool {
	found := false
	for i := 0; i+1 < len(c.ranges); i += 2 {
		found = found || r >= c.ranges[i] && r <= c.ranges[i+1]
	}
	for _, t := range c.within {
		found = found || unicode.Is(t, r)
	}
	for _, t := range c.without {
		found = found || !unicode.Is(t, r)
	}
	return found != c.negated
}

// ecmaParser reads a pattern.
type ecmaParser struct {
	rest   []rune
	groups int
}

func (p *ecmaParser) at(text string) bool {
	runes := []rune(text)
	return len(p.rest) >= len(runes) && slices.Equal(p.rest[:len(runes)], runes)
}

// take takes a text off the front, and reports whether it stood there.
func (p *ecmaParser) take(text string) bool {
	if !p.at(text) {
		return false
	}
	p.rest = p.rest[len([]rune(text)):]
	return true
}

func (p *ecmaParser) next() rune {
	r := p.rest[0]
	p.rest = p.rest[1:]
	return r
}

func (p *ecmaParser) alternatives(depth int) ([][]ecmaNode, bool) {
	list := [][]ecmaNode{nil}
	if depth > 50 {
		return nil, false
	}
	for len(p.rest) > 0 && !p.at(")") {
		if p.take("|") {
			list = append(list, nil)
			continue
		}
		node, ok := p.node(depth)
		if !ok || !p.quantifier(&node) {
			return nil, false
		}
		list[len(list)-1] = append(list[len(list)-1], node)
	}
	return list, true
}

// node reads one part, without what says how often it stands.
func (p *ecmaParser) node(depth int) (ecmaNode, bool) {
	one := ecmaNode{least: 1, most: 1}
	switch c := p.next(); c {
	case '^', '$':
		return one, true
	case '.':
		one.class = &ecmaClass{ranges: []rune{'\n', '\n', '\r', '\r', 0x2028, 0x2029}, negated: true}
	case '(':
		return p.group(one, depth)
	case '[':
		class, ok := p.class()
		one.class = class
		return one, ok
	case '\\':
		return p.escape(one)
	default:
		one.class = &ecmaClass{ranges: []rune{c, c}}
	}
	return one, true
}

// group reads a group behind its opening bracket.
func (p *ecmaParser) group(one ecmaNode, depth int) (ecmaNode, bool) {
	ahead, nothing := p.take("?="), false
	switch {
	case ahead, p.take("?:"):
	case p.take("?!"), p.take("?<="), p.take("?<!"):
		nothing = true
	default:
		p.groups++
		one.name = strconv.Itoa(p.groups)
		if p.take("?<") {
			end := slices.Index(p.rest, '>')
			if end < 0 {
				return one, false
			}
			one.name, p.rest = string(p.rest[:end]), p.rest[end+1:]
		}
	}
	list, ok := p.alternatives(depth + 1)
	if !ok || !p.take(")") {
		return one, false
	}
	if one.alternatives, one.ahead = list, ahead; nothing {
		one.alternatives = nil
	}
	return one, true
}

// escape reads what follows a backslash outside of a class.
func (p *ecmaParser) escape(one ecmaNode) (ecmaNode, bool) {
	if len(p.rest) == 0 {
		return one, false
	}
	switch c := p.rest[0]; {
	case c == 'b' || c == 'B':
		p.next()
		return one, true
	case c >= '1' && c <= '9':
		for len(p.rest) > 0 && unicode.IsDigit(p.rest[0]) {
			one.reference += string(p.next())
		}
		return one, true
	case p.take("k<"):
		end := slices.Index(p.rest, '>')
		if end < 0 {
			return one, false
		}
		one.reference, p.rest = string(p.rest[:end]), p.rest[end+1:]
		return one, true
	}
	one.class = &ecmaClass{}
	_, ok := p.escaped(one.class)
	return one, ok
}

// classes of ECMA 262 by their letter.
var ecmaClasses = map[rune][]rune{
	'd': {'0', '9'}, 'w': {'0', '9', 'A', 'Z', '_', '_', 'a', 'z'}, 's': {' ', ' ', '\t', '\r', 0xa0, 0xa0, 0xfeff, 0xfeff, 0x2028, 0x2029},
	'D': {0, '0' - 1, '9' + 1, unicode.MaxRune}, 'W': {0, '0' - 1, '9' + 1, 'A' - 1, 'Z' + 1, '^', '`', '`', 'z' + 1, unicode.MaxRune},
	'S': {'!', 0x9f, 0xa1, 0x2027},
}

// escaped adds what an escape stands for to a class. It returns the character, -1 where it
// is a class of its own.
func (p *ecmaParser) escaped(class *ecmaClass) (rune, bool) {
	if len(p.rest) == 0 {
		return 0, false
	}
	c := p.next()
	if ranges, ok := ecmaClasses[c]; ok {
		class.ranges = append(class.ranges, ranges...)
		return -1, true
	}
	switch c {
	case 'p', 'P':
		end := slices.Index(p.rest, '}')
		if !p.take("{") || end < 0 {
			return 0, false
		}
		name := string(p.rest[:end-1])
		p.rest = p.rest[end:]
		table := unicode.Categories[name]
		if table == nil {
			table = unicode.Scripts[name]
		}
		if table == nil {
			return 0, false
		}
		if c == 'p' {
			class.within = append(class.within, table)
		} else {
			class.without = append(class.without, table)
		}
		return -1, true
	case 'u', 'x':
		c = p.hexadecimal(map[rune]int{'u': 4, 'x': 2}[c])
	case 'c':
		if len(p.rest) == 0 {
			return 0, false
		}
		c = p.next() % 32
	case 'n', 't', 'r', 'f', 'v', '0':
		c = map[rune]rune{'n': '\n', 't': '\t', 'r': '\r', 'f': '\f', 'v': '\v', '0': 0}[c]
	}
	class.ranges = append(class.ranges, c, c)
	return c, c >= 0
}

// hexadecimal reads a number of some digits, or one in curly brackets; -1 for none.
func (p *ecmaParser) hexadecimal(digits int) rune {
	if p.take("{") {
		digits = slices.Index(p.rest, '}')
		defer p.take("}")
	}
	if digits < 0 || digits > len(p.rest) {
		return -1
	}
	n, err := strconv.ParseInt(string(p.rest[:digits]), 16, 32)
	p.rest = p.rest[digits:]
	if err != nil {
		return -1
	}
	return rune(n)
}

// class reads a class behind its opening bracket.
func (p *ecmaParser) class() (*ecmaClass, bool) {
	class := &ecmaClass{negated: p.take("^")}
	for !p.take("]") {
		if len(p.rest) == 0 {
			return nil, false
		}
		first, ok := p.member(class)
		if !ok {
			return nil, false
		}
		if first < 0 || !p.at("-") || len(p.rest) < 2 || p.rest[1] == ']' {
			continue
		}
		p.take("-")
		last, ok := p.member(class)
		if !ok {
			return nil, false
		}
		if last < 0 {
			class.ranges = append(class.ranges, '-', '-')
		} else {
			class.ranges = append(class.ranges, first, last)
		}
	}
	return class, true
}

// member reads one member of a class; -1 stands for a class within it.
func (p *ecmaParser) member(class *ecmaClass) (rune, bool) {
	if p.take(`\b`) {
		class.ranges = append(class.ranges, '\b', '\b')
		return '\b', true
	}
	if p.take(`\`) {
		return p.escaped(class)
	}
	c := p.next()
	class.ranges = append(class.ranges, c, c)
	return c, true
}

// quantifier reads how often a part stands.
func (p *ecmaParser) quantifier(n *ecmaNode) bool {
	switch {
	case p.take("*"):
		n.least, n.most = 0, -1
	case p.take("+"):
		n.least, n.most = 1, -1
	case p.take("?"):
		n.least, n.most = 0, 1
	case p.at("{"):
		end := slices.Index(p.rest, '}')
		if end < 0 {
			return true // a bracket that means itself
		}
		low, high, two := strings.Cut(string(p.rest[1:end]), ",")
		least, err := strconv.Atoi(low)
		if err != nil {
			return true
		}
		if n.least, n.most = least, least; two && high == "" {
			n.most = -1
		} else if two {
			if n.most, err = strconv.Atoi(high); err != nil {
				return false
			}
		}
		p.rest = p.rest[end+1:]
	default:
		return true
	}
	p.take("?") // lazy, which makes no other text
	return true
}

// ecmaWriter writes one text of a pattern.
type ecmaWriter struct {
	text    strings.Builder
	random  *rand.Rand
	repeat  int
	attempt int
	wishes  []rune // characters that look-aheads demand
	groups  map[string]string
}

// wished lists the characters that the look-aheads of a pattern demand.
func (w *ecmaWriter) wished(list [][]ecmaNode, least bool) []rune {
	var wishes []rune
	for _, sequence := range list {
		for _, n := range sequence {
			if n.ahead {
				inner := &ecmaWriter{random: w.random, groups: map[string]string{}}
				if !least {
					inner.repeat = 1
				}
				inner.alternatives(n.alternatives)
				wishes = append(wishes, []rune(inner.text.String())...)
			} else {
				wishes = append(wishes, w.wished(n.alternatives, least)...)
			}
		}
	}
	return wishes
}

// alternatives writes one alternative: the first at first, then any.
func (w *ecmaWriter) alternatives(list [][]ecmaNode) {
	if len(list) == 0 {
		return
	}
	at := 0
	if w.attempt > 0 {
		at = w.random.IntN(len(list))
	}
	for _, n := range list[at] {
		w.node(n)
	}
}

func (w *ecmaWriter) node(n ecmaNode) {
	if n.ahead {
		return
	}
	times := max(w.repeat, n.least)
	if n.class != nil && n.most != n.least {
		times = max(times, min(len(w.wishes), 100))
	}
	if n.most >= 0 {
		times = min(times, n.most)
	}
	for range times {
		if w.text.Len() > maxText {
			return
		}
		before := w.text.Len()
		switch {
		case n.class != nil:
			w.text.WriteRune(w.pick(n.class))
		case n.reference != "":
			w.text.WriteString(w.groups[n.reference])
		default:
			w.alternatives(n.alternatives)
		}
		if n.name != "" {
			w.groups[n.name] = w.text.String()[before:]
		}
	}
}

// pick chooses a character of a class: one that is wished, a plain one, or any.
func (w *ecmaWriter) pick(class *ecmaClass) rune {
	for i, wish := range w.wishes {
		if class.has(wish) {
			w.wishes = slices.Delete(w.wishes, i, i+1)
			return wish
		}
	}
	plain := []rune("a1A0b")
	if w.attempt > 0 {
		plain = []rune("a1A0bcdefghijkmnopqrstuvwxyzBCDEFGHIJKLMNOPQRSTUVWXYZ23456789-_.!@#$%&*+/:, ")
		w.random.Shuffle(len(plain), func(i, j int) { plain[i], plain[j] = plain[j], plain[i] })
	}
	for _, c := range plain {
		if class.has(c) {
			return c
		}
	}
	for _, c := range class.ranges {
		if class.has(c) {
			return c
		}
	}
	for c := rune(' '); c < 0x10000; c++ {
		if class.has(c) && unicode.IsPrint(c) {
			return c
		}
	}
	return 'a'
}
