package run

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"qorcheck/harness/settings"
)

func TestWaivers(t *testing.T) {
	t.Parallel()
	w := &settings.Waivers{Digest: "sha256:00", List: []settings.Waiver{
		{Obligation: "list.R-fails", Reason: "known", Owner: "pat", Link: "https://issues.example.test/7", Until: "2030-12-31"},
		{Obligation: "list.R-passes"}, {Obligation: "list.R-unclear"}, {Obligation: "list.R-broken"}, {Obligation: "elsewhere.R-1"},
	}}
	asks := []ask{
		{id: "fails", paths: []string{"/404", "/200"}}, {id: "passes", paths: []string{"/200"}}, {id: "unclear", paths: []string{"/503"}},
		{id: "broken", check: "sniff", paths: []string{"/200"}}, {id: "other", paths: []string{"/404/other"}},
	}
	d := whole(t, t.Context(), plot(t, asks...), serve(t, statuses), Options{Waivers: w})
	want := []string{
		"waived known (pat, until 2030-12-31) https://issues.example.test/7", "pass it passes although it is waived: remove its waiver",
		"inconclusive the target was busy: it answered 503", "broken unknown check sniff", "fail ",
	}
	for i, o := range d.Obligations {
		if got := fmt.Sprint(o.Outcome, " ", o.Why); got != want[i] {
			t.Errorf("%s: %s, want %s", o.ID, got, want[i])
		}
	}
	if d.Digests.Waivers != "sha256:00" || d.Counts.Waived != 1 || d.ExitCode != ExitBroken {
		t.Errorf("%+v, exit code %d", d.Digests, d.ExitCode)
	}
	if c := d.Causes[0]; len(c.Behind) != 2 || d.Waived(c) || len(d.Failed()) != 1 {
		t.Errorf("a cause of what is waived and what is not: %+v", c)
	}
	if got := d.Result(d.Obligations[0]).Explain(); !strings.HasPrefix(got, "WAIVED: ") || !strings.Contains(got, "waived:     known (pat, until 2030-12-31)") || !strings.Contains(got, "1 of 2 cases failed") {
		t.Error(got)
	}
	t.Run("waived alone it fails nothing", func(t *testing.T) {
		d := whole(t, t.Context(), plot(t, asks[0]), serve(t, statuses), Options{Waivers: w})
		if d.ExitCode != ExitPass || !strings.HasPrefix(d.Verdict, "PASSED by its waivers alone: none of 1 obligations passed; 1 failed and are waived; ") || len(d.Failed()) != 0 || !d.Waived(d.Causes[0]) {
			t.Errorf("exit code %d: %s", d.ExitCode, d.Verdict)
		}
	})
}

// TestWaivers_End: one that has ended waives nothing, one that ends soon is announced.
func TestWaivers_End(t *testing.T) {
	for _, tt := range []struct {
		claim, until string
		code         int
		says         string
	}{
		{"long ago", "2020-02-29", ExitFail, "; waivers that have ended, whose failures count again: list.R-fails"},
		{"today", time.Now().UTC().Format(time.DateOnly), ExitPass, "; waivers that end within 14 days: list.R-fails on "},
		{"in a far year", "2999-12-31", ExitPass, "1 failed and are waived"},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			w := &settings.Waivers{Digest: "sha256:00", List: []settings.Waiver{{Obligation: "list.R-fails", Reason: "known", Owner: "pat", Until: tt.until}}}
			d := whole(t, t.Context(), plot(t, ask{id: "fails", paths: []string{"/404", "/200"}}), serve(t, statuses), Options{Waivers: w})
			if d.ExitCode != tt.code || !strings.Contains(d.Verdict, tt.says) || strings.Contains(d.Verdict, "waivers that") != strings.Contains(tt.says, "waivers that") {
				t.Errorf("exit code %d: %s", d.ExitCode, d.Verdict)
			}
			if (d.Obligations[0].Ended != nil) != (tt.code == ExitFail) {
				t.Errorf("%+v", d.Obligations[0])
			}
		})
	}
}
