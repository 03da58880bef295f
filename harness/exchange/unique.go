package exchange

import (
	"crypto/sha256"
	"encoding/binary"
	"strconv"
	"strings"

	"qorcheck/harness/plan"
)

// Unique is the unique value that a placeholder of a case stands for in a run.
func Unique(runID, caseID string, p plan.Placeholder) (string, error) {
	maxLength, err := strconv.Atoi(p.Args[1])
	return plan.UniqueValue(runID, caseID, p.Args[0], maxLength), err
}

// Maker is for what a unique value was made.
type Maker struct {
	Case  string
	Value plan.Template // the placeholder that it stands for
}

// unique hands out a unique value. While messages are received, which may name it,
// the client remembers for what.
func (c *Client) unique(caseID string, p plan.Placeholder) (string, error) {
	value, err := Unique(c.settings.RunID, caseID, p)
	if err == nil && c.receiver != nil {
		if _, known := c.makers.Load(value); !known {
			c.makers.Store(value, Maker{caseID, p.Template()})
		}
	}
	return value, err
}

// Maker returns for what a unique value was handed out; known is false of any value
// that this client did not hand out since it receives messages.
func (c *Client) Maker(value string) (maker Maker, known bool) {
	found, known := c.makers.Load(value)
	if !known {
		return Maker{}, false
	}
	return found.(Maker), true
}

// unknownID alters the digits and hexadecimal letters of an id within their class,
// other letters only where there are none of these, so that the result has the
// id's shape and names nothing. Short ids grow, lest they hit another.
func unknownID(id, runID string) string {
	const least = 8
	seed := sha256.Sum256([]byte("unlike " + runID + id))
	state := binary.BigEndian.Uint64(seed[:8])
	next := func(n uint64) rune {
		state = state*6364136223846793005 + 1442695040888963407
		return rune((state >> 33) % n)
	}
	alter := func(classes ...string) string {
		return strings.Map(func(c rune) rune {
			for _, class := range classes {
				if i := strings.IndexRune(class, c); i >= 0 {
					return rune(class[(i+1+int(next(uint64(len(class)-1))))%len(class)])
				}
			}
			return c
		}, id)
	}
	altered := alter("0123456789", "abcdef")
	if altered == id {
		altered = alter("ghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
	}
	for len(altered) < least || altered == id {
		altered += string('1' + next(9))
	}
	return altered
}
