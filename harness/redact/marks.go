package redact

import (
	"fmt"
	"hash/maphash"
	"regexp"
	"sync"
)

// Mark stands where a secret was. Credentials carry a number, as in [redacted#3]:
// equal ones have the same within a run.
const Mark = "[redacted]"

// beginsWithMark matches texts that begin with a mark.
var beginsWithMark = regexp.MustCompile(`^\[redacted(?:#\d+)?\]`)

// maxNumbers is how many different secrets have numbers; further ones have none.
const maxNumbers = 10_000

// numbering numbers secrets in the order in which they are met. It keeps none of them.
type numbering struct {
	mu   sync.Mutex
	seed maphash.Seed
	of   map[uint64]int // hash of a secret → its number
}

func newNumbering() *numbering { return &numbering{seed: maphash.MakeSeed(), of: map[uint64]int{}} }

func (n *numbering) mark(secret string) string {
	n.mu.Lock()
	defer n.mu.Unlock()
	key := maphash.String(n.seed, secret)
	number, ok := n.of[key]
	if !ok {
		if len(n.of) == maxNumbers {
			return Mark
		}
		number = len(n.of) + 1
		n.of[key] = number
	}
	return fmt.Sprintf("[redacted#%d]", number)
}
