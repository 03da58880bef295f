package run

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"qorcheck/harness/verdict"
	"qorcheck/spec"
)

// Difference is what changed from one finished run to another.
type Difference struct {
	Old          Side     `json:"old"`
	New          Side     `json:"new"`
	Changed      []Value  `json:"changed"`      // what the runs were made of
	NewlyFailing []Change `json:"newlyFailing"` // did not fail before
	Fixed        []Change `json:"fixed"`        // failed before and passes
	NewCauses    []string `json:"newCauses"`    // titles of what makes obligations fail now and did not before
	GoneCauses   []string `json:"goneCauses"`   // titles of what made obligations fail before and does not now
	LostCoverage []Change `json:"lostCoverage"` // was judged before, or by more cases
	Gained       []Change `json:"gained"`       // was not judged before
	Undocumented []Seen   `json:"undocumented"` // answers beyond the description that were not seen before
	Slower       []Slower `json:"slower"`
	Waivers      []Change `json:"waivers"` // whose waiver came, went or changed
}

// Side is one of the two runs.
type Side struct {
	Tool    string    `json:"tool"`
	Target  string    `json:"target"`
	RunID   string    `json:"runId"`
	Started time.Time `json:"started"`
	Strict  bool      `json:"strict"`
	Verdict string    `json:"verdict"`
	Counts  Counts    `json:"counts"`
	Part    string    `json:"part"` // of the plan that it sent, such as shard 2 of 4; "" for all of it
}

// Value is something that a run was made of.
type Value struct {
	Name string `json:"name"`
	Old  string `json:"old"`
	New  string `json:"new"`
}

// Change is an obligation that is not as it was.
type Change struct {
	Obligation string     `json:"obligation"`
	Sentence   string     `json:"sentence"`
	Level      spec.Level `json:"level"`
	Basis      spec.Basis `json:"basis"`
	Old        string     `json:"old"` // outcome or waiver, "absent" where there was none
	New        string     `json:"new"`
	Why        string     `json:"why,omitempty"` // of the new state
}

// Seen is a response that the description does not have, or that was tolerated.
type Seen struct {
	Operation string `json:"operation"`
	What      string `json:"what"`
}

// Slower is an operation whose responses take longer.
type Slower struct {
	Operation string  `json:"operation"`
	OldP50MS  float64 `json:"oldP50Ms"`
	NewP50MS  float64 `json:"newP50Ms"`
	OldP90MS  float64 `json:"oldP90Ms"`
	NewP90MS  float64 `json:"newP90Ms"`
}

// An operation is slower when nine of ten responses take half as long again, by no
// less than slowerByMS, with enough responses on both sides to say so.
const (
	slowerTimes = 1.5
	slowerByMS  = 20
	slowerOf    = 10
)

const absent = "absent"

// Uneven says which of the two runs are of a part of the plan, "" when both are of all of
// it or of the same part. What only one of them sent is then neither lost nor gained.
func (d *Difference) Uneven() string {
	var list []string
	for _, side := range []struct{ name, part string }{{"old", d.Old.Part}, {"new", d.New.Part}} {
		if side.part != "" {
			list = append(list, fmt.Sprintf("the %s run is a part of the plan (%s)", side.name, side.part))
		}
	}
	if d.Old.Part == d.New.Part {
		return ""
	}
	return strings.Join(list, ", ")
}

// part says which part of the plan a run sent, "" for all of it.
func (d *Document) part() string {
	var list []string
	if d.Shard != nil {
		list = append(list, "shard "+d.Shard.String())
	}
	if d.Filter != "" {
		list = append(list, "filter "+d.Filter)
	}
	if d.OneCase != "" {
		list = append(list, "case "+d.OneCase)
	}
	if d.Smoke > 0 {
		list = append(list, "smoke run")
	}
	if d.Budget != nil {
		list = append(list, "budget of "+d.Budget.Limit)
	}
	return strings.Join(list, ", ")
}

