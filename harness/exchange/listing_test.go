package exchange

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"qorcheck/harness/plan"
	"qorcheck/spec"
)

// TestReadList: all pages are read, whatever size the target gives them; what cannot be
// read in full is said.
func TestReadList(t *testing.T) {
	rows := func(from, to int) string {
		var list []string
		for n := from; n < to; n++ {
			list = append(list, fmt.Sprintf(`{"id":%d}`, 9007199254740990+n))
		}
		return "[" + strings.Join(list, ",") + "]"
	}
	page := func(total, size int) func(offset int) string {
		return func(offset int) string {
			return fmt.Sprintf(`{"n":%d,"rows":%s}`, total, rows(offset, min(offset+size, total)))
		}
	}
	for _, tt := range []struct {
		claim   string
		answer  func(offset int) string
		whole   bool // it is not divided
		ids     int
		pages   int
		trouble string
	}{
		{claim: "pages as requested", answer: page(7, 3), ids: 7, pages: 3},
		{claim: "smaller pages than requested", answer: page(7, 2), ids: 7, pages: 4},
		{claim: "an empty list", answer: page(0, 3), pages: 1},
		{claim: "a list that is not divided", answer: page(7, 7), whole: true, ids: 7, pages: 1},
		{claim: "a list that does not count", answer: func(o int) string { return fmt.Sprintf(`{"rows":%s}`, rows(o, min(o+3, 7))) }, ids: 7, pages: 4},
		{claim: "a list that grows while it is read", answer: func(o int) string { return fmt.Sprintf(`{"n":%d,"rows":%s}`, 8+o, rows(max(0, o-1), min(o+3, 8))) }, ids: 8, pages: 4},
		{claim: "a target that knows no pages", answer: func(int) string { return page(2, 2)(0) }, ids: 2, pages: 1},
		{claim: "a list that shows less than it counts", answer: func(int) string { return `{"n":9,"rows":` + rows(0, 3) + `}` }, ids: 3, pages: 2, trouble: "it counts 9 entries and shows 3"},
		{claim: "a list without an end", answer: func(o int) string { return fmt.Sprintf(`{"rows":%s}`, rows(o, o+1)) }, ids: maxPages, pages: maxPages, trouble: "more than 400 pages"},
		{claim: "an entry without an id", answer: func(int) string { return `{"rows":[{"id":1},{}]}` }, ids: 1, pages: 1, trouble: "an entry has no /id"},
		{claim: "no list", answer: func(int) string { return `{}` }, pages: 1, trouble: "no list at /rows"},
		{claim: "no JSON", answer: func(int) string { return `<` }, pages: 1, trouble: "not JSON"},
		{claim: "a refusal", answer: func(int) string { return "" }, pages: 1, trouble: "it was answered 403"},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			c := toyClient(t, toyServer(t, func(w http.ResponseWriter, r *http.Request) {
				offset, _ := strconv.Atoi(r.URL.Query().Get("from"))
				text := tt.answer(offset)
				if text == "" {
					w.WriteHeader(http.StatusForbidden)
				}
				fmt.Fprint(w, text)
			}))
			l := plan.Listing{Listing: spec.Listing{Rows: "/rows", ID: "/id", Total: "/n"}, Step: plan.Step{Name: "list", Request: plan.Request{
				Method: "GET", Path: "/list", Query: []plan.Field{{Name: "from", Value: plan.TemplateOf(plan.FromAnswer, plan.ListOffset)}},
			}}}
			if !tt.whole {
				l.Page = &spec.Page{Limit: "limit", Offset: "from", Size: 3}
			}
			read := c.ReadList(t.Context(), l, func(id string) bool { return id == "9007199254740991" })
			if len(read.IDs) != tt.ids || len(read.Pages) != tt.pages || !strings.Contains(read.Trouble, tt.trouble) || tt.trouble == "" && read.Trouble != "" {
				t.Errorf("%d ids on %d pages, %q; want %d on %d, %q", len(read.IDs), len(read.Pages), read.Trouble, tt.ids, tt.pages, tt.trouble)
			}
			if kept := slices.ContainsFunc(read.Rows, func(r Row) bool { return r.ID == "9007199254740991" }); kept != (tt.ids >= 2) || len(read.Rows) > 1 {
				t.Errorf("kept %+v", read.Rows)
			}
			for _, row := range read.Rows {
				if e := c.EvidenceOf(row); e.Answer.Body.String() != `{"id":9007199254740991}` || !e.Answer.Truncated {
					t.Errorf("evidence %+v", e.Answer)
				}
			}
		})
	}
}
