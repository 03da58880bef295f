package planner

import (
	"slices"
	"strings"

	"qorcheck/harness/plan"
	"qorcheck/harness/settings"
	"qorcheck/spec"
)

// credentialCases makes requests that are right but for their credentials.
func (d *drafter) credentialCases(s subject) []*proposal {
	schemes := d.schemes(s.Operation)
	if len(schemes) == 0 || anonymous(s.Operation) {
		var list []*proposal
		for _, kind := range Kinds {
			if strings.HasPrefix(kind, "unauthenticated") || strings.HasPrefix(kind, "forbidden") {
				list = append(list, s.none(kind, "the operation needs no credentials"))
			}
		}
		return list
	}
	list := d.missingCredentials(s, schemes)
	list = append(list, d.misplacedCredentials(s, schemes)...)
	list = append(list, d.alteredCredentials(s, schemes)...)
	list = append(list, d.refusedCredentials(s, schemes)...)
	list = append(list, d.mixedCredentials(s, schemes)...)
	return append(list, d.unknownIDsOfNobody(s, schemes)...)
}

// withCredentials changes the credentials of the correct request.
func (s subject) withCredentials(kind, what, why string, change func(map[string]credential)) *proposal {
	made := s.correct.clone()
	change(made.credentials)
	if strings.HasPrefix(kind, "unauthenticated") && suffices(s.Operation, made.credentials) {
		return s.none(kind, "the credentials that remain are enough")
	}
	return s.propose(kind, what, why, made)
}

// sending puts one credential in the place of each.
func sending(schemes []string, c credential) func(map[string]credential) {
	return func(all map[string]credential) {
		for _, s := range schemes {
			all[s] = c
		}
	}
}

// missingCredentials sends no credential, an empty one, and white space where it arrives:
// around the value of a header it does not (RFC 9110, 5.5), so that one is empty.
func (d *drafter) missingCredentials(s subject, schemes []string) []*proposal {
	var list []*proposal
	for _, name := range schemes {
		list = append(list,
			s.withCredentials("unauthenticated.missing", plan.IDPart(name), name+" is not sent", func(c map[string]credential) { delete(c, name) }),
			s.withCredentials("unauthenticated.empty", plan.IDPart(name), name+" is sent empty", sending([]string{name}, credential{})),
		)
		if d.description.Schemes[name].In != "header" {
			list = append(list, s.withCredentials("unauthenticated.blank", plan.IDPart(name), name+" is nothing but white space", sending([]string{name}, credential{role: settings.Valid, twist: plan.TwistBlank})))
		}
	}
	if len(schemes) > 1 {
		list = append(list,
			s.withCredentials("unauthenticated.missing", "all", "no credential is sent", func(c map[string]credential) { clear(c) }),
			s.withCredentials("unauthenticated.empty", "all", "every credential is sent empty", sending(schemes, credential{})),
		)
	}
	return list
}

// suffices reports whether credentials make up one of the alternatives that an operation takes.
func suffices(o *spec.Operation, credentials map[string]credential) bool {
	return slices.ContainsFunc(o.Security, func(alternative []string) bool {
		return !slices.ContainsFunc(alternative, func(s string) bool {
			return credentials[s].role == "" || credentials[s].twist == plan.TwistBlank
		})
	})
}

// misplacedCredentials sends valid credentials elsewhere than where they belong.
func (d *drafter) misplacedCredentials(s subject, schemes []string) []*proposal {
	const kind = "unauthenticated.misplaced"
	if slices.ContainsFunc(schemes, func(name string) bool { return d.description.Schemes[name].In != "header" }) {
		return []*proposal{s.none(kind, "the credentials do not belong in headers")}
	}
	in := func(place string) *proposal {
		made := s.correct.clone()
		made.misplaced = place
		return s.propose(kind, place, "the credentials are sent in the "+place+" instead of in headers", made).varying(place)
	}
	list := []*proposal{in("query")}
	if _, ok := s.correct.body.(map[string]any); ok {
		list = append(list, in("body"))
	}
	return list
}

// alteredCredentials sends credentials that are nearly right.
func (d *drafter) alteredCredentials(s subject, schemes []string) []*proposal {
	const kind = "forbidden.altered"
	var list []*proposal
	for _, name := range schemes {
		for _, near := range []struct {
			twist plan.Twist
			why   string
		}{
			{plan.TwistTruncated, "lacks its last character"},
			{plan.TwistOtherCase, "has its letters in the other case"},
			{plan.TwistLonger, "has its last character twice"},
		} {
			if near.twist.Of(d.fixtures.Credential(settings.Valid, name)) == "" {
				list = append(list, s.unmade(kind, name+" has nothing to alter"))
				continue
			}
			what := plan.IDPart(name) + "." + string(near.twist)
			list = append(list, s.withCredentials(kind, what, name+" "+near.why, sending([]string{name}, credential{role: settings.Valid, twist: near.twist})))
		}
	}
	if len(schemes) == 2 {
		list = append(list, s.withCredentials(kind, "swapped", "each credential is sent in the other's place", func(c map[string]credential) {
			c[schemes[0]], c[schemes[1]] = credential{role: settings.Valid, of: schemes[1]}, credential{role: settings.Valid, of: schemes[0]}
		}))
	}
	return list
}

// refusedCredentials sends credentials that must not be let in.
func (d *drafter) refusedCredentials(s subject, schemes []string) []*proposal {
	var list []*proposal
	for _, bad := range []struct{ kind, role, why string }{
		{"forbidden.unknown", settings.UnknownRole, "the credentials are well formed and nobody's"},
		{"forbidden.revoked", settings.Revoked, "the credentials are revoked"},
		{"forbidden.rights", settings.NoRights, "the credentials have no right"},
	} {
		if lacking := d.missingRole(bad.role, schemes); lacking != "" {
			list = append(list, s.missing(bad.kind, lacking))
			continue
		}
		list = append(list, s.withCredentials(bad.kind, "", bad.why, sending(schemes, credential{role: bad.role})))
	}
	return list
}

// mixedCredentials sends pairs that do not belong together.
func (d *drafter) mixedCredentials(s subject, schemes []string) []*proposal {
	if len(schemes) < 2 {
		return []*proposal{s.none("forbidden.pair", "the operation takes one credential, not a pair")}
	}
	var list []*proposal
	mix := func(kind, role, whose string) {
		for _, name := range schemes {
			list = append(list, s.withCredentials(kind, plan.IDPart(name), name+" is "+whose+", the rest is valid", sending([]string{name}, credential{role: role})))
		}
	}
	mix("forbidden.unknown", settings.UnknownRole, "nobody's")
	if lacking := d.missingRole(settings.OtherMerchant, schemes); lacking != "" {
		return append(list, s.missing("forbidden.pair", lacking))
	}
	mix("forbidden.pair", settings.OtherMerchant, "another merchant's")
	return list
}
