package planner

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"qorcheck/harness/plan"
	"qorcheck/harness/settings"
	"qorcheck/spec"
)

// ground is what every case is made from. It is read-only once newGround has
// returned it, and shared by all goroutines.
type ground struct {
	description   *spec.Description
	requirements  *spec.Requirements
	fixtures      *settings.Fixtures
	seed          uint64                                // of what is drawn
	explore       int                                   // requests of each operation that are drawn
	sampling      bool                                  // see Part.Sample; a part of a plan is sent whole
	kinds         []string                              // every one, with those that only requirements name
	covered       map[*spec.Requirement]map[string]bool // the kinds that exercise a requirement
	preparations  map[string]preparation                // by operation
	guesses       map[string]preparation                // by operation that has none
	examples      map[string]string                     // variable of an answer → an example of its value
	strangers     *strangers                            // that another id is taken from
	paths         pathTree                              // of the description
	sharedOptions map[plan.Option]bool                  // that several operations have alike
	targets       map[string]bool                       // ids of operations to which a link leads that is not optional
	knownValues   map[string]settings.KnownList         // of parameters and fields
	unlistedCard  func(text string) string              // the card number in it that may not be sent, masked, or ""
	derived       map[*spec.Operation]spec.Effect       // of operations whose effect nobody declares
}

// newGround checks that description, requirements and fixtures fit together, and
// finds what all cases have in common.
func newGround(d *spec.Description, r *spec.Requirements, f *settings.Fixtures) (*ground, error) {
	g := &ground{
		description: d, requirements: r, fixtures: f,
		kinds: kindsOf(r), covered: map[*spec.Requirement]map[string]bool{}, examples: map[string]string{}, targets: map[string]bool{},
		unlistedCard: f.CardGuard(d.SecretFields).Unlisted, knownValues: maps.Clone(f.Known),
	}
	for _, name := range d.KnownNames() {
		delete(g.knownValues, name)
	}
	for _, q := range r.List {
		g.covered[q] = map[string]bool{}
		for _, kind := range g.kinds {
			g.covered[q][kind] = covers(q, kind)
		}
	}
	if err := g.check(); err != nil {
		return nil, err
	}
	g.derived = make(map[*spec.Operation]spec.Effect, len(d.Operations))
	for _, o := range d.Operations {
		g.paths.add(o.Method, o.Path)
		if effect, declared := o.Effect(); !declared {
			g.derived[o] = effect
		}
		for _, link := range o.Links {
			if !link.Optional {
				g.targets[link.To] = true
			}
		}
	}
	maker := newDrafter(g)
	g.sharedOptions = sharedOptions(d)
	g.preparations = maker.findPreparations()
	g.examples = maps.Clone(maker.examples)
	g.guesses = maker.findGuesses()
	g.strangers = g.findStrangers()
	return g, nil
}

