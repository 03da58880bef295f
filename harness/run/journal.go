package run

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"qorcheck/harness/exchange"
	"qorcheck/harness/redact"
	"qorcheck/harness/verdict"
)

// A journal is a line of JSON for each thing that is known, written as soon as it
// is: the head before the first request, each case when it was judged, the end.
// Where a run is resumed, its second part follows, with a line in between.

// Head is the first line: what is known before anything is sent.
type Head struct {
	Document Document          `json:"document"`       // of the whole plan; nothing of it has run
	Values   string            `json:"values"`         // digest of the fixtures with their values, see ValuesOf
	Settings map[string]string `json:"settings"`       // the flags that were given and count, for resuming
	Part     *Part             `json:"part,omitempty"` // of the plan that is run, nil for all of it
}

// Entry is the line of a case: how it ended, and its exchanges.
type Entry struct {
	Case      string              `json:"case"`
	Number    int                 `json:"number,omitempty"` // in the order of the whole plan, from 1; spare ones come after it
	Operation string              `json:"operation"`
	Kind      string              `json:"kind"`
	What      string              `json:"what"`            // what is right or wrong with its request
	Fault     string              `json:"fault,omitempty"` // pointer to what is broken in its request
	Outcome   verdict.Outcome     `json:"outcome"`
	Verdicts  []Verdict           `json:"verdicts"`
	Evidence  []exchange.Evidence `json:"evidence"`
	Act       int                 `json:"act"` // index in Evidence of the request under judgement, -1 when it was not sent
	Requests  int                 `json:"requests"`
	Times     []Time              `json:"times,omitempty"`  // omitted where they are those of Evidence
	Left      []redact.Text       `json:"left,omitempty"`   // what the case made and could not remove
	Began     time.Time           `json:"began,omitzero"`   // its first request
	TookMS    float64             `json:"tookMs,omitempty"` // to its last response
	Ended     time.Time           `json:"ended"`

	// Unanswered reports whether a request got no response: the case is repeated when the run is resumed.
	Unanswered bool `json:"unanswered,omitempty"`
	// Spare reports whether the case was not planned: no other had exercised its obligations.
	Spare bool `json:"spare,omitempty"`
	// Shrunk reports whether the case is a drawn one that was made simpler.
	Shrunk bool `json:"shrunk,omitempty"`
	// Unnamed reports whether a request was carried out and its response named no id: a
	// message about an id that no response named may be about it.
	Unnamed bool `json:"unnamed,omitempty"`
	// Amends reports whether the case was entered before: these verdicts take the place of
	// those of the same obligations, since the end of the run showed more.
	Amends bool `json:"amends,omitempty"`
}

// Time is how long one response took.
type Time struct {
	Operation string  `json:"operation"`
	MS        float64 `json:"ms"`
}

// Resumed is the line before the second part of a run, and the third: what may
// differ from the first.
type Resumed struct {
	RunID      string    `json:"runId"`
	Started    time.Time `json:"started,omitzero"`
	Rate       string    `json:"rate,omitempty"`
	Unverified bool      `json:"insecureSkipVerify,omitempty"`
}

// End is the last line: how the run, or a part of it, ended, and what belongs to none of its cases.
type End struct {
	Finished    time.Time     `json:"finished"`
	Interrupted bool          `json:"interrupted"`
	Preflight   redact.Text   `json:"preflight,omitzero"`
	Stopped     redact.Text   `json:"stopped,omitzero"`
	Fault       redact.Text   `json:"fault,omitzero"`
	Requests    int           `json:"requests"`
	Left        []redact.Text `json:"left,omitempty"`
	Foreign     []redact.Text `json:"foreign,omitempty"`

	Timing      *Timing      `json:"timing,omitempty"`
	Concurrency *Concurrency `json:"concurrency,omitempty"`

	Reconciled   bool          `json:"reconciled,omitempty"` // with what the lists show
	Unreconciled []redact.Text `json:"unreconciled,omitempty"`
}

// line is any line of a journal: exactly one of these is there.
type line struct {
	Head    *Head    `json:"head"`
	Resumed *Resumed `json:"resumed"`
	End     *End     `json:"end"`
	caseLine

	repeated []Entry // before Resumed: what got no response and is repeated
}

// read reads a line, and refuses one that is nothing or more than one thing. The first
// must be a head, which Replay demands.
func (l *line) read(text []byte, first bool) error {
	if err := json.Unmarshal(text, l); err != nil {
		return err
	}
	things := 0
	for _, there := range []bool{l.Head != nil, l.Resumed != nil, l.End != nil, l.Case != ""} {
		if there {
			things++
		}
	}
	if things != 1 && !first {
		return errors.New("it is none of a head, a case, a continuation and an end, or more than one of them")
	}
	return nil
}

// scanned is the state of a journal that was read to its end.
type scanned struct {
	whole      int64   // bytes of the lines that were written to their end
	torn       bool    // another one was not, and is left out
	unanswered []Entry // of the last part: they count unless the run is resumed
}

// scan reads a journal line by line. Cases that got no response are kept back, since
// a line further down may say that they are repeated.
func scan(r io.Reader, each func(line) error) (s scanned, err error) {
	lines := bufio.NewReaderSize(r, 1<<20)
	var all catalogue
	for n := 1; ; n++ {
		text, err := lines.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			s.torn = len(text) > 0
			return s, nil
		}
		var l line
		if err == nil {
			err = l.read(text, n == 1)
		}
		if err == nil && n == 1 && l.Head != nil {
			all = newCatalogue(l.Head.Document.Obligations)
		}
		if err == nil && l.Case != "" {
			l.Entry, err = all.entry(&l.caseLine)
		}
		switch {
		case err != nil:
		case l.Unanswered:
			s.unanswered = append(s.unanswered, l.Entry)
		default:
			if l.Resumed != nil {
				l.repeated, s.unanswered = s.unanswered, nil
			}
			err = each(l)
		}
		if err != nil {
			return s, fmt.Errorf("journal, line %d: %w", n, err)
		}
		s.whole += int64(len(text))
	}
}

// ReadJournal reads the cases of a journal, each as it ended last, but for what a further
// entry of it amends.
func ReadJournal(r io.Reader, each func(Entry) error) error {
	s, err := scan(r, func(l line) error {
		if l.Case == "" {
			return nil
		}
		return each(l.Entry)
	})
	for _, e := range s.unanswered {
		if err == nil {
			err = each(e)
		}
	}
	return err
}

// longestEnd bounds the last line of a journal.
const longestEnd = 1 << 20

// EndOf reads the last line of a journal, nil when it is not that of a run that
// came to its end.
func EndOf(journal io.ReadSeeker) *End {
	size, err := journal.Seek(0, io.SeekEnd)
	if err == nil {
		_, err = journal.Seek(max(0, size-longestEnd), io.SeekStart)
	}
	tail, reading := io.ReadAll(io.LimitReader(journal, longestEnd))
	if err != nil || reading != nil {
		return nil
	}
	text, whole := bytes.CutSuffix(tail, []byte("\n"))
	var last line
	if !whole || json.Unmarshal(text[bytes.LastIndexByte(text, '\n')+1:], &last) != nil {
		return nil
	}
	return last.End
}
