package verdict

import (
	"fmt"
	"net/url"

	"qorcheck/harness/exchange"
	"qorcheck/spec"
)

// noTrace judges by reading back that a rejected request left nothing behind. An
// accepted request is its control: it must be found by the same query, else
// finding nothing proves nothing.
func noTrace(v View) Saw {
	saw := Saw{}
	for _, record := range v.Observed {
		back := record.Step.ReadBack
		if back == nil {
			continue
		}
		rows, problem := tracesIn(record)
		switch {
		case problem != "":
			saw.Unclear = "reading back with " + record.Step.Name + ": " + problem
		case v.Case.Expect.Accepted() && rows == 0:
			saw.Unclear = "an accepted request is not found by " + record.Step.Name + ", so that finding nothing there proves nothing"
		case v.Case.Expect.Rejected():
			saw.Exercised = true
			if rows > 0 {
				saw.Findings = append(saw.Findings, Finding{
					Expected: fmt.Sprintf("no trace of the request, answered %d, in %s", v.Answer.Status, record.Step.Name),
					Received: fmt.Sprintf("%d stored under its unique value", rows),
				})
			}
		}
	}
	return saw
}

// tracesIn counts the rows of a read-back that carry the unique value of the case.
func tracesIn(r exchange.Record) (rows int, problem string) {
	switch {
	case r.Failure != nil:
		return 0, r.Failure.Text
	case r.Answer.Status != 200:
		return 0, fmt.Sprintf("it was answered %d", r.Answer.Status)
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
	unique := asked(r)
	if unique == "" {
		return 0, "the query does not carry the unique value"
	}
	for _, item := range items {
		if value, _ := spec.Lookup(item, r.Step.ReadBack.Field); fmt.Sprint(value) == unique {
			rows++
		}
	}
	return rows, ""
}

// asked finds the unique value that a read-back asked for.
func asked(r exchange.Record) string {
	u, err := url.Parse(r.URL)
	if err != nil {
		return ""
	}
	for _, field := range r.Step.Request.Query {
		if field.Value == r.Step.ReadBack.Value {
			return u.Query().Get(field.Name)
		}
	}
	return ""
}
