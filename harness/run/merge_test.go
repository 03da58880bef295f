package run

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"testing"

	. "github.com/onsi/gomega"

	"qorcheck/harness/plan"
	"qorcheck/harness/settings"
	"qorcheck/harness/verdict"
)

// shard runs one part of a plan.
func shard(t *testing.T, whole *plan.Plan, target string, number, of int, o Options) (journal string, d *Document) {
	t.Helper()
	p := whole.Shard(number, of)
	var b bytes.Buffer
	o.Journal, o.Whole, o.Shard = &b, whole, &Shard{number, of}
	d, err := start(t, t.Context(), p, target, o, func(s *settings.Settings) { s.RunID = fmt.Sprint("run", number) }).Wait()
	if err != nil {
		t.Fatal(err)
	}
	if again := replay(t, b.String()); asJSON(t, again) != asJSON(t, d) {
		t.Errorf("the journal tells\n%s\nthe shard was\n%s", asJSON(t, again), asJSON(t, d))
	}
	if d.Cases != len(p.Cases) || d.Planned != len(p.Obligations) || d.CaseCounts.NotRun > 0 || !strings.Contains(d.Verdict, fmt.Sprintf("; shard %d of %d", number, of)) {
		t.Errorf("%d cases, %d obligations planned: %s, cases %+v", d.Cases, d.Planned, d.Verdict, d.CaseCounts)
	}
	return b.String(), d
}

func sources(journals ...string) (list []Source) {
	for i, j := range journals {
		list = append(list, Source{Name: fmt.Sprint("dir", i+1), Journal: strings.NewReader(j)})
	}
	return list
}

// merged is the document of a whole run, made from its shards.
func merged(t *testing.T, journals ...string) *Document {
	t.Helper()
	shards, err := Join(sources(journals...), []string{"rate"})
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := shards.Write(&b); err != nil {
		t.Fatal(err)
	}
	return replay(t, b.String())
}

// TestMerge: whatever the outcomes and the number of shards, the merged run is the whole run.
func TestMerge(t *testing.T) {
	t.Parallel()
	waivers := &settings.Waivers{Digest: "sha256:w", List: []settings.Waiver{{Obligation: "list.R-bad", Reason: "r", Owner: "o", Until: "2999-12-31"}}}
	for _, o := range []Options{{}, {AllowUnexercised: true, Profile: "p"}, {Waivers: waivers}, {Strict: true, Filter: "f"}} {
		p := mixed(t)
		target := serve(t, statuses)
		want := whole(t, t.Context(), p, target, o)
		for of := 1; of <= len(p.Cases); of++ {
			var journals []string
			requests := 0
			for number := of; number >= 1; number-- {
				journal, d := shard(t, p, target, number, of, o)
				journals = append(journals, journal)
				requests += d.Requests
			}
			got := merged(t, journals...)
			if verdicts(got) != verdicts(want) || got.Shard != nil {
				t.Errorf("of %d shards:\n%s\nwant\n%s", of, verdicts(got), verdicts(want))
			}
			if got.Requests != requests || got.Planned != want.Planned || got.Cases != want.Cases || len(got.RunIDs()) != of || got.Timing == nil || got.Timing.Shards != of || got.Concurrency == nil || got.Concurrency.Shards != of {
				t.Errorf("of %d shards: %d requests of %d, %d obligations, %d cases, runs %s, timing %+v, %v", of, got.Requests, requests, got.Planned, got.Cases, got.RunIDs(), got.Timing, got.Concurrency)
			}
		}
	}
}

// TestMerge_Timing: the seconds of shards are added, their limits are not: they may have run
// side by side, on one machine or on several.
func TestMerge_Timing(t *testing.T) {
	g := NewWithT(t)
	var all *Timing
	var limits *Concurrency
	for _, shard := range []struct {
		timing *Timing
		limits *Concurrency
		last   bool
	}{
		{&Timing{Planning: 0.1, Before: 1, Sending: 4, Waiting: 2, Last: "a", Quiet: 0.5, Lists: 0.2, Work: &Work{1, 2, 3}}, &Concurrency{Auto: true, Limit: 8, Highest: 16, Lowered: 1, Why: "429"}, true},
		{nil, nil, true}, // it was killed
		{&Timing{Planning: 0.2, Before: 2, Sending: 3, Waiting: 1, Last: "b", Quiet: 0.5, Lists: 0.1, Work: &Work{1, 1, 1}}, &Concurrency{Auto: true, Limit: 12, Highest: 12}, false},
		{&Timing{Sending: 1}, nil, false}, // of an older version
	} {
		all, limits = all.of(shard.timing, shard.last), limits.of(shard.limits)
	}
	g.Expect(all).To(Equal(&Timing{Shards: 3, Planning: 0.3, Before: 3, Sending: 8, Waiting: 3, Last: "a", Quiet: 1, Lists: 0.3, Work: &Work{2, 3, 4}}))
	g.Expect(limits.String()).To(Equal("in each of 2 shards at most 12 cases at once (auto, up to 16; lowered once, because of 429)"))
}

