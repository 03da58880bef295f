package matrix

import (
	"context"
	"fmt"
	"slices"
	"time"

	"qorcheck/harness/exchange"
	"qorcheck/harness/plan"
	"qorcheck/harness/run"
	"qorcheck/harness/sandbox"
	"qorcheck/harness/settings"
)

// countInWhole counts the causes that a mutant shows in a run of every obligation, and
// for a sample of the mutants compares them with those of a second one. What else the row
// says stays.
func (j job) countInWhole(ctx context.Context, p *plan.Plan, name string, row *Row) {
	times := 1
	if sampled(j.defect.Name) {
		times = 2
	}
	documents, err := j.certify(ctx, p, name, times)
	if err != nil {
		row.Fault = err.Error()
		return
	}
	row.Whole, row.Twice, row.Causes = true, times > 1, causesOf(documents[0])
	row.compare(documents)
	for _, d := range documents {
		row.Requests += d.Requests
	}
}

// compare enters the causes that a run does not share with the first one of the same sandbox.
func (r *Row) compare(documents []*run.Document) {
	for _, again := range documents[1:] {
		d := run.Compare(documents[0], again)
		r.Unlike = append(r.Unlike, slices.Concat(d.NewCauses, d.GoneCauses)...)
	}
}

// certify runs a plan against a sandbox of its own, once or several times one after the other.
func (j job) certify(ctx context.Context, p *plan.Plan, name string, times int) (documents []*run.Document, err error) {
	var options sandbox.Options
	if j.defect != nil {
		options.Defects = []string{j.defect.Name}
	}
	if j.with != nil {
		options.Defects = append(options.Defects, j.with.Name)
	}
	target, err := sandbox.Listen(options)
	if err != nil {
		return nil, err
	}
	defer func() {
		if stopping := target.Stop(); err == nil {
			err = stopping
		}
	}()
	for again := range times {
		one, err := j.certifyAt(ctx, p, target.Origin, fmt.Sprintf("%s-%d-%d", name, p.Seed, again))
		if err != nil {
			return nil, err
		}
		documents = append(documents, one)
	}
	return documents, nil
}

// certifyAt runs a plan against the sandbox at an origin.
func (j job) certifyAt(ctx context.Context, p *plan.Plan, origin, runID string) (*run.Document, error) {
	address, err := settings.ParseTarget(origin + p.Description.BasePath)
	if err != nil {
		return nil, err
	}
	s := settings.Settings{
		Target: address, Fixtures: j.fixtures, Concurrency: concurrency, Timeout: settings.DefaultTimeout,
		BodyLimit: settings.DefaultBodyLimit, MessageWait: messageWait, QuietWindow: quietWindow, RunID: runID, Seed: p.Seed,
	}
	if j.defect != nil {
		s.QuietWindow = max(s.QuietWindow, j.defect.Wait())
	}
	if j.with != nil {
		s.QuietWindow = max(s.QuietWindow, j.with.Wait())
	}
	if err := s.Check(); err != nil {
		return nil, err
	}
	client := exchange.New(s, p.Description)
	defer client.Close()
	document, err := run.Start(ctx, p, client, run.Options{Settings: s, Tool: "matrix", Strict: true, Exclusive: true}).Wait()
	if err == nil {
		err = document.Check()
	}
	return document, err
}

// The sandbox sends its messages at once, so short waits suffice.
const (
	messageWait = 4 * time.Second
	quietWindow = time.Second
)

// concurrency is how many cases of one sandbox are under way at once.
const concurrency = 8
