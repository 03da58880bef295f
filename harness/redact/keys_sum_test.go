package redact

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// The quick look at a text refuses none that holds a part of a form.
func TestKeys_MayBeIn(t *testing.T) {
	const key = "Sec-Ret_0123456789abcDEF"
	k := NewKeys([]string{key})
	random := rand.New(rand.NewPCG(1, 2))
	alphabet := "aS0-_\n ÄeC.:9{}[]"
	noise := func(n int) string {
		var b strings.Builder
		for range n {
			b.WriteByte(alphabet[random.IntN(len(alphabet))])
		}
		return b.String()
	}
	for range 20_000 {
		text := noise(random.IntN(40))
		if random.IntN(2) == 0 {
			from := random.IntN(len(key))
			text += key[from:from+random.IntN(len(key)-from+1)] + noise(random.IntN(20))
		}
		letters, _ := lettersAndDigits(text)
		want := false
		for i := 0; i+keyPart <= len(letters); i++ {
			want = want || len(k.parts[letters[i:i+keyPart]]) > 0
		}
		if got := k.mayBeIn(text); got != want {
			t.Fatalf("%q: %v, want %v", text, got, want)
		}
	}
}
