package run

import (
	"slices"
	"strings"
	"testing"

	"qorcheck/harness/redact/redacttest"
	"qorcheck/harness/verdict"
	"qorcheck/spec"
)

// TestMerged: what follows from the wrong response to a plain request of the same
// operation joins the cause of that.
func TestMerged(t *testing.T) {
	of := func(operation, check string, level spec.Level) Obligation {
		return Obligation{ID: operation + "." + check, Operation: operation, Check: check, Level: level, Clause: Clause{Basis: spec.OfPage}, Theme: check}
	}
	got := func(rule verdict.Rule, status int, correct bool, want ...string) Finding {
		f := Finding{Rule: rule, Deviation: verdict.Status, Status: status, Correct: correct}
		for _, text := range want {
			f.Wanted = append(f.Wanted, redacttest.Text(text))
		}
		return f
	}
	plain, retried, flow := of("pay", "status", spec.Must), of("pay", "retry", spec.Must), of("pay", "flow", spec.Must)
	correct500, keyless200 := got(verdict.WrongStatus, 500, true, "200"), got(verdict.WrongStatus, 200, false, "401")
	later := func(f Finding) Finding {
		f.Exchange = 2
		return f
	}
	other := plain
	other.ID, other.Theme = "pay.status2", "rights"
	type failure struct {
		o Obligation
		f Finding
	}
	for _, tt := range []struct {
		claim string
		list  []failure
		want  int
	}{
		{"the corrected request is answered as a correct one is", []failure{{plain, correct500}, {retried, later(correct500)}}, 1},
		{"a flow that sends a correct request", []failure{{plain, correct500}, {flow, later(correct500)}}, 1},
		{"a flow alone is its own", []failure{{flow, later(correct500)}, {retried, later(correct500)}}, 2},
		{"another operation is no reason", []failure{{of("void", "status", spec.Must), correct500}, {flow, later(correct500)}}, 2},
		{"another status of the class", []failure{{plain, correct500}, {flow, later(got(verdict.WrongStatus, 502, true, "200"))}}, 1},
		{"a status of another class", []failure{{plain, correct500}, {flow, later(got(verdict.WrongStatus, 400, true, "200"))}}, 2},
		{"whatever is requested is answered so", []failure{{plain, correct500}, {other, got(verdict.WrongStatus, 500, false, "403")}}, 1},
		{"a flow without keys", []failure{{plain, keyless200}, {flow, later(keyless200)}}, 1},
		{"a flow with wrong keys", []failure{{plain, keyless200}, {flow, later(got(verdict.WrongStatus, 200, false, "403"))}}, 2},
		{"plain requests of two themes", []failure{{plain, got(verdict.WrongStatus, 200, false, "403")}, {other, got(verdict.WrongStatus, 200, false, "403")}}, 2},
		{"one rejection in place of another", []failure{{plain, got(verdict.WrongStatus, 401, false, "403")}, {other, got(verdict.WrongStatus, 401, false, "403")}}, 1},
		{"a tolerated response where that status is wanted", []failure{{plain, keyless200}, {of("pay", "preferred", spec.Should), got(verdict.PreferredStatus, 400, false, "401")}}, 1},
		{"a status that is not documented", []failure{{plain, got(verdict.UndocumentedStatus, 418, false, "401")}, {of("pay", "documented-status", spec.Should), got(verdict.DocumentedStatus, 418, false)}}, 1},
		{"its body", []failure{{plain, got(verdict.UndocumentedStatus, 418, false, "401")}, {of("pay", "error-body", spec.Must), Finding{Rule: verdict.ErrorBody, Deviation: verdict.Missing, Status: 418}}}, 1},
		{"the body of a documented one", []failure{{plain, keyless200}, {of("pay", "error-body", spec.Must), Finding{Rule: verdict.ErrorBody, Deviation: verdict.Missing, Status: 200}}}, 2},
		{"a should explains no must", []failure{{of("pay", "status", spec.Should), correct500}, {flow, later(correct500)}}, 2},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			for _, turned := range []bool{false, true} {
				all := causes{}
				for i := range tt.list {
					one := tt.list[i]
					if turned {
						one = tt.list[len(tt.list)-1-i]
					}
					failing(all, one.o, one.o.ID+".case", "valid.example", one.f)
				}
				merged := all.merged(func(id string) int {
					return slices.IndexFunc(tt.list, func(one failure) bool { return one.o.ID == id })
				})
				if len(merged) != tt.want {
					t.Errorf("%d causes, turned %v", len(merged), turned)
				}
				if tt.want == 1 && (merged[0].Cases != 2 || merged[0].Shown[0].Obligation != tt.list[0].o.ID || len(merged[0].Where) != 1) {
					t.Errorf("%+v", merged[0])
				}
			}
		})
	}
}

