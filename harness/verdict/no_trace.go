package verdict

import (
	"fmt"
	"slices"
	"strconv"

	"qorcheck/harness/exchange"
	"qorcheck/harness/plan"
	"qorcheck/spec"
)

// noTrace judges by reading back that a rejected request left nothing behind. An
// accepted request is its control: it must be found by the same query, else
// finding nothing proves nothing.
func noTrace(v View) Observation {
	seen := Observation{}
	if note, ok := v.openFailure(); ok {
		return Observation{Exercised: true, Note: note}
	}
	records, places := v.observed("no-trace")
	for i, record := range records {
		rows, obstacle := tracesIn(record)
		switch {
		case obstacle != nil:
			seen.Unclear = obstacle
		case v.Case.Expect.Handling == plan.Accepted && len(rows) == 0:
			seen.Unclear = &Obstacle{Kind: NoControl, Step: record.Step.Name}
		case v.turnedDown():
			seen.Exercised = true
			if len(rows) > 0 {
				seen.Findings = append(seen.Findings, Finding{
					Rule: TraceLeft, Deviation: Effect, Status: v.Answer.Status, Got: strconv.Itoa(len(rows)), Given: v.listed(record.Step.Operation, rows[0]), Step: record.Step.Name, Exchange: places[i],
				})
			}
		}
	}
	return seen
}

// turnedDown reports whether the request was not carried out: its response is an
// error, or one that is tolerated in place of one.
func (v View) turnedDown() bool {
	if v.Answer.Status >= 400 {
		return v.Case.Expect.Handling != plan.Accepted
	}
	_, tolerable := v.tolerable()
	return v.Case.Expect.Handling == plan.Rejected && (v.Answer.Status/100 != 2 || tolerable)
}

// openFailure reports whether a correct request that had to be rejected was tolerated as
// one that was carried out and ended in an error: it names what was stored of it.
func (v View) openFailure() (note string, ok bool) {
	note, ok = v.tolerable()
	m := v.Operation.Conformance.Messages
	if !ok || m == nil || v.Case.Fault != nil || v.Case.Expect.Handling != plan.Rejected || v.Answer.Status/100 != 2 {
		return "", false
	}
	return note, v.Operation.Ending(v.Body.Value) == spec.Errored && exchange.Text(v.Body.Value, m.Answer) != ""
}

// listed is what people want to know of an entry that an operation lists.
func (v View) listed(operation string, row any) []Fact {
	for _, list := range v.Operation.Conformance.Lists {
		if list.Operation == operation {
			return shownOf(row, slices.Concat([]string{list.ID}, list.Shown, list.Marks))
		}
	}
	return nil
}

// shownOf are the values of an entry that are there.
func shownOf(row any, pointers []string) []Fact {
	var facts []Fact
	for _, pointer := range pointers {
		if text := exchange.Text(row, pointer); text != "" {
			facts = append(facts, Fact{Name: pointer, Value: text})
		}
	}
	return facts
}

// tracesIn lists the rows of a read-back that carry the unique value of the case.
func tracesIn(r exchange.Record) (rows []any, obstacle *Obstacle) {
	failed := Obstacle{Kind: ReadBackFailed, Step: r.Step.Name}
	switch {
	case r.Failure != nil:
		failed.Failure, failed.Detail = r.Failure.Kind, r.Failure.Text.String()
		return nil, &failed
	case r.Answer.Status != 200:
		failed.Status, failed.Detail = r.Answer.Status, fmt.Sprintf("it was answered %d", r.Answer.Status)
		return nil, &failed
	case r.Sought == "":
		failed.Detail = "the query does not carry the unique value"
		return nil, &failed
	}
	body := readBody(r.Answer)
	if body.Fault != "" {
		failed.Status, failed.Detail = r.Answer.Status, "the response is "+body.Fault
		return nil, &failed
	}
	list, there := spec.Lookup(body.Value, r.Step.ReadBack.Rows)
	items, ok := list.([]any)
	if !there || !ok {
		failed.Status, failed.Pointer, failed.Detail = r.Answer.Status, r.Step.ReadBack.Rows, "the response has no list at "+r.Step.ReadBack.Rows
		return nil, &failed
	}
	for _, item := range items {
		if value, _ := spec.Lookup(item, r.Step.ReadBack.Field); fmt.Sprint(value) == r.Sought {
			rows = append(rows, item)
		}
	}
	return rows, nil
}
