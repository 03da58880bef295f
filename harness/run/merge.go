package run

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"

	"qorcheck/harness/redact"
)

// Shard is one of a number of parts of a plan, counted from 1.
type Shard struct {
	Number int `json:"number"`
	Of     int `json:"of"`
}

// String is for people: 2 of 4.
func (s Shard) String() string { return fmt.Sprintf("%d of %d", s.Number, s.Of) }

// Part is the share of a plan that a shard has.
type Part struct {
	Shard   Shard          `json:"shard"`
	Cases   int            `json:"cases"`
	Planned map[string]int `json:"planned"` // cases of each obligation that is in it
}

// begin is the document that a run begins with.
func (h Head) begin() *Document {
	d := h.Document
	d.Obligations = nil
	for _, o := range h.Document.Obligations {
		o.Branches = slices.Clone(o.Branches) // they are counted in
		if h.Part != nil {
			planned, here := h.Part.Planned[o.ID]
			if !here {
				continue
			}
			o.Planned = planned
		}
		d.Obligations = append(d.Obligations, o)
	}
	if h.Part != nil {
		d.Shard, d.Cases = &h.Part.Shard, h.Part.Cases
	}
	return &d
}

// Source is the journal of a shard.
type Source struct {
	Name    string // of its folder
	Journal io.ReadSeeker

	run *Replayed
}

// Shards are all parts of one run, checked to be complete.
type Shards struct {
	list []Source // by number
}

// Join checks that shards make up one run: it refuses shards of different runs, and
// one that is missing or given twice. The flags in may can differ.
func Join(sources []Source, may []string) (*Shards, error) {
	s := &Shards{slices.Clone(sources)}
	for i := range s.list {
		one := &s.list[i]
		var err error
		if one.run, err = Replay(one.Journal); err != nil {
			return nil, fmt.Errorf("%s: %w", one.Name, err)
		}
		if one.run.Part == nil {
			return nil, fmt.Errorf("%s: it is no shard, its run is of the whole plan", one.Name)
		}
		if why := unlike(s.list[0].run.Head, one.run.Head, may); why != "" {
			return nil, fmt.Errorf("%s is no shard of the run that %s is of: %s", one.Name, s.list[0].Name, why)
		}
	}
	slices.SortStableFunc(s.list, func(a, b Source) int { return cmp.Compare(a.run.Part.Shard.Number, b.run.Part.Shard.Number) })
	return s, s.complete()
}

