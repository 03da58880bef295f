package planner

import (
	"maps"
	"slices"
	"strings"

	"qorcheck/harness/plan"
	"qorcheck/harness/settings"
)

// precedenceCases break a request that is wrong in another way, too: whose it is
// comes before what it says, and what it says before what it is about.
func (d *drafter) precedenceCases(s subject) []*proposal {
	malformed, broken, ok := d.firstFault(s)
	if !ok {
		return nil
	}
	var list []*proposal
	add := func(kind, what, why string, made draft) {
		list = append(list, s.propose(kind, what, why+", and "+broken.Pointer+" breaks "+broken.Keyword, made).breaking(broken))
	}
	missing := func(kind, what string) {
		if d.rules(s.Operation, kind).expect() != nil { // else no requirement asks
			list = append(list, s.missing(kind, what))
		}
	}
	if schemes := d.schemes(s.Operation); len(schemes) > 0 && !anonymous(s.Operation) {
		for _, by := range d.byNobody(s, schemes) {
			if by.lacking != "" {
				missing(by.kind+".malformed", by.lacking)
				continue
			}
			add(by.kind+".malformed", "", by.why, by.credentialed(malformed))
			list = append(list, unreadable(s, by)...)
		}
		for _, by := range d.byHalves(s, schemes) {
			add(by.kind+".malformed", by.what, by.why, by.credentialed(malformed))
		}
	}
	if other, lacking, ok := d.ofOtherMerchant(s.Operation, malformed); lacking != "" {
		missing("forbidden.malformed-of-other", lacking)
	} else if ok {
		add("forbidden.malformed-of-other", "", s.Conformance.Merchant.Field+" names another merchant", other)
	}
	list = append(list, d.unreadableOfOther(s)...)
	if unknown, altered := d.withUnknownIDs(s.Operation, malformed); len(altered) > 0 {
		add("malformed.unknown-id", "", strings.Join(altered, " and ")+" names nothing that exists", unknown)
		list = append(list, d.incompleteOfUnknown(s, broken)...)
	}
	return list
}

// unreadableOfOther sends bodies that cannot be read, or are sent as text, in which
// another merchant is named.
func (d *drafter) unreadableOfOther(s subject) []*proposal {
	const kind = "malformed.of-other"
	if !s.sendsBody() || s.correct.form != nil {
		return nil
	}
	other, lacking, ok := d.ofOtherMerchant(s.Operation, s.correct)
	if lacking != "" && d.rules(s.Operation, kind).expect() != nil {
		short := s.missing(kind, lacking)
		short.absent.short = true // what else cannot be read is sent all the same
		return []*proposal{short}
	}
	if !ok {
		return nil
	}
	s.correct = other
	var list []*proposal
	for _, p := range append(syntaxCases(s), mediaTypeCases(s)...) {
		if slices.Contains([]string{"truncated", "trailing-garbage", "text"}, p.what) {
			p.kind, p.why = kind, s.Conformance.Merchant.Field+" names another merchant, and "+p.why
			list = append(list, p)
		}
	}
	return list
}

// incompleteOfUnknown leaves a mandatory field out of requests that name nothing that exists: the
// merchant, and the first other one whose name is no id and that is not broken otherwise already.
func (d *drafter) incompleteOfUnknown(s subject, asked *fault) []*proposal {
	content := s.Body.JSON()
	if content == nil || !content.HasSchema || !s.sendsBody() {
		return nil
	}
	var list []*proposal
	m := d.bodyMaker(s.Operation, content, s.correct.bound)
	var merchant, other bool
	for _, f := range d.faultsOf(s.Operation, m) {
		if f.Gap != "" || f.Reading || f.Keyword != "required" || !f.Absent || f.Pointer == asked.Pointer {
			continue
		}
		names := s.Conformance.Merchant != nil && s.Conformance.Merchant.Field == f.Pointer
		done := &other
		if names {
			done = &merchant
		}
		if *done || !names && withinMerchant(s.Operation, f.Pointer) {
			continue
		}
		made := s.correct.clone()
		made.body = f.Value
		unknown, altered := d.withUnknownIDs(s.Operation, made)
		if len(altered) == 0 {
			continue
		}
		*done = true
		what := "without-" + plan.IDPart(f.Pointer[strings.LastIndex(f.Pointer, "/")+1:])
		list = append(list, s.propose("malformed.unknown-id", what, strings.Join(altered, " and ")+" names nothing that exists, and "+f.Pointer+" is missing", unknown).breaking(bodyFault(m, f)))
	}
	return list
}

