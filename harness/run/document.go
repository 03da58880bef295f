package run

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"qorcheck/harness/exchange"
	"qorcheck/harness/plan"
	"qorcheck/harness/redact"
	"qorcheck/harness/verdict"
	"qorcheck/spec"
)

// DocumentVersion is the version of the document's format.
const DocumentVersion = 4

// JournalVersion is the version of the journal's format, in the place of the document's.
const JournalVersion = 5

// Document is a finished run: what was asked, how each obligation ended, and the
// evidence of what did not pass. Reports are functions of it. It holds no secret.
type Document struct {
	Version     int           `json:"version"`
	Tool        string        `json:"tool"` // name and version
	Name        string        `json:"name"` // of the requirement list
	API         string        `json:"api"`  // title and version of the description
	Target      string        `json:"target"`
	RunID       string        `json:"runId"`
	Further     []string      `json:"furtherRunIds,omitempty"` // of the parts in which it was resumed or that were merged
	Seed        uint64        `json:"seed"`
	Profile     string        `json:"profile,omitempty"`  // requirements outside it are unsupported
	JudgedBy    string        `json:"judgedBy,omitempty"` // what took the place of the built-in list and description
	Filter      string        `json:"filter,omitempty"`
	OneCase     string        `json:"case,omitempty"`    // id of the only case that was sent, "" for a run of many
	Smoke       int           `json:"smoke,omitempty"`   // cases of the whole plan, of which few were chosen; 0 for a whole run
	Sampled     int           `json:"sampled,omitempty"` // cases left out, of schemas that many operations share
	Budget      *Budget       `json:"budget,omitempty"`  // that the plan was reduced to; nil for none
	Shard       *Shard        `json:"shard,omitempty"`   // what is in other shards is not planned here
	Strict      bool          `json:"strict"`
	Unexercised bool          `json:"allowUnexercised"`
	Rate        string        `json:"rate,omitempty"`               // requests at most, "" without a limit
	Timing      *Timing       `json:"timing,omitempty"`             // where the time went, in the last part of the run
	Concurrency *Concurrency  `json:"concurrency,omitempty"`        // cases at once, in the last part of the run
	Unverified  bool          `json:"insecureSkipVerify,omitempty"` // any certificate was taken for the target's
	Started     time.Time     `json:"started"`
	Finished    time.Time     `json:"finished"`
	Seconds     float64       `json:"seconds"` // that it took, without the time before it was resumed
	Digests     Digests       `json:"digests"`
	Interrupted bool          `json:"interrupted"`
	Preflight   redact.Text   `json:"preflight,omitzero"` // why nothing was sent after it, "" when it passed
	Fault       redact.Text   `json:"fault,omitzero"`     // of our own that belongs to no case and ended the run, "" for none
	Stopped     redact.Text   `json:"stopped,omitzero"`   // why sending ended before its end, "" when it did not
	ExitCode    int           `json:"exitCode"`
	Verdict     string        `json:"verdict"`  // the sentence that sums it up
	Planned     int           `json:"planned"`  // obligations
	Counts      Counts        `json:"counts"`   // obligations by outcome
	Warnings    int           `json:"warnings"` // failed obligations of level should
	Cases       int           `json:"cases"`
	CaseCounts  Counts        `json:"caseCounts"` // cases by their worst outcome
	Requests    int           `json:"requests"`
	Chapters    spec.Chapters `json:"chapters"`      // in the order of reports, those without obligations too
	Passages    []Passage     `json:"documentation"` // what it states, in its order; none of a list without statements
	Obligations []Obligation  `json:"obligations"`   // in the plan's order
	Causes      []Cause       `json:"causes"`        // of all that did not pass, in the order of reading
	Examples    []Example     `json:"examples"`      // of obligations and branches that did not fail, in the plan's order
	Latency     []Latency     `json:"latency"`       // by operation
	Untested    []Untested    `json:"untested"`
	Dropped     []Dropped     `json:"dropped"`
	Slips       []string      `json:"slips,omitempty"`   // parts of the description that could not be used as they stand, and what that costs
	Left        []redact.Text `json:"left"`              // what the run made and could not remove
	Foreign     []redact.Text `json:"foreign,omitempty"` // messages about what other people did

	Reconciled   bool          `json:"reconciled,omitempty"`   // with what the lists of the target show after the run
	Unreconciled []redact.Text `json:"unreconciled,omitempty"` // what was not, and what nothing is known of
}

