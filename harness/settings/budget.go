package settings

import (
	"fmt"
	"strconv"
	"time"
)

// Budget limits a run: to a number of requests, or to a time. It is read from text such
// as 500 or 60s. The zero value is no limit.
type Budget struct {
	Requests int
	Time     time.Duration

	given string
}

// AssumedRate is how many requests a second a budget of time counts on where the rate
// is not limited.
const AssumedRate Rate = 20

// minBudgetTime is the least time that a run can be limited to: it waits at its end.
const minBudgetTime = 10 * time.Second

// String returns the budget as it was given.
func (b Budget) String() string { return b.given }

// Set reads a budget; "" means no limit.
func (b *Budget) Set(text string) error {
	*b = Budget{given: text}
	if text == "" {
		return nil
	}
	var noNumber, noTime error
	b.Requests, noNumber = strconv.Atoi(text)
	b.Time, noTime = time.ParseDuration(text)
	if noNumber != nil && (noTime != nil || b.Time < minBudgetTime) || noNumber == nil && b.Requests < 1 {
		*b = Budget{}
		return fmt.Errorf("budget %q: must be %s", text, b.Allowed())
	}
	return nil
}

// Type names budgets in help texts.
func (*Budget) Type() string { return "budget" }

// Allowed describes a valid budget.
func (*Budget) Allowed() string {
	return "a number of requests, as 500, or a time of 10s or more, as 60s"
}

// Within returns the number of requests that fit into the budget, at a rate and beside
// the waiting at the end of a run, and the budget in words.
func (b Budget) Within(r Rate, quiet time.Duration) (requests int, limit string) {
	if b.Time == 0 {
		return b.Requests, fmt.Sprintf("%d requests", b.Requests)
	}
	if r == 0 {
		r = AssumedRate
	}
	return int(float64(r) * (b.Time - b.Reserve(quiet)).Seconds()), fmt.Sprintf("%s at %s", b, r)
}

// BudgetTail is the end of a budget of time: the sending has stopped by then.
const BudgetTail = 3 * time.Second

// Reserve is the time in which nothing is sent: before the first request, and after the
// last for messages that must not come and for reports.
func (b Budget) Reserve(quiet time.Duration) time.Duration { return quiet + 5*time.Second }
