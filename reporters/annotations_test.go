package reporters

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"qorcheck/harness/run"
	"qorcheck/harness/verdict"
	"qorcheck/reporters/internal/sample"
	"qorcheck/spec"
)

func annotations(t *testing.T, d *run.Document) []string {
	t.Helper()
	var b bytes.Buffer
	if err := Annotations(&b, d); err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")
}

// TestAnnotations_AreBounded: GitHub shows ten of a kind and drops the others without a word.
func TestAnnotations_AreBounded(t *testing.T) {
	for _, tt := range []struct {
		causes, lines int
		last          string
	}{
		{10, 10, "title=R-9%2C the page says"},
		{11, 10, "and 2 more"},
		{50, 10, "and 41 more"},
	} {
		var list []run.Obligation
		for i := range tt.causes {
			list = append(list, sample.Obligation(fmt.Sprintf("R-%d", i), spec.Must, verdict.Fail))
		}
		lines := annotations(t, sample.Document(1, list...))
		if len(lines) != tt.lines || !strings.Contains(lines[len(lines)-1], tt.last) {
			t.Errorf("%d causes: %d lines, the last %s", tt.causes, len(lines), lines[len(lines)-1])
		}
	}
}

func TestAnnotations_AreOneLineEach(t *testing.T) {
	o := sample.Obligation("R-1", spec.Must, verdict.Fail)
	o.File = "a,b:c%.yaml"
	d := sample.Document(1, o)
	d.Causes[0].Title = "100 %\r\n::error::no\x00"
	got := annotations(t, d)
	if want := `::error file=a%2Cb%3Ac%25.yaml,line=17,title=R-1%2C the page says (1 case of pay)::100 %25%0D%0A: :error::no\x00`; len(got) != 1 || got[0] != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestAnnotations_FollowTheVerdict(t *testing.T) {
	strict := func(d *run.Document) { d.Strict = true }
	lenient := func(d *run.Document) { d.Unexercised = true }
	for _, tt := range []struct {
		claim   string
		level   spec.Level
		outcome verdict.Outcome
		set     func(*run.Document)
		want    string
	}{
		{"a failed must", spec.Must, verdict.Fail, nil, "::error "},
		{"a failed should", spec.Should, verdict.Fail, nil, "::warning "},
		{"a failed should, strictly", spec.Should, verdict.Fail, strict, "::error "},
		{"an unclear must", spec.Must, verdict.Inconclusive, nil, "::error "},
		{"an unclear must, allowed", spec.Must, verdict.Inconclusive, lenient, "::warning "},
		{"an unclear should", spec.Should, verdict.Inconclusive, nil, "::warning "},
		{"an internal fault", spec.May, verdict.Broken, nil, "::error "},
		{"a waived failure", spec.Must, verdict.Waived, nil, ""},
		{"a pass", spec.Must, verdict.Pass, nil, ""},
		{"an interruption", spec.Must, verdict.NotRun, func(d *run.Document) { d.Interrupted = true }, "::error title=the run did not finish::THE VERDICT"},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			d := sample.Document(0, sample.Obligation("R-1", tt.level, tt.outcome))
			if tt.set != nil {
				tt.set(d)
			}
			got := annotations(t, d)
			if len(got) != 1 || !strings.HasPrefix(got[0], tt.want) || tt.want == "" && got[0] != "" {
				t.Errorf("got %q", got)
			}
		})
	}
}