// Compare lists what changed from an old run to a new one.
func Compare(before, after *Document) *Difference {
	d := &Difference{
		Old: side(before), New: side(after), Changed: madeOf(before, after),
		NewlyFailing: []Change{}, Fixed: []Change{}, NewCauses: []string{}, GoneCauses: []string{}, LostCoverage: []Change{}, Gained: []Change{},
		Undocumented: undocumented(before, after), Slower: slower(before, after), Waivers: []Change{},
	}
	for _, o := range before.Obligations {
		now := after.Obligation(o.ID)
		if now == nil {
			now = &Obligation{}
		}
		d.compare(after, o, *now)
	}
	for _, o := range after.Obligations {
		if before.Obligation(o.ID) == nil {
			d.compare(after, Obligation{}, o)
		}
	}
	for _, c := range after.Failed() {
		if before.Cause(c.ID) == nil {
			d.NewCauses = append(d.NewCauses, c.Title)
		}
	}
	for _, c := range before.Failed() {
		if after.Cause(c.ID) == nil && (d.Uneven() == "" || after.exercised(c)) {
			d.GoneCauses = append(d.GoneCauses, c.Title)
		}
	}
	return d
}

// exercised reports whether a run exercised what shows a cause.
func (d *Document) exercised(c Cause) bool {
	return slices.ContainsFunc(c.Behind, func(b Behind) bool {
		o := d.Obligation(b.Obligation)
		return o != nil && o.Exercised > 0
	})
}

func side(d *Document) Side {
	return Side{d.Tool, d.Target, d.RunID, d.Started, d.Strict, d.Verdict, d.Counts, d.part()}
}

// compare files how one obligation changed; one that a run does not have has no id there.
func (d *Difference) compare(after *Document, was, now Obligation) {
	known := now
	if now.ID == "" {
		known = was
	}
	change := Change{known.ID, known.Sentence, known.Level, known.Clause.Basis, state(was), state(now), ""}
	switch {
	case now.Outcome == verdict.Fail && !was.failing():
		change.Why = why(after, now)
		d.NewlyFailing = append(d.NewlyFailing, change)
	case was.failing() && now.Outcome == verdict.Pass:
		d.Fixed = append(d.Fixed, change)
	case d.Uneven() != "" && was.judged() && now.judged(), d.Uneven() != "" && (was.unsent() || now.unsent()):
	case was.judged() && !now.judged():
		change.Why = now.Why
		d.LostCoverage = append(d.LostCoverage, change)
	case !was.judged() && now.judged():
		d.Gained = append(d.Gained, change)
	case was.judged() && now.Exercised < was.Exercised:
		change.Old, change.New = exercised(was), exercised(now)
		d.LostCoverage = append(d.LostCoverage, change)
	}
	if a, b := waiver(was), waiver(now); a != b {
		d.Waivers = append(d.Waivers, Change{known.ID, known.Sentence, known.Level, known.Clause.Basis, a, b, ""})
	}
}

// failing reports whether an obligation failed, waived or not.
func (o Obligation) failing() bool {
	return o.ID != "" && (o.Outcome == verdict.Fail || o.Outcome == verdict.Waived)
}

// unsent reports whether a run does not have an obligation, or no case that exercised it.
func (o Obligation) unsent() bool { return o.Exercised == 0 && !o.judged() }

func (o Obligation) judged() bool {
	return o.failing() || o.ID != "" && o.Outcome == verdict.Pass
}

func state(o Obligation) string {
	if o.ID == "" {
		return absent
	}
	return o.Outcome.String()
}

func exercised(o Obligation) string {
	return fmt.Sprintf("%s, exercised by %d cases", o.Outcome, o.Exercised)
}

func waiver(o Obligation) string {
	if o.Waiver == nil {
		return absent
	}
	return o.Waiver.String()
}

// why says what the first case of a failure received, or has the title of its cause
// where no case of its own was kept.
func why(d *Document, o Obligation) string {
	for _, id := range o.Causes {
		c := d.Cause(id)
		if c.Outcome != verdict.Fail || casesBehind(c.Behind, o.ID) == nil {
			continue
		}
		for _, shown := range c.Shown {
			if shown.Obligation == o.ID && len(shown.Findings) > 0 {
				return fmt.Sprintf("%s: received %s", o.Sentence, shown.Findings[0].Received)
			}
		}
		return c.Title
	}
	return o.Why
}

