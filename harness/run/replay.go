package run

import (
	"errors"
	"fmt"
	"io"
)

// Replayed is a run as its journal tells it. Nothing is judged again.
type Replayed struct {
	Head
	Torn bool  // the last line was not written to its end, and is left out
	Size int64 // of the lines that are whole

	ledger *ledger
	ended  bool
}

// Replay reads a journal, of a run that came to its end or not.
func Replay(journal io.Reader) (*Replayed, error) {
	p := &Replayed{}
	size, torn, err := scan(journal, func(l line) error {
		if p.ledger == nil {
			return p.begin(l)
		}
		p.ended = l.End != nil
		switch {
		case l.End != nil:
			p.ledger.end(*l.End)
		case l.Resumed != nil:
			p.ledger.resume(*l.Resumed)
		default:
			if err := p.ledger.check(l.Entry); err != nil {
				return err
			}
			p.ledger.add(l.Entry)
		}
		return nil
	})
	if err == nil && p.ledger == nil {
		err = errors.New("journal: not even its first line was written to its end")
	}
	p.Size, p.Torn = size, torn
	return p, err
}

func (p *Replayed) begin(l line) error {
	if l.Head == nil {
		return errors.New("no journal of a run begins so")
	}
	if l.Head.Document.Version != DocumentVersion {
		return fmt.Errorf("document version %d: this program reads %d", l.Head.Document.Version, DocumentVersion)
	}
	p.Head = *l.Head
	p.ledger = newLedger(&l.Head.Document)
	return nil
}

// Document concludes the document of the run. One whose journal has no end was interrupted.
func (p *Replayed) Document() (*Document, error) {
	d := p.ledger.document
	d.Interrupted = d.Interrupted || !p.ended
	if d.Finished.IsZero() {
		d.Finished = d.Started
	}
	p.ledger.finish()
	return d, d.Check()
}