// TestShard_DoesNotFailForOtherShards: neither what only another shard
// exercises, nor a waiver of what fails in another.
func TestShard_DoesNotFailForOtherShards(t *testing.T) {
	p := plot(t, ask{id: "some", paths: []string{"/200/1", "/404/2"}, alter: func(o *plan.Obligation, _ *plan.Case) {
		o.Requirement.Answers = []string{"rejected"}
	}}, ask{id: "known", paths: []string{"/200/3", "/404/4"}})
	waivers := &settings.Waivers{Digest: "sha256:w", List: []settings.Waiver{{Obligation: "list.R-known", Reason: "r", Owner: "o", Until: "2999-12-31"}}}
	_, d := shard(t, p, serve(t, statuses), 1, 2, Options{Waivers: waivers}) // /200/1 and /200/3
	some, known := d.Obligations[0], d.Obligations[1]
	if d.ExitCode != ExitPass || some.Outcome != verdict.Inconclusive || !d.Elsewhere(some) || !strings.Contains(some.Why, "it may in another") {
		t.Errorf("exit code %d, %s: %s", d.ExitCode, some.Outcome, some.Why)
	}
	if known.Outcome != verdict.Pass || known.NeedlessWaiver() {
		t.Errorf("%s: %s", known.Outcome, known.Why)
	}
}

// TestMerge_OfResumedShards: shards that were resumed, interrupted or stopped.
func TestMerge_OfResumedShards(t *testing.T) {
	t.Parallel()
	p := plot(t, ask{id: "a", paths: many(60)}, ask{id: "b", paths: []string{"/404/1", "/200/x"}})
	target := serve(t, statuses)
	want := verdicts(whole(t, t.Context(), p, target, Options{}))
	one, _ := shard(t, p, target, 1, 2, Options{})
	two, _ := shard(t, p, target, 2, 2, Options{})
	lines := strings.SplitAfter(two, "\n")
	half := strings.Join(lines[:10], "")
	if d := merged(t, one, half+`{"case":"li`); !d.Interrupted || d.ExitCode != ExitInterrupted || d.CaseCounts.NotRun != 31-9 {
		t.Errorf("a shard was killed: %s, cases %+v", d.Verdict, d.CaseCounts)
	}
	resume := func(journal, target string) string {
		earlier, err := Replay(strings.NewReader(journal))
		if err != nil {
			t.Fatal(err)
		}
		b := bytes.NewBufferString(journal)
		again := func(s *settings.Settings) { s.RunID = fmt.Sprint("again", len(journal)) }
		if _, err := start(t, t.Context(), p.Shard(2, 2), target, Options{Journal: b, Earlier: earlier}, again).Wait(); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	gone := resume(half, serve(t, func(w http.ResponseWriter, r *http.Request) { panic(http.ErrAbortHandler) }))
	if d := merged(t, gone, one); d.Stopped.IsZero() || d.CaseCounts.Inconclusive < maxSilent {
		t.Errorf("the target of a shard was gone: %s", d.Verdict)
	}
	d := merged(t, resume(gone, target), one)
	if got := verdicts(d); got != want || len(d.Further) != 3 {
		t.Errorf("resumed, runs %s:\n%s\nwant\n%s", d.RunIDs(), got, want)
	}
}

func TestMerge_JoinRefuses(t *testing.T) {
	t.Parallel()
	p := mixed(t)
	target := serve(t, statuses)
	one, _ := shard(t, p, target, 1, 3, Options{})
	two, _ := shard(t, p, target, 2, 3, Options{})
	three, _ := shard(t, p, target, 3, 3, Options{})
	ofTwo, _ := shard(t, p, target, 2, 2, Options{})
	filtered, _ := shard(t, p, target, 2, 3, Options{Filter: "x"})
	var all bytes.Buffer
	whole(t, t.Context(), p, target, Options{Journal: &all})
	with := func(name, value string) string {
		journal, _ := shard(t, p, target, 2, 3, Options{Flags: map[string]string{name: value}})
		return journal
	}
	bent := func(old, new string) string {
		if !strings.Contains(two, old) {
			t.Fatalf("nothing to replace: %s", old)
		}
		return strings.Replace(two, old, new, 1)
	}
	for _, tt := range []struct {
		claim    string
		journals []string
		why      string
	}{
		{"a shard is missing", []string{one, three}, "shard 2 of 3 is missing"},
		{"the last is missing", []string{two, one}, "shard 3 of 3 is missing"},
		{"one is there twice", []string{one, two, three, two}, "shard 2 of 3 is there twice: dir2 and dir4"},
		{"a whole run", []string{one, two, all.String()}, "dir3: it is no shard"},
		{"of another number", []string{one, ofTwo}, "dir2 is no shard of the run that dir1 is of: the number of shards is 2, there 3"},
		{"by another program", []string{one, bent(`"tool":"`, `"tool":"other 2`), three}, "the program is other 2"},
		{"with a filter", []string{one, filtered, three}, "dir2 is no shard of the run that dir1 is of: the filter is x, there none"},
		{"by another seed", []string{one, bent(`"seed":7`, `"seed":8`), three}, "the seed is 8, there 7"},
		{"of another plan", []string{one, bent(`"plan":"`, `"plan":"sha256:1`), three}, "the digest of the plan is sha256:1"},
		{"of other fixtures", []string{one, bent(`"fixtures":"`, `"fixtures":"sha256:1`), three}, "the digest of the fixtures is sha256:1"},
		{"with a case less", []string{one, bent(`"cases":2,"planned"`, `"cases":1,"planned"`), three}, "the shards have 6 cases, the plan has 7"},
		{"that read less of answers", []string{one, with("body-limit", "1KiB"), three}, "dir2 is no shard of the run that dir1 is of: --body-limit is 1KiB, there not given"},
		{"other keys, cards or values", []string{one, strings.Replace(two, `"values":"scrypt:`, `"values":"scrypt:0`, 1), three}, "the digest of the fixtures' values is scrypt:0"},
		{"no journal", []string{one, "{}\n", three}, "dir2: journal, line 1: no journal of a run begins so"},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			if _, err := Join(sources(tt.journals...), []string{"rate"}); err == nil || !strings.Contains(err.Error(), tt.why) {
				t.Errorf("got %v", err)
			}
		})
	}
}
