package run

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"qorcheck/harness/redact/redacttest"
	"qorcheck/harness/verdict"
	"qorcheck/spec"
)

var updateTitles = flag.Bool("update", false, "write the golden list of titles anew")

// TestTitles compares the titles of all rules with the list in the repository, so that
// a change is read as people read it.
func TestTitles(t *testing.T) {
	text := redacttest.Text
	sample := func(rule verdict.Rule) Finding {
		return Finding{
			Rule: rule, Deviation: verdict.Value, Status: 200, Pointer: text("/resultCode"), Header: "Location", Got: text(`"Odd"`), Step: "payments", Operation: "pay",
			Given: []Fact{{text("/resultCode"), text("refused")}, {text("/status"), text("success")}}, Received: text("what came"), Expected: text("what was due"),
		}
	}
	with := func(f Finding, change func(*Finding)) Finding {
		change(&f)
		return f
	}
	status := func(got int, correct bool, check string, wanted ...string) func(*Finding) {
		return func(f *Finding) {
			f.Deviation, f.Status, f.Correct, f.Check = verdict.Status, got, correct, check
			for _, one := range wanted {
				f.Wanted = append(f.Wanted, text(one))
			}
		}
	}
	type row struct {
		kind       string
		operations []string
		f          Finding
	}
	one, three := []string{"pay"}, []string{"pay", "refund", "void"}
	wrong := sample(verdict.WrongStatus)
	rows := []row{
		{"unauthenticated.missing", three, with(wrong, status(200, false, "status", "401"))},
		{"forbidden.pair", []string{"pay", "void"}, with(wrong, status(201, false, "status", "403"))},
		{"forbidden.pair", one, with(wrong, status(401, false, "status", "403"))},
		{"malformed.type", one, with(wrong, status(200, false, "status", "400", "500"))},
		{"not-found.id", one, with(wrong, status(200, false, "status", "404"))},
		{"valid.example", one, with(wrong, status(500, true, "status", "200"))},
		{"valid.example", one, with(wrong, status(202, true, "status", "200"))},
		{"outcome.refused", one, with(wrong, status(402, false, "status", "200"))},
		{"flow", one, with(wrong, status(200, false, "flow", "404"))},
		{"flow", three, with(wrong, status(404, true, "flow", "200"))},
		{"flow", one, with(sample(verdict.PreferredStatus), status(200, false, "preferred", "200"))},
		{"valid.example", one, with(sample(verdict.SchemaBody), func(f *Finding) { f.Deviation, f.Got = verdict.Missing, text("") })},
		{"valid.example", one, with(sample(verdict.ReasonGiven), func(f *Finding) { f.Got = text("") })},
	}
	cent := with(sample(verdict.OutcomeWord), func(f *Finding) { f.Got = text(`"Received"`) })
	rows = append(rows, row{"flow", one, cent})
	for _, list := range [][2]string{{"1", "maxItems: got 1, want 0"}, {"12", "maxItems: got 12, want 2"}, {"0", "minItems: got 0, want 1"}, {"3", "maxItems: got 1, want 0"}} {
		rows = append(rows, row{"flow", one, with(sample(verdict.ValueFits), func(f *Finding) {
			f.Got, f.Given = text("an array of "+list[0]+" items"), []Fact{{text("problem"), text(list[1])}}
		})})
	}
	for _, problem := range []string{"'not' failed", "min 1 items required to match contains schema, but none matched", `' ' does not match pattern '\\S'`} {
		rows = append(rows, row{"flow", one, with(sample(verdict.ValueFits), func(f *Finding) { f.Given = []Fact{{text("problem"), text(problem)}} })})
	}
	rows = append(rows, row{"valid.example", three, with(sample(verdict.SchemaBody), func(f *Finding) { f.Pointer, f.Got = text(""), text("an object of 5 fields") })})
	for _, rule := range verdict.Rules() {
		rows = append(rows, row{"malformed.type", one, with(sample(verdict.Rule(rule)), func(f *Finding) { f.Wanted = redacttest.Texts("400") })})
	}
	var b strings.Builder
	for _, r := range rows {
		d := &Document{Obligations: []Obligation{{ID: "o", Promise: "does as it should"}}}
		c := &Cause{Theme: "theme", Shown: []Case{{Obligation: "o", Kind: r.kind, What: "a capture one cent above the authorized amount", Findings: []Finding{r.f}}}}
		for _, operation := range r.operations {
			c.Where = append(c.Where, Where{Operation: operation})
		}
		d.title(c, false)
		if strings.Contains(c.Title, "did not keep") {
			t.Errorf("%s has no title of its own", r.f.Rule)
		}
		fmt.Fprintf(&b, "%s: %s\n", r.f.Rule, c.Title)
		if strings.Contains(c.Title, "  ") || strings.Contains(c.Title, ": :") || c.Title == "" {
			t.Errorf("%s: %q", r.f.Rule, c.Title)
		}
	}
	const golden = "testdata/titles.txt"
	if *updateTitles {
		if err := os.WriteFile(golden, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil || b.String() != string(want) {
		t.Errorf("%v: the titles are not those of %s (go test ./harness/run -run TestTitles -update writes it anew):\n%s", err, golden, b.String())
	}
}

func TestTitles_OfFewAndMany(t *testing.T) {
	for want, operations := range map[string][]string{"pay": {"pay"}, "pay and void": {"pay", "void"}, "3 operations": {"a", "b", "c"}} {
		if got := subject(operations); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// TestTitles_OfRequests: each group of cases has words, or is simply a request.
func TestTitles_OfRequests(t *testing.T) {
	for kind, want := range map[string]string{"unauthenticated.blank.AppKey": "a request without keys", "message.forbidden": "a request without the right keys", "flow": "a request"} {
		if got := (headline{of: Case{Kind: kind}}).request(); got != want {
			t.Errorf("%s: %q", kind, got)
		}
	}
	if got := endingWords(string(spec.Unknown)); got != "no known outcome" {
		t.Error(got)
	}
}
