package redact

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	. "github.com/onsi/gomega"
)

// TestReplacer compares it with the one that searches every text.
func TestReplacer(t *testing.T) {
	for _, tt := range []struct {
		claim string
		pairs []string
		texts []string
	}{
		{"no pairs replace nothing", nil, []string{"", "a", "secret"}},
		{"an empty text stands everywhere", []string{"", "-"}, []string{"", "ab"}},
		{"a text of one byte", []string{"a", "1"}, []string{"", "a", "bab", "bb"}},
		{"the shortest text says how many bytes are compared", []string{"abc", "1", "abcdefghijkl", "2"}, []string{"ab", "abc", "xabcx", "xxab", "abcdefghijkl", "abcdefghijk"}},
		{"at the beginning and at the end", []string{"0123456789", "*"}, []string{"0123456789", "0123456789x", "x0123456789", "012345678", "0123456780123456789"}},
		{"bytes that are no text", []string{"\x00\x00\x00\x00\x00\x00\x00\x00", "*", "\xff\xff\xff\xff\xff\xff\xff\xff\xff", "+"}, []string{"\x00", strings.Repeat("\x00", 9), strings.Repeat("\xff", 8), strings.Repeat("\xff", 10)}},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			for _, text := range tt.texts {
				NewWithT(t).Expect(newReplacer(tt.pairs).Replace(text)).To(Equal(strings.NewReplacer(tt.pairs...).Replace(text)), "%q", text)
			}
		})
	}

	g, random := NewWithT(t), rand.New(rand.NewPCG(1, 1))
	word := func(most int) string {
		letters := make([]byte, 1+random.IntN(most))
		for i := range letters {
			letters[i] = "ab"[random.IntN(2)]
		}
		return string(letters)
	}
	changed := 0
	for range 300 {
		var pairs []string
		for i := range 1 + random.IntN(4) {
			pairs = append(pairs, word(11), fmt.Sprintf("[%d]", i))
		}
		text := word(60)
		replaced := strings.NewReplacer(pairs...).Replace(text)
		g.Expect(newReplacer(pairs).Replace(text)).To(Equal(replaced), "%q in %q", pairs, text)
		if replaced != text {
			changed++
		}
	}
	g.Expect(changed).To(And(BeNumerically(">", 50), BeNumerically("<", 300)))
}
