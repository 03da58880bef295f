package run

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"

	"qorcheck/harness/exchange"
	"qorcheck/harness/group"
	"qorcheck/harness/message"
	"qorcheck/harness/plan"
	"qorcheck/harness/settings"
	"qorcheck/spec"
)

// suspect returns a function that reports whether a message may be about a request
// that was rejected.
func (r *Run) suspect() func(message.Delivery) bool {
	var of []func(message.Delivery) bool
	for _, t := range r.inbox.late {
		if t.Case.Expect.Handling == plan.Rejected {
			of = append(of, concerns(r.plan.Description.Operation(t.Case.Operation)))
		}
	}
	return func(d message.Delivery) bool {
		return slices.ContainsFunc(of, func(concerns func(message.Delivery) bool) bool { return concerns(d) })
	}
}

// concerns returns a function that reports whether a message is of an event that an operation promises.
func concerns(o *spec.Operation) func(message.Delivery) bool {
	m, events := o.Conformance.Messages, eventsOf(o)
	return func(d message.Delivery) bool {
		return len(events) == 0 || slices.Contains(events, exchange.Text(d.Value, m.Event))
	}
}

// eventsOf lists the events that an operation promises messages of.
func eventsOf(o *spec.Operation) []string {
	if o == nil || o.Conformance.Messages == nil {
		return nil
	}
	var events []string
	for _, c := range o.Callbacks {
		events = append(events, c.Events(o.Conformance.Messages.Event)...)
	}
	return events
}

// origin is what a message about an id that no response named is about.
type origin int

const (
	unknown  origin = iota
	ours            // what an earlier part of the run made
	rejected        // a rejected request of ours: nothing has the id, or such a request made it
	others          // what other people made
	runs            // what another run made
)

// origins looks ids up, as many at once as cases are sent.
func (r *Run) origins(ctx context.Context, m *spec.Messaging, ids []string) map[string]origin {
	if len(ids) == 0 {
		return nil
	}
	makers := r.makers()
	found := make([]origin, len(ids))
	slots := make(chan struct{}, r.workers.limit())
	var pool group.Group
	for i, id := range ids {
		slots <- struct{}{}
		pool.Go(func() {
			found[i] = r.origin(ctx, m, id, makers)
			<-slots
		})
	}
	pool.Wait()
	list := map[string]origin{}
	for i, id := range ids {
		list[id] = found[i]
	}
	return list
}

func (r *Run) origin(ctx context.Context, m *spec.Messaging, id string, makers *makers) origin {
	if m.Lookup == nil || r.plan.Finder == nil || id == "" {
		return rejected
	}
	for _, finder := range r.finders() {
		record := r.client.Do(ctx, plan.KindLookup, finder, map[string]string{plan.MessageID: id})
		r.count([]exchange.Record{record})
		switch {
		case record.Answer == nil, record.Answer.Status >= 500, record.Answer.Status == http.StatusTooManyRequests:
			return unknown // a target in trouble does not show that nothing has the id
		case record.Answer.Status/100 == 2:
			return makers.origin(record.Named(m.Lookup.Field))
		}
	}
	return rejected
}

// finders are the requests that read what a message is about: by the keys of the run's
// merchant, and by those of the other one, of which a webhook of the run may get messages.
func (r *Run) finders() []plan.Step {
	finder := *r.plan.Finder
	list := []plan.Step{finder}
	f := r.options.Settings.Fixtures
	if f == nil || len(f.Credentials[settings.OtherMerchant]) == 0 {
		return list
	}
	altered := false
	inNameOfOther := func(fields []plan.Field) []plan.Field {
		fields = slices.Clone(fields)
		for i := range fields {
			for _, p := range fields[i].Value.Placeholders() {
				if p.Source == plan.FromCredential && f.Credential(settings.OtherMerchant, p.Args[1]) != "" {
					other := plan.TemplateOf(plan.FromCredential, settings.OtherMerchant, p.Args[1])
					fields[i].Value = plan.Template(strings.ReplaceAll(string(fields[i].Value), string(p.Template()), string(other)))
					altered = true
				}
			}
		}
		return fields
	}
	finder.Request.Header, finder.Request.Query = inNameOfOther(finder.Request.Header), inNameOfOther(finder.Request.Query)
	if altered {
		list = append(list, finder)
	}
	return list
}

