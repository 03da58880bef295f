package run

import (
	"qorcheck/harness/redact"
	"qorcheck/harness/verdict"
)

// Verdict is how one case ended under one obligation. It is made of what a check said
// about raw records: what a target or a request may have put there is redacted.
type Verdict struct {
	Obligation string          `json:"obligation"`
	Outcome    verdict.Outcome `json:"outcome"`
	Exercised  bool            `json:"exercised"`          // the requirement applied to a response
	Exchange   int             `json:"exchange,omitempty"` // which exchange of the case shows a pass, from 1; 0 is the one under judgement
	Branches   []BranchShown   `json:"branches,omitempty"`
	Findings   []Finding       `json:"findings,omitempty"`
	Note       redact.Text     `json:"note,omitzero"`      // of a tolerated answer
	Obstacle   *Obstacle       `json:"obstacle,omitempty"` // of an inconclusive or broken one
	Why        redact.Text     `json:"why,omitzero"`       // its sentence
}

// BranchShown is a branch of the requirement that a case was about. Tolerated reports
// whether another response came than the one that shows it, which is allowed.
type BranchShown struct {
	Name      string `json:"name"`
	Tolerated bool   `json:"tolerated,omitempty"`
}

// Finding is a broken rule of a check, as values. Expected and Received say the same
// in words.
type Finding struct {
	Check     string            `json:"check"`
	Rule      verdict.Rule      `json:"rule"`
	Deviation verdict.Deviation `json:"deviation"`
	Status    int               `json:"status,omitempty"`    // of the response that was judged
	Pointer   redact.Text       `json:"pointer,omitzero"`    // into the body of the response or message
	Header    string            `json:"header,omitempty"`    // the response header that is concerned
	Keyword   string            `json:"keyword,omitempty"`   // of the schema that is broken
	Wanted    []redact.Text     `json:"wanted,omitempty"`    // the values of which one was wanted
	Got       redact.Text       `json:"got,omitzero"`        // the value that was received, "" when it is missing
	Given     []Fact            `json:"given,omitempty"`     // what makes the rule apply
	Words     []Fact            `json:"words,omitempty"`     // how the response says that its request ended
	Fault     *Fault            `json:"fault,omitempty"`     // what is wrong with the request
	Step      string            `json:"step,omitempty"`      // the step after the act in which it was found
	Exchange  int               `json:"exchange,omitempty"`  // which exchange of the case, from 1; 0 is the one under judgement
	Operation string            `json:"operation,omitempty"` // that the response or the message is of
	Correct   bool              `json:"correct,omitempty"`   // the request was to be carried out

	Expected redact.Text `json:"expected"`
	Received redact.Text `json:"received"`
}

// Fact is a named value. The name of one in a body is its pointer.
type Fact struct {
	Name  redact.Text `json:"name"`
	Value redact.Text `json:"value,omitzero"`
}

// Fault is what is wrong with a malformed request.
type Fault struct {
	Pointer redact.Text `json:"pointer"` // into the body, or query:name; "" for the body as a whole
	Keyword string      `json:"keyword"` // of the schema that it breaks
	Sent    redact.Text `json:"sent"`
	Allowed redact.Text `json:"allowed,omitzero"`
}

// Obstacle is what kept a check from a conclusion, as values.
type Obstacle struct {
	Kind    verdict.ObstacleKind `json:"kind"`
	Step    string               `json:"step,omitempty"`    // of the case, "" for the act
	Failure string               `json:"failure,omitempty"` // kind of failure where no response came
	Status  int                  `json:"status,omitempty"`  // of the response that is in the way
	Pointer redact.Text          `json:"pointer,omitzero"`  // to what is missing
	Count   int                  `json:"count,omitempty"`
	Detail  redact.Text          `json:"detail,omitzero"`
	Of      string               `json:"of,omitempty"` // the obligation whose failure is in the way
}

// redactor makes what is stored of what a check said. This is the one place where the
// texts of findings become texts of the document.
type redactor func(string) redact.Text

func (show redactor) verdict(v verdict.Verdict) Verdict {
	stored := Verdict{Obligation: v.Obligation, Outcome: v.Outcome, Exercised: v.Exercised, Exchange: v.Exchange, Note: show(v.Note), Why: show(v.Why)}
	for _, b := range v.Branches {
		stored.Branches = append(stored.Branches, BranchShown(b))
	}
	for _, f := range v.Findings {
		stored.Findings = append(stored.Findings, show.finding(f))
	}
	if o := v.Obstacle; o != nil {
		stored.Obstacle = &Obstacle{Kind: o.Kind, Step: o.Step, Failure: string(o.Failure), Status: o.Status, Pointer: show(o.Pointer), Count: o.Count, Detail: show(o.Detail), Of: o.Of}
	}
	return stored
}

func (show redactor) finding(f verdict.Finding) Finding {
	stored := Finding{
		Check: f.Check, Rule: f.Rule, Deviation: f.Deviation, Status: f.Status, Pointer: show(f.Pointer), Header: f.Header, Keyword: f.Keyword,
		Got: show(f.Got), Given: show.facts(f.Given), Words: show.facts(f.Words), Step: f.Step, Exchange: f.Exchange, Operation: f.Operation, Correct: f.Correct,
		Expected: show(f.Expected), Received: show(f.Received),
	}
	for _, text := range f.Wanted {
		stored.Wanted = append(stored.Wanted, show(text))
	}
	if f.Fault != nil {
		stored.Fault = &Fault{show(f.Fault.Pointer), f.Fault.Keyword, show(f.Fault.Sent), show(f.Fault.Allowed)}
	}
	return stored
}

func (show redactor) facts(facts []verdict.Fact) (stored []Fact) {
	for _, fact := range facts {
		stored = append(stored, Fact{show(fact.Name), show(fact.Value)})
	}
	return stored
}