func TestMerged_SaysWhere(t *testing.T) {
	all := causes{}
	for _, one := range []struct{ operation, id, kind string }{
		{"void", "a", "unauthenticated.missing"}, {"pay", "b", "unauthenticated.missing"}, {"pay", "c", "unauthenticated.missing"}, {"pay", "d", "unauthenticated.empty.AppKey"},
	} {
		failing(all, Obligation{ID: one.operation + ".R-1", Operation: one.operation, Check: "status"}, one.id, one.kind, Finding{Rule: verdict.WrongStatus, Status: 200})
	}
	merged := all.merged(anywhere)
	want := []Where{{"pay", "unauthenticated.empty", 1}, {"pay", "unauthenticated.missing", 2}, {"void", "unauthenticated.missing", 1}}
	if len(merged) != 1 || len(merged[0].Where) != 3 || merged[0].Where[0] != want[0] || merged[0].Where[1] != want[1] || merged[0].Where[2] != want[2] || merged[0].Cases != 4 {
		t.Errorf("got %+v", merged)
	}
}

func TestGravityOf(t *testing.T) {
	for _, tt := range []struct {
		claim   string
		gravity spec.Gravity
		f       Finding
		want    spec.Gravity
	}{
		{"without rights, and carried out", spec.OfAccess, Finding{Deviation: verdict.Status, Status: 200}, spec.OfAccess},
		{"without rights, and rejected by another status", spec.OfAccess, Finding{Deviation: verdict.Status, Status: 400}, spec.OfProtocol},
		{"a correct request that is rejected moves nothing", spec.OfMoney, Finding{Deviation: verdict.Status, Status: 500, Correct: true}, spec.OfOutcome},
		{"money that moved", spec.OfMoney, Finding{Deviation: verdict.Effect, Status: 500}, spec.OfMoney},
		{"an outcome that is told otherwise", spec.OfOutcome, Finding{Deviation: verdict.Value, Status: 200}, spec.OfOutcome},
		{"a list of too much", spec.OfAccess, Finding{Rule: verdict.ValueFits, Given: []Fact{{Value: redacttest.Text("maxItems: got 2, want 1")}}}, spec.OfAccess},
		{"a list of too little gives nobody access", spec.OfAccess, Finding{Rule: verdict.ValueFits, Given: []Fact{{Value: redacttest.Text("minItems: got 0, want 1")}}}, spec.OfOutcome},
		{"a list of too little may lack money", spec.OfMoney, Finding{Rule: verdict.ValueFits, Given: []Fact{{Value: redacttest.Text("minItems: got 0, want 1")}}}, spec.OfMoney},
		{"wording stays wording", spec.OfWording, Finding{Deviation: verdict.Status, Status: 400}, spec.OfWording},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			if got := gravityOf(&Obligation{Gravity: tt.gravity}, tt.f); got != tt.want {
				t.Errorf("got %s", got)
			}
		})
	}
}

