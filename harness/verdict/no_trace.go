package verdict

import (
	"fmt"

	"qorcheck/harness/exchange"
	"qorcheck/spec"
)

// noTrace judges by reading back that a rejected request left nothing behind. An
// accepted request is its control: it must be found by the same query, else
// finding nothing proves nothing.
func noTrace(v View) Observation {
	seen := Observation{}
	records, places := v.observed("no-trace")
	for i, record := range records {
		rows, problem := tracesIn(record)
		switch {
		case problem != "":
			seen.Unclear = "reading back with " + record.Step.Name + ": " + problem
		case v.Case.Expect.Accepted() && rows == 0:
			seen.Unclear = "an accepted request is not found by " + record.Step.Name + ", so that finding nothing there proves nothing"
		case v.Case.Expect.Rejected():
			seen.Exercised = true
			if rows > 0 {
				seen.Findings = append(seen.Findings, Finding{
					Exchange: places[i],
					Expected: fmt.Sprintf("no trace of the request, answered %d, in %s", v.Answer.Status, record.Step.Name),
					Received: fmt.Sprintf("%d stored under its unique value", rows),
				})
			}
		}
	}
	return seen
}

// tracesIn counts the rows of a read-back that carry the unique value of the case.
func tracesIn(r exchange.Record) (rows int, problem string) {
	switch {
	case r.Failure != nil:
		return 0, r.Failure.Text.String()
	case r.Answer.Status != 200:
		return 0, fmt.Sprintf("it was answered %d", r.Answer.Status)
	case r.Sought == "":
		return 0, "the query does not carry the unique value"
	}
	body := readBody(r.Answer)
	if body.Fault != "" {
		return 0, "the answer is " + body.Fault
	}
	list, there := spec.Lookup(body.Value, r.Step.ReadBack.Rows)
	items, ok := list.([]any)
	if !there || !ok {
		return 0, "the answer has no list at " + r.Step.ReadBack.Rows
	}
	for _, item := range items {
		if value, _ := spec.Lookup(item, r.Step.ReadBack.Field); fmt.Sprint(value) == r.Sought {
			rows++
		}
	}
	return rows, ""
}
