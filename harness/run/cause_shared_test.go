package run

import (
	"fmt"
	"testing"

	"qorcheck/harness/redact"
	"qorcheck/harness/redact/redacttest"
	"qorcheck/harness/verdict"
	"qorcheck/spec"
)

// TestMerged_Shared: what many themes or operations show alike is one cause, what a few
// show is not, and nothing grave is behind what is not.
func TestMerged_Shared(t *testing.T) {
	values := func(pointer string) Finding {
		return Finding{Rule: verdict.ValueFits, Deviation: verdict.Value, Status: 200, Pointer: redacttest.Text(pointer), Got: redacttest.Text("0"), Correct: true}
	}
	refusal := func(operation string) Finding {
		return Finding{Rule: verdict.OutcomeWord, Deviation: verdict.Value, Status: 200, Operation: operation, Given: []Fact{
			{Name: redacttest.Text("wanted outcome"), Value: redacttest.Text("refused")}, {Name: redacttest.Text("outcome"), Value: redacttest.Text("success")},
		}}
	}
	type failure struct {
		operation, check, theme string
		gravity                 spec.Gravity
		f                       Finding
	}
	flows := func(n int, f Finding) (list []failure) {
		for i := range n {
			list = append(list, failure{"list", spec.CheckFlow, fmt.Sprint(f.Rule, i), spec.OfOutcome, f})
		}
		return list
	}
	status := func(operation string, got int, correct bool) failure {
		f := Finding{Rule: verdict.WrongStatus, Deviation: verdict.Status, Status: got, Correct: correct, Wanted: []redact.Text{redacttest.Text("200")}}
		return failure{operation, "status", "valid", spec.OfOutcome, f}
	}
	wrong := func(got int) failure {
		one := status("d", got, false)
		one.theme = "paths"
		return one
	}
	anyhow := func(operations ...string) (list []failure) {
		for _, operation := range operations {
			list = append(list, status(operation, 202, true), status(operation, 400, true), status(operation, 500, true))
		}
		return list
	}
	keyless := failure{"a", "status", "keys", spec.OfAccess, Finding{Rule: verdict.WrongStatus, Deviation: verdict.Status, Status: 200}}
	charged := failure{"a", "no-trace", "trace", spec.OfMoney, Finding{Rule: verdict.TraceLeft, Deviation: verdict.Effect, Status: 500}}
	shape := failure{"a", "schema", "schema", spec.OfProtocol, Finding{Rule: verdict.SchemaBody, Deviation: verdict.Value, Status: 200, Keyword: "anyOf", Correct: true}}
	absent := failure{"a", "present", "present", spec.OfProtocol, Finding{Rule: verdict.FieldPresent, Deviation: verdict.Missing, Status: 200, Pointer: redacttest.Text("/date"), Correct: true}}
	secret := absent
	secret.gravity = spec.OfMoney
	words := failure{"a", "error-body", "error-body", spec.OfProtocol, Finding{Rule: verdict.ErrorSuccess, Deviation: verdict.Value, Status: 500}}
	typed := failure{"a", "media-type", "media-type", spec.OfProtocol, Finding{Rule: verdict.JSONBody, Deviation: verdict.Unreadable, Status: 200}}
	for _, tt := range []struct {
		claim string
		list  []failure
		want  int
	}{
		{"values of four themes", flows(4, values("/data")), 1},
		{"values of three themes", flows(3, values("/data")), 3},
		{"an outcome in four themes", flows(4, refusal("list")), 1},
		{"outcomes and values are two", append(flows(4, refusal("list")), flows(4, values("/data"))...), 2},
		{"three operations that answer as they please", anyhow("a", "b", "c"), 1},
		{"what their bodies say beside it", append(anyhow("a", "b", "c"), words), 1},
		{"access is a cause beside it", append(anyhow("a", "b", "c"), keyless), 2},
		{"so is money", append(anyhow("a", "b", "c"), charged), 2},
		{"and what cannot be read", append(anyhow("a", "b", "c"), typed), 2},
		{"a fourth that does so in two ways", append(anyhow("a", "b", "c"), status("d", 202, true), status("d", 409, true)), 1},
		{"a fourth that rejects in three ways", append(anyhow("a", "b", "c"), wrong(302), wrong(404), wrong(500)), 1},
		{"a fourth that rejects in one", append(anyhow("a", "b", "c"), wrong(404)), 2},
		{"what a body of another kind lacks", []failure{shape, absent}, 1},
		{"unless it is grave", []failure{shape, secret}, 2},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			all := causes{}
			for i, one := range tt.list {
				o := Obligation{ID: fmt.Sprintf("%s.R-%d", one.operation, i), Operation: one.operation, Check: one.check, Theme: one.theme, Gravity: one.gravity, Level: spec.Must, Clause: Clause{Basis: spec.OfPage}}
				failing(all, o, o.ID+".case", "valid", one.f)
			}
			merged := all.merged(anywhere)
			if len(merged) != tt.want {
				t.Errorf("%d causes, want %d", len(merged), tt.want)
			}
			cases, gravest, behind := 0, spec.OfWording, spec.OfWording
			for _, c := range merged {
				cases += c.Cases
				if c.Gravity.Rank() < gravest.Rank() {
					gravest = c.Gravity
				}
			}
			for _, one := range tt.list {
				if one.gravity.Rank() < behind.Rank() {
					behind = one.gravity
				}
			}
			if cases != len(tt.list) || gravest != behind {
				t.Errorf("%d of %d cases have a cause, the gravest is of %s in place of %s", cases, len(tt.list), gravest, behind)
			}
		})
	}
}
