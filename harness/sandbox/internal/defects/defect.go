// Package defects has the defects that can be planted into the reference target:
// tables by theme, and the parts that they are made of.
package defects

import (
	"fmt"
	"slices"
	"strings"

	"qorcheck/spec"
)

// Defect is a fault that can be planted into the target, which makes it a mutant:
// a row in one of the tables of this package. Its parts are made in alterations.go,
// conditions.go, deliveries.go and work.go.
type Defect struct {
	Name        string   // lasting: lower-case letters, digits and hyphens
	Breaks      string   // what is wrong with the mutant, read after "a sandbox that"
	Requirement string   // the one that must catch it; "" as long as none does; Tolerated or Allowed where none may
	Also        []string // requirements that may fail of the same defect, beside consequences; "*" is every one
	On          []string // operations that it touches
	plant       plant
}

// Columns of the tables.
type (
	also []string
	on   []string
)

// everything is in the column also of a defect after which nothing is right.
var everything = also{"*"}

// All lists the defects, theme by theme.
func All() []Defect {
	return slices.Concat(
		statusDefects, accessDefects, validationDefects, conditionDefects, lookupDefects, bodyDefects, outcomeDefects, errorDefects, secretDefects,
		omissionDefects, orderDefects, handlingDefects, rejectionDefects, reconciliationDefects, messageDefects, idempotencyDefects, repeatDefects, moneyDefects,
		tokenDefects, strangerDefects, listDefects, spreadDefects, grossDefects, tolerances, variants,
	)
}

// Tolerances lists the defects that the promise tolerates.
func Tolerances() []Defect { return slices.Clone(tolerances) }

// Harmless reports whether the defect keeps the promise.
func (d Defect) Harmless() bool { return d.Requirement == Tolerated || d.Requirement == Allowed }

// Follows reports whether a failure of a requirement may come of the defect.
func (d Defect) Follows(requirement string) bool {
	return requirement == d.Requirement || slices.ContainsFunc(slices.Concat(d.Also, consequences[d.Requirement]), func(pattern string) bool {
		prefix, open := strings.CutSuffix(pattern, "*")
		return pattern == requirement || open && strings.HasPrefix(requirement, prefix)
	})
}

// meant is the hint of an error about an unknown name: up to five names that contain it, or the nearest one.
func meant(name string, known []string) string {
	longer := slices.DeleteFunc(slices.Clone(known), func(k string) bool { return !strings.Contains(k, name) })
	if len(longer) == 0 || name == "" {
		return spec.DidYouMean(name, known)
	}
	return fmt.Sprintf(" (did you mean %s?)", strings.Join(longer[:min(5, len(longer))], ", "))
}

// Find finds defects by their names.
func Find(names []string) ([]Defect, error) {
	all := All()
	var found []Defect
	for _, name := range names {
		i := slices.IndexFunc(all, func(d Defect) bool { return d.Name == name })
		if i < 0 {
			known := make([]string, len(all))
			for j, d := range all {
				known[j] = d.Name
			}
			return nil, fmt.Errorf("unknown defect %q%s; qorcheck sandbox --list-defects lists all", name, meant(name, known))
		}
		found = append(found, all[i])
	}
	return found, nil
}