// makers know for what unique values were made.
type makers struct {
	client  *exchange.Client
	earlier map[string]exchange.Maker // in earlier parts of the run, whose clients are gone
	cases   map[string]*plan.Case
	lost    map[string]bool          // cases in which a response was lost, or named no id
	pieces  func() map[string]string // pieces of marks, by which one is known that was cut or altered → the mark
}

func (r *Run) makers() *makers {
	m := &makers{client: r.client, earlier: map[string]exchange.Maker{}, cases: map[string]*plan.Case{}, lost: maps.Clone(r.lost)}
	for _, t := range r.inbox.late {
		m.lost[t.Case.ID] = m.lost[t.Case.ID] || t.Unanswered() || r.unnamed(t)
	}
	for _, c := range r.plan.Cases {
		m.cases[c.ID] = c
	}
	for _, runID := range r.document.RunIDs() {
		if runID != r.options.Settings.RunID {
			m.remake(runID)
		}
	}
	m.pieces = sync.OnceValue(m.cut)
	return m
}

// pieceLength is how many characters of a mark are enough to know it.
const pieceLength = 12

// within returns for what the mark was made that stands in a text in part: in capitals, cut
// at either end, with something before or behind it.
func (m *makers) within(text string) (maker exchange.Maker, known bool) {
	text = strings.ToLower(text)
	for i := range len(text) - pieceLength + 1 {
		if value, ok := m.pieces()[text[i:i+pieceLength]]; ok {
			return m.find(value)
		}
	}
	return exchange.Maker{}, false
}

// cut returns the pieces of all marks.
func (m *makers) cut() map[string]string {
	pieces := map[string]string{}
	keep := func(value string) {
		if mark.FindString(value) == value {
			for i := range len(value) - pieceLength + 1 {
				pieces[value[i:i+pieceLength]] = value
			}
		}
	}
	m.client.Made(keep)
	for value := range m.earlier {
		keep(value)
	}
	return pieces
}

// unnamed reports whether a request of a case that promises a message was carried out
// and its response named no id, so that the message about it cannot be matched.
func (r *Run) unnamed(t *exchange.Transcript) bool {
	return t.Any(func(record *exchange.Record) bool {
		o := r.plan.Description.Operation(record.Step.Operation)
		if record.Answer == nil || record.Answer.Status/100 != 2 || o == nil || o.Conformance.Messages == nil || len(o.Callbacks) == 0 {
			return false
		}
		if body, ok := record.Answer.JSON(); !ok || o.Ending(body) != spec.Succeeded {
			return false
		}
		return record.Named(o.Conformance.Messages.Answer) == ""
	})
}

// remake makes the unique values of an earlier part of the run again.
func (m *makers) remake(runID string) {
	for _, c := range m.cases {
		for _, step := range append(c.Steps(), c.Act) {
			for _, p := range step.Request.Body.Placeholders() {
				if p.Source != plan.FromRun {
					continue
				}
				if value, err := exchange.Unique(runID, c.ID, p); err == nil {
					m.earlier[value] = exchange.Maker{Case: c.ID, Value: p.Template()}
				}
			}
		}
	}
}

// origin returns who made a unique value. What the act of a case sends is about the
// act alone. Of a case in which a response was lost it is not known which of its
// requests a value is about: one that is rejected is sent again, corrected.
func (m *makers) origin(value string) origin {
	maker, known := m.find(value)
	if !known {
		maker, known = m.within(value)
	}
	c := m.cases[maker.Case]
	switch {
	case !known && mark.MatchString(value):
		return runs
	case !known || c == nil:
		return others
	case m.lost[c.ID], maker.Lost && c.Expect.Handling == plan.Rejected:
		return unknown
	case maker.Lost:
		return ours
	case c.Expect.Handling == plan.Rejected && strings.Contains(string(c.Act.Request.Body), string(maker.Value)):
		return rejected
	}
	return ours
}

// find returns for what a unique value was made, in this part of the run or an earlier one.
func (m *makers) find(value string) (maker exchange.Maker, known bool) {
	if maker, known = m.client.Maker(value); !known {
		maker, known = m.earlier[value]
	}
	return maker, known
}
