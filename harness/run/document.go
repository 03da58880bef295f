package run

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"qorcheck/harness/exchange"
	"qorcheck/harness/verdict"
	"qorcheck/spec"
)

// DocumentVersion is the version of the document's format.
const DocumentVersion = 2

// Document is a finished run: what was asked, how each obligation ended, and the
// evidence of what did not pass. Reports are functions of it. It holds no secret.
type Document struct {
	Version     int          `json:"version"`
	Tool        string       `json:"tool"` // name and version
	Name        string       `json:"name"` // of the requirement list
	API         string       `json:"api"`  // title and version of the description
	Target      string       `json:"target"`
	RunID       string       `json:"runId"`
	Further     []string     `json:"furtherRunIds,omitempty"` // of the parts in which it was resumed or that were merged
	Seed        uint64       `json:"seed"`
	Profile     string       `json:"profile,omitempty"` // requirements outside it are unsupported
	Filter      string       `json:"filter,omitempty"`
	Shard       *Shard       `json:"shard,omitempty"` // what is in other shards is not planned here
	Strict      bool         `json:"strict"`
	Unexercised bool         `json:"allowUnexercised"`
	Rate        string       `json:"rate,omitempty"`               // requests at most, "" without a limit
	Unverified  bool         `json:"insecureSkipVerify,omitempty"` // any certificate was taken for the target's
	Started     time.Time    `json:"started"`
	Finished    time.Time    `json:"finished"`
	Digests     Digests      `json:"digests"`
	Interrupted bool         `json:"interrupted"`
	Preflight   string       `json:"preflight,omitempty"` // why nothing was sent after it, "" when it passed
	Stopped     string       `json:"stopped,omitempty"`   // why sending ended before its end, "" when it did not
	ExitCode    int          `json:"exitCode"`
	Verdict     string       `json:"verdict"`  // the sentence that sums it up
	Planned     int          `json:"planned"`  // obligations
	Counts      Counts       `json:"counts"`   // obligations by outcome
	Warnings    int          `json:"warnings"` // failed obligations of level should
	Cases       int          `json:"cases"`
	CaseCounts  Counts       `json:"caseCounts"` // cases by their worst outcome
	Requests    int          `json:"requests"`
	Obligations []Obligation `json:"obligations"` // in the plan's order
	Causes      []Cause      `json:"causes"`      // of all that did not pass, in the order of reading
	Latency     []Latency    `json:"latency"`     // by operation
	Untested    []Untested   `json:"untested"`
	Dropped     []Dropped    `json:"dropped"`
	Left        []string     `json:"left"`              // what the run made and could not remove
	Foreign     []string     `json:"foreign,omitempty"` // messages about what other people did
}

// Digests name what the run was made of.
type Digests struct {
	Description  string `json:"description"`
	Requirements string `json:"requirements"`
	Fixtures     string `json:"fixtures"`
	Plan         string `json:"plan"`
	Waivers      string `json:"waivers,omitempty"`
}

// Counts are numbers by outcome.
type Counts struct {
	Pass         int `json:"pass"`
	Fail         int `json:"fail"`
	Broken       int `json:"broken"`
	Inconclusive int `json:"inconclusive"`
	NotRun       int `json:"notRun"`
	Waived       int `json:"waived"`
	Unsupported  int `json:"unsupported"`
}

// Add counts one outcome.
func (c *Counts) Add(o verdict.Outcome) { *c.of(o)++ }

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
	}
	return &c.NotRun
}

// Sum adds all outcomes up.
func (c Counts) Sum() int {
	return c.Pass + c.Fail + c.Broken + c.Inconclusive + c.NotRun + c.Waived + c.Unsupported
}

