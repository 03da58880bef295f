package spec

import "fmt"

// Told is what an answer says, in one vocabulary, about how its request ended.
type Told struct {
	Outcome Outcome
	Word    string
	Ending  Ending
}

// Told reads every vocabulary whose field is present in an answer's decoded
// body. A field that is no string is told as an unknown word.
func (o *Operation) Told(body any) []Told {
	var list []Told
	for _, outcome := range o.Conformance.Outcome {
		value, there := Lookup(body, outcome.Field)
		if !there {
			continue
		}
		word, ok := value.(string)
		if !ok {
			list = append(list, Told{outcome, fmt.Sprint(value), Unknown})
			continue
		}
		list = append(list, Told{outcome, word, outcome.Ending(word)})
	}
	return list
}

// Ending sums up what an answer tells: refused or error if any vocabulary says
// so, then unknown, then success; "" when none is present.
func (o *Operation) Ending(body any) Ending {
	rank := map[Ending]int{Succeeded: 1, Unknown: 2, Refused: 3, Errored: 4}
	var worst Ending
	for _, told := range o.Told(body) {
		if rank[told.Ending] > rank[worst] {
			worst = told.Ending
		}
	}
	return worst
}
