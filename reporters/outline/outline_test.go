package outline

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"

	"qorcheck/harness/redact/redacttest"
	"qorcheck/harness/run"
	"qorcheck/harness/verdict"
	"qorcheck/reporters/internal/sample"
	"qorcheck/spec"
)

func TestFails(t *testing.T) {
	strict := func(d *run.Document) { d.Strict = true }
	reading := func(d *run.Document) { d.Strict, d.Obligations[0].Clause.Basis = true, spec.OfReading }
	lenient := func(d *run.Document) { d.Unexercised = true }
	shard := func(d *run.Document) {
		d.Shard = &run.Shard{Number: 1, Of: 2}
		o := &d.Obligations[0]
		o.Planned, o.Counts, o.Exercised = 1, run.Counts{Pass: 1}, 0
	}
	for _, tt := range []struct {
		claim   string
		level   spec.Level
		outcome verdict.Outcome
		set     func(*run.Document)
		want    bool
	}{
		{"a failed must", spec.Must, verdict.Fail, nil, true},
		{"a failed should", spec.Should, verdict.Fail, nil, false},
		{"a failed should, strictly", spec.Should, verdict.Fail, strict, true},
		{"a failed should that is a reading, strictly", spec.Should, verdict.Fail, reading, false},
		{"a failed may, strictly", spec.May, verdict.Fail, strict, false},
		{"a waived failure", spec.Must, verdict.Waived, nil, false},
		{"an unclear must", spec.Must, verdict.Inconclusive, nil, true},
		{"an unclear must, allowed", spec.Must, verdict.Inconclusive, lenient, false},
		{"an unclear must that another shard may exercise", spec.Must, verdict.Inconclusive, shard, false},
		{"an unclear should", spec.Should, verdict.Inconclusive, strict, false},
		{"an internal fault", spec.May, verdict.Broken, nil, true},
		{"what was not run", spec.Must, verdict.NotRun, nil, false},
		{"what is unsupported", spec.Must, verdict.Unsupported, nil, false},
		{"a pass", spec.Must, verdict.Pass, nil, false},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			d := sample.Document(0, sample.Obligation("R-1", tt.level, tt.outcome))
			if tt.set != nil {
				tt.set(d)
			}
			if got := Fails(d, &d.Obligations[0], tt.outcome); got != tt.want {
				t.Errorf("got %v", got)
			}
		})
	}
	t.Run("a case of a waived obligation", func(t *testing.T) {
		d := sample.Document(0, sample.Obligation("R-1", spec.Must, verdict.Waived))
		if Fails(d, &d.Obligations[0], verdict.Fail) {
			t.Error("it does")
		}
	})
}

func TestOutline_OfFailures(t *testing.T) {
	d := sample.Document(1, sample.Obligation("R-1", spec.Must, verdict.Fail), sample.Obligation("R-2", spec.Should, verdict.Fail), sample.Obligation("R-3", spec.Must, verdict.Waived))
	words := func() (list []string) {
		o := Of(d)
		for _, f := range slices.Concat(o.Failures, o.Accepted) {
			list = append(list, fmt.Sprintf("%s %s: %s", f.Word(), f.Obligation.ID, f.Extent()))
		}
		return append(list, fmt.Sprint(len(o.Failures), len(o.Accepted), o.Tally))
	}
	want := []string{"FAIL pay.R-1: 1 case of pay", "WARNING pay.R-2: 1 case of pay", "FAIL pay.R-3: 1 case of pay", "2 1 [{fail 2 1 3} {waived 1 0 0} {pass 0 0 3}]"}
	if got := words(); !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
	d.Strict = true
	want[1], want[3] = "FAIL pay.R-2: 1 case of pay", "2 1 [{fail 2 0 3} {waived 1 0 0} {pass 0 0 3}]"
	if got := words(); !slices.Equal(got, want) {
		t.Errorf("strictly: got %q", got)
	}
}

