package run

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"qorcheck/harness/exchange"
	"qorcheck/harness/plan"
	"qorcheck/harness/redact/redacttest"
	"qorcheck/harness/verdict"
)

// entryOf is a case with some exchanges, the first of which is judged.
func entryOf(id, operation string, exchanges int) Entry {
	e := Entry{Case: id, Operation: operation, What: "why " + id}
	for i := range exchanges {
		e.Evidence = append(e.Evidence, exchange.Evidence{Step: fmt.Sprint(id, i), Request: exchange.Message{Line: redacttest.Text("GET /"), Header: redacttest.Texts()}})
	}
	return e
}

func TestExample_IsTheSimplestOfItsOperation(t *testing.T) {
	o := &Obligation{ID: "op.R", Operation: "op"}
	shown := Verdict{Outcome: verdict.Pass, Exercised: true}
	entries := []Entry{entryOf("c", "op", 2), entryOf("b", "op", 1), entryOf("a", "op", 1), entryOf("0", "other", 1), entryOf("9", "op", 3)}
	for first := range entries {
		var x example
		for i := range entries {
			x.offer(o, entries[(first+i)%len(entries)], shown)
		}
		if x.entry.Case != "a" || x.id() != "a" || len(x.entry.Evidence) != 1 {
			t.Errorf("when %d comes first: %s, %d exchanges", first, x.id(), len(x.entry.Evidence))
		}
	}
}

func TestExample_ShowsWhereARequirementIsMet(t *testing.T) {
	o := &Obligation{ID: "op.R", Operation: "op"}
	var x example
	x.offer(o, entryOf("a", "op", 3), Verdict{Outcome: verdict.Pass, Exercised: true, Exchange: 3})
	if x.id() != "a#3" || len(x.entry.Evidence) != 2 || x.entry.Evidence[0].Step != "a0" || x.entry.Evidence[1].Step != "a2" {
		t.Errorf("%s: %+v", x.id(), x.entry.Evidence)
	}
	for claim, v := range map[string]Verdict{
		"a failure":                     {Outcome: verdict.Fail, Exercised: true},
		"what was not exercised":        {Outcome: verdict.Pass},
		"an exchange that is not there": {Outcome: verdict.Pass, Exercised: true, Exchange: 2},
	} {
		var none example
		if none.offer(o, entryOf("a", "op", 1), v); none.entry != nil {
			t.Errorf("%s is an example", claim)
		}
	}
	unsent := entryOf("a", "op", 1)
	unsent.Act = -1
	var none example
	if none.offer(o, unsent, Verdict{Outcome: verdict.Pass, Exercised: true}); none.entry != nil {
		t.Error("what was not sent is an example")
	}
}

func TestExample_IsBounded(t *testing.T) {
	e := entryOf("a", "op", 1)
	long := redacttest.Text(strings.Repeat("x", 100_000))
	answer := exchange.Message{Line: long, Body: long}
	for range 200 {
		answer.Header = append(answer.Header, long)
	}
	e.Evidence[0].Answer, e.Evidence[0].Request.Body, e.Evidence[0].Curl = &answer, long, long
	e.Evidence[0].Messages = []exchange.Message{answer}
	var x example
	x.offer(&Obligation{Operation: "op"}, e, Verdict{Outcome: verdict.Pass, Exercised: true})
	if size := x.size(); size > 16<<10 {
		t.Errorf("%d bytes", size)
	}
	if len(e.Evidence[0].Answer.Header) != 200 || e.Evidence[0].Answer.Body != long {
		t.Error("the journal's copy was changed")
	}
}

// TestDocument_KeepsExamples: one of each requirement first, as many as fit, and none
// of what failed.
func TestDocument_KeepsExamples(t *testing.T) {
	const size = 10_000
	d := &Document{}
	var offered []examples
	for i := range 2 * MaxExamples / size {
		e := entryOf(fmt.Sprintf("c%04d", i), "op", 1)
		e.Evidence[0].Failure = &exchange.Failure{Text: redacttest.Text(strings.Repeat("x", size))}
		o := Obligation{ID: e.Case, Operation: "op", Requirement: "R-many"}
		if i >= 2*MaxExamples/size-3 {
			o.Requirement = fmt.Sprint("R-", i)
		}
		if i == 0 {
			o.Counts.Fail = 1
		}
		var x example
		x.offer(&o, e, Verdict{Outcome: verdict.Pass, Exercised: true})
		d.Obligations, offered = append(d.Obligations, o), append(offered, examples{whole: x})
	}
	d.exemplify(offered)
	if n := len(d.Examples); n < MaxExamples/size/2 || n > MaxExamples/size {
		t.Errorf("%d are kept", n)
	}
	last := len(d.Obligations) - 1
	if d.Obligations[0].Example != "" || d.Obligations[1].Example == "" || d.Obligations[last].Example == "" || d.Obligations[last-10].Example != "" {
		t.Error("others than the first of each requirement are kept")
	}
	if err := d.checkExamples(); err != nil {
		t.Error(err)
	}
}

