package planner

import (
	"fmt"
	"slices"
	"strings"

	"qorcheck/harness/generate"
	"qorcheck/harness/plan"
	"qorcheck/harness/settings"
	"qorcheck/spec"
)

// credentialCases makes requests that are right but for their credentials.
func (b *builder) credentialCases(o *spec.Operation, base draft, prepared []plan.Step) {
	schemes := b.schemes(o)
	if len(schemes) == 0 || anonymous(o) {
		for _, kind := range Kinds {
			if strings.HasPrefix(kind, "unauthenticated") || strings.HasPrefix(kind, "forbidden") {
				b.skip(o, kind, "the operation needs no credentials")
			}
		}
		return
	}
	with := func(kind, what, why string, change func(credentials map[string]credential)) {
		d := base.clone()
		change(d.credentials)
		if strings.HasPrefix(kind, "unauthenticated") && suffices(o, d.credentials) {
			b.skip(o, kind, "the credentials that remain are enough")
			return
		}
		b.add(o, kind, what, why, d, prepared, nil)
	}
	each := func(change func(scheme string, c credential) credential) func(map[string]credential) {
		return func(c map[string]credential) {
			for _, s := range schemes {
				c[s] = change(s, c[s])
			}
		}
	}
	for _, s := range schemes {
		with("unauthenticated.missing", plan.IDPart(s), s+" is not sent", func(c map[string]credential) { delete(c, s) })
		with("unauthenticated.empty", plan.IDPart(s), s+" is sent empty", func(c map[string]credential) { c[s] = credential{} })
		with("unauthenticated.blank", plan.IDPart(s), s+" is nothing but white space", func(c map[string]credential) { c[s] = credential{role: settings.Valid, twist: plan.TwistBlank} })
	}
	if len(schemes) > 1 {
		with("unauthenticated.missing", "all", "no credential is sent", func(c map[string]credential) { clear(c) })
		with("unauthenticated.empty", "all", "every credential is sent empty", each(func(string, credential) credential { return credential{} }))
	}
	b.misplacedCases(o, base, prepared, schemes)
	b.alteredCases(o, schemes, with)
	for _, bad := range []struct{ kind, role, why string }{
		{"forbidden.unknown", settings.UnknownRole, "the credentials are well formed and nobody's"},
		{"forbidden.revoked", settings.Revoked, "the credentials are revoked"},
		{"forbidden.rights", settings.NoRights, "the credentials have no right"},
	} {
		if lacking := b.roleLacks(bad.role, schemes); lacking != "" {
			b.lack(o, bad.kind, lacking)
			continue
		}
		with(bad.kind, "", bad.why, each(func(string, credential) credential { return credential{role: bad.role} }))
	}
	if len(schemes) < 2 {
		b.skip(o, "forbidden.pair", "the operation takes one credential, not a pair")
		return
	}
	for _, s := range schemes {
		with("forbidden.unknown", plan.IDPart(s), s+" is nobody's, the rest is valid", func(c map[string]credential) { c[s] = credential{role: settings.UnknownRole} })
	}
	if lacking := b.roleLacks(settings.OtherMerchant, schemes); lacking != "" {
		b.lack(o, "forbidden.pair", lacking)
		return
	}
	for _, s := range schemes {
		with("forbidden.pair", plan.IDPart(s), s+" is another merchant's, the rest is valid", func(c map[string]credential) { c[s] = credential{role: settings.OtherMerchant} })
	}
}

// anonymous tells whether an operation can be called without credentials.
func anonymous(o *spec.Operation) bool {
	return slices.ContainsFunc(o.Security, func(alternative []string) bool { return len(alternative) == 0 })
}

// suffices tells whether credentials make up one of the alternatives that an operation takes.
func suffices(o *spec.Operation, credentials map[string]credential) bool {
	return slices.ContainsFunc(o.Security, func(alternative []string) bool {
		return !slices.ContainsFunc(alternative, func(s string) bool { return credentials[s].role == "" || credentials[s].twist == plan.TwistBlank })
	})
}

// misplacedCases send valid credentials elsewhere than where they belong.
func (b *builder) misplacedCases(o *spec.Operation, base draft, prepared []plan.Step, schemes []string) {
	const kind = "unauthenticated.misplaced"
	if slices.ContainsFunc(schemes, func(s string) bool { return b.description.Schemes[s].In != "header" }) {
		b.skip(o, kind, "the credentials do not belong in headers")
		return
	}
	d := base.clone()
	d.misplaced = "query"
	b.add(o, kind, "query", "the credentials are sent in the query instead of in headers", d, prepared, nil)
	if _, ok := base.body.(map[string]any); ok {
		d = base.clone()
		d.misplaced = "body"
		b.add(o, kind, "body", "the credentials are sent in the body instead of in headers", d, prepared, nil)
	}
}

// alteredCases send credentials that are nearly right.
func (b *builder) alteredCases(o *spec.Operation, schemes []string, with func(kind, what, why string, change func(map[string]credential))) {
	for _, s := range schemes {
		for _, near := range []struct {
			twist plan.Twist
			why   string
		}{{plan.TwistTruncated, "lacks its last character"}, {plan.TwistOtherCase, "has its letters in the other case"}, {plan.TwistLonger, "has its last character twice"}} {
			if near.twist.Of(b.fixtures.Credential(settings.Valid, s)) == "" {
				b.skip(o, "forbidden.altered", s+" has nothing to alter")
				continue
			}
			with("forbidden.altered", plan.IDPart(s)+"."+string(near.twist), s+" "+near.why, func(c map[string]credential) { c[s] = credential{role: settings.Valid, twist: near.twist} })
		}
	}
	if len(schemes) == 2 {
		with("forbidden.altered", "swapped", "each credential is sent in the other's place", func(c map[string]credential) {
			c[schemes[0]], c[schemes[1]] = credential{role: settings.Valid, of: schemes[1]}, credential{role: settings.Valid, of: schemes[0]}
		})
	}
}

// roleLacks says what to add to the fixtures for a role, "" when it is there.
func (b *builder) roleLacks(role string, schemes []string) string {
	if slices.ContainsFunc(schemes, func(s string) bool { return b.fixtures.Credential(role, s) == "" }) {
		return fmt.Sprintf("add to %s: credentials.%s: { %s: … }", b.fixtures.File, role, strings.Join(schemes, ": …, "))
	}
	return ""
}

// merchantCases makes requests in the name of each merchant of the fixtures but
// the main one; requirements say which of them an operation must refuse.
func (b *builder) merchantCases(o *spec.Operation, base draft, prepared []plan.Step) {
	m := o.Conformance.Merchant
	var asked []string
	for _, q := range b.requirements.List {
		for _, kind := range q.Cases {
			if name, ok := strings.CutPrefix(kind, "forbidden.merchant."); ok && q.Operations.Has(o.ID) && !slices.Contains(asked, name) {
				asked = append(asked, name)
			}
		}
	}
	for _, name := range asked {
		kind := "forbidden.merchant." + name
		if m == nil {
			b.skip(o, kind, "the description names no field for the merchant")
			continue
		}
		if _, there := spec.Lookup(base.body, m.Field); !there {
			b.skip(o, kind, "the request has no field "+m.Field)
			continue
		}
		value := b.fixtures.Merchants[name]
		if value == "" {
			b.lack(o, kind, fmt.Sprintf("add to %s: merchants.%s", b.fixtures.File, name))
			continue
		}
		d := base.clone()
		d.body = generate.Set(d.body, m.Field, value)
		b.add(o, kind, "", fmt.Sprintf("%s names the merchant %q of the fixtures", m.Field, name), d, prepared, nil)
	}
}
