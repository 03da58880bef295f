package run

import (
	"bytes"
	"cmp"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	godiff "github.com/google/go-cmp/cmp"

	"qorcheck/harness/exchange"
	"qorcheck/harness/plan"
	"qorcheck/harness/redact/redacttest"
	"qorcheck/harness/verdict"
	"qorcheck/spec"
)

// failing files one failed case of an operation.
func failing(all causes, o Obligation, id, kind string, findings ...Finding) string {
	for i := range findings {
		findings[i].Check = o.Check
	}
	o.Theme, o.Gravity = cmp.Or(o.Theme, o.Check), cmp.Or(o.Gravity, spec.OfProtocol)
	e := Entry{Case: id, Operation: o.Operation, Kind: kind, Act: -1}
	return all.add(&o, e, Verdict{Obligation: o.ID, Outcome: verdict.Fail, Findings: findings})
}

// anywhere is the place of every obligation where their order does not matter.
func anywhere(string) int { return 0 }

func TestCause_OneDefectIsOne(t *testing.T) {
	pay := Obligation{ID: "pay.R-1", Operation: "pay", Check: "status", Level: spec.Must}
	got := func(status int) Finding {
		return Finding{Rule: verdict.WrongStatus, Deviation: verdict.Status, Status: status}
	}
	at := func(pointer, keyword string, deviation verdict.Deviation, text string) Finding {
		return Finding{Rule: verdict.SchemaBody, Deviation: deviation, Pointer: redacttest.Text(pointer), Keyword: keyword, Got: redacttest.Text(text)}
	}
	lacks := func(status int) Finding {
		return Finding{Rule: verdict.DocumentedStatus, Deviation: verdict.Status, Status: status}
	}
	says := func(word string) Finding {
		f := got(200)
		f.Words, f.Got = []Fact{{Name: redacttest.Text("/status"), Value: redacttest.Text(word)}}, redacttest.Text(word)
		return f
	}
	undocumented := func(status int) Finding {
		return Finding{Rule: verdict.UndocumentedStatus, Deviation: verdict.Status, Status: status}
	}
	tells := func(field, want, told string) Finding {
		given := []Fact{{Name: redacttest.Text("wanted outcome"), Value: redacttest.Text(want)}, {Name: redacttest.Text("outcome"), Value: redacttest.Text(told)}}
		return Finding{Rule: verdict.OutcomeWord, Deviation: verdict.Value, Status: 200, Pointer: redacttest.Text(field), Given: given}
	}
	schema, void, access := pay, pay, pay
	access.Theme = "keys"
	schema.ID, schema.Check = "pay.R-2", "schema"
	void.ID, void.Operation = "void.R-1", "void"
	should := pay
	should.Level = spec.Should
	for _, tt := range []struct {
		claim  string
		a, b   Obligation
		ka, kb string
		fa, fb Finding
		same   bool
	}{
		{"the same answer to another case of a kind", pay, pay, "malformed.type", "malformed.type", got(200), got(200), true},
		{"the same answer on another operation", pay, void, "malformed.type", "malformed.type", got(200), got(200), true},
		{"a finer kind", pay, pay, "forbidden.merchant.other", "forbidden.merchant.off", got(200), got(200), true},
		{"another kind of request", pay, pay, "malformed.type", "malformed.length", got(200), got(200), true},
		{"another status of the class", pay, pay, "malformed.type", "malformed.type", got(200), got(201), true},
		{"a status of another class", pay, pay, "malformed.type", "malformed.type", got(200), got(500), false},
		{"a status that another operation documents", pay, void, "malformed.type", "malformed.type", got(418), undocumented(418), true},
		{"another status that is not documented", schema, schema, "valid", "valid", lacks(418), lacks(419), true},
		{"another word in the answer", pay, pay, "malformed.type", "malformed.type", says("approved"), says("declined"), true},
		{"another level", pay, should, "malformed.type", "malformed.type", got(200), got(200), true},
		{"another theme", pay, access, "malformed.type", "malformed.type", got(200), got(200), false},
		{"an outcome that another field tells", pay, void, "valid", "valid", tells("/result", "success", "refused"), tells("/status", "success", "refused"), true},
		{"another outcome", pay, pay, "valid", "valid", tells("/result", "success", "refused"), tells("/result", "success", "error"), false},
		{"another kind of request where the answer's form is judged", schema, schema, "malformed.type", "valid.example", at("/a", "type", verdict.Type, "17"), at("/a", "type", verdict.Type, "4"), true},
		{"another row of a list", schema, schema, "valid", "valid", at("/data/0/1/a", "type", verdict.Type, "17"), at("/data/31/7/a", "type", verdict.Type, "17"), true},
		{"another field", schema, schema, "valid", "valid", at("/a", "type", verdict.Type, "17"), at("/b", "type", verdict.Type, "17"), false},
		{"another keyword", schema, schema, "valid", "valid", at("/a", "type", verdict.Type, "17"), at("/a", "enum", verdict.Value, "17"), false},
		{"another deviation", schema, schema, "valid", "valid", at("/a", "", verdict.Missing, ""), at("/a", "", verdict.Type, ""), false},
		{"another value where a schema is broken", schema, schema, "valid", "valid", at("/a", "enum", verdict.Value, `"red"`), at("/a", "enum", verdict.Value, `"blue"`), true},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			all := causes{}
			a, b := failing(all, tt.a, "case-1", tt.ka, tt.fa), failing(all, tt.b, "case-2", tt.kb, tt.fb)
			merged := all.merged(anywhere)
			if len(merged) != map[bool]int{true: 1, false: 2}[tt.same] {
				t.Errorf("%d causes of %q and %q", len(merged), a, b)
			}
			if id := merged[0].ID; strings.Trim(id, "abcdefghijklmnopqrstuvwxyz0123456789.-") != "" {
				t.Errorf("the id %s is no id", id)
			}
		})
	}
}

