package redact

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestText(t *testing.T) {
	r := toyRedactor()
	type stored struct {
		Body  Text   `json:"body,omitzero"`
		Lines []Text `json:"lines"`
	}
	t.Run("JSON stores it as a string and reads it back", func(t *testing.T) {
		before := stored{r.Answer("key " + clientKey + " <é>"), []Text{Constant("a"), {}}}
		data, err := json.Marshal(before)
		if err != nil {
			t.Fatal(err)
		}
		if want := `{"body":"key [redacted#1] \u003cé\u003e","lines":["a",""]}`; string(data) != want {
			t.Errorf("got %s, want %s", data, want)
		}
		var after stored
		if err := json.Unmarshal(data, &after); err != nil || after.Body != before.Body || after.Lines[0] != before.Lines[0] {
			t.Errorf("%+v, %v", after, err)
		}
	})
	t.Run("what somebody else stored is made printable", func(t *testing.T) {
		var text Text
		if err := json.Unmarshal([]byte(`"\u001b[2J\n::error::x"`), &text); err != nil || text.String() != "\\x1b[2J\n: :error::x" {
			t.Errorf("%q, %v", text, err)
		}
	})
	t.Run("an empty one is left out", func(t *testing.T) {
		if data, err := json.Marshal(stored{}); err != nil || string(data) != `{"lines":null}` {
			t.Errorf("%s, %v", data, err)
		}
	})
	t.Run("what is no string is refused", func(t *testing.T) {
		var text Text
		if err := json.Unmarshal([]byte(`{"text":"a"}`), &text); err == nil {
			t.Errorf("read as %s", text)
		}
	})
	t.Run("whatever makes it, nothing in it is a secret or invisible", func(t *testing.T) {
		hostile := "\x1b[31m " + clientKey
		for name, text := range map[string]Text{
			"Own": r.Own(hostile), "OwnHeader": r.OwnHeader(hostile, hostile), "Answer": r.Answer(hostile), "Excerpt": r.Excerpt(hostile, 100),
			"Header": r.Header(hostile, hostile, 100), "Body": r.Body([]byte(hostile), "", 100), "Body of noise": r.Body([]byte("\x00"), hostile, 100),
		} {
			if got := text.String(); strings.Contains(got, clientKey) || strings.Contains(got, "\x1b") || !strings.Contains(got, `\x1b[31m [redacted#1]`) {
				t.Errorf("%s: %q", name, got)
			}
		}
	})
	t.Run("texts are cut and ordered", func(t *testing.T) {
		if got := Constant("a [redacted] b").Cut(5).String(); got != "a … (12 bytes more)" {
			t.Error(got)
		}
		if a, b := Constant("a"), Constant("b"); a.Compare(b) >= 0 || b.Compare(a) <= 0 || a.Compare(a) != 0 || !(Text{}).IsZero() || a.IsZero() {
			t.Error("the order is another")
		}
	})
}
