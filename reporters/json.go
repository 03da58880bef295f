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
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(d)
}