func TestOutline_GroupsWhatWasNotJudged(t *testing.T) {
	of := func(id string, outcome verdict.Outcome, why string) run.Obligation {
		o := sample.Obligation(id, spec.Must, outcome)
		o.Why = why
		return o
	}
	d := sample.Document(3, of("R-1", verdict.NotRun, "stopped"), of("R-2", verdict.Inconclusive, "busy"), of("R-3", verdict.Inconclusive, "lost"), of("R-4", verdict.Inconclusive, "busy"), of("R-5", verdict.Broken, "panic"))
	d.Stopped = redacttest.Text("stopped")
	var got []string
	for _, g := range Of(d).Unjudged {
		got = append(got, fmt.Sprintf("%s: %s %v fails %v, in the verdict %v", g.Outcome, g.Why, g.IDs(), g.Fails, g.InVerdict))
	}
	want := []string{
		"broken: panic [pay.R-5] fails true, in the verdict false",
		"inconclusive: busy [pay.R-2 pay.R-4] fails true, in the verdict false",
		"inconclusive: lost [pay.R-3] fails true, in the verdict false",
		"not run: stopped [pay.R-1] fails false, in the verdict true",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

func TestOutline_ShowsEachObligation(t *testing.T) {
	d := sample.EveryKind()
	seen := map[string]int{}
	o := Of(d)
	for _, f := range slices.Concat(o.Failures, o.Accepted) {
		for _, id := range f.Obligations() {
			seen[id]++
		}
	}
	for _, g := range o.Unjudged {
		for _, id := range g.IDs() {
			seen[id]++
		}
	}
	for _, n := range o.Needless {
		seen[n.ID]++
	}
	for _, one := range d.Obligations {
		if want := map[bool]int{true: 0, false: 1}[one.Outcome == verdict.Pass && one.Waiver == nil]; seen[one.ID] < want || want == 0 && seen[one.ID] > 0 {
			t.Errorf("%s, %s, is shown %d times", one.ID, one.Outcome, seen[one.ID])
		}
	}
	sum := 0
	for _, c := range o.Tally {
		sum += c.Obligations
	}
	if sum != d.Planned {
		t.Errorf("the tally counts %d of %d obligations", sum, d.Planned)
	}
	if len(o.Tolerated) != 1 || o.Tolerated[0].Count != 48 || len(o.Tolerated[0].Obligations) != 16 {
		t.Errorf("tolerated: %+v", o.Tolerated)
	}
}

func TestOf_MissingLines(t *testing.T) {
	revoked := run.Missing{Line: "credentials.revoked", Add: "add to f.yaml: credentials.revoked: { K: … }"}
	other := run.Missing{Line: "merchants.other", Add: "add to f.yaml: merchants.other"}
	lacking := func(id string, level spec.Level, outcome verdict.Outcome, missing ...run.Missing) run.Obligation {
		o := sample.Obligation(id, level, outcome)
		o.Missing, o.Why = missing, "lacks lines"
		return o
	}
	d := sample.Document(1,
		lacking("R-1", spec.Must, verdict.Inconclusive, other), lacking("R-2", spec.Should, verdict.Inconclusive, revoked), lacking("R-3", spec.Should, verdict.Inconclusive, revoked, other),
		lacking("R-4", spec.Should, verdict.Inconclusive, revoked), lacking("R-5", spec.Must, verdict.Unsupported, revoked), lacking("R-6", spec.Must, verdict.Inconclusive),
	)
	o := Of(d)
	var got []string
	for _, g := range append(slices.Clone(o.Unjudged), o.Unlocks...) {
		got = append(got, fmt.Sprintf("%s %s %d %s fails %v", g.Outcome, cmp.Or(g.Line, g.Why), len(g.Obligations), g.Unlocks(), g.Fails))
	}
	want := []string{
		"inconclusive credentials.revoked 3 2 obligations, 1 more with other lines fails false",
		"inconclusive merchants.other 2 1 obligation, 1 more with other lines fails true",
		"inconclusive lacks lines 1 1 obligation with other lines fails true",
		"unsupported lacks lines 1 1 obligation with other lines fails false",
		"unsupported credentials.revoked 1 1 obligation fails false",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
