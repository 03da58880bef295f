package run

import "qorcheck/spec"

// Passage is a part of the documentation, with its statements in order.
type Passage struct {
	Title      string      `json:"title"`
	Statements []Statement `json:"statements"`
}

// Statement is one statement of the documentation, with the requirements that are
// made of it, in the plan or not.
type Statement struct {
	ID           string   `json:"id"`
	Says         string   `json:"says"` // in our words
	Link         string   `json:"link"`
	Requirements []string `json:"requirements"`
	Unbinding    string   `json:"unbinding,omitempty"`  // why it binds no server
	NotCovered   string   `json:"notCovered,omitempty"` // why no requirement is made of it
}

// passagesOf copies the documentation from a requirement list.
func passagesOf(r *spec.Requirements) []Passage {
	made := map[string][]string{}
	for _, q := range r.List {
		for _, id := range q.Clause.Sentences {
			made[id] = append(made[id], q.ID)
		}
	}
	list := []Passage{}
	for _, p := range r.Documentation {
		part := Passage{Title: p.Title}
		for _, s := range p.Statements {
			part.Statements = append(part.Statements, Statement{
				ID: s.ID, Says: s.Says, Link: r.LinkTo(p, s), Requirements: append([]string{}, made[s.ID]...),
				Unbinding: r.Unbinding[s.ID], NotCovered: r.NotCovered[s.ID],
			})
		}
		list = append(list, part)
	}
	return list
}
