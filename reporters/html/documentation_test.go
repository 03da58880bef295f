package html

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"qorcheck/harness/run"
	"qorcheck/harness/verdict"
	"qorcheck/reporters/internal/sample"
	"qorcheck/reporters/outline"
	"qorcheck/spec"
)

// TestPage_LeadsFromStatementToExchange: who opens a statement finds links to the
// exchanges, causes and lines of its obligations.
func TestPage_LeadsFromStatementToExchange(t *testing.T) {
	d := sample.EveryKind()
	page := rendered(t, d)
	for id, want := range map[string]string{
		"S1": `<a href="#x1">pay</a>`, "S2": `<a href="#status.R-2-must">pay</a>`,
		"S3": "No requirement of this run is made of it.", "G1": "nothing tests it: no request can",
	} {
		part := regexp.MustCompile(`(?s)<details class="statement" id="` + id + `".*?</details>`).FindString(page)
		if !strings.Contains(part, want) {
			t.Errorf("%s lacks %s: %s", id, want, part)
		}
	}
	part := regexp.MustCompile(`(?s)<details class="statement" id="S1".*?</details>`).FindString(page)
	for _, want := range []string{`a missing key</p>`, `not applicable (it has no body): <a href="#pay.R-1-must">pay</a>`, `not applicable (only other responses came, which are allowed): <a href="#x2">pay</a>`, `not shown (add to f.yaml: a long key)`} {
		if !strings.Contains(part, want) {
			t.Errorf("S1 lacks %s: %s", want, part)
		}
	}
	if !strings.Contains(page, `<section id="inapplicable"`) || !strings.Contains(page, "in the body: it has no body</p>") {
		t.Error("what does not apply is not listed")
	}
	if !strings.Contains(page, `<details class="step example" id="x1">`) || !strings.Contains(page, `<a href="#x2">exchange</a>`) {
		t.Error("the exchanges are not shown")
	}
	if page := rendered(t, rich()); strings.Contains(page, `id="documentation"`) || strings.Contains(page, `id="exchanges"`) {
		t.Error("a list without statements has a section of them")
	}
}

// TestPage_ShowsExamplesThatFit: one of each requirement comes before the second.
func TestPage_ShowsExamplesThatFit(t *testing.T) {
	const size, count = 10_000, 2 * maxExamples / 10_000
	var list []run.Obligation
	for i := range count {
		o := sample.Obligation("R-many", spec.Must, verdict.Pass)
		o.Operation = fmt.Sprint("op", i)
		o.ID = o.Operation + ".R-many"
		if i >= count-3 {
			o.Requirement = fmt.Sprint("R-", i)
		}
		list = append(list, o)
	}
	d := sample.Document(0, list...)
	for i := range d.Obligations {
		o := &d.Obligations[i]
		x := sample.ExampleOf(o)
		x.ID, x.Case = o.Operation+".case", o.Operation+".case"
		o.Example = x.ID
		x.What = strings.Repeat("x", size)
		d.Examples = append(d.Examples, x)
	}
	page := rendered(t, d)
	shown := strings.Count(page, `<details class="step example"`)
	if shown < count/3 || shown > count/2+1 {
		t.Errorf("%d of %d are shown", shown, count)
	}
	if !strings.Contains(page, fmt.Sprintf("%d more exchanges</p>", count-shown)) && !strings.Contains(page, fmt.Sprintf("%d more exchanges in", count-shown)) {
		t.Error("the others are not counted")
	}
	if !strings.Contains(page, fmt.Sprintf(`id="x%d"`, count)) || strings.Contains(page, fmt.Sprintf(`id="x%d"`, count-3)) {
		t.Error("others than the first of each requirement are shown")
	}
}

func TestLook_OfEachState(t *testing.T) {
	seen := map[string]outline.State{}
	for _, state := range outline.States {
		l := lookOfState(state)
		if l.Word != string(state) || l.Class == "" || l.Sign == "" {
			t.Errorf("%s: %+v", state, l)
		}
		seen[l.Sign] = state
	}
	for sign, state := range map[string]outline.State{"✓": outline.Proven, "✗": outline.NotKept, "c": outline.NoPromise, "r": outline.OurReading} {
		if seen[sign] != state {
			t.Errorf("%s is the sign of %s", sign, seen[sign])
		}
	}
}
