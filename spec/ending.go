package spec

import (
	"fmt"
	"slices"
)

// OutcomeValue is the value of one outcome field in a response.
type OutcomeValue struct {
	Outcome Outcome
	Word    string
	Ending  Ending
}

// OutcomeValues reads the outcome fields that are present in a decoded response body.
// A value that is not a string has the ending Unknown.
func (o *Operation) OutcomeValues(body any) []OutcomeValue {
	var list []OutcomeValue
	for _, outcome := range o.Conformance.Outcome {
		value, there := Lookup(body, outcome.Field)
		if !there {
			continue
		}
		word, ok := value.(string)
		if !ok {
			list = append(list, OutcomeValue{outcome, fmt.Sprint(value), Unknown})
			continue
		}
		list = append(list, OutcomeValue{outcome, word, outcome.Ending(word)})
	}
	return list
}

// Ending returns how a request ended by its response body: error or refused if any
// outcome field says so, else unknown, else success; "" when none is present.
func (o *Operation) Ending(body any) Ending {
	var worst Ending
	for i := range o.Conformance.Outcome {
		outcome := &o.Conformance.Outcome[i]
		if value, there := Lookup(body, outcome.Field); there {
			ending := Unknown
			if word, ok := value.(string); ok {
				ending = outcome.Ending(word)
			}
			if ending.rank() > worst.rank() {
				worst = ending
			}
		}
	}
	return worst
}

// ranked lists the endings, what is worse behind.
var ranked = [...]Ending{"", Succeeded, Unknown, Refused, Errored}

func (e Ending) rank() int { return slices.Index(ranked[:], e) }
