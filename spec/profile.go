package spec

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"go.yaml.in/yaml/v3"
)

// Profile is a part of a requirement list that a target may claim: the requirements
// that name it and, beside them, those that it names itself, on some operations.
// Profiles may overlap.
type Profile struct {
	About string      `yaml:"about"`
	Holds []Selection `yaml:"holds"`
}

// Selection is some requirements on some of their operations: on those that are
// given, on all but those that are excepted, or on all.
type Selection struct {
	Requirements []string `yaml:"requirements"`
	Operations   []string `yaml:"operations"`
	Except       []string `yaml:"except"`
}

// has reports whether a requirement on an operation is selected.
func (s Selection) has(requirement, operation string) bool {
	if !slices.Contains(s.Requirements, requirement) || slices.Contains(s.Except, operation) {
		return false
	}
	return len(s.Operations) == 0 || slices.Contains(s.Operations, operation)
}

// UnmarshalYAML reads what the profile is about, alone or with what it holds.
func (p *Profile) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind == yaml.ScalarNode {
		p.About = node.Value
		return nil
	}
	type whole Profile
	return node.Decode((*whole)(p))
}

// Abbreviated says that a profile may be the sentence that it is about alone.
func (*Profile) Abbreviated() {}

// Claims reports whether a profile has a requirement on an operation. One that names
// no profile is of each that is not a selection.
func (r *Requirements) Claims(profile string, q *Requirement, operation string) bool {
	p := r.Profiles[profile]
	if q.Profile == profile || q.Profile == "" && len(p.Holds) == 0 {
		return true
	}
	return slices.ContainsFunc(p.Holds, func(s Selection) bool { return s.has(q.ID, operation) })
}

// checkProfiles refuses profiles that are about nothing, and selections of what the
// list does not have.
func (r *Requirements) checkProfiles() error {
	for _, name := range slices.Sorted(maps.Keys(r.Profiles)) {
		p := r.Profiles[name]
		if p.About == "" {
			return fmt.Errorf("profiles.%s: about: must say what the profile is about", name)
		}
		for i, s := range p.Holds {
			if err := r.checkSelection(s); err != nil {
				return fmt.Errorf("profiles.%s: holds[%d]: %w", name, i, err)
			}
		}
	}
	return nil
}

func (r *Requirements) checkSelection(s Selection) error {
	switch {
	case len(s.Requirements) == 0:
		return errors.New("requirements: must name at least one")
	case len(s.Operations) > 0 && len(s.Except) > 0:
		return errors.New("operations, except: only one of them may be given")
	}
	for _, id := range s.Requirements {
		at := slices.IndexFunc(r.List, func(q *Requirement) bool { return q.ID == id })
		if at < 0 {
			return fmt.Errorf("requirements: %q: no requirement has this id", id)
		}
		for _, operation := range slices.Concat(s.Operations, s.Except) {
			if !r.List[at].Operations.Has(operation) {
				return fmt.Errorf("operations, except: %q: %s is not about this operation", operation, id)
			}
		}
	}
	return nil
}
