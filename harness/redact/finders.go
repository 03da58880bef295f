package redact

import (
	"strings"
	"sync"
)

// Finders look for single values in texts. They keep what they made of the values.
type Finders struct {
	mu      sync.Mutex
	keys    map[string]*Keys
	numbers map[string]*Numbers
}

// maxFinders is how many values of a kind are kept.
const maxFinders = 200

// KeyIn reports whether a text holds a key, disguised or not, or half of it; see Keys.
func (f *Finders) KeyIn(key, text string) bool {
	return text != "" && (strings.Contains(text, key) || f.keysOf(key).Hold(text))
}

// NumberIn reports whether a text holds a number, however it is written; see Numbers.
func (f *Finders) NumberIn(number, text string) bool {
	return text != "" && (strings.Contains(text, number) || f.numbersOf(number).Hold(text))
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
