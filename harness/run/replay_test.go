package run

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"qorcheck/harness/plan"
	"qorcheck/harness/settings"
	"qorcheck/harness/verdict"
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
		ask{id: "unclear", paths: []string{"/503"}},
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
			if cases := strings.Count(text[:at], "\n"+`{"case":`); len(asked) != len(p.Cases)-cases {
				t.Errorf("%d cases were there, %d requests sent", cases, len(asked))
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

func TestAJournalWithoutEndIsOfAnInterruptedRun(t *testing.T) {
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

func TestReplayRefuses(t *testing.T) {
	var journal bytes.Buffer
	whole(t, t.Context(), mixed(t), serve(t, statuses), Options{Journal: &journal})
	lines := strings.SplitAfter(journal.String(), "\n")
	for _, tt := range []struct{ claim, journal, why string }{
		{"nothing", "", "not even its first line"},
		{"a first line that is torn", lines[0][:len(lines[0])-1], "not even its first line"},
		{"a journal without its head", lines[1], "line 1: no journal of a run begins so"},
		{"a case that is there twice", lines[0] + lines[1] + lines[1], "line 3: case list."},
		{"a case of another run", lines[0] + strings.ReplaceAll(lines[1], "list.R-", "pay.R-"), "waits for no such case"},
		{"a torn line in the middle", lines[0] + lines[1][:9] + "\n" + lines[2], "line 2: "},
		{"a journal of another version", strings.Replace(lines[0], `"version":2`, `"version":1`, 1), "version 1: this program reads 2"},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			if _, err := Replay(strings.NewReader(tt.journal)); err == nil || !strings.Contains(err.Error(), tt.why) {
				t.Errorf("got %v", err)
			}
		})
	}
}