// Two causes are told apart by their lines, and one that is alone has no more words than it needs.
func TestCause_Titles(t *testing.T) {
	pay := Obligation{ID: "pay.R-1", Operation: "pay", Sentence: "pay keeps nothing", Promise: "keeps nothing", Check: "status"}
	look := Obligation{ID: "pay.R-2", Operation: "pay", Sentence: "pay keeps its form", Promise: "keeps its form", Check: "schema"}
	d := &Document{Obligations: []Obligation{pay, look}}
	for _, tt := range []struct {
		claim string
		file  func(all causes)
		want  []string
	}{
		{"alone", func(all causes) {
			failing(all, pay, "a", "malformed.type", Finding{Received: redacttest.Text("1")})
		}, []string{"pay did not keep “keeps nothing”: 1"}},
		{"alike but for the place", func(all causes) {
			failing(all, look, "a", "valid", Finding{Received: redacttest.Text("1"), Pointer: redacttest.Text("/a")})
			failing(all, look, "b", "valid", Finding{Received: redacttest.Text("1"), Pointer: redacttest.Text("/b")})
		}, []string{"pay did not keep “keeps its form”: 1 (/a)", "pay did not keep “keeps its form”: 1 (/b)"}},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			all := causes{}
			tt.file(all)
			d.gather(all)
			var got []string
			for _, c := range d.Causes {
				got = append(got, c.Title)
			}
			slices.Sort(got)
			if !slices.Equal(got, tt.want) {
				t.Errorf("got %q", got)
			}
		})
	}
}

// scrambled rewords every sentence of an entry.
func scrambled(e Entry) Entry {
	e.What = "reworded " + e.What
	e.Verdicts = slices.Clone(e.Verdicts)
	for i := range e.Verdicts {
		v := &e.Verdicts[i]
		v.Why, v.Note = redacttest.Text(strings.ToUpper(v.Why.String())+" 17"), redacttest.Text(strings.ToUpper(v.Note.String()))
		if v.Obstacle != nil {
			o := *v.Obstacle
			o.Detail, v.Obstacle = redacttest.Text("reworded "+o.Detail.String()), &o
		}
		v.Findings = slices.Clone(v.Findings)
		for j := range v.Findings {
			f := &v.Findings[j]
			f.Expected, f.Received = redacttest.Text("something else than "+f.Received.String()), redacttest.Text(`"reworded", status 299`)
		}
	}
	return e
}

