package redact

import (
	"strings"
	"sync"
)

// Finders look for single values in texts. They keep what they made of the values, and
// remember texts without one: many are equal to the letter.
type Finders struct {
	mu      sync.Mutex
	keys    map[string]*Keys
	numbers map[string]*Numbers

	without cache // "kind value\x00text"
}

// maxFinders is how many values of a kind are kept.
const maxFinders = 200

// KeyIn reports whether a text holds a key, disguised or not, or half of it; see Keys.
func (f *Finders) KeyIn(key, text string) bool {
	return f.in("key", key, text, func() bool { return f.keysOf(key).Hold(text) })
}

// NumberIn reports whether a text holds a number, however it is written; see Numbers.
func (f *Finders) NumberIn(number, text string) bool {
	return f.in("number", number, text, func() bool { return f.numbersOf(number).Hold(text) })
}

func (f *Finders) in(kind, value, text string, disguised func() bool) bool {
	if text == "" {
		return false
	}
	if strings.Contains(text, value) {
		return true
	}
	known := kind + " " + value + "\x00" + text
	if f.without.has(known) {
		return false
	}
	if disguised() {
		return true
	}
	f.without.add(known)
	return false
}

func (f *Finders) keysOf(key string) *Keys {
	f.mu.Lock()
	defer f.mu.Unlock()
	k := f.keys[key]
	if k == nil {
		if k = NewKeys([]string{key}); f.keys == nil || len(f.keys) == maxFinders {
			f.keys = map[string]*Keys{}
		}
		f.keys[key] = k
	}
	return k
}

func (f *Finders) numbersOf(number string) *Numbers {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := f.numbers[number]
	if n == nil {
		if n = NewNumbers([]string{number}); f.numbers == nil || len(f.numbers) == maxFinders {
			f.numbers = map[string]*Numbers{}
		}
		f.numbers[number] = n
	}
	return n
}
