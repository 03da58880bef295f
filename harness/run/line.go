package run

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"qorcheck/harness/exchange"
	"qorcheck/harness/verdict"
)

// caseLine is a case as the journal has it, in short. A verdict that only says that the
// case passed stands in Passed; an exchange that nobody needs whole is an exchangeLine.
type caseLine struct {
	Entry
	Verdicts []Verdict      `json:"verdicts,omitempty"` // the others
	Passed   []string       `json:"passed,omitempty"`   // places in the head, see ranges, of those whose requirement applied to no response, of those that the act shows, that exchange 1 shows, …
	Branches [][]int        `json:"branches,omitempty"` // of those: place in the head, place among the branches, 1 where it was tolerated
	Evidence []exchangeLine `json:"evidence,omitempty"`
}

// catalogue finds the obligations of the head of a journal by their ids.
type catalogue struct {
	obligations []Obligation
	at          map[string]int
}

func newCatalogue(obligations []Obligation) catalogue {
	c := catalogue{obligations, make(map[string]int, len(obligations))}
	for i, o := range obligations {
		c.at[o.ID] = i
	}
	return c
}

// line shortens a case for the journal. Of its exchanges those at the indices stay whole.
func (c catalogue) line(e Entry, whole func(i int) bool) caseLine {
	l := caseLine{Entry: e}
	places := map[int][]int{} // by exchange, -1 for none
	twice := map[int]bool{}
	for _, v := range e.Verdicts {
		place, branches, short := c.short(e, v)
		if !short || twice[place] {
			l.Verdicts = append(l.Verdicts, v)
			continue
		}
		twice[place] = true
		shows := -1
		if v.Exercised {
			shows = v.Exchange
		}
		places[shows] = append(places[shows], place)
		l.Branches = append(l.Branches, branches...)
	}
	for shows := -1; len(places) > 0; shows++ {
		list := places[shows]
		delete(places, shows)
		slices.Sort(list)
		l.Passed = append(l.Passed, ranges(list))
	}
	l.Evidence, l.Times = exchangeLines(e, whole)
	return l
}

// exchangeLines shortens the exchanges of a case, and returns the times that are not theirs.
func exchangeLines(e Entry, whole func(i int) bool) (list []exchangeLine, others []Time) {
	left := e.Times
	for i, one := range e.Evidence {
		if !whole(i) {
			one = one.Digested()
		}
		x := exchangeLine{Evidence: one, after: one.Started.Sub(e.base())}
		if len(left) > 0 && left[0].MS == one.TookMS {
			x.Operation, left = left[0].Operation, left[1:]
		}
		list = append(list, x)
	}
	if len(left) == 0 {
		return list, nil
	}
	for i := range list {
		list[i].Operation = ""
	}
	return list, e.Times
}

// short returns where a verdict stands in the head, and its branches, if it says nothing
// but that the case passed.
func (c catalogue) short(e Entry, v Verdict) (place int, branches [][]int, short bool) {
	place, known := c.at[v.Obligation]
	if !known || v.Outcome != verdict.Pass || len(v.Findings) > 0 || !v.Note.IsZero() || v.Obstacle != nil || !v.Why.IsZero() ||
		v.Exchange < 0 || v.Exchange > len(e.Evidence) || !v.Exercised && v.Exchange != 0 {
		return 0, nil, false
	}
	for _, b := range v.Branches {
		i := slices.IndexFunc(c.obligations[place].Branches, func(of Branch) bool { return of.Name == b.Name })
		if i < 0 {
			return 0, nil, false
		}
		one := []int{place, i}
		if b.Tolerated {
			one = append(one, 1)
		}
		branches = append(branches, one)
	}
	return place, branches, true
}

// entry restores a case from its line.
func (c catalogue) entry(l *caseLine) (Entry, error) {
	e := l.Entry
	e.Verdicts = l.Verdicts
	for _, one := range l.Evidence {
		if one.Digest != nil {
			one.Started = e.base().Add(one.after)
		}
		e.Evidence = append(e.Evidence, one.Evidence)
		if one.Operation != "" && l.Times == nil {
			e.Times = append(e.Times, Time{one.Operation, one.TookMS})
		}
	}
	if len(l.Passed) > len(l.Evidence)+2 {
		return e, fmt.Errorf("case %s passed in more exchanges than it has", e.Case)
	}
	of := map[int]int{} // index of a verdict, by the place of its obligation
	for i, text := range l.Passed {
		err := eachPlace(text, len(c.obligations), func(place int) {
			of[place] = len(e.Verdicts)
			e.Verdicts = append(e.Verdicts, Verdict{Obligation: c.obligations[place].ID, Outcome: verdict.Pass, Exercised: i > 0, Exchange: max(i-1, 0)})
		})
		if err != nil {
			return e, fmt.Errorf("case %s: passed: %w", e.Case, err)
		}
	}
	for _, b := range l.Branches {
		if len(b) < 2 || len(b) > 3 {
			return e, fmt.Errorf("case %s: a branch of %d numbers, two or three are wanted", e.Case, len(b))
		}
		i, known := of[b[0]]
		if !known || b[1] < 0 || b[1] >= len(c.obligations[b[0]].Branches) {
			return e, fmt.Errorf("case %s: there is no branch %d of obligation %d that it passed", e.Case, b[1], b[0])
		}
		e.Verdicts[i].Branches = append(e.Verdicts[i].Branches, BranchShown{c.obligations[b[0]].Branches[b[1]].Name, len(b) == 3})
	}
	return e, nil
}

