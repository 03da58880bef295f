// Package defects has the defects that can be planted into the reference target:
// tables by theme, and the parts that they are made of.
package defects

import (
	"fmt"
	"slices"
	"strings"
)

// Mutant is a sandbox with one planted defect. A defect is a row in one of the
// tables of this package; its parts are the combinators of defect.go.
type Mutant struct {
	Name        string   // lasting: lower-case letters, digits and hyphens
	Breaks      string   // what is wrong, read after "a sandbox that"
	Requirement string   // the one that must catch it; "" as long as none does; Tolerated where none may
	Also        []string // requirements that may fail of the same defect, beside consequences; "*" is every one
	On          []string // operations that it touches
	plant       defect
}

// Columns of the tables.
type (
	also []string
	on   []string
)

// everything is in the column also of a defect after which nothing is right.
var everything = also{"*"}

// Mutants lists the planted defects, theme by theme.
func Mutants() []Mutant {
	return slices.Concat(
		statusMutants, accessMutants, validationMutants, lookupMutants, bodyMutants, outcomeMutants, errorMutants,
		rejectionMutants, messageMutants, idempotencyMutants, moneyMutants, tokenMutants, listMutants, grossMutants, variants,
	)
}

// Follows tells whether a failure of a requirement may come of the defect.
func (m Mutant) Follows(requirement string) bool {
	return requirement == m.Requirement || slices.ContainsFunc(slices.Concat(m.Also, consequences[m.Requirement]), func(pattern string) bool {
		prefix, open := strings.CutSuffix(pattern, "*")
		return pattern == requirement || open && strings.HasPrefix(requirement, prefix)
	})
}

// FindMutants finds mutants by their names.
func FindMutants(names []string) ([]Mutant, error) {
	all := Mutants()
	var found []Mutant
	for _, name := range names {
		i := slices.IndexFunc(all, func(m Mutant) bool { return m.Name == name })
		if i < 0 {
			allowed := make([]string, len(all))
			for j, m := range all {
				allowed[j] = m.Name
			}
			return nil, fmt.Errorf("unknown defect %q; allowed: %s", name, strings.Join(allowed, ", "))
		}
		found = append(found, all[i])
	}
	return found, nil
}
