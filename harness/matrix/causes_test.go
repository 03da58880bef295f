package matrix

import (
	"strings"
	"testing"

	"qorcheck/harness/sandbox"
)

// TestPairs_OfDifferentThemes: they are drawn the same each time, and none holds a defect
// that hides the other.
func TestPairs_OfDifferentThemes(t *testing.T) {
	p, err := builtIn()
	if err != nil {
		t.Fatal(err)
	}
	theme := map[string]string{}
	for _, q := range p.Requirements.List {
		theme[q.ID] = q.Theme
	}
	pairs, again := pairsOf(sandbox.Defects(), p.Requirements, maxPairs), pairsOf(sandbox.Defects(), p.Requirements, maxPairs)
	if len(pairs) != maxPairs {
		t.Errorf("%d pairs", len(pairs))
	}
	for i, pair := range pairs {
		a, b := pair[0], pair[1]
		if a.Name == b.Name || theme[a.Requirement] == theme[b.Requirement] || a.Harmless() || b.Harmless() || a.Name == "always-500" || b.Name == "always-500" {
			t.Errorf("%s and %s", a.Name, b.Name)
		}
		if again[i][0].Name != a.Name || again[i][1].Name != b.Name {
			t.Errorf("%s and %s, then %s and %s", a.Name, b.Name, again[i][0].Name, again[i][1].Name)
		}
	}
	if alone := pairsOf([]sandbox.Defect{mutant(t, "keyless-200")}, p.Requirements, maxPairs); len(alone) != 0 {
		t.Errorf("pairs of one defect: %v", alone)
	}
}

func TestCauseTable(t *testing.T) {
	of := func(count int) (list []Cause) {
		for range count {
			list = append(list, Cause{ID: "schema.1"})
		}
		return list
	}
	m := &Matrix{
		Planned: 7,
		Rows: []Row{
			{Mutant: "one", Causes: of(1)}, {Mutant: "three", Causes: of(3), Whole: true, Twice: true, Unlike: []string{"x"}}, {Mutant: "two", Causes: of(2), Whole: true},
			{Mutant: "another", Causes: of(1)}, {Mutant: "harmless"}, {Causes: of(9)},
		},
		Pairs: []Pair{{Mutants: [2]string{"one", "two"}, Causes: of(2)}, {Mutants: [2]string{"one", "three"}, Causes: of(1)}, {Mutants: [2]string{"two", "three"}, Fault: "no socket"}},
	}
	var b strings.Builder
	if err := m.CauseTable(&b); err != nil {
		t.Fatal(err)
	}
	want := `
Median 1, 90th percentile 3, most 3, of 4 defects, 2 of them with every obligation, 1 of these twice.
The second run of the same sandbox shows a cause that the first does not, or the reverse, for 1 of them.
Interrupted: 6 of 7 defects and tolerances came to their end.

Two defects of different themes at once, drawn at random, on the operations that either touches: 1 of 3 pairs show two causes or more.

- ` + "`one` and `three`" + `: 1
- ` + "`two` and `three`" + `: 0, a fault of qorcheck: no socket

| Defect | Causes | Obligations | Differs in the second run | The first |
| --- | ---: | --- | ---: | --- |
| ` + "`three`" + ` | 3 | all | 1 | ` + "`schema.1`" + ` |
| ` + "`two`" + ` | 2 | all | 0 | ` + "`schema.1`" + ` |
| ` + "`one`" + ` | 1 | of its operations | 0 | ` + "`schema.1`" + ` |
| ` + "`another`" + ` | 1 | of its operations | 0 | ` + "`schema.1`" + ` |
`
	if !strings.HasSuffix(b.String(), want) {
		t.Errorf("wrote\n%s\nwant at its end\n%s", b.String(), want)
	}
}
