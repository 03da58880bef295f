package redact

import (
	"encoding/base64"
	"strings"
	"sync"
	"testing"
)

// TestLearn: what is issued during a run is redacted from then on, in any encoding, while
// others redact.
func TestLearn(t *testing.T) {
	t.Parallel()
	r := New(Secrets{Values: []string{"first-secret"}})
	tokens := []string{"issued-token-of-one", "issued-token-of-two", "issued-token-of-three"}
	var learning sync.WaitGroup
	for _, token := range tokens {
		learning.Go(func() {
			r.Learn(token)
			r.Answer("it is " + token)
		})
	}
	learning.Wait()
	for _, token := range tokens {
		for _, text := range []string{"it is " + token, `{"a": "` + base64.StdEncoding.EncodeToString([]byte(token)) + `"}`} {
			if shown := r.Answer(text).String(); strings.Contains(shown, token) || shown == text {
				t.Errorf("shown: %s", shown)
			}
			if r.Leaks(text) == "" {
				t.Errorf("no leak is found in %s", text)
			}
		}
		if long := strings.Repeat("x", 150) + token + strings.Repeat("y", 2000); strings.Contains(r.Excerpt(long, 160).String(), token[:10]) {
			t.Errorf("an excerpt shows %s", r.Excerpt(long, 160))
		}
	}
	if r.Learn("short"); r.Answer("short").String() != "short" {
		t.Error("a short value is learned")
	}
}
