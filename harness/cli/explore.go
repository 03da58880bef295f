package cli

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"qorcheck/harness/plan"
	"qorcheck/harness/run"
	"qorcheck/harness/rundir"
	"qorcheck/harness/settings"
	"qorcheck/spec"
)

// maxExplore keeps plans in the memory of one machine.
const maxExplore = 10000

// readExploration refuses an exploration that cannot be, and reads the file that --case
// names, where it names one.
func (in *inputs) readExploration() error {
	if err := in.loadDrawn(); err != nil {
		return fmt.Errorf("--case %s: %w", in.oneCase, err)
	}
	switch {
	case in.explore < 0:
		return fmt.Errorf("--explore %d: must be 0 or more", in.explore)
	case in.explore > maxExplore:
		return fmt.Errorf("--explore %d: must be %d or less", in.explore, maxExplore)
	case in.explore > 0 && in.smoke:
		return fmt.Errorf("--smoke: --explore %d: a smoke run sends few cases, and explores nothing", in.explore)
	case in.explore > 0 && in.budget != settings.Budget{}:
		return fmt.Errorf("--budget %s: --explore %d: a run within a budget explores nothing", &in.budget, in.explore)
	}
	return nil
}

// drawnCase is a case that an exploration drew, as a file keeps it: how it is drawn again,
// and what is left out of it. It holds no value of the request, so no secret either.
type drawnCase struct {
	Case        string      `json:"case"`
	What        string      `json:"what"` // is right or wrong with its request, for people
	Seed        uint64      `json:"seed"`
	Explore     int         `json:"explore"`
	Description string      `json:"description"` // its digest
	Edits       []plan.Edit `json:"edits,omitempty"`
}

// maxDrawnName is how many bytes the name of such a file has without its ending.
const maxDrawnName = 200

// drawnFiles are the files of what an exploration found.
func (f *runFlags) drawnFiles(found []run.Shrunk) ([]rundir.File, error) {
	var files []rundir.File
	for _, s := range found {
		kept := drawnCase{Case: s.Of.ID, What: s.Case.Why, Seed: f.seed, Explore: f.explore, Description: f.promise, Edits: s.Edits}
		text, err := json.MarshalIndent(kept, "", "  ")
		if err != nil {
			return nil, err
		}
		name := s.Of.ID
		if len(name) > maxDrawnName {
			sum := sha256.Sum256([]byte(name))
			name = name[:maxDrawnName] + "-" + hex.EncodeToString(sum[:4])
		}
		files = append(files, rundir.File{Name: rundir.DrawnFile(name), Write: func(w io.Writer) error {
			_, err := w.Write(append(text, '\n'))
			return err
		}})
	}
	return files, nil
}

// loadDrawn reads the file that --case names, which has a seed and a number of draws. Flags
// that were given must not say anything else.
func (in *inputs) loadDrawn() error {
	if !strings.HasSuffix(in.oneCase, ".json") {
		return nil
	}
	text, err := os.ReadFile(in.path(in.oneCase))
	if errors.Is(err, os.ErrNotExist) && !strings.ContainsAny(in.oneCase, `/\`) {
		return nil // an id may end so
	}
	if err != nil {
		return err
	}
	var kept drawnCase
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&kept); err != nil {
		return fmt.Errorf("it is no file that --explore wrote: %w", err)
	}
	if kept.Case == "" || kept.Explore < 1 || kept.Explore > maxExplore {
		return errors.New("it is no file that --explore wrote: case or explore is missing or wrong")
	}
	switch {
	case in.given.Changed("seed") && in.seed != kept.Seed:
		return fmt.Errorf("--seed %d: the file was made with --seed %d; omit --seed", in.seed, kept.Seed)
	case in.given.Changed("explore") && in.explore != kept.Explore:
		return fmt.Errorf("--explore %d: the file was made with --explore %d; omit --explore", in.explore, kept.Explore)
	}
	in.drawnCase, in.seed, in.explore = &kept, kept.Seed, kept.Explore
	return nil
}

// caseID is the id of the only planned case, "" for all.
func (in *inputs) caseID() string {
	if in.drawnCase != nil {
		return in.drawnCase.Case
	}
	return in.oneCase
}

// drawnFromThis refuses a description that is not the one from which the case was drawn.
func (in *inputs) drawnFromThis(d *spec.Description) error {
	if kept := in.drawnCase; kept != nil && d.Digest != kept.Description {
		return fmt.Errorf("--case %s: it was drawn from another description: the digest was %s, it is %s", in.oneCase, kept.Description, d.Digest)
	}
	return nil
}

// of makes the case of a file, from the plan of the case that it was made of.
func (kept *drawnCase) of(p *plan.Plan, file string) (*plan.Plan, error) {
	if len(kept.Edits) == 0 {
		return p, nil
	}
	if planned := p.Cases[0]; planned.Simpler != nil {
		if made := planned.Simpler.Make(kept.Edits); made != nil {
			made.Simpler = nil // it is what the file is about
			return p.With(made), nil
		}
	}
	return nil, fmt.Errorf("--case %s: no valid case can be made as it says", file)
}
