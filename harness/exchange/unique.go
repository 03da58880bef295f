package exchange

import (
	"fmt"

	"qorcheck/harness/plan"
)

// Unique is the unique value that a placeholder of a case stands for in a run.
func Unique(runID, caseID string, p plan.Placeholder) (string, error) {
	return plan.UniqueOf(p, runID, caseID)
}

// Maker is for what a unique value was made.
type Maker struct {
	Case  string
	Value plan.Template // the placeholder that it stands for
	Lost  bool          // by an attempt at the case of which it is unknown what was carried out
}

// unique hands out a unique value, and remembers for what: a message or a list may show it again.
func (c *Client) unique(caseID string, p plan.Placeholder) (string, error) {
	value, err := Unique(c.settings.RunID, c.attempt(caseID), p)
	if err == nil {
		if _, known := c.makers.Load(value); !known {
			c.makers.Store(value, Maker{Case: caseID, Value: p.Template()})
		}
	}
	return value, err
}

// Maker returns for what a unique value was handed out; known is false of any value
// that this client did not hand out.
func (c *Client) Maker(value string) (maker Maker, known bool) {
	found, known := c.makers.Load(value)
	if !known {
		return Maker{}, false
	}
	return found.(Maker), true
}

// Made calls a function with each unique value that was handed out.
func (c *Client) Made(call func(value string)) {
	c.makers.Range(func(value, _ any) bool {
		call(value.(string))
		return true
	})
}

// Afresh makes a case that is sent once more one of its own: its unique values and its
// places of the receiver are others than those of the attempts before, so that what
// those left is not taken for its own.
func (c *Client) Afresh(caseID string) {
	attempts := 1
	if n, again := c.attempts.Load(caseID); again {
		attempts = n.(int)
	}
	c.makers.Range(func(value, maker any) bool {
		if m := maker.(Maker); m.Case == caseID {
			m.Lost = true
			c.makers.Store(value, m)
		}
		return true
	})
	c.attempts.Store(caseID, attempts+1)
}

// attempt names the attempt at a case that is in progress, which is the id of the case
// unless it is sent once more.
func (c *Client) attempt(caseID string) string {
	if n, again := c.attempts.Load(caseID); again {
		return fmt.Sprintf("%s-%d", caseID, n)
	}
	return caseID
}
