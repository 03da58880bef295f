package reporters

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"

	"qorcheck/harness/redact"
	"qorcheck/harness/run"
	"qorcheck/harness/verdict"
)

// Waivers writes the file that waives failures of a run: of the obligations with
// these ids, or of all that failed. Fields that the given waiver leaves empty are
// marked to be filled in; the file is refused until they are. An obligation that did
// not fail is an error.
func Waivers(w io.Writer, d *run.Document, ids []string, with run.Waiver) error {
	for _, id := range ids {
		switch o := d.Obligation(id); {
		case o == nil:
			return fmt.Errorf("the run has no obligation %q", id)
		case o.Outcome != verdict.Fail:
			return fmt.Errorf("%s did not fail, it is %s: only a failure can be waived", id, o.Outcome)
		}
	}
	var b bytes.Buffer
	for _, o := range d.Failures() {
		if len(ids) > 0 && !slices.Contains(ids, o.ID) {
			continue
		}
		fmt.Fprintf(&b, "  # %s: %s\n", comment(o.Sentence), comment(summary(d, o)))
		fmt.Fprintf(&b, "  - obligation: %s\n", o.ID)
		for _, field := range [][3]string{
			{"reason", with.Reason, "why it is accepted"}, {"owner", with.Owner, "who answers for it"},
			{"link", with.Link, ""}, {"until", with.Until, "the last day, as 2030-12-31"},
		} {
			line := fmt.Sprintf("    %s: %s", field[0], quoted(field[1]))
			if field[1] == "" && field[2] == "" {
				continue
			}
			if field[1] == "" {
				line += " # fill in: " + field[2]
			}
			fmt.Fprintln(&b, line)
		}
	}
	head := "waivers:\n"
	if b.Len() == 0 {
		head = "waivers: [] # nothing failed\n"
	}
	_, err := io.WriteString(w, head+b.String())
	return err
}

// comment keeps a text on its line.
func comment(text string) string { return redact.Cut(oneLine(redact.Printable(text)), maxMessage) }

// quoted makes a YAML string: a JSON string is one.
func quoted(text string) string {
	var b bytes.Buffer
	_ = WriteJSON(&b, text) // a buffer takes all
	return strings.TrimSpace(b.String())
}
