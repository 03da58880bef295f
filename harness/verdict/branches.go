package verdict

import (
	"slices"

	"qorcheck/spec"
)

// Branch is a branch of a requirement that a response was about.
type Branch struct {
	Name      string
	Tolerated bool // by another response than the one that shows it, which is allowed
}

// branches lists the branches of a requirement that a response shows. Place is 0 for the
// act. A tolerated response in the place of the one that was to show a branch is listed
// as such.
func (v View) branches(q *spec.Requirement, place int, exercised bool) []Branch {
	var list []Branch
	for _, b := range q.Branches {
		if len(b.Cases) > 0 && (place != 0 || !b.HasCase(v.Case.Kind, v.Case.Variant)) {
			continue
		}
		_, allowed := v.tolerable()
		allowed = allowed && !slices.Contains(v.Expect.Statuses, v.Answer.Status)
		judged := exercised && (!allowed || q.Check != "status")
		switch {
		case judged && (b.Ending == "" || v.saysEnding(b.Ending)):
			list = append(list, Branch{b.Name, false})
		case allowed && (b.Ending == "" || v.Expect.Ending == b.Ending):
			list = append(list, Branch{b.Name, true})
		}
	}
	return list
}

// saysEnding reports whether a response says in one of its fields that its request ended so.
func (v View) saysEnding(e spec.Ending) bool {
	return slices.ContainsFunc(v.Operation.OutcomeValues(v.Body.Value), func(t spec.OutcomeValue) bool { return t.Ending == e })
}

// concerns reports whether the requirement that is judged is about an ending: it is
// about every one where no branch of it names any.
func (v View) concerns(e spec.Ending) bool {
	named := false
	if v.Requirement != nil {
		for _, b := range v.Requirement.Branches {
			if b.Ending == e {
				return true
			}
			named = named || b.Ending != ""
		}
	}
	return !named
}

// joinBranches adds branches that are not there yet. One that was shown was not tolerated.
func joinBranches(list, more []Branch) []Branch {
	for _, b := range more {
		i := slices.IndexFunc(list, func(known Branch) bool { return known.Name == b.Name })
		if i < 0 {
			list = append(list, b)
		} else {
			list[i].Tolerated = list[i].Tolerated && b.Tolerated
		}
	}
	return list
}
