package exchange

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strconv"

	"qorcheck/harness/plan"
	"qorcheck/spec"
)

// maxPages limits the requests for one list.
const maxPages = 400

// Row is an entry of a list.
type Row struct {
	ID    string
	Value any // decoded, with numbers as json.Number

	record Record // the page that it is on
}

// Contents is a list as it was read.
type Contents struct {
	IDs     map[string]bool // of all entries
	Rows    []Row           // those that were to be kept
	Pages   []Record
	Trouble string // why it was not read in full, "" when it was
}

// ReadList reads all pages of a list, and keeps the entries whose ids keep accepts. An
// entry that moves to the next page while the list grows is kept once.
func (c *Client) ReadList(ctx context.Context, l plan.Listing, keep func(id string) bool) Contents {
	read := Contents{IDs: map[string]bool{}}
	first := 0 // how many entries there were when it was begun
	for offset := 0; ; {
		if len(read.Pages) == maxPages {
			read.Trouble = fmt.Sprintf("it has more than %d pages", maxPages)
			return read
		}
		r := c.Do(ctx, plan.KindListing, l.Step, map[string]string{plan.ListOffset: strconv.Itoa(offset)})
		read.Pages = append(read.Pages, r)
		rows, total, trouble := pageOf(r, l)
		if trouble != "" {
			read.Trouble = trouble
			return read
		}
		if len(read.Pages) == 1 {
			first = total
		}
		added := read.add(l, r, rows, keep)
		offset += len(rows)
		if read.Trouble != "" || l.Page == nil || added == 0 || total >= 0 && offset >= total {
			if read.Trouble == "" && first > len(read.IDs) {
				read.Trouble = fmt.Sprintf("it counts %d entries and shows %d", first, len(read.IDs))
			}
			return read
		}
	}
}

// add adds the entries of a page and returns how many of them are new.
func (read *Contents) add(l plan.Listing, r Record, rows []any, keep func(id string) bool) (added int) {
	for _, row := range rows {
		id := Text(row, l.ID)
		if id == "" {
			read.Trouble = "an entry has no " + l.ID
			return added
		}
		if read.IDs[id] {
			continue
		}
		read.IDs[id] = true
		added++
		if keep(id) {
			read.Rows = append(read.Rows, Row{id, row, r})
		}
	}
	return added
}

// pageOf returns the entries on a page, and how many the list says that it has, -1 where
// it does not say.
func pageOf(r Record, l plan.Listing) (rows []any, total int, trouble string) {
	switch {
	case r.Failure != nil:
		return nil, -1, r.Failure.Text.String()
	case r.Answer.Status/100 != 2:
		return nil, -1, fmt.Sprintf("it was answered %d", r.Answer.Status)
	case r.Answer.Truncated:
		return nil, -1, "its page is longer than --body-limit"
	}
	var body any
	decoder := json.NewDecoder(bytes.NewReader(r.Answer.Body))
	decoder.UseNumber() // ids beyond 2^53 stay as they are
	if err := decoder.Decode(&body); err != nil {
		return nil, -1, "the response is not JSON"
	}
	found, _ := spec.Lookup(body, l.Listing.Rows)
	rows, ok := found.([]any)
	if !ok {
		return nil, -1, "the response has no list at " + l.Listing.Rows
	}
	total = -1
	if l.Total != "" {
		if n, err := strconv.Atoi(Text(body, l.Total)); err == nil && n >= 0 {
			total = n
		}
	}
	return rows, total, ""
}

// EvidenceOf is the redacted copy of the page that an entry is on, with nothing but the entry in its body,
// and with its curl line.
func (c *Client) EvidenceOf(row Row) Evidence {
	e := row.record.Evidence()
	e.Curl, e.Variables = row.record.Curl(), row.record.Variables()
	text, err := json.Marshal(row.Value)
	if e.Answer == nil || err != nil {
		return e
	}
	answer := *e.Answer
	answer.Body, answer.Truncated = c.redactor.Body(text, "application/json", maxBody), true
	e.Answer = &answer
	return e
}