// Digests name what the run was made of.
type Digests struct {
	Description  string `json:"description"`
	Requirements string `json:"requirements"`
	Fixtures     string `json:"fixtures"`
	Plan         string `json:"plan"`
	Waivers      string `json:"waivers,omitempty"`
}

// Obligation is one requirement on one operation, and how it ended.
type Obligation struct {
	ID          string          `json:"id"`
	Operation   string          `json:"operation"`
	Method      string          `json:"method"`
	Path        string          `json:"path"`
	Requirement string          `json:"requirement"`
	Level       spec.Level      `json:"level"`
	Chapter     string          `json:"chapter"`
	Sentence    string          `json:"sentence"`
	Promise     string          `json:"promise"` // the sentence without its operation
	Check       string          `json:"check"`
	Theme       string          `json:"theme"` // what breaks it alike has one cause
	Gravity     spec.Gravity    `json:"gravity"`
	Clause      Clause          `json:"clause"`
	File        string          `json:"file"` // of the description
	Line        int             `json:"line"`
	Outcome     verdict.Outcome `json:"outcome"`
	Why         string          `json:"why,omitempty"`     // of an outcome other than pass and fail
	Missing     []Missing       `json:"missing,omitempty"` // lines of the fixtures for want of which it was not exercised
	Planned     int             `json:"planned"`           // cases
	Counts      Counts          `json:"counts"`            // cases by outcome
	Exercised   int             `json:"exercised"`
	Branches    []Branch        `json:"branches,omitempty"` // in each of which it is to be exercised; none: its sentence has but one
	Started     time.Time       `json:"started"`
	Seconds     float64         `json:"seconds"` // its cases' acts, added up
	Spent       float64         `json:"spent"`   // its part of the seconds of the run
	Notes       []Note          `json:"notes"`
	Causes      []string        `json:"causes"` // ids of the causes of what did not pass, in the order of reading
	Waiver      *Waiver         `json:"waiver,omitempty"`
	Ended       *Waiver         `json:"endedWaiver,omitempty"` // that has ended, so that a failure counts
	Example     string          `json:"example,omitempty"`     // id of the example that shows it, "" where none is kept
	Essential   string          `json:"essential,omitempty"`   // what its requirement is about, where a run that shows it nowhere says so
}

// Missing is a line that the fixtures do not have.
type Missing = plan.Missing

// Waiver is an accepted failure of an obligation. The obligation is exercised all the same.
type Waiver struct {
	Reason string `json:"reason"`
	Owner  string `json:"owner"`
	Link   string `json:"link,omitempty"`
	Until  string `json:"until"` // the last day on which it holds, as 2030-12-31
}

// Clause is the text that a requirement comes from.
type Clause struct {
	Basis    spec.Basis `json:"basis"`
	Page     string     `json:"page"`
	Link     string     `json:"link"`
	Text     string     `json:"text"`
	Readings []string   `json:"readings,omitempty"` // of ours, where the documentation is silent
}

// Source says what the text rests on, in words.
func (c Clause) Source() string { return c.Basis.Citing(c.Readings) }

// Fails reports whether the obligation fails a run when it fails.
func (d *Document) Fails(o *Obligation) bool { return o.Clause.Basis.Fails(o.Level, d.Strict) }

// Note is a remark on responses that were tolerated.
type Note struct {
	Text  redact.Text `json:"text"`
	Count int         `json:"count"`
	Case  string      `json:"case"` // the first one
}

