package run

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"qorcheck/harness/exchange"
	"qorcheck/harness/verdict"
)

// Entry is one line of the journal: a case, how it ended, and its exchanges.
type Entry struct {
	Case      string              `json:"case"`
	Operation string              `json:"operation"`
	Kind      string              `json:"kind"`
	What      string              `json:"what"` // what is right or wrong with its request
	Outcome   verdict.Outcome     `json:"outcome"`
	Verdicts  []verdict.Verdict   `json:"verdicts"`
	Evidence  []exchange.Evidence `json:"evidence"`
	Act       int                 `json:"act"` // index in Evidence of the request under judgement, -1 when it was not sent
}

// ReadJournal reads a journal line by line, in the order in which the cases ended.
func ReadJournal(r io.Reader, each func(Entry) error) error {
	lines := bufio.NewReaderSize(r, 1<<20)
	for n := 1; ; n++ {
		line, err := lines.ReadBytes('\n')
		if errors.Is(err, io.EOF) && len(line) == 0 {
			return nil
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return fmt.Errorf("journal, line %d: %w", n, err)
		}
		var e Entry
		if err := json.Unmarshal(line, &e); err != nil {
			return fmt.Errorf("journal, line %d: %w", n, err)
		}
		if err := each(e); err != nil {
			return fmt.Errorf("journal, line %d: %w", n, err)
		}
	}
}
