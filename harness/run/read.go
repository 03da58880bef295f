package run

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"

	"qorcheck/spec"
)

// Check refuses a document whose numbers do not add up.
func (d *Document) Check() error {
	if d.Version != DocumentVersion {
		return fmt.Errorf("document of run %s: %w", d.RunID, otherVersion(d.Version, DocumentVersion))
	}
	if d.Planned != len(d.Obligations) || d.Counts.Sum() != d.Planned {
		return fmt.Errorf("document of run %s: %d obligations planned, %d listed, %d counted", d.RunID, d.Planned, len(d.Obligations), d.Counts.Sum())
	}
	if d.CaseCounts.Sum() != d.Cases {
		return fmt.Errorf("document of run %s: %d cases planned, %d counted", d.RunID, d.Cases, d.CaseCounts.Sum())
	}
	seen := map[string]bool{}
	again := Document{Shard: d.Shard, OneCase: d.OneCase, Interrupted: d.Interrupted, Strict: d.Strict, Unexercised: d.Unexercised, Preflight: d.Preflight, Stopped: d.Stopped, Fault: d.Fault, Obligations: d.Obligations}
	again.conclude()
	for _, o := range d.Obligations {
		if seen[o.ID] {
			return fmt.Errorf("document of run %s: obligation %s is listed twice", d.RunID, o.ID)
		}
		seen[o.ID] = true
		if !slices.ContainsFunc(d.Chapters, func(c spec.Chapter) bool { return c.Name == o.Chapter }) {
			return fmt.Errorf("document of run %s: obligation %s: its chapter %q is not among the chapters", d.RunID, o.ID, o.Chapter)
		}
		if o.Counts.Sum() != o.Planned {
			return fmt.Errorf("document of run %s: obligation %s: %d cases planned, %d counted", d.RunID, o.ID, o.Planned, o.Counts.Sum())
		}
	}
	if err := cmp.Or(d.checkCauses(), d.checkExamples()); err != nil {
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

// checkCauses refuses a document whose obligations and causes contradict each other.
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
		for _, b := range c.Follows {
			of := counts[b.Obligation]
			if of == nil {
				return fmt.Errorf("cause %s: there is no obligation %s", c.ID, b.Obligation)
			}
			of.Inconclusive += len(b.Cases)
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

// otherVersion is the error of what another version of this program wrote.
func otherVersion(version, own int) error {
	return fmt.Errorf("its format is version %d, this program reads version %d: use the program that wrote it, or run again", version, own)
}

// maxDocument limits the document of a run, which has some megabytes.
const maxDocument = 256 << 20

// Read reads a document and checks it. It refuses what is not the document of a
// run, and one of another version. Its texts are made printable.
func Read(r io.Reader) (*Document, error) {
	data, err := spec.ReadAll(r, maxDocument)
	if err != nil {
		return nil, fmt.Errorf("run document: %w", err)
	}
	if err := refuseOther(data); err != nil {
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
	makePrintable(reflect.ValueOf(d))
	return d, d.Check()
}

// refuseOther refuses what no run of this version wrote.
func refuseOther(data []byte) error {
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
		return otherVersion(*head.Version, DocumentVersion)
	}
	return nil
}
