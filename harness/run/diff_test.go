package run

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"qorcheck/harness/redact/redacttest"
	"qorcheck/harness/verdict"
	"qorcheck/spec"
)

// one is a document of a single obligation.
func one(level spec.Level, outcome verdict.Outcome, change ...func(*Document)) *Document {
	d := sample(level, outcome)
	d.Obligations[0].Exercised = 3
	d.conclude()
	for _, c := range change {
		c(d)
	}
	return d
}

func TestCompare(t *testing.T) {
	const must, should = spec.Must, spec.Should
	none := func(d *Document) { d.Obligations = nil }
	fewer := func(d *Document) { d.Obligations[0].Exercised = 1 }
	strict := func(d *Document) { d.Strict = true }
	reading := func(d *Document) { d.Obligations[0].Clause.Basis = spec.OfReading }
	for _, tt := range []struct {
		claim    string
		old, new *Document
		list     string // where it is listed
		says     string
		stops    string // which gates
	}{
		{"nothing changed", one(must, verdict.Pass), one(must, verdict.Pass), "", "", ""},
		{"what failed fails", one(must, verdict.Fail), one(must, verdict.Fail), "", "", ""},
		{"what passed fails", one(must, verdict.Pass), one(must, verdict.Fail), "NewlyFailing", "pass → fail", "new-failures"},
		{"what should hold fails", one(should, verdict.Pass), one(should, verdict.Fail), "NewlyFailing", "pass → fail", ""},
		{"what should hold fails, strictly", one(should, verdict.Pass), one(should, verdict.Fail, strict), "NewlyFailing", "pass → fail", "new-failures"},
		{"a reading that should hold fails, strictly", one(should, verdict.Pass, reading), one(should, verdict.Fail, reading, strict), "NewlyFailing", "pass → fail", ""},
		{"what was unclear fails", one(must, verdict.Inconclusive), one(must, verdict.Fail), "NewlyFailing", "inconclusive → fail", "new-failures"},
		{"what was not there fails", one(must, verdict.Pass, none), one(must, verdict.Fail), "NewlyFailing", "absent → fail", "new-failures"},
		{"what is waived fails", one(must, verdict.Pass), one(must, verdict.Waived), "Waivers", "absent → known (pat, until 2030-12-31)", ""},
		{"a waiver goes and the failure stays", one(must, verdict.Waived), one(must, verdict.Fail), "Waivers", "known (pat, until 2030-12-31) → absent", ""},
		{"what failed passes", one(must, verdict.Fail), one(must, verdict.Pass), "Fixed", "fail → pass", ""},
		{"what was judged is unclear", one(must, verdict.Pass), one(must, verdict.Inconclusive), "LostCoverage", "pass → inconclusive", "lost-coverage"},
		{"what failed is not run", one(must, verdict.Fail), one(must, verdict.NotRun), "LostCoverage", "fail → not run", "lost-coverage"},
		{"what was judged is unsupported", one(should, verdict.Pass), one(should, verdict.Unsupported), "LostCoverage", "pass → unsupported", ""},
		{"what was judged is gone", one(must, verdict.Pass), one(must, verdict.Pass, none), "LostCoverage", "pass → absent", "lost-coverage"},
		{"fewer cases judge it", one(must, verdict.Pass), one(must, verdict.Pass, fewer), "LostCoverage", "pass, exercised by 3 cases → pass, exercised by 1 cases", "lost-coverage"},
		{"more cases judge it", one(must, verdict.Pass, fewer), one(must, verdict.Pass), "", "", ""},
		{"what was unclear is judged", one(must, verdict.Inconclusive), one(must, verdict.Pass), "Gained", "inconclusive → pass", ""},
		{"what was not there passes", one(must, verdict.Pass, none), one(must, verdict.Pass), "Gained", "absent → pass", ""},
		{"what was unclear is not run", one(must, verdict.Inconclusive), one(must, verdict.NotRun), "", "", ""},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			d := Compare(tt.old, tt.new)
			for _, name := range []string{"NewlyFailing", "Fixed", "LostCoverage", "Gained", "Waivers"} {
				list := reflect.ValueOf(*d).FieldByName(name).Interface().([]Change)
				if name == "Waivers" && tt.list != "Waivers" && tt.list != "" {
					continue
				}
				switch {
				case name != tt.list && len(list) > 0:
					t.Errorf("%s has %+v", name, list)
				case name == tt.list && (len(list) != 1 || list[0].Old+" → "+list[0].New != tt.says || list[0].Obligation != "op.R-0"):
					t.Errorf("%s has %+v", name, list)
				}
			}
			var stops []string
			for _, gate := range Gates() {
				if why := d.Gate(gate); why != "" {
					stops = append(stops, gate)
					if !strings.Contains(why, "op.R-0") {
						t.Errorf("%s says %s", gate, why)
					}
				}
			}
			if got := strings.Join(stops, " "); got != tt.stops {
				t.Errorf("stopped by %q, want %q", got, tt.stops)
			}
		})
	}
}

