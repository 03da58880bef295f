package run

import (
	"fmt"
	"testing"

	"qorcheck/harness/redact"
	"qorcheck/harness/redact/redacttest"
	"qorcheck/harness/verdict"
	"qorcheck/spec"
)

// failureOf is a failure of an operation, as a requirement of a theme shows it.
type failureOf struct {
	operation, check, theme string
	gravity                 spec.Gravity
	f                       Finding
}

// TestMerged_Alike: what several requirements or operations show alike is one cause, what
// too few show is not, and what is graver stays beside it.
func TestMerged_Alike(t *testing.T) {
	ending := func(operation, wanted string, correct bool) Finding {
		got := "success"
		if correct {
			wanted, got = "success", "refused"
		}
		return Finding{Rule: verdict.OutcomeWord, Deviation: verdict.Value, Status: 200, Operation: operation, Correct: correct, Given: []Fact{
			{Name: redacttest.Text("wanted outcome"), Value: redacttest.Text(wanted)}, {Name: redacttest.Text("outcome"), Value: redacttest.Text(got)},
		}}
	}
	rejected := Finding{Rule: verdict.WrongStatus, Deviation: verdict.Status, Status: 404, Correct: true, Wanted: []redact.Text{redacttest.Text("200")}}
	shown := Finding{Rule: verdict.ValueFits, Deviation: verdict.Value, Status: 200, Keyword: "not", Pointer: redacttest.Text("/id"), Got: redacttest.Text("7")}
	saying := func(word string) Finding {
		return Finding{Rule: verdict.WrongStatus, Deviation: verdict.Status, Status: 200, Correct: true, Wanted: []redact.Text{redacttest.Text("201")}, Words: []Fact{{Name: redacttest.Text("/resultCode"), Value: redacttest.Text(word)}}}
	}
	refusing := ending("", "", true)
	refusing.Pointer, refusing.Got = redacttest.Text("/resultCode"), redacttest.Text(`"Refused"`)
	silent := Finding{Rule: verdict.MessageCame, Deviation: verdict.Silence}
	lacking := func(rule verdict.Rule, pointer string) Finding {
		return Finding{Rule: rule, Deviation: verdict.Missing, Status: 200, Pointer: redacttest.Text(pointer), Correct: true}
	}
	each := func(operations string, check, theme string, f func(operation string) Finding) (list []failureOf) {
		for _, operation := range operations {
			list = append(list, failureOf{string(operation), check, theme, spec.OfOutcome, f(string(operation))})
		}
		return list
	}
	due := func(wanted string) func(string) Finding {
		return func(operation string) Finding { return ending(operation, wanted, false) }
	}
	always := func(f Finding) func(string) Finding { return func(string) Finding { return f } }
	refuses := func(operation string) Finding { return ending(operation, "", true) }
	money := func(list []failureOf) []failureOf {
		for i := range list {
			list[i].gravity = spec.OfMoney
		}
		return list
	}
	of := func(lists ...[]failureOf) (all []failureOf) {
		for _, list := range lists {
			all = append(all, list...)
		}
		return all
	}
	flow := spec.CheckFlow
	for _, tt := range []struct {
		claim string
		list  []failureOf
		want  int
	}{
		{"success in place of refusals and of errors on three operations", of(each("abc", "status", "refusals", due("refused")), each("abc", "status", "errors", due("error"))), 1},
		{"on two", of(each("ab", "status", "refusals", due("refused")), each("ab", "status", "errors", due("error"))), 2},
		{"in place of refusals alone, against two promises", of(each("abc", "status", "refusals", due("refused")), each("abc", "status", "codes", due("refused"))), 2},
		{"a refusal in flows of one theme on three operations", each("abc", flow, "keys", refuses), 1},
		{"on two", each("ab", flow, "keys", refuses), 2},
		{"in flows of three themes", of(each("a", flow, "keys", refuses), each("b", flow, "orders", refuses), each("c", flow, "amounts", refuses)), 3},
		{"a refusal after a flow of its theme went wrong", of(each("a", flow, "keys", due("refused")), each("a", flow, "keys", refuses)), 1},
		{"or one of another theme", of(each("a", flow, "orders", due("refused")), each("a", flow, "keys", refuses)), 2},
		{"a status that three operations answer to correct requests, and a flow of a fourth", of(each("abc", "status", "valid", always(rejected)), each("d", flow, "refunds", always(rejected))), 1},
		{"that two answer", of(each("ab", "status", "valid", always(rejected)), each("d", flow, "refunds", always(rejected))), 2},
		{"a refusal with 200, also where 201 was due", of(each("a", "retry", "retry", always(refusing)), each("b", "retry", "retry", always(saying(`"Refused"`)))), 1},
		{"and a success with 200 where 201 was due", of(each("a", "retry", "retry", always(refusing)), each("b", "retry", "retry", always(saying(`"Received"`)))), 2},
		{"and a refusal in another theme", of(each("a", "retry", "retry", always(refusing)), each("b", "status", "valid", always(saying(`"Refused"`)))), 2},
		{"one value in flows of two themes", of(each("a", flow, "keys", always(shown)), each("b", flow, "merchants", always(shown))), 1},
		{"messages that do not come, in a flow too", of(each("a", "message", "message", always(silent)), each("b", flow, "addresses", always(silent))), 1},
		{"in flows of two themes", of(each("a", flow, "prompt", always(silent)), each("b", flow, "addresses", always(silent))), 2},
		{"a body that lacks three things, and one of another operation that lacks two of them", of(
			each("ab", "present", "present", always(lacking(verdict.FieldPresent, "/date"))), each("ab", "echo", "echo", always(lacking(verdict.Echoed, "/reference"))), each("a", flow, "tokens", always(lacking(verdict.ValueGiven, "/token")))), 1},
		{"that lacks two", of(each("a", "present", "present", always(lacking(verdict.FieldPresent, "/date"))), each("a", "echo", "echo", always(lacking(verdict.Echoed, "/reference")))), 2},
		{"that lacks two, and a third that moves money", of(each("a", "present", "present", always(lacking(verdict.FieldPresent, "/date"))), each("a", "echo", "echo", always(lacking(verdict.Echoed, "/reference"))), money(each("a", flow, "tokens", always(lacking(verdict.ValueGiven, "/token"))))), 3},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			all := causes{}
			for i, one := range tt.list {
				o := Obligation{ID: fmt.Sprintf("%s.R-%d", one.operation, i), Operation: one.operation, Check: one.check, Theme: one.theme, Gravity: one.gravity, Level: spec.Must, Clause: Clause{Basis: spec.OfPage}}
				failing(all, o, o.ID+".case", "valid", one.f)
			}
			merged, cases := all.merged(anywhere), 0
			for _, c := range merged {
				cases += c.Cases
			}
			if len(merged) != tt.want || cases != len(tt.list) {
				t.Errorf("%d causes of %d cases, want %d of %d", len(merged), cases, tt.want, len(tt.list))
			}
		})
	}
}
