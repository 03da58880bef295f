package spec

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Branch is one of the situations that a requirement's sentence names: a refusal and an
// error, a field that is missing and one that is blank. A requirement with branches
// holds only where it was exercised in each. Cases, Ending, or both say what shows it.
type Branch struct {
	Name   string   `yaml:"name"`   // as reports show it: a refusal
	Cases  []string `yaml:"cases"`  // kinds of cases, or a kind and a variant: malformed.missing.null
	Ending Ending   `yaml:"ending"` // how the response says that its request ended
}

// HasCase reports whether a branch is shown by cases of a kind. Variant distinguishes
// some cases of the kind from others; it is "" for those that nothing distinguishes.
func (b Branch) HasCase(kind, variant string) bool {
	name := kind
	if variant != "" {
		name += "." + variant
	}
	return len(b.Cases) == 0 || slices.ContainsFunc(b.Cases, func(of string) bool { return name == of || strings.HasPrefix(name, of+".") })
}

// MayHave reports whether some cases of a kind show a branch.
func (b Branch) MayHave(kind string) bool {
	return b.HasCase(kind, "") || slices.ContainsFunc(b.Cases, func(of string) bool { return strings.HasPrefix(of, kind+".") })
}

// checkBranches refuses branches that nothing selects, and cases that the requirement has not.
func (q *Requirement) checkBranches() error {
	seen := map[string]bool{}
	for _, b := range q.Branches {
		switch {
		case b.Name == "" || seen[b.Name]:
			return fmt.Errorf("branches: %q: each must have a name of its own", b.Name)
		case len(b.Cases) == 0 && b.Ending == "":
			return fmt.Errorf("branches: %s: cases or ending must be given", b.Name)
		case !expectable(b.Ending):
			return fmt.Errorf("branches: %s: ending: %q: must be one of success, refused, error", b.Name, b.Ending)
		case len(q.Flows) > 0:
			return errors.New("branches: must not be given with flows, of which each is a branch")
		}
		seen[b.Name] = true
		for _, kind := range b.Cases {
			if !q.Covers(kind) {
				return fmt.Errorf("branches: %s: cases: %q: must be among the requirement's cases: %s", b.Name, kind, strings.Join(q.Cases, ", "))
			}
		}
	}
	return nil
}

// checkEssential refuses an essential requirement without the words by which a verdict
// says that a run went without it.
func (q *Requirement) checkEssential() error {
	if q.Essential != (q.Short != "") {
		return errors.New("essential and short must be given together: short names it in the verdict of a run that goes without it")
	}
	return nil
}
