package plan

import "qorcheck/spec"

// Volume is an upper bound of what a plan sends.
type Volume struct {
	Requests int
	Writes   int   // requests by a method other than GET and HEAD
	Money    []Sum `json:",omitempty"` // by currency

	Effects []EffectVolume `json:",omitempty"` // of operations that do more than read, by their ids
}

// Sum is the sum of the amounts in requests that are expected to be accepted.
type Sum struct {
	Currency string
	Amount   string // "12.50"
	Requests int    // that make it up
}

// EffectVolume is how often an operation is sent that does more than read.
type EffectVolume struct {
	Operation string
	Effect    spec.Effect
	Requests  int // at most
	Undone    int // those whose effect a clean-up takes back
}
