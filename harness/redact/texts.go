package redact

import "sync"

// texts is a bounded set of texts without a secret: what a target answers is often
// the same to the letter, and need not be searched again.
type texts struct {
	mu   sync.RWMutex
	seen map[string]bool
}

// Limits of a set of texts.
const (
	mostTexts   = 2000
	longestText = 1 << 10 // bytes
)

func (t *texts) has(text string) bool {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return text == "" || t.seen[text]
}

// add adds a text. A full set begins anew.
func (t *texts) add(text string) {
	if len(text) > longestText {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.seen == nil || len(t.seen) == mostTexts {
		t.seen = make(map[string]bool, mostTexts)
	}
	t.seen[text] = true
}
