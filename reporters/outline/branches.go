package outline

import (
	"slices"
	"strconv"

	"qorcheck/harness/run"
	"qorcheck/harness/verdict"
)

// Branch is a branch of a requirement, with what became of it on some operations.
type Branch struct {
	Name  string
	Cases int // that showed it
	Shown []BranchOf
	Other []Unshown
}

// BranchOf is a branch of one obligation.
type BranchOf struct {
	Obligation *run.Obligation
	Branch     run.Branch
}

// Unshown is why a branch was not shown in some obligations.
type Unshown struct {
	Requirement, Name string
	Applies           bool
	Why               string
	Of                []BranchOf
}

// Word says in a word or two what became of the branch.
func (u Unshown) Word() string {
	if u.Applies {
		return "not shown"
	}
	return "not applicable"
}

// Operations lists where the branch was not shown.
func (u Unshown) Operations() []string {
	var list []string
	for _, b := range u.Of {
		list = append(list, b.Obligation.Operation)
	}
	return list
}

// Branches lists the branches of the obligations of one requirement, in the order of
// the requirement; none where its sentence has but one.
func Branches(obligations []*run.Obligation) []Branch {
	var list []Branch
	for _, o := range obligations {
		for _, b := range o.Branches {
			i := slices.IndexFunc(list, func(known Branch) bool { return known.Name == b.Name })
			if i < 0 {
				i = len(list)
				list = append(list, Branch{Name: b.Name})
			}
			one := &list[i]
			if b.Shown == 0 {
				one.Other = unshown(one.Other, o, b)
				continue
			}
			one.Cases += b.Shown
			one.Shown = append(one.Shown, BranchOf{o, b})
		}
	}
	return list
}

// unshown adds a branch of an obligation to those that were not shown for the same reason.
func unshown(list []Unshown, o *run.Obligation, b run.Branch) []Unshown {
	i := slices.IndexFunc(list, func(u Unshown) bool {
		return u.Requirement == o.Requirement && u.Name == b.Name && u.Applies == b.Applies() && u.Why == b.WhyNot()
	})
	if i < 0 {
		i = len(list)
		list = append(list, Unshown{Requirement: o.Requirement, Name: b.Name, Applies: b.Applies(), Why: b.WhyNot()})
	}
	list[i].Of = append(list[i].Of, BranchOf{o, b})
	return list
}

// inapplicable lists the branches that do not apply: the description calls for none, or
// an allowed response came in the place of the one that was to show it. Obligations that
// are no part of the run, or that do not apply as a whole, say so themselves.
func inapplicable(d *run.Document) []Unshown {
	var list []Unshown
	for i := range d.Obligations {
		o := &d.Obligations[i]
		if o.Outcome == verdict.Unsupported || o.Outcome == verdict.NotApplicable {
			continue
		}
		for _, b := range o.Branches {
			if !b.Applies() {
				list = unshown(list, o, b)
			}
		}
	}
	return list
}

// ExampleAnchor is the anchor of an example on the HTML page, "" where it has none.
func ExampleAnchor(d *run.Document, id string) string {
	i := slices.IndexFunc(d.Examples, func(x run.Example) bool { return x.ID == id })
	if i < 0 {
		return ""
	}
	return Anchor(i)
}

// Anchor is the anchor on the HTML page of an example, by its index in the document.
func Anchor(example int) string { return "x" + strconv.Itoa(example+1) }
