package run

import (
	"errors"
	"fmt"
	"io"

	"qorcheck/harness/verdict"
)

// Replayed is a run as read from its journal. Nothing is judged again.
type Replayed struct {
	Head
	Torn bool  // the last line was not written to its end, and is left out
	Size int64 // of the lines that are whole

	ledger     *ledger
	unanswered []Entry              // not in the ledger: they are repeated when the run is resumed
	failed     map[string][]Verdict // of planned cases that failed
	ended      bool
}

// Replay reads a journal, of a run that came to its end or not.
func Replay(journal io.Reader) (*Replayed, error) {
	p := &Replayed{failed: map[string][]Verdict{}}
	s, err := scan(journal, func(l line) error {
		if p.ledger == nil {
			return p.head(l)
		}
		p.ended = l.End != nil
		switch {
		case l.Head != nil:
			return errors.New("a second head: it is the beginning of another run")
		case l.End != nil:
			p.ledger.end(*l.End)
		case l.Resumed != nil:
			p.ledger.resume(*l.Resumed, l.repeated)
		default:
			return p.enter(l.Entry)
		}
		return nil
	})
	if err == nil && p.ledger == nil {
		err = errors.New("journal: not even its first line was written to its end")
	}
	p.Size, p.Torn, p.unanswered = s.whole, s.torn, s.unanswered
	return p, err
}

func (p *Replayed) head(l line) error {
	if l.Head == nil {
		return errors.New("no journal of a run begins so")
	}
	if l.Head.Document.Version != JournalVersion {
		return otherVersion(l.Head.Document.Version, JournalVersion)
	}
	p.Head = *l.Head
	p.Head.Document.Version = DocumentVersion
	p.ledger = newLedger(p.begin())
	return nil
}

func (p *Replayed) enter(e Entry) error {
	if err := p.ledger.check(e); err != nil {
		return err
	}
	if e.Amends {
		p.ledger.amend(e)
		return nil
	}
	p.ledger.add(e)
	if e.Outcome == verdict.Fail && !e.Spare {
		p.failed[e.Case] = e.Verdicts
	}
	return nil
}

// Complete reports whether the run came to its end with every case sent, so that
// nothing is left to resume.
func (p *Replayed) Complete() bool {
	d := p.ledger.document
	planned := 0
	for _, e := range p.unanswered {
		if !e.Spare {
			planned++
		}
	}
	return p.ended && !d.Interrupted && d.Preflight.IsZero() && d.Stopped.IsZero() && d.Fault.IsZero() && len(p.ledger.done)+planned == d.Cases
}

// RunIDs lists what the unique values of the run were made of so far.
func (p *Replayed) RunIDs() []string { return p.ledger.document.RunIDs() }

// Cases is how many cases the run has.
func (p *Replayed) Cases() int { return p.ledger.document.Cases }

// Missing is how many cases are sent when the run is resumed.
func (p *Replayed) Missing() int { return p.ledger.document.Cases - len(p.ledger.done) }

// Document concludes the document of the run. One whose journal has no end was interrupted.
func (p *Replayed) Document() (*Document, error) {
	for _, e := range p.unanswered {
		if err := p.enter(e); err != nil {
			return nil, fmt.Errorf("journal: %w", err)
		}
	}
	p.unanswered = nil
	d := p.ledger.document
	d.Interrupted = d.Interrupted || !p.ended
	if d.Finished.IsZero() {
		d.Finished = d.Started
	}
	p.ledger.finish()
	return d, d.Check()
}
