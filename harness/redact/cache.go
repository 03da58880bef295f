package redact

import "sync"

// cache is a bounded set of texts without a secret: responses are often the same to
// the letter, and need not be searched again.
type cache struct {
	mu   sync.RWMutex
	seen map[string]bool
}

// Limits of a cache.
const (
	maxTexts = 2000
	maxText  = 1 << 10 // bytes
)

// has reports whether a text was added.
func (c *cache) has(text string) bool {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return text == "" || c.seen[text]
}

// add adds a text. A full cache is emptied first.
func (c *cache) add(text string) {
	if len(text) > maxText {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.seen == nil || len(c.seen) == maxTexts {
		c.seen = make(map[string]bool, maxTexts)
	}
	c.seen[text] = true
}
