package run

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

// Whatever a journal holds, reading it ends, with a document that adds up or an error.
func FuzzJournal(f *testing.F) {
	for _, text := range []string{
		"", "\n", "null\n", "{}\n", `{"head":{"document":{"version":1}}}` + "\n", `{"head":null}` + "\n", "[]\n",
		`{"head":{"document":{"version":9}},"end":{}}` + "\n", `{"case":"a","verdicts":[{"obligation":"b"}]}` + "\n",
	} {
		f.Add(text)
	}
	head := `{"head":{"document":{"version":` + fmt.Sprint(JournalVersion) + `,"obligations":[{"id":"o","planned":1}],"cases":1}}}` + "\n"
	for _, rest := range []string{"", `{"end":{}}`, `{"resumed":{}}`, `{"case":"c","outcome":"fail","act":7,"evidence":[],"verdicts":[{"obligation":"o","outcome":"fail","exchange":-3}]}`} {
		f.Add(head + rest + "\n")
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := Replay(strings.NewReader(text))
		if err != nil {
			return
		}
		d, err := p.Document()
		if err == nil && d.Check() != nil {
			t.Errorf("a document that does not add up is no error: %v", d.Check())
		}
		_ = EndOf(bytes.NewReader([]byte(text)))
	})
}

// Whatever a document holds, reading it ends.
func FuzzRead(f *testing.F) {
	for _, text := range []string{"", "null", "{}", "[]", `{"version":` + fmt.Sprint(DocumentVersion) + `}`, `{"version":` + fmt.Sprint(DocumentVersion) + `,"obligations":[null],"causes":[{}],"examples":[{}]}`} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if d, err := Read(strings.NewReader(text)); err == nil && d.Check() != nil {
			t.Errorf("a document that does not add up is read: %v", d.Check())
		}
	})
}
