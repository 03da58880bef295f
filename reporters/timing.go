package reporters

import (
	"fmt"
	"io"
	"strings"
	"time"

	"qorcheck/harness/run"
)

// Timing writes where the time of a run went, with what its reports took, as a table.
func Timing(w io.Writer, t *run.Timing, reports time.Duration) error {
	if t == nil {
		return nil
	}
	var b strings.Builder
	line := func(s run.Step) {
		fmt.Fprintf(&b, "  %-50s %8.2f s", s.Name, s.Seconds)
		if s.Detail != "" {
			fmt.Fprintf(&b, "  %s", s.Detail)
		}
		b.WriteByte('\n')
	}
	b.WriteString("where the time went:\n")
	for _, s := range t.Steps() {
		line(s)
	}
	line(run.Step{Name: "reports, and the last scan of the files", Seconds: reports.Seconds()})
	if beside := t.Beside(); len(beside) > 0 {
		b.WriteString("while cases were sent, all of them together:\n")
		for _, s := range beside {
			line(s)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}
