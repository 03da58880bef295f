package reporters

import (
	"encoding/json"
	"io"

	"qorcheck/harness/run"
)

// JSON writes the document itself, the source of every other report. It refuses
// a document whose numbers do not add up.
func JSON(w io.Writer, d *run.Document) error {
	if err := d.Check(); err != nil {
		return err
	}
	return WriteJSON(w, d)
}

// WriteJSON writes a value as JSON for people to read: indented, and with < > & as they are.
func WriteJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}