// check refuses names that lead nowhere: a typing error must not shrink a run.
func (g *ground) check() error {
	for _, check := range []func() error{g.checkRequirements, g.checkExpectations, g.checkCredentials, g.checkKnown, g.checkEffects, g.checkCannot} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

// checkRequirements refuses operations and kinds that do not exist.
func (g *ground) checkRequirements() error {
	for _, q := range g.requirements.List {
		for _, id := range q.Operations.IDs {
			if g.description.Operation(id) == nil {
				return fmt.Errorf("%s: requirement %s: no operation of %s has the id %q; allowed: %s", g.requirements.File, q.ID, g.description.File, id, cmp.Or(strings.Join(g.description.IDs(), ", "), "none"))
			}
		}
		for _, kind := range q.Cases {
			if !knownKind(kind) {
				return fmt.Errorf("%s: requirement %s: unknown kind of cases %q; allowed: %s", g.requirements.File, q.ID, kind, strings.Join(Kinds, ", "))
			}
		}
	}
	return nil
}

// checkExpectations refuses two requirements that state an expected status for the same case.
func (g *ground) checkExpectations() error {
	for _, o := range g.description.Operations {
		for _, kind := range g.kinds {
			owner := ""
			for _, q := range g.requirements.List {
				if !q.Tested() || q.Check != checkStatus || !q.Operations.Has(o.ID) || !g.covered[q][kind] {
					continue
				}
				if owner != "" {
					return fmt.Errorf("%s: requirements %s and %s both state the expected status of %s cases on %s; one may", g.requirements.File, owner, q.ID, kind, o.ID)
				}
				owner = q.ID
			}
		}
	}
	return nil
}

// checkCredentials refuses credentials of unknown schemes, and operations that the
// fixtures hold no valid credentials for.
func (g *ground) checkCredentials() error {
	for _, role := range append([]string{settings.Valid}, slices.Sorted(maps.Keys(g.fixtures.Credentials))...) { // unknown ones may be invented from valid ones
		for _, scheme := range slices.Sorted(maps.Keys(g.fixtures.Credentials[role])) {
			if _, ok := g.description.Schemes[scheme]; !ok {
				return fmt.Errorf("%s: credentials.%s: unknown security scheme %q; allowed: %s", g.fixtures.File, role, scheme, cmp.Or(strings.Join(slices.Sorted(maps.Keys(g.description.Schemes)), ", "), "none"))
			}
		}
	}
	for _, o := range g.description.Operations {
		if len(o.Security) > 0 && g.schemes(o) == nil && g.unsendable(o) == "" {
			return fmt.Errorf("%s: credentials.valid lacks %s, which operation %s needs", g.fixtures.File, strings.Join(o.Security[0], " and "), o.ID)
		}
	}
	return nil
}

// checkKnown refuses permissions for operations that the description does not have.
func (g *ground) checkKnown() error {
	for _, name := range slices.Sorted(maps.Keys(g.fixtures.Known)) {
		for i, one := range g.fixtures.Known[name] {
			for _, id := range one.May {
				if g.description.Operation(id) == nil {
					return fmt.Errorf("%s: known.%s[%d].may: no operation of %s has the id %q; valid ids: %s", g.fixtures.File, name, i, g.description.File, id, strings.Join(g.description.IDs(), ", "))
				}
			}
		}
	}
	return nil
}

// checkCannot refuses names under cannot that no requirement or obligation has.
func (g *ground) checkCannot() error {
	known := map[string]bool{}
	for _, q := range g.requirements.List {
		known[q.ID] = true
		for _, o := range g.description.Operations {
			if q.Operations.Has(o.ID) {
				known[plan.ObligationID(o.Slug(), q.ID)] = true
			}
		}
	}
	for _, id := range slices.Sorted(maps.Keys(g.fixtures.Cannot)) {
		if !known[id] {
			return fmt.Errorf("%s: cannot: %q: no requirement or obligation has this id%s", g.fixtures.File, id, spec.DidYouMean(id, slices.Sorted(maps.Keys(known))))
		}
		if g.fixtures.Cannot[id] == "" {
			return fmt.Errorf("%s: cannot: %s: the reason is missing", g.fixtures.File, id)
		}
	}
	return nil
}

// schemes finds the first alternative of an operation's security that the
// fixtures hold valid credentials for; nil when there is none.
func (g *ground) schemes(o *spec.Operation) []string {
	for _, alternative := range o.Security {
		if len(alternative) > 0 && !slices.ContainsFunc(alternative, func(s string) bool { return g.fixtures.Credential(settings.Valid, s) == "" }) {
			return alternative
		}
	}
	if anonymous(o) {
		return []string{}
	}
	return nil
}

// unsendable says why no request of an operation can be made, "" where one can: its
// credentials are of a kind that is not supported, or tokens that only a person can get.
func (g *ground) unsendable(o *spec.Operation) string {
	if o.Unsendable != "" || len(o.Security) == 0 || g.schemes(o) != nil {
		return o.Unsendable
	}
	for _, alternative := range o.Security {
		i := slices.IndexFunc(alternative, func(s string) bool {
			return g.fixtures.Credential(settings.Valid, s) == "" && g.description.Schemes[s].LogIn
		})
		if i < 0 {
			return ""
		}
		if alternative := o.Security[0]; len(alternative) > 0 {
			name := alternative[min(i, len(alternative)-1)]
			return fmt.Sprintf("needs a token of %s, which only a log-in gives: %s", name, g.add("credentials.valid", fmt.Sprintf("{ %s: … }", name)))
		}
	}
	return ""
}

// anonymous reports whether an operation can be called without credentials.
func anonymous(o *spec.Operation) bool {
	return slices.ContainsFunc(o.Security, func(alternative []string) bool { return len(alternative) == 0 })
}

// add says which line to add to the fixtures; value, where it is not "", is what may stand there.
func (g *ground) add(line, value string) string {
	text := fmt.Sprintf("add to %s: %s", g.fixtures.File, line)
	if value != "" {
		text += ": " + value
	}
	return text
}

// lineOf finds the line in a sentence of add, or in one that ends in it.
func (g *ground) lineOf(sentence string) (m plan.Missing, ok bool) {
	before := fmt.Sprintf("add to %s: ", g.fixtures.File)
	at := strings.Index(sentence, before)
	if at < 0 {
		return plan.Missing{}, false
	}
	line, _, _ := strings.Cut(sentence[at+len(before):], ": ")
	return plan.Missing{Line: line, Add: sentence[at:]}, true
}

// missingRole says what to add to the fixtures for a role, "" when it is there.
func (g *ground) missingRole(role string, schemes []string) string {
	if slices.ContainsFunc(schemes, func(s string) bool { return g.fixtures.Credential(role, s) == "" }) {
		return g.add("credentials."+role, fmt.Sprintf("{ %s: … }", strings.Join(schemes, ": …, ")))
	}
	return ""
}

// missingSettle says that a transaction has to be settled.
func (g *ground) missingSettle() string {
	return "needs a settled transaction: " + g.add("settle", "{ method: POST, url: …, body: … }")
}

// missingTrigger says what test data to add to the fixtures.
func (g *ground) missingTrigger(group, name string) string {
	return g.add(fmt.Sprintf("triggers.%s.%s", group, name), "")
}

// missingTriggers says that there are none for an operation.
func (g *ground) missingTriggers(o *spec.Operation) string {
	return g.add("triggers for the payment fields of "+o.ID, "")
}

// missingMerchant says what merchant to add to the fixtures.
func (g *ground) missingMerchant(name string) string { return g.add("merchants."+name, "") }

// unsupported says why the environment cannot exercise a requirement on an operation, "" when it can.
func (g *ground) unsupported(o *spec.Operation, q *spec.Requirement) string {
	return cmp.Or(g.fixtures.Cannot[plan.ObligationID(o.Slug(), q.ID)], g.fixtures.Cannot[q.ID])
}

// rules are requirements on one operation.
type rules []*spec.Requirement

// expect is what the requirement says that states the expected status, nil where
// none does, or the environment cannot exercise it: then nothing is sent.
func (r rules) expect() *spec.Expect {
	for _, q := range r {
		if q.Check == checkStatus {
			return q.Expect
		}
	}
	return nil
}

// has reports whether a requirement asks for a check.
func (r rules) has(check string) bool {
	return slices.ContainsFunc(r, func(q *spec.Requirement) bool { return q.Check == check })
}

// otherMerchantStatuses lists the statuses that refuse another merchant: a merchant
// field that breaks its own constraint, or is missing, names nobody, so a target may
// answer it as either.
func (g *ground) otherMerchantStatuses(o *spec.Operation) []int {
	for _, q := range g.requirements.List {
		if q.Tested() && q.Check == checkStatus && q.Operations.Has(o.ID) && covers(q, merchantKind+".other") {
			return q.Expect.For(o)
		}
	}
	return nil
}
