package planner

import (
	"strings"

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
	add := func(kind, why string, made draft) {
		list = append(list, s.propose(kind, "", why+", and "+broken.Pointer+" breaks "+broken.Keyword, made).breaking(broken))
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
			add(by.kind+".malformed", by.why, by.credentialed(malformed))
			list = append(list, unreadable(s, by)...)
		}
	}
	if other, lacking, ok := d.ofOtherMerchant(s.Operation, malformed); lacking != "" {
		missing("forbidden.malformed-of-other", lacking)
	} else if ok {
		add("forbidden.malformed-of-other", s.Conformance.Merchant.Field+" names another merchant", other)
	}
	if unknown, altered := d.withUnknownIDs(s.Operation, malformed); len(altered) > 0 {
		add("malformed.unknown-id", strings.Join(altered, " and ")+" names nothing that exists", unknown)
	}
	return list
}

// nobody is a way to send a request without valid credentials.
type nobody struct {
	kind, why   string
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
	for _, by := range d.byNobody(s, schemes) {
		kind := by.kind + ".unknown-id"
		switch {
		case len(altered) == 0:
			list = append(list, s.noID(kind))
		case by.lacking != "":
			list = append(list, s.missing(kind, by.lacking))
		default:
			list = append(list, s.propose(kind, "", by.why+", and "+strings.Join(altered, " and ")+" names nothing that exists", by.credentialed(unknown)))
		}
	}
	return list
}