// Obligation is one requirement on one operation, and how it ended.
type Obligation struct {
	ID          string          `json:"id"`
	Operation   string          `json:"operation"`
	Method      string          `json:"method"`
	Path        string          `json:"path"`
	Requirement string          `json:"requirement"`
	Level       spec.Level      `json:"level"`
	Chapter     spec.Chapter    `json:"chapter"`
	Sentence    string          `json:"sentence"`
	Check       string          `json:"check"`
	Clause      Clause          `json:"clause"`
	File        string          `json:"file"` // of the description
	Line        int             `json:"line"`
	Outcome     verdict.Outcome `json:"outcome"`
	Why         string          `json:"why,omitempty"` // of an outcome other than pass and fail
	Planned     int             `json:"planned"`       // cases
	Counts      Counts          `json:"counts"`        // cases by outcome
	Exercised   int             `json:"exercised"`
	Started     time.Time       `json:"started"`
	Seconds     float64         `json:"seconds"` // its cases' acts, added up
	Notes       []Note          `json:"notes"`
	Causes      []string        `json:"causes"` // ids of the causes of what did not pass, in the order of reading
	Waiver      *Waiver         `json:"waiver,omitempty"`
}

// Waiver is an accepted failure of an obligation. The obligation is exercised all the same.
type Waiver struct {
	Reason string `json:"reason"`
	Owner  string `json:"owner"`
	Link   string `json:"link,omitempty"`
	Until  string `json:"until"` // the last day on which it holds, as 2030-12-31
}

// Clause is the text that a requirement comes from.
type Clause struct {
	Page string `json:"page"`
	Link string `json:"link"`
	Text string `json:"text"`
}

// Note is said of answers that were tolerated.
type Note struct {
	Text  string `json:"text"`
	Count int    `json:"count"`
	Case  string `json:"case"` // the first one
}

