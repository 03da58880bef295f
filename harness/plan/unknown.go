package plan

import (
	"crypto/sha256"
	"encoding/binary"
	"regexp"
	"strings"
)

// DistinctiveLength is the length from which an invented id names nothing by itself.
// What is shorter may be counted, so that another thing has it.
const DistinctiveLength = 8

// The parts of a UUID that say how it was made, which not every digit may do.
var uuid = regexp.MustCompile(`^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[1-8][0-9A-Fa-f]{3}-[89abAB][0-9A-Fa-f]{3}-[0-9A-Fa-f]{12}$`)

const (
	uuidVersion = 14
	uuidVariant = 19
)

// UnknownID alters the digits and hexadecimal letters of an id within their class,
// other letters only where there are none of these, so that the result has the
// id's shape and names nothing in a run. Short ids grow, lest they hit another, but to
// maxLength at most, 0 for any length.
func UnknownID(id, runID string, maxLength int) string {
	seed := sha256.Sum256([]byte("unlike " + runID + id))
	state := binary.BigEndian.Uint64(seed[:8])
	next := func(n uint64) rune {
		state = state*6364136223846793005 + 1442695040888963407
		return rune((state >> 33) % n)
	}
	fixed := func(at int) bool { return false }
	if uuid.MatchString(id) {
		fixed = func(at int) bool { return at == uuidVersion || at == uuidVariant }
	}
	alter := func(classes ...string) string {
		var b strings.Builder
		for at, c := range id {
			for _, class := range classes {
				if i := strings.IndexRune(class, c); i >= 0 && !fixed(at) {
					c = rune(class[(i+1+int(next(uint64(len(class)-1))))%len(class)])
					break
				}
			}
			b.WriteRune(c)
		}
		return b.String()
	}
	altered := alter("0123456789", "abcdef")
	if altered == id {
		altered = alter("ghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
	}
	for (len(altered) < DistinctiveLength || altered == id) && (maxLength == 0 || len(altered) < maxLength) {
		altered += string('1' + next(9))
	}
	return altered
}