func TestCause_IDsSurviveRewording(t *testing.T) {
	p := plot(t,
		ask{id: "a", paths: []string{"/404/1", "/500", "/404/2", "/200", "/503"}},
		ask{id: "b", check: "schema", paths: []string{"/404/3", "/200"}},
		ask{id: "c", check: "sniff", paths: []string{"/200/4"}},
		ask{id: "d", check: "media-type", paths: []string{"/404/5"}},
		ask{id: "e", check: "documented-status", paths: []string{"/404/6", "/500/7"}})
	var journal bytes.Buffer
	d := whole(t, t.Context(), p, serve(t, statuses), Options{Journal: &journal})
	ids := func(reword func(Entry) Entry) (list []string) {
		all := causes{}
		if err := ReadJournal(bytes.NewReader(journal.Bytes()), func(e Entry) error {
			e = reword(e)
			for _, v := range e.Verdicts {
				if o := *d.Obligation(v.Obligation); v.Outcome.Worse(verdict.Pass) {
					o.Sentence, o.Promise, o.Clause.Text = reword(Entry{What: o.Sentence}).What, "", ""
					list = append(list, e.Case+" "+all[all.add(&o, e, v)].ID)
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		slices.Sort(list)
		return list
	}
	as, reworded := ids(func(e Entry) Entry { return e }), ids(scrambled)
	if diff := godiff.Diff(as, reworded); diff != "" {
		t.Errorf("rewording changes ids (-as they are +reworded):\n%s", diff)
	}
	if len(d.Causes) < 3 || len(as) < 7 {
		t.Errorf("%d causes of %d verdicts: too few to show anything", len(d.Causes), len(as))
	}
}

func TestCause_CountsEachCaseOnce(t *testing.T) {
	all := causes{}
	first, second := Obligation{ID: "pay.R-1", Check: "schema"}, Obligation{ID: "pay.R-2", Check: "schema"}
	for _, id := range []string{"b", "a"} {
		failing(all, first, id, "valid")
		failing(all, second, id, "valid")
	}
	for _, g := range all.merged(anywhere) {
		if g.Cases != 2 || len(g.Shown) != 2 || !reflect.DeepEqual(g.Behind, []Behind{{"pay.R-1", []string{"a", "b"}}, {"pay.R-2", []string{"a", "b"}}}) {
			t.Errorf("got %+v", g)
		}
	}
}

func TestCause_ShownCaseSaysWhatItBreaks(t *testing.T) {
	o := Obligation{ID: "pay.R-1", Check: "status"}
	for _, tt := range []struct {
		claim string
		fault *plan.Fault
		want  string
	}{
		{"a malformed request", &plan.Fault{Pointer: "/card/number"}, "/card/number"},
		{"a correct one", nil, ""},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			all := causes{}
			c := &plan.Case{ID: "pay.x", Operation: "pay", Fault: tt.fault}
			id := all.add(&o, entry(c, nil), Verdict{Obligation: o.ID, Outcome: verdict.Fail})
			if got := all[id].Shown[0].Fault; got != tt.want {
				t.Errorf("got %q", got)
			}
		})
	}
}

// What is kept must not depend on the order in which answers arrive.
func TestCause_ShownCasesAreBoundedAndSpread(t *testing.T) {
	type ask struct {
		o  Obligation
		id string
	}
	var asks []ask
	for i := range 7 {
		o := Obligation{ID: fmt.Sprintf("op%d.R-1", i), Operation: fmt.Sprintf("op%d", i), Check: "status"}
		for j := range 5 + 20*(i%2) {
			asks = append(asks, ask{o, fmt.Sprintf("op%d.case-%02d", i, j)})
		}
	}
	var firstShown []string
	for seed := range uint64(20) {
		random := rand.New(rand.NewPCG(seed, 1))
		random.Shuffle(len(asks), func(i, j int) { asks[i], asks[j] = asks[j], asks[i] })
		all := causes{}
		for _, a := range asks {
			failing(all, a.o, a.id, "valid")
		}
		merged := all.merged(anywhere)
		var shown []string
		for _, c := range merged[0].Shown {
			shown = append(shown, c.ID)
		}
		if firstShown == nil {
			firstShown = shown
		}
		if len(shown) != MaxShown || !slices.Equal(shown, firstShown) {
			t.Fatalf("in another order %v, first %v", shown, firstShown)
		}
		if len(merged) != 1 || merged[0].Cases != len(asks) || len(merged[0].Behind) != 7 {
			t.Errorf("%d causes; %d cases of %d obligations", len(merged), merged[0].Cases, len(merged[0].Behind))
		}
	}
	for i := range 7 {
		if want := fmt.Sprintf("op%d.case-00", i); firstShown[i] != want {
			t.Errorf("shown %d is %s, want %s", i, firstShown[i], want)
		}
	}
}

func TestCause_NumberIsBounded(t *testing.T) {
	all := causes{}
	o := Obligation{ID: "pay.R-1", Check: "schema"}
	for i := range 3 * MaxCauses {
		failing(all, o, fmt.Sprint("case-", i), "valid", Finding{Pointer: redacttest.Text("/" + strings.Repeat("a", i+1))})
	}
	merged := all.merged(anywhere)
	if len(merged) != MaxCauses+1 {
		t.Errorf("%d causes", len(merged))
	}
	cases := 0
	for _, g := range merged {
		cases += g.Cases
	}
	if cases != 3*MaxCauses {
		t.Errorf("%d cases have a cause", cases)
	}
}

func TestCause_BodiesAreBounded(t *testing.T) {
	long := redacttest.Text(strings.Repeat("x", 3*MaxBody))
	evidence := []exchange.Evidence{{Request: exchange.Message{Body: long}, Answer: &exchange.Message{Body: long}, Messages: []exchange.Message{{Body: long}}}}
	kept := cutBodies(evidence)[0]
	for _, body := range []string{kept.Request.Body.String(), kept.Answer.Body.String(), kept.Messages[0].Body.String()} {
		if len(body) > MaxBody+50 || !strings.HasSuffix(body, "bytes more)") {
			t.Errorf("%d bytes are kept", len(body))
		}
	}
	if evidence[0].Request.Body != long || evidence[0].Answer.Body != long || evidence[0].Messages[0].Body != long {
		t.Error("the journal's copy was cut")
	}
}

func TestCause_OfARun(t *testing.T) {
	t.Parallel()
	p := plot(t,
		ask{id: "a", paths: []string{"/404/1", "/500", "/404/2", "/200", "/503"}},
		ask{id: "b", paths: []string{"/404/3"}},
		ask{id: "c", level: spec.Should, paths: []string{"/404/4", "/404/5", "/404/6", "/404/7"}})
	d := whole(t, t.Context(), p, serve(t, statuses), Options{})
	var got []string
	for _, c := range d.Causes {
		got = append(got, fmt.Sprintf("%s %s %d/%d %s", c.Outcome, c.Level, c.Cases, len(c.Behind), c.Title))
	}
	want := []string{
		"fail must 7/3 list rejected a correct request: status 404 in place of 200",
		"fail must 1/1 list rejected a correct request: status 500 in place of 200",
		"inconclusive must 1/1 the target was busy: it answered 503",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s", strings.Join(got, "\n"))
	}
	s := d.Result(d.Obligations[0])
	if len(s.Shares) != 3 || !slices.Equal(s.Shares[0].Cases, []string{"list.a.00", "list.a.02"}) || s.Shares[0].Others != 2 || s.Shares[0].First.ID != "list.a.00" {
		t.Errorf("shares %+v", s.Shares)
	}
	if s := d.Result(d.Obligations[1]); len(s.Shares) != 1 || s.Shares[0].First.ID != "list.b.00" {
		t.Errorf("it is not shown by a case of its own: %+v", s.Shares)
	}
	if got := s.Explain(); !strings.Contains(got, "the same: list.a.02\n") || !strings.Contains(got, "the same in 2 other obligations: cause "+d.Causes[0].ID) {
		t.Error(got)
	}
}