// TestDocument_KeepsAnExampleOfEachBranch: also of the branches of what failed, but not
// of a case that failed later; an allowed response stands for what it came in place of.
func TestDocument_KeepsAnExampleOfEachBranch(t *testing.T) {
	shown := func(name string, tolerated bool) Verdict {
		return Verdict{Outcome: verdict.Pass, Exercised: !tolerated, Branches: []BranchShown{{name, tolerated}}}
	}
	d := &Document{Obligations: []Obligation{
		{ID: "op.R", Operation: "op", Requirement: "R", Branches: []Branch{{Name: "absent"}, {Name: "empty"}, {Name: "blank"}, {Name: "null"}}},
		{ID: "op.S", Operation: "op", Requirement: "S", Counts: Counts{Fail: 1}, Branches: []Branch{{Name: "absent"}, {Name: "empty"}}},
	}}
	offered := make([]examples, 2)
	for i, v := range []Verdict{shown("empty", false), shown("absent", false), shown("blank", true), shown("unheard of", false)} {
		for j := range offered {
			offered[j].offer(&d.Obligations[j], entryOf(fmt.Sprint("c", i), "op", 1), v)
		}
	}
	offered[0].offer(&d.Obligations[0], entryOf("b", "op", 1), shown("absent", true)) // in the place of what another case shows
	offered[1].remove("c1")
	d.exemplify(offered)
	var got []string
	for i := range d.Obligations {
		got = append(got, strings.Join(d.Obligations[i].examples(), " "))
	}
	if want := "c0 c1 c0 c2 |  c0"; strings.Join(got, "|") != want {
		t.Errorf("%q", got)
	}
	if len(d.Examples) != 3 || d.Examples[0].ID != "c0" {
		t.Errorf("%d examples", len(d.Examples))
	}
	if err := d.checkExamples(); err != nil {
		t.Error(err)
	}
	d.Obligations[0].Branches[3].Example = "c9"
	if err := d.checkExamples(); err == nil || !strings.Contains(err.Error(), "there is no example c9") {
		t.Error(err)
	}
}

func TestDocument_CheckRefusesExamples(t *testing.T) {
	one := Example{ID: "a", Evidence: make([]exchange.Evidence, 1)}
	for says, d := range map[string]Document{
		"is there twice":           {Obligations: []Obligation{{Example: "a"}}, Examples: []Example{one, one}},
		"0 exchanges":              {Obligations: []Obligation{{Example: "a"}}, Examples: []Example{{ID: "a"}}},
		"no obligation has it":     {Examples: []Example{one}},
		"o: there is no example a": {Obligations: []Obligation{{ID: "o", Example: "a"}}},
		"twice, or has no id":      {Examples: []Example{{Evidence: one.Evidence}}},
	} {
		if err := d.checkExamples(); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", says, err)
		}
	}
}

// TestRun_KeepsExamples: what passed is shown by an exchange, redacted as all are;
// what failed has its causes.
func TestRun_KeepsExamples(t *testing.T) {
	const key, card = "k-1234567890", "4571000000000001"
	p := plot(t, ask{id: "a", paths: []string{"/200/1", "/200/2"}}, ask{id: "b", paths: []string{"/200/3", "/404/4"}}, ask{id: "c", paths: []string{"/405/5"}})
	p.Cases[0].Observe = []plan.Step{{Name: "look", Check: "status", Request: plan.Request{Method: "GET", Path: "/200/6"}}}
	p.Cases[1].Observe = p.Cases[0].Observe
	target := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Echo", key)
		statuses(w, r)
		_, _ = io.WriteString(w, `{"key":"`+key+`","card":"`+card+`"}`)
	})
	d := whole(t, t.Context(), p, target, Options{})
	var got []string
	for _, o := range d.Obligations {
		got = append(got, o.Example)
	}
	if want := "list.a.00#2||list.c.00"; strings.Join(got, "|") != want {
		t.Errorf("got %s, want %s", strings.Join(got, "|"), want)
	}
	if len(d.Examples) != 2 || len(d.Examples[0].Evidence) != 2 || d.Examples[0].Evidence[1].Step != "look" || d.Examples[0].What != "a correct request" {
		t.Fatalf("%+v", d.Examples)
	}
	for _, x := range d.Examples {
		if text := asJSON(t, &Document{Examples: []Example{x}}); strings.Contains(text, key) || strings.Contains(text, card) || !strings.Contains(text, "457100") {
			t.Errorf("%s", text)
		}
	}
	var journal bytes.Buffer
	whole(t, t.Context(), p, target, Options{Journal: &journal})
	if !strings.Contains(journal.String(), `"passed":["","","","0"]`) {
		t.Error("the journal does not say which exchange shows a pass")
	}
}