// base is what the times of the exchanges of a line are counted from.
func (e Entry) base() time.Time {
	if e.Began.IsZero() {
		return e.Ended
	}
	return e.Began
}

// ranges writes ascending places in short: each counted from the one before, with how many
// follow it at once, so that 3, 4, 5 and 9 are 3+2,4.
func ranges(list []int) string {
	var text strings.Builder
	before := 0
	for i := 0; i < len(list); i++ {
		if i > 0 {
			text.WriteByte(',')
		}
		text.WriteString(strconv.Itoa(list[i] - before))
		first := i
		for i+1 < len(list) && list[i+1] == list[i]+1 {
			i++
		}
		if i > first {
			text.WriteString("+" + strconv.Itoa(i-first))
		}
		before = list[i]
	}
	return text.String()
}

// eachPlace calls f with each place that ranges wrote. It refuses places that do not ascend,
// or are not below a limit.
func eachPlace(text string, limit int, f func(int)) error {
	if text == "" {
		return nil
	}
	before, least := 0, 0
	for one := range strings.SplitSeq(text, ",") {
		step, more, several := strings.Cut(one, "+")
		first, err := strconv.Atoi(step)
		follow := 0
		if several && err == nil {
			follow, err = strconv.Atoi(more)
		}
		if err != nil || first < least || follow < 0 || first > limit || follow > limit || before+first+follow >= limit {
			return fmt.Errorf("%q in %q: not a place among %d obligations", one, text, limit)
		}
		for i := range follow + 1 {
			f(before + first + i)
		}
		before, least = before+first+follow, 1
	}
	return nil
}

// exchangeLine is an exchange as the journal has it: whole or, where nobody needs it whole,
// an array of its step, when it started after the case (µs), how long it took (µs), bytes
// of its request and its response after redaction, a digest of both and, where its time
// does not count for the operation that the step is called after, the operation for which
// it counts or "".
type exchangeLine struct {
	exchange.Evidence
	Operation string        // whose response took that long, "" where the time does not count for any
	after     time.Duration // the begin of the case, where it is not whole
}

// wholeExchange is an exchangeLine with all texts.
type wholeExchange struct {
	*exchange.Evidence
	Operation string `json:"operation,omitempty"`
}

// MarshalJSON writes an exchange whole or in short.
func (l exchangeLine) MarshalJSON() ([]byte, error) {
	e, d := l.Evidence, l.Digest
	if d == nil {
		return json.Marshal(wholeExchange{&e, l.Operation})
	}
	text, err := json.Marshal(e.Step)
	text = append([]byte{'['}, text...)
	for _, number := range [...]int64{l.after.Microseconds(), int64(math.Round(e.TookMS * 1000)), int64(d.Sent), int64(d.Received)} {
		text = strconv.AppendInt(append(text, ','), number, 10)
	}
	text = append(append(append(text, `,"`...), d.Sum...), '"') // base64 has nothing to escape
	if err == nil && l.Operation != e.Step {
		var operation []byte
		operation, err = json.Marshal(l.Operation)
		text = append(append(text, ','), operation...)
	}
	return append(text, ']'), err
}

// UnmarshalJSON reads what MarshalJSON writes.
func (l *exchangeLine) UnmarshalJSON(text []byte) error {
	if !bytes.HasPrefix(text, []byte("[")) {
		whole := wholeExchange{Evidence: &l.Evidence}
		err := json.Unmarshal(text, &whole)
		l.Operation = whole.Operation
		return err
	}
	var after, took int64
	d := exchange.Digest{}
	list := [8]any{&l.Step, &after, &took, &d.Sent, &d.Received, &d.Sum, &l.Operation}
	if err := json.Unmarshal(text, &list); err != nil {
		return err
	}
	if list[5] == nil || list[7] != nil {
		return errors.New("an exchange in short has six or seven values")
	}
	if list[6] == nil {
		l.Operation = l.Step
	}
	l.after, l.TookMS, l.Digest = time.Duration(after)*time.Microsecond, exchange.Milliseconds(time.Duration(took)*time.Microsecond), &d
	return nil
}
