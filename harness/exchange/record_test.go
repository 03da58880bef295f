package exchange

import (
	"slices"
	"testing"

	"qorcheck/harness/plan"
)

func TestRecords_AreInTheOrderOfSending(t *testing.T) {
	named := func(name string) Record { return Record{Step: plan.Step{Name: name}} }
	act := named("act")
	full := &Transcript{Prepare: []Record{named("a"), named("b")}, Act: &act, Observe: []Record{named("c")}, Cleanup: []Record{named("d")}}
	for _, tt := range []struct {
		claim string
		of    *Transcript
		want  []string
	}{
		{"a whole case", full, []string{"a", "b", "act", "c", "d"}},
		{"one that stopped before its act", &Transcript{Prepare: []Record{named("a")}, Cleanup: []Record{named("d")}}, []string{"a", "d"}},
		{"one that was never begun", &Transcript{}, nil},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			var got []string
			for r := range tt.of.Records() {
				got = append(got, r.Step.Name)
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
	if len(full.Prepare) != 2 {
		t.Error("listing changed the transcript")
	}
}

func TestInterrupted_IsTheEndOfTheRunAlone(t *testing.T) {
	for _, tt := range []struct {
		claim string
		kind  FailureKind
		want  bool
	}{
		{"an interruption is one", Interrupted, true},
		{"a timeout is none", Timeout, false},
		{"a dead network is none", Network, false},
		{"a garbled answer is none", Malformed, false},
		{"a blocked request is none", Blocked, false},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			record := Record{Failure: &Failure{Kind: tt.kind}}
			for where, of := range map[string]*Transcript{
				"prepare": {Prepare: []Record{{}, record}}, "act": {Act: &record}, "observe": {Act: &Record{}, Observe: []Record{record}},
			} {
				if of.Interrupted() != tt.want {
					t.Errorf("%s: got %v", where, of.Interrupted())
				}
			}
		})
	}
}
