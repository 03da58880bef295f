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
		anonymous := malformed.clone()
		clear(anonymous.credentials)
		add("unauthenticated.malformed", "no credential is sent", anonymous)
		if lacking := d.missingRole(settings.UnknownRole, schemes); lacking != "" {
			missing("forbidden.malformed", lacking)
		} else {
			unknown := malformed.clone()
			unknown.credentials = d.credentials(s.Operation, settings.UnknownRole)
			add("forbidden.malformed", "the credentials are well formed and nobody's", unknown)
		}
	}
	if other, lacking, ok := d.ofOtherMerchant(s.Operation, malformed); lacking != "" {
		missing("forbidden.malformed-of-other", lacking)
	} else if ok {
		add("forbidden.malformed-of-other", s.Conformance.Merchant.Field+" names another merchant", other)
	}
	if unknown, altered := withUnknownIDs(s.Operation, malformed); len(altered) > 0 {
		add("malformed.unknown-id", strings.Join(altered, " and ")+" names nothing that exists", unknown)
	}
	return list
}