// madeOf lists what the two runs were made of, where it differs.
func madeOf(before, after *Document) []Value {
	list := []Value{}
	for _, v := range []Value{
		{"tool", before.Tool, after.Tool}, {"target", before.Target, after.Target}, {"API", before.API, after.API},
		{"description", before.Digests.Description, after.Digests.Description},
		{"requirements", before.Digests.Requirements, after.Digests.Requirements},
		{"fixtures", before.Digests.Fixtures, after.Digests.Fixtures}, {"waivers", before.Digests.Waivers, after.Digests.Waivers},
		{"plan", before.Digests.Plan, after.Digests.Plan}, {"seed", fmt.Sprint(before.Seed), fmt.Sprint(after.Seed)},
		{"profile", before.Profile, after.Profile}, {"filter", before.Filter, after.Filter},
		{"smoke run", before.Extent(), after.Extent()}, {"budget", before.WithinBudget(), after.WithinBudget()},
		{"strict", fmt.Sprint(before.Strict), fmt.Sprint(after.Strict)},
	} {
		if v.Old != v.New {
			list = append(list, Value{v.Name, cmp.Or(v.Old, "none"), cmp.Or(v.New, "none")})
		}
	}
	return list
}

// undocumented lists responses beyond the description that the old run did not meet.
func undocumented(before, after *Document) []Seen {
	met := beyond(before)
	list := []Seen{}
	for seen := range beyond(after) {
		if !met[seen] {
			list = append(list, seen)
		}
	}
	slices.SortFunc(list, func(a, b Seen) int {
		return cmp.Or(strings.Compare(a.Operation, b.Operation), strings.Compare(a.What, b.What))
	})
	return list
}

func beyond(d *Document) map[Seen]bool {
	met := map[Seen]bool{}
	for _, o := range d.Obligations {
		for _, n := range o.Notes {
			met[Seen{o.Operation, n.Text.String()}] = true
		}
		for _, id := range o.Causes {
			c := d.Cause(id)
			if o.Check != "documented-status" || c.Outcome != verdict.Fail {
				continue
			}
			for _, f := range c.Shown[0].Findings {
				met[Seen{o.Operation, fmt.Sprintf("status %d", f.Status)}] = true
			}
		}
	}
	return met
}

func slower(before, after *Document) []Slower {
	known := map[string]Latency{}
	for _, l := range before.Latency {
		known[l.Operation] = l
	}
	list := []Slower{}
	for _, now := range after.Latency {
		was, ok := known[now.Operation]
		if ok && was.Count >= slowerOf && now.Count >= slowerOf && now.P90MS > was.P90MS*slowerTimes && now.P90MS > was.P90MS+slowerByMS {
			list = append(list, Slower{now.Operation, was.P50MS, now.P50MS, was.P90MS, now.P90MS})
		}
	}
	return list
}

const lostCoverage = "lost-coverage"

// Gates by name: each says why a difference must not pass, "" when it may.
var gates = map[string]func(*Difference) string{
	"new-failures": func(d *Difference) string { return d.stopped("failing that did not fail before", d.NewlyFailing) },
	lostCoverage: func(d *Difference) string {
		return d.stopped("no longer judged as before", d.LostCoverage)
	},
}

func (d *Difference) stopped(what string, list []Change) string {
	var ids []string
	for _, c := range list {
		if c.Basis.Fails(c.Level, d.New.Strict) {
			ids = append(ids, c.Obligation)
		}
	}
	if len(ids) == 0 {
		return ""
	}
	return fmt.Sprintf("%d obligations that must hold are %s: %s", len(ids), what, few(ids, 3))
}

// Gates lists the names of all gates, sorted.
func Gates() []string { return slices.Sorted(maps.Keys(gates)) }

// Gate says why a gate stops a difference, "" when it does not. Between uneven
// runs lost coverage looks like what was not sent: that gate stops at once.
func (d *Difference) Gate(name string) string {
	if why := d.Uneven(); why != "" && name == lostCoverage {
		return name + " needs two runs of the same part of the plan: " + why
	}
	return gates[name](d)
}
