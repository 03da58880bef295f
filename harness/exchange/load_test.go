package exchange

import (
	"errors"
	"testing"

	"qorcheck/harness/plan"
)

func TestLoad_CountsTrouble(t *testing.T) {
	answered := func(operation string, status int) *Record {
		return &Record{Step: plan.Step{Operation: operation}, Answer: &Answer{Status: status}}
	}
	failed := func(kind FailureKind, err error) *Record {
		return &Record{Step: plan.Step{Operation: "a"}, Failure: &Failure{Kind: kind}, err: err}
	}
	endless, short := failed(Timeout, nil), failed(Network, errors.New("x"))
	endless.Began, short.Short = true, "ports"
	for _, tt := range []struct {
		claim    string
		record   *Record
		answered int // beside the first request
		trouble  string
	}{
		{"a response", answered("a", 400), 1, ""},
		{"a response that says that there is too much to do", answered("a", 503), 1, "responses 503"},
		{"the same of an operation that was never served", answered("b", 503), 1, ""},
		{"no response in time", failed(Timeout, nil), 0, "requests without a response in time"},
		{"one that does not end", endless, 0, ""},
		{"a lost connection", failed(Network, errors.New("reset")), 0, "lost connections"},
		{"what this machine ran out of", short, 0, ""},
		{"what was never sent", failed(Blocked, errors.New("x")), 0, ""},
	} {
		var l load
		l.add(answered("a", 200), false)
		l.add(tt.record, tt.record.Answer != nil && tt.record.Answer.Status == 503)
		if got := l.so; got.Answered != 1+tt.answered || (got.Troubled > 0) != (tt.trouble != "") || got.Last != tt.trouble {
			t.Errorf("%s: %+v", tt.claim, got)
		}
	}
}