// unlike says how a shard differs from the first, "" when both are of one run.
func unlike(first, other Head, may []string) string {
	a, b := first.Document, other.Document
	for _, d := range []struct {
		what          string
		first, second any
	}{
		{"the program", a.Tool, b.Tool},
		{"the number of shards", first.Part.Shard.Of, other.Part.Shard.Of},
		{"the seed", a.Seed, b.Seed},
		{"the filter", a.Filter, b.Filter},
		{"the profile", a.Profile, b.Profile},
		{"the digest of the description", a.Digests.Description, b.Digests.Description},
		{"the digest of the requirements", a.Digests.Requirements, b.Digests.Requirements},
		{"the digest of the fixtures", a.Digests.Fixtures, b.Digests.Fixtures},
		{"the digest of the fixtures' values", first.Values, other.Values},
		{"the digest of the waivers", a.Digests.Waivers, b.Digests.Waivers},
		{"the digest of the plan", a.Digests.Plan, b.Digests.Plan},
		{"--strict", a.Strict, b.Strict},
		{"--allow-unexercised", a.Unexercised, b.Unexercised},
	} {
		if d.first != d.second {
			return fmt.Sprintf("%s is %s, there %s", d.what, cmp.Or(fmt.Sprint(d.second), "none"), cmp.Or(fmt.Sprint(d.first), "none"))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(given(first, other))) {
		if one, two := first.Settings[name], other.Settings[name]; one != two && !slices.Contains(may, name) {
			return fmt.Sprintf("--%s is %s, there %s", name, cmp.Or(two, "not given"), cmp.Or(one, "not given"))
		}
	}
	return ""
}

// given lists the flags that one of two runs was begun with.
func given(one, two Head) map[string]string {
	all := map[string]string{}
	maps.Copy(all, one.Settings)
	maps.Copy(all, two.Settings)
	return all
}

func (s *Shards) complete() error {
	of := 0
	by := map[int]string{}
	for _, one := range s.list {
		shard := one.run.Part.Shard
		of = shard.Of
		if twin := by[shard.Number]; twin != "" {
			return fmt.Errorf("shard %s is there twice: %s and %s", shard, twin, one.Name)
		}
		by[shard.Number] = one.Name
	}
	for number := 1; number <= of; number++ {
		if by[number] == "" {
			return fmt.Errorf("shard %s is missing", Shard{number, of})
		}
	}
	cases := 0
	for _, one := range s.list {
		cases += one.run.Part.Cases
	}
	if whole := s.list[0].run.Head.Document.Cases; cases != whole {
		return fmt.Errorf("the shards have %d cases, the plan has %d", cases, whole)
	}
	return nil
}

// Write writes the journal of the whole run. What it is made of is counted again
// from the cases when it is read.
func (s *Shards) Write(w io.Writer) error {
	e := json.NewEncoder(w)
	head := s.head()
	all := newCatalogue(head.Document.Obligations)
	enter := func(entry Entry) error { return e.Encode(all.line(entry, func(int) bool { return true })) }
	if err := e.Encode(struct {
		Head Head `json:"head"`
	}{head}); err != nil {
		return err
	}
	end := End{Reconciled: true}
	for _, one := range s.list {
		if _, err := one.Journal.Seek(0, io.SeekStart); err != nil {
			return fmt.Errorf("%s: %w", one.Name, err)
		}
		rest, err := scan(one.Journal, func(l line) error {
			switch {
			case l.Case != "":
				return enter(l.Entry)
			case l.End != nil:
				end.beside(l.End.Requests, l.End.Left)
				end.Foreign = append(end.Foreign, l.End.Foreign...)
				end.Reconciled = end.Reconciled && l.End.Reconciled
				end.reconcile(l.End.Unreconciled)
			}
			for _, again := range l.repeated {
				end.beside(again.Requests, again.Left)
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("%s: %w", one.Name, err)
		}
		for _, unanswered := range rest.unanswered {
			if err := enter(unanswered); err != nil {
				return err
			}
		}
		end.with(one.run)
	}
	return e.Encode(struct {
		End End `json:"end"`
	}{end})
}

// head is that of the first shard, of the whole plan.
func (s *Shards) head() Head {
	h := s.list[0].run.Head
	h.Part = nil
	h.Settings = maps.Clone(h.Settings)
	delete(h.Settings, "shard")
	var ids []string
	for _, one := range s.list {
		d := one.run.Head.Document
		if d.Started.Before(h.Document.Started) {
			h.Document.Started = d.Started
		}
		h.Document.Unverified = h.Document.Unverified || one.run.ledger.document.Unverified
		ids = append(ids, one.run.RunIDs()...)
	}
	slices.Sort(ids)
	h.Document.Further = slices.DeleteFunc(slices.Compact(ids), func(id string) bool { return id == h.Document.RunID })
	return h
}

// beside adds requests and leftovers that belong to no case.
func (e *End) beside(requests int, left []redact.Text) {
	e.Requests += requests
	e.Left = append(e.Left, left...)
}

// reconcile adds what a shard did not reconcile, what all say once.
func (e *End) reconcile(list []redact.Text) {
	for _, text := range list {
		if !slices.Contains(e.Unreconciled, text) {
			e.Unreconciled = append(e.Unreconciled, text)
		}
	}
}

// with adds how a shard ended: a run is as complete as its shards.
func (e *End) with(shard *Replayed) {
	d := shard.ledger.document
	last := d.Finished.After(e.Finished)
	if last {
		e.Finished = d.Finished
	}
	e.Timing, e.Concurrency = e.Timing.of(d.Timing, last), e.Concurrency.of(d.Concurrency)
	e.Interrupted = e.Interrupted || d.Interrupted || !shard.ended
	e.Preflight, e.Stopped, e.Fault = cmp.Or(e.Preflight, d.Preflight), cmp.Or(e.Stopped, d.Stopped), cmp.Or(e.Fault, d.Fault)
}
