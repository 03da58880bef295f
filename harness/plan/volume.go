package plan

import "qorcheck/spec"

// Volume is an upper bound of what a plan sends.
type Volume struct {
	Requests int   `json:"requests"`
	Writes   int   `json:"writes"`          // requests by a method other than GET and HEAD
	Money    []Sum `json:"money,omitempty"` // by currency

	Effects []EffectVolume `json:"effects,omitempty"` // of operations that do more than read, by their ids
}

// Sum is the sum of the amounts in requests that are expected to be accepted.
type Sum struct {
	Currency string `json:"currency"`
	Amount   string `json:"amount"`   // "12.50"
	Requests int    `json:"requests"` // that make it up
}

// EffectVolume is how often an operation is sent that does more than read.
type EffectVolume struct {
	Operation string      `json:"operation"`
	Effect    spec.Effect `json:"effect"`
	Requests  int         `json:"requests"` // at most
	Undone    int         `json:"undone"`   // those whose effect a clean-up takes back
}