// TestCompare_Parts: what a part of the plan does not send is not lost, a failure is one
// all the same, and nothing can be said of coverage.
func TestCompare_Parts(t *testing.T) {
	const must = spec.Must
	none := func(d *Document) { d.Obligations, d.Causes = nil, nil }
	smoke := func(d *Document) { d.Smoke = 9; d.Obligations[0].Exercised = 1 }
	filtered := func(d *Document) { d.Filter = "level:must" }
	budget := func(d *Document) { d.Budget = &Budget{Limit: "500 requests"} }
	for _, tt := range []struct {
		claim                        string
		old, new                     *Document
		uneven                       string
		failing, fixed, lost, gained int
		gone                         int
	}{
		{"a filter leaves out what was judged", one(must, verdict.Pass), one(must, verdict.Pass, filtered, none), "the new run is a part of the plan (filter level:must)", 0, 0, 0, 0, 0},
		{"a filter leaves out what failed", one(must, verdict.Fail), one(must, verdict.Pass, filtered, none), "the new run is a part of the plan (filter level:must)", 0, 0, 0, 0, 0},
		{"a smoke run exercises it by fewer cases", one(must, verdict.Pass), one(must, verdict.Pass, smoke), "the new run is a part of the plan (smoke run)", 0, 0, 0, 0, 0},
		{"a whole run after a smoke run fails", one(must, verdict.Pass, smoke), one(must, verdict.Fail), "the old run is a part of the plan (smoke run)", 1, 0, 0, 0, 0},
		{"a whole run after a budget has what that left out", one(must, verdict.Pass, budget, none), one(must, verdict.Pass), "the old run is a part of the plan (budget of 500 requests)", 0, 0, 0, 0, 0},
		{"two smoke runs are even", one(must, verdict.Fail, smoke), one(must, verdict.Pass, smoke), "", 0, 1, 0, 0, 1},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			d := Compare(tt.old, tt.new)
			if d.Uneven() != tt.uneven || len(d.NewlyFailing) != tt.failing || len(d.Fixed) != tt.fixed || len(d.LostCoverage) != tt.lost || len(d.Gained) != tt.gained || len(d.GoneCauses) != tt.gone {
				t.Errorf("%q: %+v", d.Uneven(), d)
			}
			if stops := d.Gate("lost-coverage"); (stops != "") != (tt.uneven != "") {
				t.Errorf("the gate says %q", stops)
			}
		})
	}
}

func TestCompare_ListsWhatRunsWereMadeOf(t *testing.T) {
	d := Compare(one(spec.Must, verdict.Pass), one(spec.Must, verdict.Pass, func(d *Document) {
		d.Digests = Digests{"a", "b", "c", "d", "e"}
		d.Tool, d.Target, d.API, d.Seed, d.Profile, d.Filter, d.Strict = "qorcheck 2", "http://127.0.0.1/v3", "Toy 2", 7, "core", "level:must", true
	}))
	var got []string
	for _, v := range d.Changed {
		got = append(got, fmt.Sprintf("%s %s %s", v.Name, v.Old, v.New))
	}
	want := []string{
		"tool none qorcheck 2", "target none http://127.0.0.1/v3", "API none Toy 2", "description none a", "requirements none b", "fixtures none c", "waivers none e",
		"plan none d", "seed 0 7", "profile none core", "filter none level:must", "strict false true",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

func TestCompare_ListsUndocumentedBehaviour(t *testing.T) {
	met := func(check string, status int, note string) *Document {
		d := one(spec.Must, verdict.Fail)
		d.Obligations[0].Operation, d.Obligations[0].Check = "op", check
		d.Causes[0].Shown[0].Findings = []Finding{{Rule: verdict.DocumentedStatus, Deviation: verdict.Status, Status: status}}
		d.Obligations[0].Notes = []Note{{Text: redacttest.Text(note)}}
		return d
	}
	for _, tt := range []struct {
		claim    string
		old, new *Document
		want     []Seen
	}{
		{"the same", met("documented-status", 418, "405 is tolerated"), met("documented-status", 418, "405 is tolerated"), []Seen{}},
		{"another status", met("documented-status", 418, "n"), met("documented-status", 419, "n"), []Seen{{"op", "status 419"}}},
		{"another tolerated answer", met("status", 400, "405 is tolerated"), met("status", 500, "422 is tolerated"), []Seen{{"op", "422 is tolerated"}}},
		{"a documented one", met("status", 400, "n"), met("status", 500, "n"), []Seen{}},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			if got := Compare(tt.old, tt.new).Undocumented; !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got %v", got)
			}
		})
	}
}

func TestCompare_ListsSlowerOperations(t *testing.T) {
	took := func(count int, p90 float64) *Document {
		return one(spec.Must, verdict.Pass, func(d *Document) { d.Latency = []Latency{{Operation: "op", Count: count, P50MS: 1, P90MS: p90}} })
	}
	for _, tt := range []struct {
		claim    string
		old, new *Document
		want     int
	}{
		{"twice as long", took(10, 100), took(10, 200), 1},
		{"a bit longer", took(10, 100), took(10, 149), 0},
		{"many times as long, and still quick", took(10, 1), took(10, 20), 0},
		{"quicker", took(10, 200), took(10, 100), 0},
		{"too few answers to say so", took(10, 100), took(9, 1000), 0},
		{"no answers before", one(spec.Must, verdict.Pass), took(10, 1000), 0},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			if got := Compare(tt.old, tt.new).Slower; len(got) != tt.want {
				t.Errorf("got %+v", got)
			}
		})
	}
}

func TestCompare_ListsNewCauses(t *testing.T) {
	other := one(spec.Must, verdict.Fail)
	other.Causes[0].ID, other.Causes[0].Title, other.Obligations[0].Causes = "status.x", "op answers: received status 500", []string{"status.x"}
	d := Compare(one(spec.Must, verdict.Fail), other)
	if !slices.Equal(d.NewCauses, []string{"op answers: received status 500"}) || len(d.NewlyFailing) != 0 {
		t.Errorf("%+v", d)
	}
	if d := Compare(one(spec.Must, verdict.Pass), other); d.NewlyFailing[0].Why != "op answers: received status 500" {
		t.Errorf("%+v", d.NewlyFailing)
	}
}