// nobody is a way to send a request without valid credentials.
type nobody struct {
	kind, why   string
	what        string // distinguishes it from the plain ones, which have none
	credentials map[string]credential
	lacking     string // what the fixtures lack for it
}

// byNobody lists the ways to send a request without valid credentials.
func (d *drafter) byNobody(s subject, schemes []string) []nobody {
	return []nobody{
		{kind: "unauthenticated", why: "no credential is sent", credentials: map[string]credential{}},
		{
			kind: "forbidden", why: "the credentials are well formed and nobody's",
			credentials: d.credentials(s.Operation, settings.UnknownRole), lacking: d.missingRole(settings.UnknownRole, schemes),
		},
	}
}

// byHalves lists further ways to send a request without the right to it, of which each may be
// looked at in another place than an unknown credential is: one credential is left out, they
// are revoked, or have no right. It is left to others to say what the fixtures lack.
func (d *drafter) byHalves(s subject, schemes []string) []nobody {
	var list []nobody
	if !vouched(s.Operation) {
		return nil
	}
	for i, name := range schemes {
		all := maps.Clone(s.correct.credentials)
		delete(all, name)
		if i == len(s.ID)%len(schemes) && len(all) > 0 && !suffices(s.Operation, all) { // of each operation one
			list = append(list, nobody{kind: "unauthenticated", what: "without-" + plan.IDPart(name), why: name + " is not sent", credentials: all})
		}
	}
	for _, by := range []struct{ role, why string }{{settings.Revoked, "the credentials are revoked"}, {settings.NoRights, "the credentials have no right"}} {
		if d.missingRole(by.role, schemes) == "" {
			list = append(list, nobody{kind: "forbidden", what: by.role, why: by.why, credentials: d.credentials(s.Operation, by.role)})
		}
	}
	return list
}

// credentialed sends a request in that way.
func (n nobody) credentialed(base draft) draft {
	made := base.clone()
	made.credentials = n.credentials
	return made
}

// unreadable sends a body by nobody that cannot be read, and one under a wrong name.
func unreadable(s subject, by nobody) []*proposal {
	if !s.sendsBody() || s.correct.form != nil {
		return nil
	}
	var list []*proposal
	s.correct = by.credentialed(s.correct)
	for _, p := range append(syntaxCases(s), mediaTypeCases(s)...) {
		if p.what == "truncated" || p.what == "text" {
			p.kind, p.why = by.kind+".malformed", by.why+", and "+p.why
			list = append(list, p)
		}
	}
	return list
}

// unknownIDsOfNobody names without valid credentials what does not exist.
func (d *drafter) unknownIDsOfNobody(s subject, schemes []string) []*proposal {
	var list []*proposal
	unknown, altered := d.withUnknownIDs(s.Operation, s.correct)
	for _, by := range append(d.byNobody(s, schemes), d.byHalves(s, schemes)...) {
		kind := by.kind + ".unknown-id"
		switch {
		case len(altered) == 0:
			list = append(list, s.noID(kind))
		case by.lacking != "":
			list = append(list, s.missing(kind, by.lacking))
		default:
			list = append(list, s.propose(kind, by.what, by.why+", and "+strings.Join(altered, " and ")+" names nothing that exists", by.credentialed(unknown)))
		}
	}
	return append(list, d.unknownIDsOfOther(s, unknown, altered))
}

// unknownIDsOfOther names in another merchant's name what does not exist.
func (d *drafter) unknownIDsOfOther(s subject, unknown draft, altered []string) *proposal {
	const kind = "forbidden.unknown-id-of-other"
	other, lacking, ok := d.ofOtherMerchant(s.Operation, unknown)
	switch {
	case len(altered) == 0:
		return s.noID(kind)
	case lacking != "":
		return s.missing(kind, lacking)
	case !ok:
		return s.none(kind, "the request names no merchant")
	}
	return s.propose(kind, "", s.Conformance.Merchant.Field+" names another merchant, and "+strings.Join(altered, " and ")+" names nothing that exists", other)
}
