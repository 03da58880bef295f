package html

import (
	"strings"
	"testing"
	"time"

	"qorcheck/harness/redact/redacttest"
	"qorcheck/harness/run"
	"qorcheck/harness/verdict"
	"qorcheck/reporters/internal/sample"
	"qorcheck/reporters/outline"
	"qorcheck/spec"
)

func summaryOf(d *run.Document) summary { return newSummary(d, outline.Of(d)) }

// TestSummary: what held, what is broken and what is unknown are each counted.
func TestSummary(t *testing.T) {
	var list []run.Obligation
	for id, outcome := range map[string]verdict.Outcome{
		"R-1": verdict.Pass, "R-2": verdict.Fail, "R-3": verdict.Inconclusive, "R-4": verdict.NotRun, "R-5": verdict.Waived, "R-6": verdict.Unsupported, "R-7": verdict.NotApplicable, "R-8": verdict.Broken,
	} {
		list = append(list, sample.Obligation(id, spec.Must, outcome))
	}
	list = append(list, sample.Obligation("R-9", spec.Should, verdict.Fail), sample.Obligation("R-10", spec.Must, verdict.Pass))
	d := sample.Document(run.ExitBroken, list...)
	d.Causes[0].Gravity = spec.OfOutcome
	d.Untested = []run.Untested{{Requirement: "R-30"}}
	s := summaryOf(d)
	for _, want := range []string{
		"qorcheck test sent 5 requests to 127.0.0.1 (2 January 2030) and compared the responses with the list “Toy promise”: 1 operation and 10 requirements, which make 10 obligations, each one requirement on one operation.",
		"2 obligations were fulfilled in every case that was sent.", "1 obligation was broken, from 1 cause (causes by gravity: outcome 1).", "1 obligation was not fulfilled, which is a warning",
	} {
		if !strings.Contains(s.Shown, want) {
			t.Errorf("%q does not say %q", s.Shown, want)
		}
	}
	for _, want := range []string{
		"1 obligation could not be judged, for", "1 obligation could not be judged because of a fault of the tool.", "1 obligation was not run.", "1 obligation failed, which somebody accepts",
		"1 obligation was left out", "1 obligation did not apply.", "1 requirement of the list was not tested yet.", "does not prove that there is none", "Nothing is said about load",
	} {
		if !strings.Contains(s.Beyond, want) {
			t.Errorf("%q does not say %q", s.Beyond, want)
		}
	}
	if strings.Contains(s.Beyond, "did not reach its end") || strings.Contains(s.Beyond, "a part of") {
		t.Errorf("a whole run is said to be a part: %q", s.Beyond)
	}
}

// TestSummary_OfAPart: whatever makes a run less than whole is said, and nothing is
// claimed of a run that showed nothing.
func TestSummary_OfAPart(t *testing.T) {
	const part = "The run is a part of what the list asks"
	for _, tt := range []struct {
		claim  string
		change func(*run.Document)
		says   string
	}{
		{"one case", func(d *run.Document) { d.OneCase = "pay.x" }, part},
		{"a filter", func(d *run.Document) { d.Filter = "level:must" }, part},
		{"a smoke run", func(d *run.Document) { d.Smoke = 9 }, part},
		{"a budget", func(d *run.Document) { d.Budget = &run.Budget{} }, part},
		{"a shard", func(d *run.Document) { d.Shard = &run.Shard{} }, part},
		{"a profile", func(d *run.Document) { d.Profile = "core" }, part},
		{"a profile or other files", func(d *run.Document) { d.JudgedBy = "5 requirements of the profile starter" }, "The responses were judged by 5 requirements of the profile starter."},
		{"an unverified server", func(d *run.Document) { d.Unverified = true }, "its certificate was not verified"},
		{"an interrupted run", func(d *run.Document) { d.Interrupted = true }, "did not reach its end"},
		{"a run that never began", func(d *run.Document) { d.Preflight = redacttest.Text("refused") }, "did not reach its end"},
		{"a run that stopped", func(d *run.Document) { d.Stopped = redacttest.Text("busy") }, "did not reach its end"},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			d := sample.Document(run.ExitUnclear, sample.Obligation("R-1", spec.Must, verdict.Inconclusive))
			tt.change(d)
			s := summaryOf(d)
			if !strings.Contains(s.Beyond, tt.says) || strings.Contains(s.Beyond, "does not prove") || !strings.Contains(s.Shown, "No obligation was shown to be fulfilled.") {
				t.Errorf("%q %q", s.Shown, s.Beyond)
			}
		})
	}
}

func TestSummary_NamesHostAndDays(t *testing.T) {
	for target, want := range map[string]string{"https://sandbox.example.test:8443/v3": "sandbox.example.test:8443", "no address": "no address", "http://%": "http://%"} {
		if got := environment(target); got != want {
			t.Errorf("%s: %s", target, got)
		}
	}
	if got := dates(sample.Noon(), sample.Noon().Add(36*time.Hour)); got != "2 January 2030 to 4 January 2030" {
		t.Error(got)
	}
}

// TestGlances: each obligation is in one row of each table, and the parts of a bar fill it.
func TestGlances(t *testing.T) {
	d := rich()
	d.Obligations[0].Gravity = spec.OfMoney
	for _, g := range newGlances(d) {
		total := 0
		for _, row := range g.Rows {
			sum, wide := 0, 0.0
			for _, part := range row.Bar {
				sum, wide = sum+part.Count, wide+part.Wide
			}
			if sum != row.Count || wide < 999.9 || wide > 1000.1 {
				t.Errorf("%s, %s: %d of %d, %f wide", g.Title, row.Title, sum, row.Count, wide)
			}
			total += sum
		}
		if total != d.Planned || len(g.Rows) < 2 {
			t.Errorf("%s: %d of %d in %d rows", g.Title, total, d.Planned, len(g.Rows))
		}
	}
	if first := newGlances(d)[1].Rows[0]; first.Title != "money or data" || first.Count != 1 {
		t.Errorf("the gravest first: %+v", first)
	}
}

// TestTerms: what the page explains on hover has a meaning.
func TestTerms(t *testing.T) {
	page := content(rendered(t, rich()))
	for _, word := range []string{"cause", "obligation"} {
		if !strings.Contains(page, `<abbr title="`+means(word)+`">`+word) || means(word) == "" {
			t.Errorf("%s is not explained", word)
		}
	}
	for _, want := range terms {
		if !strings.Contains(page, "<dt>"+want.Word+"</dt><dd>"+want.Means) {
			t.Errorf("%s is not among the words", want.Word)
		}
	}
}
