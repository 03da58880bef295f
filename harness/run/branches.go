package run

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"qorcheck/harness/plan"
	"qorcheck/harness/verdict"
)

// Branch is a branch of an obligation: how often its cases showed it, and why it need
// not or could not be shown.
type Branch struct {
	Name      string `json:"name"`
	Planned   int    `json:"planned"`           // cases that are to show it
	Shown     int    `json:"shown"`             // cases that did
	Tolerated int    `json:"tolerated"`         // cases in which another response came, which is allowed
	Lacks     string `json:"lacks,omitempty"`   // what to add so that a case can show it
	None      string `json:"none,omitempty"`    // why the description calls for no such case
	Example   string `json:"example,omitempty"` // id of the example that shows it, or the response that came in its place; "" where none is kept
}

func branches(planned []plan.Branch) []Branch {
	var list []Branch
	for _, b := range planned {
		list = append(list, Branch{Name: b.Name, Planned: len(b.Cases), Lacks: b.Lacks, None: b.None})
	}
	return list
}

// show counts the branches that a case was about.
func (o *Obligation) show(shown []BranchShown) {
	for _, s := range shown {
		for i := range o.Branches {
			switch b := &o.Branches[i]; {
			case b.Name != s.Name:
			case s.Tolerated:
				b.Tolerated++
			default:
				b.Shown++
			}
		}
	}
}

// Applies reports whether a branch has to be shown: the description calls for it, and
// no response came in its place that is allowed.
func (b Branch) Applies() bool { return b.Shown > 0 || b.Tolerated == 0 && b.None == "" }

// WhyNot says why a branch does not apply, or was not shown; "" where it was.
func (b Branch) WhyNot() string {
	switch {
	case b.Shown > 0:
		return ""
	case b.Tolerated > 0:
		return "only other responses came, which are allowed"
	}
	return cmp.Or(b.None, b.Lacks, "no response showed it")
}

// unshown lists the branches that apply and were not shown.
func (o *Obligation) unshown() []Branch {
	return slices.DeleteFunc(slices.Clone(o.Branches), func(b Branch) bool { return b.Shown > 0 || !b.Applies() })
}

// inapplicable reports whether an obligation has branches, and none applies.
func (o *Obligation) inapplicable() bool {
	return len(o.Branches) > 0 && o.Exercised == 0 && !slices.ContainsFunc(o.Branches, Branch.Applies)
}

// concludeBranches draws the outcome of an obligation whose cases all passed from its
// branches. It reports false where they leave it open.
func (o *Obligation) concludeBranches(part string) bool {
	if o.inapplicable() {
		o.Outcome, o.Why = verdict.NotApplicable, "it does not apply: "+whyNot(o.Branches)
		return true
	}
	missing := o.unshown()
	if len(missing) == 0 {
		return false
	}
	o.Outcome, o.Why = verdict.Inconclusive, "not shown: "+whyNot(missing)
	if part != "" && o.Planned > 0 {
		o.Why += part
	}
	return true
}

func whyNot(list []Branch) string {
	var words []string
	for _, b := range list {
		words = append(words, fmt.Sprintf("%s (%s)", b.Name, b.WhyNot()))
	}
	return strings.Join(words, ", ")
}