// Case is a case that did not pass.
type Case struct {
	ID         string              `json:"id"`
	Operation  string              `json:"operation"`
	Obligation string              `json:"obligation"` // the first one that it did not pass
	Kind       string              `json:"kind"`
	What       string              `json:"what"`            // what is right or wrong with its request
	Fault      string              `json:"fault,omitempty"` // pointer to what is broken in its request: into the body, or query:name
	Outcome    verdict.Outcome     `json:"outcome"`
	Why        string              `json:"why,omitempty"`
	Findings   []verdict.Finding   `json:"findings"`
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

// Exit codes of a finished run.
const (
	ExitPass        = 0
	ExitFail        = 1
	ExitUsage       = 2
	ExitUnclear     = 3
	ExitBroken      = 4
	ExitInterrupted = 130
)

// conclude counts, and draws the exit code and the sentence from the counts.
func (d *Document) conclude() {
	d.Planned = len(d.Obligations)
	mustFailed, shouldFailed, unclear, elsewhere := 0, 0, 0, 0
	var needless []string // waivers of what passes
	for _, o := range d.Obligations {
		d.Counts.Add(o.Outcome)
		switch {
		case o.Outcome == verdict.Fail && o.Level == spec.Must:
			mustFailed++
		case o.Outcome == verdict.Fail && o.Level == spec.Should:
			shouldFailed++
		case d.Elsewhere(o):
			elsewhere++
		case o.Level == spec.Must && (o.Outcome == verdict.Inconclusive || o.Outcome == verdict.NotRun):
			unclear++
		case o.NeedlessWaiver():
			needless = append(needless, o.ID)
		}
	}
	d.Warnings = shouldFailed
	failed := mustFailed
	if d.Strict {
		failed += shouldFailed
	}
	passed := fmt.Sprintf("%d of %d obligations passed", d.Counts.Pass, d.Planned)
	switch {
	case d.Interrupted:
		d.ExitCode, d.Verdict = ExitInterrupted, fmt.Sprintf("INTERRUPTED: %s before the run was interrupted", passed)
	case d.Counts.Broken > 0:
		d.ExitCode, d.Verdict = ExitBroken, fmt.Sprintf("BROKEN: %d obligations could not be judged because of a fault of qorcheck", d.Counts.Broken)
	case failed > 0:
		d.ExitCode, d.Verdict = ExitFail, fmt.Sprintf("FAILED: %d of %d obligations failed, %d passed", failed, d.Planned, d.Counts.Pass)
	case len(needless) > 0:
		d.ExitCode, d.Verdict = ExitFail, "FAILED: "+passed
	case d.Preflight != "":
		d.ExitCode, d.Verdict = ExitUnclear, "INCONCLUSIVE: "+d.Preflight
	case d.Stopped != "":
		d.ExitCode, d.Verdict = ExitUnclear, fmt.Sprintf("INCONCLUSIVE: %s before sending stopped", passed)
	case d.Counts.Pass+d.Counts.Waived == 0 && failed+shouldFailed+elsewhere == 0:
		d.ExitCode, d.Verdict = ExitUnclear, fmt.Sprintf("INCONCLUSIVE: none of %d obligations was exercised", d.Planned)
	case unclear > 0 && d.Unexercised:
		d.ExitCode, d.Verdict = ExitPass, fmt.Sprintf("PASSED with --allow-unexercised: %s, %d that must hold were not exercised", passed, unclear)
	case unclear > 0:
		d.ExitCode, d.Verdict = ExitUnclear, fmt.Sprintf("INCONCLUSIVE: %s, %d that must hold were not exercised", passed, unclear)
	default:
		d.ExitCode, d.Verdict = ExitPass, "PASSED: "+passed
	}
	if d.Stopped != "" {
		d.Verdict += "; " + d.Stopped
	}
	if len(needless) > 0 {
		d.Verdict += fmt.Sprintf("; %d pass although they are waived, remove their waivers: %s", len(needless), few(needless, 3))
	}
	if d.Counts.Waived > 0 {
		d.Verdict += fmt.Sprintf("; %d failed and are waived", d.Counts.Waived)
	}
	if d.Warnings > 0 && !d.Strict {
		d.Verdict += fmt.Sprintf("; %d that should hold failed (a warning; --strict counts it)", d.Warnings)
	}
	if d.Counts.Unsupported > 0 {
		d.Verdict += fmt.Sprintf("; %d unsupported", d.Counts.Unsupported)
	}
	if d.Shard != nil {
		d.Verdict += fmt.Sprintf("; shard %s, a part of the run", d.Shard)
	}
	if elsewhere > 0 {
		d.Verdict += fmt.Sprintf(" in which %d were not exercised", elsewhere)
	}
	if d.Profile != "" {
		d.Verdict += "; profile " + d.Profile
	}
	if d.Filter != "" {
		d.Verdict += "; filter " + d.Filter
	}
	if d.Unverified {
		d.Verdict += "; with --insecure-skip-verify, so that nothing shows that it was the target that answered"
	}
}

// RunIDs lists what the unique values of the run were made of.
func (d *Document) RunIDs() []string { return append([]string{d.RunID}, d.Further...) }

// Elsewhere tells whether all is well with what a shard has of an obligation, but
// it was not exercised: an answer in another shard may be one that it speaks of.
func (d *Document) Elsewhere(o Obligation) bool {
	return d.Shard != nil && o.Outcome == verdict.Inconclusive && o.Planned > 0 && o.Counts.Pass == o.Planned && o.Exercised == 0
}

// NeedlessWaiver tells whether an obligation passes although it is waived.
func (o Obligation) NeedlessWaiver() bool { return o.Outcome == verdict.Pass && o.Waiver != nil }

// few lists the first of some ids and counts the others.
func few(ids []string, most int) string {
	if len(ids) <= most {
		return strings.Join(ids, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(ids[:most], ", "), len(ids)-most)
}

// Check refuses a document whose numbers do not add up.
func (d *Document) Check() error {
	if d.Version != DocumentVersion {
		return fmt.Errorf("document version %d: this program reads %d", d.Version, DocumentVersion)
	}
	if d.Planned != len(d.Obligations) || d.Counts.Sum() != d.Planned {
		return fmt.Errorf("document of run %s: %d obligations planned, %d listed, %d counted", d.RunID, d.Planned, len(d.Obligations), d.Counts.Sum())
	}
	if d.CaseCounts.Sum() != d.Cases {
		return fmt.Errorf("document of run %s: %d cases planned, %d counted", d.RunID, d.Cases, d.CaseCounts.Sum())
	}
	seen := map[string]bool{}
	again := Document{Shard: d.Shard, Interrupted: d.Interrupted, Strict: d.Strict, Unexercised: d.Unexercised, Preflight: d.Preflight, Stopped: d.Stopped, Obligations: d.Obligations}
	again.conclude()
	for _, o := range d.Obligations {
		if seen[o.ID] {
			return fmt.Errorf("document of run %s: obligation %s is listed twice", d.RunID, o.ID)
		}
		seen[o.ID] = true
		if o.Counts.Sum() != o.Planned {
			return fmt.Errorf("document of run %s: obligation %s: %d cases planned, %d counted", d.RunID, o.ID, o.Planned, o.Counts.Sum())
		}
	}
	if err := d.checkCauses(); err != nil {
		return fmt.Errorf("document of run %s: %w", d.RunID, err)
	}
	if again.Counts != d.Counts || again.Warnings != d.Warnings {
		return fmt.Errorf("document of run %s: the counts do not match the obligations", d.RunID)
	}
	if again.ExitCode != d.ExitCode {
		return fmt.Errorf("document of run %s: exit code %d: its obligations make it %d", d.RunID, d.ExitCode, again.ExitCode)
	}
	return nil
}

// checkCauses refuses a document whose obligations and causes do not tell the same.
func (d *Document) checkCauses() error {
	counts := map[string]*Counts{}
	for _, o := range d.Obligations {
		counts[o.ID] = &Counts{}
		for _, id := range o.Causes {
			if d.Cause(id) == nil {
				return fmt.Errorf("obligation %s: there is no cause %s", o.ID, id)
			}
		}
	}
	for _, c := range d.Causes {
		if len(c.Shown) == 0 {
			return fmt.Errorf("cause %s: no case is shown", c.ID)
		}
		for _, b := range c.Behind {
			of := counts[b.Obligation]
			if of == nil {
				return fmt.Errorf("cause %s: there is no obligation %s", c.ID, b.Obligation)
			}
			*of.of(c.Outcome) += len(b.Cases)
		}
	}
	for _, o := range d.Obligations {
		listed := *counts[o.ID]
		if listed.Fail != o.Counts.Fail || listed.Broken != o.Counts.Broken || listed.Inconclusive != o.Counts.Inconclusive {
			return fmt.Errorf("obligation %s: %d failed, %d broken and %d inconclusive cases are counted, %d, %d and %d have a cause", o.ID,
				o.Counts.Fail, o.Counts.Broken, o.Counts.Inconclusive, listed.Fail, listed.Broken, listed.Inconclusive)
		}
	}
	return nil
}

// Read reads a document and checks it. What is no document of a run, or one of
// another version, is said to be so.
func Read(r io.Reader) (*Document, error) {
	data, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("run document: %w", err)
	}
	if err := foreign(data); err != nil {
		return nil, fmt.Errorf("run document: %w", err)
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	d := &Document{}
	if err := decoder.Decode(d); err != nil {
		return nil, fmt.Errorf("run document: %w", err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("run document: bytes after its end")
	}
	return d, d.Check()
}

// foreign refuses what no run wrote.
func foreign(data []byte) error {
	var head struct {
		Version     *int             `json:"version"`
		RunID       *string          `json:"runId"`
		Obligations *json.RawMessage `json:"obligations"`
	}
	err := json.NewDecoder(bytes.NewReader(data)).Decode(&head)
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return fmt.Errorf("not one of a run: it has a value of type %s where another is needed", wrong.Value)
	}
	switch {
	case len(bytes.TrimSpace(data)) == 0:
		return errors.New("it is empty")
	case err != nil:
		return err
	case head.Version == nil || head.RunID == nil || head.Obligations == nil:
		return errors.New("not one of a run: it has no version, runId or obligations")
	case *head.Version != DocumentVersion:
		return fmt.Errorf("version %d: this program reads %d", *head.Version, DocumentVersion)
	}
	return nil
}

// Failures lists the failed obligations, the one to read first first: what must
// hold before what should, what a status means and how a request ended before
// what its answer looks like, then in the plan's order.
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
	rank, ok := map[string]int{"status": 0, "no-trace": 1, "reason": 2, "no-reason": 3, "error-body": 4, "schema": 5, "media-type": 6, "documented-status": 7}[check]
	if !ok {
		rank = 8
	}
	return map[spec.Level]int{spec.Must: 0, spec.Should: 100, spec.May: 200}[level] + rank
}
