package run

import (
	"qorcheck/harness/verdict"
)

// Counts are numbers by outcome.
type Counts struct {
	Pass         int `json:"pass"`
	Fail         int `json:"fail"`
	Broken       int `json:"broken"`
	Inconclusive int `json:"inconclusive"`
	NotRun       int `json:"notRun"`
	Waived       int `json:"waived"`
	Unsupported  int `json:"unsupported"`
	// NotApplicable is left out where it is 0, as in documents of earlier versions.
	NotApplicable int `json:"notApplicable,omitempty"`
}

// Add counts one outcome.
func (c *Counts) Add(o verdict.Outcome) { *c.of(o)++ }

func (c *Counts) remove(o verdict.Outcome) { *c.of(o)-- }

// Of returns the number of an outcome.
func (c Counts) Of(o verdict.Outcome) int { return *c.of(o) }

func (c *Counts) of(o verdict.Outcome) *int {
	switch o {
	case verdict.Pass:
		return &c.Pass
	case verdict.Fail:
		return &c.Fail
	case verdict.Broken:
		return &c.Broken
	case verdict.Inconclusive:
		return &c.Inconclusive
	case verdict.Waived:
		return &c.Waived
	case verdict.Unsupported:
		return &c.Unsupported
	case verdict.NotApplicable:
		return &c.NotApplicable
	}
	return &c.NotRun
}

// Sum adds all outcomes up.
func (c Counts) Sum() int {
	return c.Pass + c.Fail + c.Broken + c.Inconclusive + c.NotRun + c.Waived + c.Unsupported + c.NotApplicable
}
