package spec

import (
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/dlclark/regexp2"
	"github.com/getkin/kin-openapi/openapi3"
)

// Patterns are regular expressions of ECMA 262. The engine of Go, which takes no more time
// than the text is long, judges those that it knows; what only ECMA 262 has (look-around,
// back-references, \u, large repeats) is judged by an engine that backtracks, within a bound.

// matchTime is how long one match may take. What takes longer is not judged.
const matchTime = 250 * time.Millisecond

// maxPattern is how many bytes of a pattern are compiled.
const maxPattern = 20_000

var patterns sync.Map // expression → matcher; a description has few patterns, each matched often

// matchesAll stands for a pattern that cannot be judged.
type matchesAll struct{}

func (matchesAll) MatchString(string) bool { return true }

// backtracking is a pattern that may take long: from the first match that takes too long
// it matches everything.
type backtracking struct {
	expression *regexp2.Regexp
	tooSlow    *atomic.Bool
}

func (b backtracking) MatchString(text string) bool {
	if b.tooSlow.Load() {
		return true
	}
	matches, err := b.expression.MatchString(text)
	if err != nil {
		b.tooSlow.Store(true)
		return true
	}
	return matches
}

// compilePattern compiles each pattern once. One that cannot be compiled matches
// everything: see Unchecked.
func compilePattern(expression string) (openapi3.RegexMatcher, error) {
	if known, ok := patterns.Load(expression); ok {
		return known.(openapi3.RegexMatcher), nil
	}
	known, _ := patterns.LoadOrStore(expression, newMatcher(expression))
	return known.(openapi3.RegexMatcher), nil
}

func newMatcher(expression string) (made openapi3.RegexMatcher) {
	defer func() {
		if recover() != nil { // a fault of a library costs one pattern
			made = matchesAll{}
		}
	}()
	if len(expression) > maxPattern {
		return matchesAll{}
	}
	if plain, ok := forGo(expression); ok {
		if compiled, err := regexp.Compile(plain); err == nil {
			return compiled
		}
	}
	expression = PlainClasses(expression)
	for _, options := range []regexp2.RegexOptions{regexp2.ECMAScript | regexp2.Unicode, regexp2.ECMAScript} {
		if compiled, err := regexp2.Compile(expression, options); err == nil {
			compiled.MatchTimeout = matchTime
			return backtracking{compiled, &atomic.Bool{}}
		}
	}
	return matchesAll{}
}

// White space and line terminators of ECMA 262; Go knows fewer of both.
const (
	ecmaSpace = `\t\n\v\f\r \x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}\x{feff}`
	ecmaDot   = `[^\n\r\x{2028}\x{2029}]`
)

// forGo writes an expression of ECMA 262 as Go has it, where both can: white space and the
// dot differ. It reports false for what only the other engine says.
func forGo(expression string) (string, bool) {
	if !strings.Contains(expression, `\`) && !strings.Contains(expression, ".") {
		return expression, true
	}
	var b strings.Builder
	inClass := false
	for i := 0; i < len(expression); i++ {
		c := expression[i]
		next := byte(0)
		if c == '\\' && i+1 < len(expression) {
			next = expression[i+1]
		}
		switch {
		case next == 's' && inClass:
			b.WriteString(ecmaSpace)
		case next == 's':
			b.WriteString("[" + ecmaSpace + "]")
		case next == 'S' && inClass, next == 'Q', next == 'A', next == 'z', next == 'a':
			return "", false // Go means something else by them
		case next == 'S':
			b.WriteString("[^" + ecmaSpace + "]")
		case next != 0:
			b.WriteString(expression[i : i+2])
		case c == '.' && !inClass:
			b.WriteString(ecmaDot)
		default:
			inClass = c == '[' || inClass && c != ']'
			b.WriteByte(c)
		}
		if next != 0 {
			i++
		}
	}
	return b.String(), true
}

// PlainClasses writes the long names of Unicode classes, as in \p{Script=Greek} and
// \p{Letter}, as the short ones that engines know.
func PlainClasses(expression string) string {
	return unicodeClass.ReplaceAllStringFunc(expression, func(class string) string {
		parts := unicodeClass.FindStringSubmatch(class)
		name := parts[2]
		if short, ok := categories[name]; ok {
			name = short
		}
		return parts[1] + "{" + name + "}"
	})
}

var unicodeClass = regexp.MustCompile(`(\\[pP])\{(?:(?:Script|sc|Script_Extensions|scx|General_Category|gc)=)?(\w+)\}`)

var categories = map[string]string{
	"Letter": "L", "Uppercase_Letter": "Lu", "Lowercase_Letter": "Ll", "Alphabetic": "L", "Uppercase": "Lu", "Lowercase": "Ll", "Mark": "M",
	"Number": "N", "Decimal_Number": "Nd", "Punctuation": "P", "Symbol": "S", "Separator": "Z", "Space_Separator": "Zs", "Other": "C",
	"Latn": "Latin", "Grek": "Greek", "Cyrl": "Cyrillic", "Hani": "Han", "Arab": "Arabic", "Hebr": "Hebrew",
}

// Judgeable reports whether texts can be judged by a pattern.
func Judgeable(pattern string) bool {
	switch m, _ := compilePattern(pattern); m := m.(type) {
	case matchesAll:
		return false
	case backtracking:
		return !m.tooSlow.Load()
	}
	return true
}

// Matches reports whether a pattern that can be judged matches a text.
func Matches(pattern, text string) bool {
	m, _ := compilePattern(pattern)
	return m.MatchString(text) && Judgeable(pattern)
}
