// Package redacttest makes texts for tests. Nothing else may import it.
package redacttest

import (
	"encoding/json"

	"qorcheck/harness/redact"
)

// Text makes a text of any other, as if it had been stored.
func Text(text string) redact.Text {
	data, err := json.Marshal(text)
	if err != nil {
		panic(err) // a string always marshals
	}
	var t redact.Text
	if err := json.Unmarshal(data, &t); err != nil {
		panic(err)
	}
	return t
}

// Texts makes several.
func Texts(texts ...string) []redact.Text {
	list := make([]redact.Text, len(texts))
	for i, text := range texts {
		list[i] = Text(text)
	}
	return list
}