// TestFollowers: what follows from a failure stands behind its cause, and is waived with it.
func TestFollowers(t *testing.T) {
	entry := Entry{Case: "pay.c", Operation: "pay", Kind: "valid.example", Act: -1, Outcome: verdict.Fail, Verdicts: []Verdict{
		{Obligation: "pay.R-2", Outcome: verdict.Inconclusive, Obstacle: &Obstacle{Kind: verdict.Follows, Of: "pay.R-1"}, Why: redacttest.Text("it follows")},
		{Obligation: "pay.R-1", Outcome: verdict.Fail, Findings: []Finding{{Rule: verdict.JSONBody, Deviation: verdict.Unreadable, Status: 200}}},
	}}
	for _, tt := range []struct {
		claim  string
		waiver *Waiver
		more   []Entry
		want   verdict.Outcome
		exit   int
	}{
		{"a failure", nil, nil, verdict.Inconclusive, ExitFail},
		{"a waived one", &Waiver{Reason: "known", Owner: "pat", Until: "2030-12-31"}, nil, verdict.Waived, ExitPass},
		{"a waived one, and another reason", &Waiver{Reason: "known", Owner: "pat", Until: "2030-12-31"}, []Entry{{Case: "pay.d", Operation: "pay", Act: -1, Outcome: verdict.Inconclusive, Verdicts: []Verdict{
			{Obligation: "pay.R-2", Outcome: verdict.Inconclusive, Obstacle: &Obstacle{Kind: verdict.Busy}, Why: redacttest.Text("busy")},
		}}}, verdict.Inconclusive, ExitUnclear},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			d := &Document{Version: DocumentVersion, Cases: 1 + len(tt.more), Chapters: spec.Chapters{{Name: "statuses"}}, Obligations: []Obligation{
				{ID: "pay.R-1", Operation: "pay", Check: "media-type", Theme: "media-type", Level: spec.Must, Chapter: "statuses", Planned: 1, Waiver: tt.waiver},
				{ID: "pay.R-2", Operation: "pay", Check: "schema", Theme: "schema", Level: spec.Must, Chapter: "statuses", Planned: 1 + len(tt.more)},
			}}
			l := newLedger(d)
			for _, e := range append([]Entry{entry}, tt.more...) {
				l.add(e)
			}
			l.finish()
			if err := d.Check(); err != nil {
				t.Fatal(err)
			}
			o := d.Obligations[1]
			if o.Outcome != tt.want || d.ExitCode != tt.exit || (tt.want == verdict.Waived) != (o.Why == "it follows from pay.R-1, which is waived") {
				t.Errorf("%s (%s), exit code %d: %s", o.Outcome, o.Why, d.ExitCode, d.Verdict)
			}
			failed := d.Causes[0]
			if len(d.Causes) != 1+len(tt.more) || len(failed.Follows) != 1 || failed.Follows[0].Obligation != "pay.R-2" || o.Causes[0] != failed.ID || len(d.Failed()) != map[bool]int{true: 0, false: 1}[tt.waiver != nil] {
				t.Errorf("%+v", d.Causes)
			}
			if shares := d.Result(o).Shares; shares[0].Outcome != verdict.Inconclusive || strings.Join(shares[0].Cases, " ") == "" || strings.Contains(d.Result(o).Explain(), "received") {
				t.Errorf("%+v", shares)
			}
		})
	}
}

// Messages about rejected requests are one fault, with whichever status these were answered.
func TestCauseKey_MessagesOfEachStatus(t *testing.T) {
	of := func(rule verdict.Rule, status int) causeKey {
		return keyOf(&Obligation{Theme: "message-none"}, Verdict{Outcome: verdict.Fail, Findings: []Finding{{Rule: rule, Status: status}}})
	}
	if of(verdict.MessageNone, 403) != of(verdict.MessageNone, 500) {
		t.Error("403 and 500 are two causes")
	}
	if of(verdict.WrongStatus, 403) == of(verdict.WrongStatus, 500) {
		t.Error("two wrong statuses are one cause")
	}
}
