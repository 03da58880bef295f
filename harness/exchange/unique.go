package exchange

import (
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
}

// unique hands out a unique value, and remembers for what: a message or a list may show it again.
func (c *Client) unique(caseID string, p plan.Placeholder) (string, error) {
	value, err := Unique(c.settings.RunID, caseID, p)
	if err == nil {
		if _, known := c.makers.Load(value); !known {
			c.makers.Store(value, Maker{caseID, p.Template()})
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
