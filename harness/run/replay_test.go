package run

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"qorcheck/harness/plan"
	"qorcheck/harness/settings"
	"qorcheck/harness/verdict"
	"qorcheck/spec"
)

// replay makes the document of a run from its journal.
func replay(t *testing.T, journal string) *Document {
	t.Helper()
	p, err := Replay(strings.NewReader(journal))
	if err != nil {
		t.Fatal(err)
	}
	d, err := p.Document()
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func asJSON(t *testing.T, value any) string {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// mixed is a plan with all outcomes, against statuses.
func mixed(t *testing.T) *plan.Plan {
	return plot(t,
		ask{id: "good", paths: []string{"/200/1", "/200/2", "/405/3"}},
		ask{id: "bad", paths: []string{"/404/1", "/200/4", "/500"}},
		ask{id: "unclear", paths: []string{"/503"}, alter: posted},
		ask{id: "lacks", alter: func(o *plan.Obligation, _ *plan.Case) { o.Lacks = "add something" }},
		ask{id: "cannot", alter: func(o *plan.Obligation, _ *plan.Case) { o.Unsupported = "cannot" }})
}

// verdicts is what a document says of the target, without times and run ids.
func verdicts(d *Document) string {
	var b strings.Builder
	fmt.Fprintln(&b, d.ExitCode, d.Verdict, d.Counts, d.CaseCounts, d.Digests)
	for _, o := range d.Obligations {
		fmt.Fprintln(&b, o.ID, o.Outcome, o.Why, o.Counts, o.Exercised, o.Notes, o.Causes)
	}
	for _, c := range d.Causes {
		fmt.Fprintln(&b, c.ID, c.Title, c.Cases, c.Behind, len(c.Shown))
	}
	return b.String()
}

// TestResume ends a run after each line of its journal, and within it.
func TestResume(t *testing.T) {
	t.Parallel()
	p := mixed(t)
	var mu sync.Mutex
	var asked []string
	target := serve(t, func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		asked = append(asked, r.URL.Path)
		mu.Unlock()
		statuses(w, r)
	})
	var journal bytes.Buffer
	want := verdicts(whole(t, t.Context(), p, target, Options{Journal: &journal}))
	text := journal.String()
	first := strings.Index(text, "\n") + 1
	for at := first; ; {
		next := strings.Index(text[at:], "\n") + 1
		for _, torn := range []int{0, min(1, next), max(next-1, 0)} {
			kept := text[:at+torn]
			earlier, err := Replay(strings.NewReader(kept))
			if err != nil {
				t.Fatal(err)
			}
			if earlier.Torn != (len(kept) > at) || earlier.Size != int64(at) {
				t.Errorf("after %d bytes and %d more: torn %v, whole are %d", at, torn, earlier.Torn, earlier.Size)
			}
			asked = nil
			continued := bytes.NewBufferString(text[:at])
			d := whole(t, t.Context(), p, target, Options{Journal: continued, Earlier: earlier}, func(s *settings.Settings) { s.RunID = "again" })
			if got := verdicts(d); got != want {
				t.Errorf("resumed after %d bytes:\n%s\nwant\n%s", at, got, want)
			}
			if d.RunID != "run1" || !slices.Equal(d.Further, []string{"again"}) {
				t.Errorf("run ids %s, %s", d.RunID, d.Further)
			}
			if cases := strings.Count(text[:at], "\n"+`{"case":`) - strings.Count(text[:at], `"unanswered":true`); len(asked) != len(p.Cases)-cases {
				t.Errorf("%d answered cases were there, %d requests sent", cases, len(asked))
			}
			if again := replay(t, continued.String()); asJSON(t, again) != asJSON(t, d) {
				t.Errorf("the journal tells\n%s\nthe run was\n%s", asJSON(t, again), asJSON(t, d))
			}
		}
		if next == 0 {
			break
		}
		at += next
	}
}

// TestResume_WhenTheTargetIsBack: what got no answer is repeated, whether sending
// stopped, the run was killed then, or it was resumed before.
func TestResume_WhenTheTargetIsBack(t *testing.T) {
	t.Parallel()
	p := plot(t, ask{id: "a", paths: many(60)}, ask{id: "b", paths: []string{"/404/1", "/200/x"}})
	var answers atomic.Int32 // how many more are given
	target := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if answers.Add(-1) < 0 {
			panic(http.ErrAbortHandler)
		}
		statuses(w, r)
	})
	answers.Store(1000)
	want := verdicts(whole(t, t.Context(), p, target, Options{}))
	var journal bytes.Buffer
	answers.Store(10)
	if d := whole(t, t.Context(), p, target, Options{Journal: &journal}); d.Stopped.IsZero() || d.CaseCounts.Inconclusive < maxSilent {
		t.Fatalf("%s, cases %+v", d.Verdict, d.CaseCounts)
	}
	for part, left := range []int32{15, 1000} {
		earlier, err := Replay(bytes.NewReader(journal.Bytes()))
		if err != nil || earlier.Complete() || earlier.Missing() != len(p.Cases)-10-15*part {
			t.Fatalf("part %d: %v, complete: %t, %d are missing", part, err, earlier.Complete(), earlier.Missing())
		}
		answers.Store(left)
		d := whole(t, t.Context(), p, target, Options{Journal: &journal, Earlier: earlier}, func(s *settings.Settings) { s.RunID = fmt.Sprint("again", part) })
		if again := replay(t, journal.String()); asJSON(t, again) != asJSON(t, d) {
			t.Errorf("part %d: the journal tells\n%s\nthe run was\n%s", part, asJSON(t, again), asJSON(t, d))
		}
		if got := verdicts(d); part == 1 && got != want {
			t.Errorf("resumed:\n%s\nwant\n%s", got, want)
		}
	}
	seen := map[string]bool{}
	if err := ReadJournal(&journal, func(e Entry) error {
		if seen[e.Case] || e.Unanswered {
			t.Errorf("%s is there twice, or unanswered: %t", e.Case, e.Unanswered)
		}
		seen[e.Case] = true
		return nil
	}); err != nil || len(seen) != len(p.Cases) {
		t.Errorf("%d of %d cases: %v", len(seen), len(p.Cases), err)
	}
}

