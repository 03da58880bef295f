package run

import (
	"cmp"
	"fmt"
	"time"

	"qorcheck/harness/plan"
	"qorcheck/harness/redact"
	"qorcheck/harness/settings"
	"qorcheck/harness/verdict"
	"qorcheck/spec"
)

// newDocument is the document of a run before anything is sent.
func newDocument(p *plan.Plan, s settings.Settings, o Options) Document {
	d := Document{
		Version: DocumentVersion, Tool: o.Tool, Name: p.Requirements.Name,
		API:      p.Description.Title + " " + p.Description.Version,
		JudgedBy: judgedBy(p, o.Profile),
		Target:   s.Target.Redacted(), RunID: s.RunID, Seed: p.Seed, Profile: o.Profile, Filter: o.Filter, Strict: o.Strict, Unexercised: o.AllowUnexercised,
		Rate: s.Rate.String(), Unverified: unverified(s),
		Started: time.Now().UTC(), Cases: len(p.Cases),
		Digests: DigestsOf(p, s.Fixtures, o.Waivers), Chapters: p.Requirements.Chapters(),
		Passages: passagesOf(p.Requirements), Examples: []Example{}, Slips: p.Description.SlipTexts(),
		Untested: []Untested{}, Dropped: []Dropped{}, Left: []redact.Text{}, Foreign: []redact.Text{},
	}
	d.Smoke, d.OneCase, d.Sampled = p.Whole, o.Case, p.Sampled
	if b := p.Budget; b != nil {
		d.Budget = &Budget{b.Limit, b.Requests, b.Cases, b.Left}
	}
	for _, q := range p.Requirements.List {
		if !q.Tested() {
			d.Untested = append(d.Untested, Untested{q.ID, q.Sentence, q.Untested})
		}
	}
	for _, dropped := range p.Dropped {
		d.Dropped = append(d.Dropped, Dropped{dropped.ID, dropped.Reason})
	}
	waived := map[string]*Waiver{}
	if o.Waivers != nil {
		for _, w := range o.Waivers.List {
			waived[w.Obligation] = &Waiver{w.Reason, w.Owner, w.Link, w.Until}
		}
	}
	cases := casesOf(p)
	for _, one := range p.Obligations {
		entry := obligation(p, one)
		entry.Planned, entry.Waiver = cases[one.ID], waived[one.ID]
		if w := entry.Waiver; w != nil && d.ended(w) {
			entry.Waiver, entry.Ended = nil, w
		}
		d.Obligations = append(d.Obligations, entry)
	}
	return d
}

// judgedBy says how many requirements of what judge a run, where these are not all of
// the built-in list, or not on the built-in description.
func judgedBy(p *plan.Plan, profile string) string {
	if p.Requirements.BuiltIn() && p.Description.BuiltIn() && profile == "" {
		return ""
	}
	seen := map[string]bool{}
	for _, o := range p.Obligations {
		if !o.Outside {
			seen[o.Requirement.ID] = true
		}
	}
	text := fmt.Sprintf("%d requirements", len(seen))
	if len(seen) == 1 {
		text = "one requirement"
	}
	if profile != "" {
		text += " of the profile " + profile
	}
	if !p.Requirements.BuiltIn() {
		text += " of " + p.Requirements.File
	}
	if !p.Description.BuiltIn() {
		text += " on " + p.Description.File
	}
	return text
}

// casesOf counts the cases of each obligation.
func casesOf(p *plan.Plan) map[string]int {
	cases := map[string]int{}
	for _, o := range p.Obligations {
		cases[o.ID] = 0
	}
	for _, c := range p.Cases {
		for _, id := range c.Obligations {
			cases[id]++
		}
	}
	return cases
}

// DigestsOf names what a run is made of; there may be no waivers.
func DigestsOf(p *plan.Plan, fixtures *settings.Fixtures, waivers *settings.Waivers) Digests {
	d := Digests{Description: p.Description.Digest, Requirements: p.Requirements.Digest, Fixtures: fixtures.Digest, Plan: p.Digest}
	if waivers != nil {
		d.Waivers = waivers.Digest
	}
	return d
}

// ValuesOf is the digest of the fixtures with their values. Its salt is what the shards
// of one run have in common.
func ValuesOf(d Digests, fixtures *settings.Fixtures) (string, error) {
	return fixtures.ValuesDigest(d.Description + d.Requirements + d.Fixtures + d.Plan)
}

func unverified(s settings.Settings) bool { return s.TLS != nil && s.TLS.InsecureSkipVerify }

// obligation is one of which no case has run.
func obligation(p *plan.Plan, planned *plan.Obligation) Obligation {
	q, op := planned.Requirement, planned.Operation
	o := Obligation{
		ID: planned.ID, Operation: op.ID, Method: op.Method, Path: op.Path,
		Requirement: q.ID, Level: q.Level, Chapter: q.Chapter, Sentence: planned.Sentence, Promise: q.Sentence, Check: q.Check, Theme: cmp.Or(q.Theme, q.Check), Gravity: cmp.Or(q.Gravity, spec.OfProtocol),
		Clause: Clause{q.Basis, q.Clause.Page, p.Requirements.Link(q.Clause), q.Clause.Text, q.Readings},
		File:   p.Description.File, Line: op.Line,
		Branches: branches(planned.Branches), Notes: []Note{}, Causes: []string{},
	}
	if q.Essential && !planned.Outside {
		o.Essential = q.Short
	}
	o.Missing = planned.Missing
	switch {
	case planned.Unsupported != "":
		o.Outcome, o.Why = verdict.Unsupported, planned.Unsupported
	case planned.Inapplicable != "":
		o.Outcome, o.Why = verdict.NotApplicable, planned.Inapplicable
	case planned.Lacks != "":
		o.Outcome, o.Why = verdict.Inconclusive, planned.Lacks
	}
	return o
}
