package run

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"qorcheck/harness/exchange"
	"qorcheck/harness/redact/redacttest"
	"qorcheck/harness/verdict"
)

// TestLine_LosesNothing: a case is read from its line as it was written, but for the texts
// of exchanges that nobody needs.
func TestLine_LosesNothing(t *testing.T) {
	var obligations []Obligation
	for i := range 9 {
		obligations = append(obligations, Obligation{ID: fmt.Sprint("pay.R-", i), Requirement: fmt.Sprint("R-", i), Branches: []Branch{{Name: "one"}, {Name: "two"}}})
	}
	all := newCatalogue(obligations)
	began := time.Date(2030, 1, 2, 3, 4, 5, 6000, time.UTC)
	show := func(step string, after time.Duration) exchange.Evidence {
		return exchange.Evidence{Step: step, Started: began.Add(after), TookMS: 1.234, Writes: 1, Request: exchange.Message{Line: redacttest.Text("GET /"), Header: redacttest.Texts("A: b")}, Answer: &exchange.Message{Line: redacttest.Text("HTTP/1.1 200 OK"), Header: redacttest.Texts(), Body: redacttest.Text("{}")}}
	}
	e := Entry{
		Case: "pay.valid", Number: 3, Operation: "pay", Kind: "valid", What: "right", Outcome: verdict.Pass, Act: 1, Requests: 3, Began: began, TookMS: 9, Ended: began.Add(time.Second),
		Times:    []Time{{"make", 1.234}, {"pay", 1.234}, {"pay", 1.234}},
		Evidence: []exchange.Evidence{show("make", 0), show("pay", time.Millisecond), show("again", 2*time.Millisecond)},
		Verdicts: []Verdict{
			{Obligation: "pay.R-8", Outcome: verdict.Pass, Exercised: true, Note: redacttest.Text("tolerated")},
			{Obligation: "pay.R-0", Outcome: verdict.Pass}, {Obligation: "pay.R-1", Outcome: verdict.Pass}, {Obligation: "pay.R-7", Outcome: verdict.Pass},
			{Obligation: "pay.R-3", Outcome: verdict.Pass, Exercised: true, Branches: []BranchShown{{Name: "two", Tolerated: true}, {Name: "one"}}},
			{Obligation: "pay.R-2", Outcome: verdict.Pass, Exercised: true, Exchange: 3},
		},
	}
	for _, whole := range []bool{true, false} {
		text, err := json.Marshal(all.line(e, func(i int) bool { return whole || i == 1 }))
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), `"times"`) || !strings.Contains(string(text), `"passed":["0+1,6","3","","","2"]`) || strings.Count(string(text), "GET /") != map[bool]int{true: 3, false: 1}[whole] {
			t.Errorf("%s", text)
		}
		var l line
		if err := l.read(text, false); err != nil {
			t.Fatal(err)
		}
		got, err := all.entry(&l.caseLine)
		if err != nil {
			t.Fatal(err)
		}
		want := e
		if !whole {
			want.Evidence = []exchange.Evidence{e.Evidence[0].Digested(), e.Evidence[1], e.Evidence[2].Digested()}
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("got  %+v\nwant %+v", got, want)
		}
	}
}

// TestLine_DigestsTellExchangesApart: one byte more or another kind of failure is another digest.
func TestLine_DigestsTellExchangesApart(t *testing.T) {
	of := func(line, header, body string) exchange.Evidence {
		return exchange.Evidence{Request: exchange.Message{Line: redacttest.Text(line), Header: redacttest.Texts(header), Body: redacttest.Text(body)}}
	}
	failed := of("GET /", "A: b", "x")
	failed.Failure = &exchange.Failure{Kind: exchange.HungUp}
	answered := of("GET /", "A: b", "x")
	answered.Answer = &exchange.Message{Line: redacttest.Text("HTTP/1.1 200 OK")}
	var sums []string
	for _, e := range []exchange.Evidence{of("GET /", "A: b", "x"), of("GET /", "A: b", "xy"), of("GET /", "A: b ", "x"), failed, answered} {
		d := e.Digested().Digest
		if slices.Contains(sums, d.Sum) || len(d.Sum) != 16 {
			t.Errorf("%+v", d)
		}
		sums = append(sums, d.Sum)
	}
	if d := answered.Digested().Digest; d.Sent != 10 || d.Received != 15 {
		t.Errorf("%d bytes were sent, %d received", d.Sent, d.Received)
	}
}

func TestLine_RefusesWhatNoRunWrote(t *testing.T) {
	all := newCatalogue([]Obligation{{ID: "a", Branches: []Branch{{Name: "one"}}}, {ID: "b"}})
	for _, tt := range []struct{ claim, line, why string }{
		{"an obligation that is not there", `"passed":["2"]`, "not a place among 2 obligations"},
		{"one twice", `"passed":["0,0"]`, "not a place"},
		{"a number that is none", `"passed":["x"]`, "not a place"},
		{"more of them than there are", `"passed":["0+2"]`, "not a place"},
		{"a number beyond all numbers", `"passed":["1+9223372036854775807"]`, "not a place"},
		{"a negative one", `"passed":["1,-1"]`, "not a place"},
		{"an exchange that is not there", `"passed":["","","0"]`, "more exchanges than it has"},
		{"a branch of what it did not pass", `"passed":["1"],"branches":[[0,0]]`, "there is no branch"},
		{"a branch that is not there", `"passed":["0"],"branches":[[0,1]]`, "there is no branch"},
		{"a branch of one number", `"passed":["0"],"branches":[[0]]`, "two or three are wanted"},
		{"a short exchange of five values", `"evidence":[["a",1,2,3,4]]`, "six or seven values"},
		{"one of eight", `"evidence":[["a",1,2,3,4,"x","b",8]]`, "six or seven values"},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			var l line
			err := l.read([]byte(`{"case":"c","outcome":"pass",`+tt.line+`}`), false)
			if err == nil {
				_, err = all.entry(&l.caseLine)
			}
			if err == nil || !strings.Contains(err.Error(), tt.why) {
				t.Errorf("got %v", err)
			}
		})
	}
}

// TestHead_LosesNothing: obligations are read from the head as they were written.
func TestHead_LosesNothing(t *testing.T) {
	h := Head{Values: "v", Settings: map[string]string{"a": "b"}, Document: Document{RunID: "r", Obligations: []Obligation{
		{ID: "a.R", Operation: "a", Requirement: "R", Promise: "says", Essential: "it", Branches: []Branch{{Name: "one"}, {Name: "two"}}, Notes: []Note{}, Causes: []string{}},
		{ID: "b.R", Operation: "b", Requirement: "R", Promise: "says", Essential: "it", Branches: []Branch{{Name: "one", Shown: 2}}, Notes: []Note{}, Causes: []string{}, Why: "why"},
		{ID: "c.R", Operation: "c", Requirement: "R", Promise: "says", Branches: nil, Notes: []Note{}, Causes: []string{}},
		{ID: "d.S", Operation: "d", Requirement: "S", Promise: "else", Notes: []Note{}, Causes: []string{}},
	}}}
	text, err := json.Marshal(h)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Count(string(text), `"says"`) != 2 {
		t.Errorf("%s", text)
	}
	var got Head
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	h.Document.Version = JournalVersion
	if !reflect.DeepEqual(got, h) {
		t.Errorf("got  %+v\nwant %+v", got, h)
	}
	if err := json.Unmarshal([]byte(strings.Replace(string(text), `"like":"R"`, `"like":"Q"`, 1)), &got); err == nil || !strings.Contains(err.Error(), `like one of "Q"`) {
		t.Errorf("got %v", err)
	}
}