// TestResume_OfACompleteRun: where every case is there and only the end is missing,
// nothing is sent; where the target is gone, what was concluded before stays so.
func TestResume_OfACompleteRun(t *testing.T) {
	p := plot(t, ask{id: "a", paths: many(3)}, ask{id: "b", paths: many(2)})
	var journal bytes.Buffer
	want := verdicts(whole(t, t.Context(), p, serve(t, statuses), Options{Journal: &journal}, func(s *settings.Settings) { s.Concurrency = 1 }))
	if earlier, err := Replay(bytes.NewReader(journal.Bytes())); err != nil || !earlier.Complete() {
		t.Errorf("%v, complete: %t", err, earlier.Complete())
	}
	lines := strings.SplitAfter(journal.String(), "\n")
	for _, tt := range []struct {
		claim string
		kept  int // lines
		pass  int
	}{{"all", len(lines) - 2, 2}, {"all but one", len(lines) - 3, 1}} {
		t.Run(tt.claim, func(t *testing.T) {
			earlier, err := Replay(strings.NewReader(strings.Join(lines[:tt.kept], "")))
			if err != nil || earlier.Complete() {
				t.Fatalf("%v, complete: %t", err, earlier.Complete())
			}
			r := start(t, t.Context(), p, "http://127.0.0.1:1", Options{Earlier: earlier}, func(s *settings.Settings) { s.RunID = "again" })
			for _, o := range p.Obligations {
				if _, err := r.Await(t.Context(), o.ID); err != nil {
					t.Error(err)
				}
			}
			d, err := r.Wait()
			if err != nil || d.Counts.Pass != tt.pass {
				t.Errorf("%v, %s", err, d.Verdict)
			}
			if got := verdicts(d); tt.pass == 2 && got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// TestMessages_OfAnEarlierPart: what an earlier part of a run made is neither a
// rejected request of this one nor what other people did.
func TestMessages_OfAnEarlierPart(t *testing.T) {
	p := plot(t, ask{id: "a", paths: []string{"/200"}}, ask{id: "b", paths: []string{"/200"}})
	body := plan.Template(`{"order":"` + string(plan.Placeholder{Source: plan.FromRun, Args: []string{"order", "12"}}.Template()) + `"}`)
	p.Cases[0].Act.Request.Body, p.Cases[0].Expect = body, plan.NewExpect("", 400)
	p.Cases[1].Prepare = []plan.Step{{Request: plan.Request{Body: body}}}
	p.Finder = &plan.Step{Name: "find", Request: plan.Request{Method: "GET", Path: "/made"}}
	made := ""
	target := serve(t, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintf(w, `{"order":%q}`, made) })
	s := toySettings(t, target)
	r := &Run{plan: p, client: toyClient(t, p, s), options: Options{Settings: s}, ledger: newLedger(&Document{RunID: "one", Further: []string{"two"}})}
	m := &spec.Messaging{Lookup: &spec.Finder{Field: "/order"}}
	for _, tt := range []struct {
		claim, made string
		want        origin
	}{
		{"a rejected request of the first part", plan.UniqueValue("one", p.Cases[0].ID, "order", 12), rejected},
		{"a rejected request of the second part", plan.UniqueValue("two", p.Cases[0].ID, "order", 12), rejected},
		{"a preparation", plan.UniqueValue("one", p.Cases[1].ID, "order", 12), ours},
		{"another run", plan.UniqueValue("three", p.Cases[0].ID, "order", 12), others},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			made = tt.made
			if got := r.origins(t.Context(), m, []string{"id"})["id"]; got != tt.want {
				t.Errorf("origin %d, want %d", got, tt.want)
			}
		})
	}
}

func TestJournal_WithoutEndIsOfAnInterruptedRun(t *testing.T) {
	var journal bytes.Buffer
	p := mixed(t)
	whole(t, t.Context(), p, serve(t, statuses), Options{Journal: &journal}, func(s *settings.Settings) { s.Concurrency = 1 })
	lines := strings.SplitAfter(journal.String(), "\n")
	d := replay(t, strings.Join(lines[:3], ""))
	if !d.Interrupted || d.ExitCode != ExitInterrupted || d.CaseCounts.Sum() != len(p.Cases) || d.CaseCounts.NotRun != len(p.Cases)-2 {
		t.Errorf("%s, cases %+v", d.Verdict, d.CaseCounts)
	}
	if last := d.Obligations[2]; last.Outcome != verdict.NotRun || d.Finished.IsZero() {
		t.Errorf("%+v", last)
	}
	if d := replay(t, lines[0]); d.Counts.NotRun != 3 || d.Finished.IsZero() {
		t.Errorf("nothing was sent: %+v", d.Counts)
	}
}

func TestReplay_Refuses(t *testing.T) {
	var journal bytes.Buffer
	whole(t, t.Context(), mixed(t), serve(t, statuses), Options{Journal: &journal})
	lines := strings.SplitAfter(journal.String(), "\n")
	for _, tt := range []struct{ claim, journal, why string }{
		{"nothing", "", "not even its first line"},
		{"a first line that is torn", lines[0][:len(lines[0])-1], "not even its first line"},
		{"a journal without its head", lines[len(lines)-2], "line 1: no journal of a run begins so"},
		{"a case that is there twice", lines[0] + lines[1] + lines[1], "line 3: case list."},
		{"a case of another run", strings.ReplaceAll(lines[0], "list.R-", "pay.R-") + strings.Join(lines[1:], ""), "waits for no such case"},
		{"a line that is nothing", lines[0] + "null\n" + lines[1], "line 2: it is none of"},
		{"a line that is empty", lines[0] + "\n" + lines[1], "line 2: "},
		{"a line that is two things", lines[0] + strings.Replace(lines[1], "{", `{"end":{},`, 1), "line 2: it is none of"},
		{"a second head", lines[0] + lines[1] + lines[0], "line 3: a second head"},
		{"the head of another program", `{"head":{"document":{"version":999}}}` + "\n", "line 1: "},
		{"a torn line in the middle", lines[0] + lines[1][:9] + "\n" + lines[2], "line 2: "},
		{"a journal of another version", strings.Replace(lines[0], `"version":5`, `"version":2`, 1), "its format is version 2, this program reads version 5"},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			if _, err := Replay(strings.NewReader(tt.journal)); err == nil || !strings.Contains(err.Error(), tt.why) {
				t.Errorf("got %v", err)
			}
		})
	}
}