// Case is a case that did not pass.
type Case struct {
	ID         string              `json:"id"`
	Operation  string              `json:"operation"`
	Obligation string              `json:"obligation"` // the first one that it did not pass
	Kind       string              `json:"kind"`
	What       string              `json:"what"`             // what is right or wrong with its request
	Fault      string              `json:"fault,omitempty"`  // pointer to what is broken in its request: into the body, or query:name
	Shrunk     bool                `json:"shrunk,omitempty"` // an exploration drew it, and made it simpler
	Outcome    verdict.Outcome     `json:"outcome"`
	Why        redact.Text         `json:"why,omitzero"`
	Obstacle   *Obstacle           `json:"obstacle,omitempty"` // what Why says, as values
	Findings   []Finding           `json:"findings"`
	Evidence   []exchange.Evidence `json:"evidence"`
	Act        int                 `json:"act"` // index in Evidence of the request under judgement, -1 when it was not sent
}

// Untested is a requirement that nothing exercises, with the reason.
type Untested struct {
	Requirement string `json:"requirement"`
	Sentence    string `json:"sentence"`
	Reason      string `json:"reason"`
}

// Dropped is a case that was not kept, with the reason.
type Dropped struct {
	ID     string `json:"id"`
	Reason string `json:"reason"`
}

// Extent says of which cases a smoke run is, "" for a whole run.
func (d *Document) Extent() string {
	if d.Smoke == 0 {
		return ""
	}
	return fmt.Sprintf("%d of %d cases", d.Cases, d.Smoke)
}

// Budget is what a plan was reduced to.
type Budget struct {
	Limit    string   `json:"limit"`    // 500 requests, or 60s at 20/s
	Requests int      `json:"requests"` // that were planned at most
	Cases    int      `json:"cases"`    // of the whole plan
	LeftOut  []string `json:"leftOut"`  // ids of the obligations that are not planned
}

// WithinBudget says what a budget left of the plan, "" for a run without one.
func (d *Document) WithinBudget() string {
	if d.Budget == nil {
		return ""
	}
	return fmt.Sprintf("%s, %d of %d cases, %d obligations left out", d.Budget.Limit, d.Cases, d.Budget.Cases, len(d.Budget.LeftOut))
}

// RunIDs lists what the unique values of the run were made of.
func (d *Document) RunIDs() []string { return append([]string{d.RunID}, d.Further...) }

// NeedlessWaiver reports whether an obligation passes although it is waived.
func (o Obligation) NeedlessWaiver() bool { return o.Outcome == verdict.Pass && o.Waiver != nil }

// Failures lists the failed obligations, the one to read first first: what must
// hold before what should, what a status means and how a request ended before
// what its response looks like, then in the plan's order.
func (d *Document) Failures() []Obligation {
	list := slices.DeleteFunc(slices.Clone(d.Obligations), func(o Obligation) bool { return o.Outcome != verdict.Fail })
	slices.SortStableFunc(list, func(a, b Obligation) int {
		return cmp.Or(
			cmp.Compare(weight(a.Level, a.Check), weight(b.Level, b.Check)),
			cmp.Compare(b.share(), a.share()), // what fails throughout explains what fails here and there
		)
	})
	return list
}

// share is how much of an obligation failed, from 0 to 1.
func (o Obligation) share() float64 { return float64(o.Counts.Fail) / float64(max(o.Planned, 1)) }

// weight ranks failures: a wrong status explains what follows from it.
func weight(level spec.Level, check string) int {
	rank, ok := map[string]int{"reconciled": -1, "accounted": -1, "status": 0, "no-trace": 1, "reason": 2, "no-reason": 3, "error-body": 4, "schema": 5, "media-type": 6, "documented-status": 7}[check]
	if !ok {
		rank = 8
	}
	return map[spec.Level]int{spec.Must: 0, spec.Should: 100, spec.May: 200}[level] + rank
}
