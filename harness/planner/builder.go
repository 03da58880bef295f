package planner

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"qorcheck/harness/generate"
	"qorcheck/harness/plan"
	"qorcheck/harness/settings"
	"qorcheck/spec"
)

// Kinds of cases, in the order in which they are planned. Requirements name them
// or what they begin with.
var Kinds = []string{
	"valid.example", "valid.required", "valid.everything", "valid.form",
	"valid.optional", "valid.enum", "valid.branch", "valid.bound", "valid.extra",
	"outcome.refused", "outcome.error", "outcome.internal", "outcome.reasons",
	"malformed.syntax", "malformed.empty", "malformed.media-type", "malformed.lax", "malformed.doubled",
	"malformed.missing", "malformed.blank", "malformed.null", "malformed.type", "malformed.enum",
	"malformed.pattern", "malformed.length", "malformed.bound", "malformed.items", "malformed.extra", "malformed.unknown-id",
	"unauthenticated.missing", "unauthenticated.empty", "unauthenticated.blank", "unauthenticated.misplaced", "unauthenticated.malformed",
	"forbidden.unknown", "forbidden.altered", "forbidden.revoked", "forbidden.pair", "forbidden.rights", "forbidden.merchant", "forbidden.malformed", "forbidden.malformed-of-other",
	"not-found.path", "not-found.method", "not-found.id", "not-found.foreign",
	"message.success", "message.refused", "message.error", "message.later", "message.again", "message.none",
}

// laxKinds are of requests of which nothing is promised, so that a target may carry them out.
var laxKinds = []string{"malformed.lax", "malformed.doubled"}

// openKinds are of requests that are wrong in two ways, or hold what the description
// does not know. Few say what they are answered, so that an expected status has to
// name them in full.
var openKinds = []string{"unauthenticated.malformed", "forbidden.malformed", "forbidden.malformed-of-other", "malformed.unknown-id", "valid.extra"}

// covers tells whether a requirement speaks of a kind. A lax kind is meant only
// where it is named in full, or where every answer is meant.
func covers(q *spec.Requirement, kind string) bool {
	named := len(q.Cases) == 0 || slices.Contains(q.Cases, kind)
	switch {
	case slices.Contains(laxKinds, kind), slices.Contains(openKinds, kind) && q.Check == checkStatus:
		return q.Covers(kind) && named
	}
	return q.Covers(kind)
}

// checkStatus is the check that planning knows of beyond the words that it hands on to judging.
const checkStatus = "status"

// New plans a run. An error names what in the description, the requirements or
// the fixtures does not fit together.
func New(d *spec.Description, r *spec.Requirements, f *settings.Fixtures, seed uint64) (*plan.Plan, error) {
	return newPlan(d, r, f, seed, d.Operations)
}

func newPlan(d *spec.Description, r *spec.Requirements, f *settings.Fixtures, seed uint64, operations []*spec.Operation) (*plan.Plan, error) {
	b := newBuilder(&ground{description: d, requirements: r, fixtures: f, seed: seed, operations: operations, kinds: kindsOf(r), covered: map[*spec.Requirement]map[string]bool{}})
	for _, q := range r.List {
		b.covered[q] = map[string]bool{}
		for _, kind := range b.kinds {
			b.covered[q][kind] = covers(q, kind)
		}
	}
	if err := b.check(); err != nil {
		return nil, err
	}
	p := &plan.Plan{Description: d, Requirements: r, Seed: seed}
	if err := b.makeCases(); err != nil {
		return nil, err
	}
	if err := b.obligations(p); err != nil {
		return nil, err
	}
	p.Dropped = b.dropped
	shuffle(p.Cases, seed)
	p.Preflight = b.preflight()
	p.Subscription = b.subscription(p.Cases)
	p.Finder = b.finder(p.Messaging())
	p.Seal()
	return p, nil
}

// builder makes cases. Several share their ground, and nothing else.
type builder struct {
	*ground
	cases    []*plan.Case
	dropped  []plan.Dropped
	lacks    map[string]string       // operation + kind → the line that the fixtures lack
	none     map[string]string       // operation + kind → why the description calls for no such case
	shown    map[string]string       // variable of an answer → what the description shows such a value as
	ids      map[string]bool         // of the cases
	requests map[string]bool         // of the valid cases
	correct  *draft                  // of the operation at hand: what a rejected request is when corrected
	repeated map[situation]bool      // a case of it is sent twice
	own      map[string][]*plan.Case // by operation
	passing  map[string][]*plan.Case // by an operation that is not their own, which they call too

	// What is made once and needed often.
	taken      map[string][]string // operation → groups of triggers
	speaking   map[situation]said
	concerning map[*spec.Operation]said
	faults     map[string][]generate.Fault // operation → what breaks its JSON body
	made       map[string]*plan.Request    // what reads a value back, removes something, corrects a request
	samples    map[string]string           // placeholder → what fills it, for judging
	judged     map[sentBody][]spec.Violation
	passages   map[departure]passage       // what links lead to
	triggers   map[string]settings.Trigger // group and name → test data
}

// ground is what is settled before cases are made.
type ground struct {
	description  *spec.Description
	requirements *spec.Requirements
	fixtures     *settings.Fixtures
	seed         uint64
	operations   []*spec.Operation                     // those that cases are made of
	kinds        []string                              // every one, with those that only requirements name
	covered      map[*spec.Requirement]map[string]bool // the kinds that a requirement speaks of
	ways         map[string]way
	patterns     []pathPattern // of the description's paths
}

func newBuilder(g *ground) *builder {
	return &builder{
		ground: g, lacks: map[string]string{}, none: map[string]string{}, shown: map[string]string{}, ids: map[string]bool{}, requests: map[string]bool{},
		repeated: map[situation]bool{}, own: map[string][]*plan.Case{}, passing: map[string][]*plan.Case{}, taken: map[string][]string{}, speaking: map[situation]said{}, concerning: map[*spec.Operation]said{},
		faults: map[string][]generate.Fault{}, made: map[string]*plan.Request{}, samples: map[string]string{}, judged: map[sentBody][]spec.Violation{},
		passages: map[departure]passage{}, triggers: map[string]settings.Trigger{},
	}
}

// part is a builder on the same ground.
func (b *builder) part() *builder {
	p := newBuilder(b.ground)
	maps.Copy(p.shown, b.shown)
	return p
}

// shuffle puts cases into the order in which they are sent: what depends on it shows.
// The place of each hangs on the seed and on its own id, so that those which a
// filter leaves keep their order. Those that refuse messages come last: while their
// registrations last, the message about every other payment is sent there as well,
// and again as often as it is refused.
func shuffle(cases []*plan.Case, seed uint64) {
	type place struct {
		last int
		at   uint64
	}
	places := make(map[*plan.Case]place, len(cases))
	for _, c := range cases {
		sum := sha256.Sum256(strconv.AppendUint([]byte(c.ID+"\x00"), seed, 10))
		p := place{at: binary.BigEndian.Uint64(sum[:])}
		if slices.ContainsFunc(c.Observe, func(s plan.Step) bool { return s.Await != nil && s.Await.Place == plan.Refusing }) {
			p.last = 1
		}
		places[c] = p
	}
	slices.SortFunc(cases, func(a, b *plan.Case) int {
		return cmp.Or(cmp.Compare(places[a].last, places[b].last), cmp.Compare(places[a].at, places[b].at), strings.Compare(a.ID, b.ID))
	})
}

// makeCases makes the cases of every operation, and then those that are told as
// flows: side by side, and in the same order however many processors there are.
func (b *builder) makeCases() error {
	b.findWays()
	b.findPaths()
	var failed error
	work := []func(*builder){func(flows *builder) { failed = flows.flowCases() }} // the longest one first
	for _, o := range b.operations {
		work = append(work, func(part *builder) { part.operation(o) })
	}
	parts := make([]*builder, len(work))
	var begun atomic.Int64
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(work)) {
		workers.Go(func() {
			for i := begun.Add(1) - 1; i < int64(len(work)); i = begun.Add(1) - 1 {
				parts[i] = b.part()
				work[i](parts[i])
			}
		})
	}
	workers.Wait()
	for _, part := range append(parts[1:], parts[0]) {
		b.cases = append(b.cases, part.cases...)
		b.dropped = append(b.dropped, part.dropped...)
		maps.Copy(b.lacks, part.lacks)
		maps.Copy(b.none, part.none)
		maps.Copy(b.speaking, part.speaking)
	}
	return failed
}

// check refuses names that lead nowhere: a typing error must not shrink a run.
func (b *builder) check() error {
	for _, q := range b.requirements.List {
		for _, id := range q.Operations.IDs {
			if b.description.Operation(id) == nil {
				return fmt.Errorf("%s: requirement %s: no operation of %s has the id %q; allowed: %s", b.requirements.File, q.ID, b.description.File, id, cmp.Or(strings.Join(b.description.IDs(), ", "), "none"))
			}
		}
		for _, kind := range q.Cases {
			if !knownKind(kind) {
				return fmt.Errorf("%s: requirement %s: unknown kind of cases %q; allowed: %s", b.requirements.File, q.ID, kind, strings.Join(Kinds, ", "))
			}
		}
	}
	if err := b.checkExpectations(); err != nil {
		return err
	}
	for _, role := range append([]string{settings.Valid}, slices.Sorted(maps.Keys(b.fixtures.Credentials))...) { // unknown ones may be invented from valid ones
		for _, scheme := range slices.Sorted(maps.Keys(b.fixtures.Credentials[role])) {
			if _, ok := b.description.Schemes[scheme]; !ok {
				return fmt.Errorf("%s: credentials.%s: unknown security scheme %q; allowed: %s", b.fixtures.File, role, scheme, cmp.Or(strings.Join(slices.Sorted(maps.Keys(b.description.Schemes)), ", "), "none"))
			}
		}
	}
	for _, o := range b.description.Operations {
		if len(o.Security) > 0 && b.schemes(o) == nil {
			return fmt.Errorf("%s: credentials.valid lacks %s, which operation %s needs", b.fixtures.File, strings.Join(o.Security[0], " and "), o.ID)
		}
	}
	return nil
}

// checkExpectations refuses two requirements that state an expected status for the same case.
func (b *builder) checkExpectations() error {
	for _, o := range b.description.Operations {
		for _, kind := range b.kinds {
			owner := ""
			for _, q := range b.requirements.List {
				if !q.Tested() || q.Check != checkStatus || !q.Operations.Has(o.ID) || !b.covered[q][kind] {
					continue
				}
				if owner != "" {
					return fmt.Errorf("%s: requirements %s and %s both state the expected status of %s cases on %s; one may", b.requirements.File, owner, q.ID, kind, o.ID)
				}
				owner = q.ID
			}
		}
	}
	return nil
}

// merchantKind is the one kind that goes on with a name of the fixtures.
const merchantKind = "forbidden.merchant"

func knownKind(kind string) bool {
	return strings.HasPrefix(kind, merchantKind+".") || slices.ContainsFunc(Kinds, func(k string) bool {
		return k == kind || strings.HasPrefix(k, kind+".")
	})
}

// kindsOf lists every kind, with those that only requirements name.
func kindsOf(r *spec.Requirements) []string {
	list := slices.Clone(Kinds)
	for _, q := range r.List {
		for _, kind := range q.Cases {
			if !slices.Contains(list, kind) && strings.HasPrefix(kind, merchantKind+".") {
				list = append(list, kind)
			}
		}
	}
	return list
}

// schemes finds the first alternative of an operation's security that the
// fixtures hold valid credentials for; nil when there is none.
func (b *builder) schemes(o *spec.Operation) []string {
	for _, alternative := range o.Security {
		if len(alternative) > 0 && !slices.ContainsFunc(alternative, func(s string) bool { return b.fixtures.Credential(settings.Valid, s) == "" }) {
			return alternative
		}
	}
	for _, alternative := range o.Security {
		if len(alternative) == 0 {
			return []string{}
		}
	}
	return nil
}

// groups lists the kinds of payment, of the fixtures' triggers, that an
// operation takes: those of whose approved test data it has a field.
func (b *builder) groups(o *spec.Operation) []string {
	if o.Body.Fields() == nil {
		return nil
	}
	if known, ok := b.taken[o.ID]; ok {
		return known
	}
	names := map[string]bool{}
	for _, p := range fieldsOf(o) {
		names[p.Name] = true
	}
	groups := []string{}
	for _, group := range slices.Sorted(maps.Keys(b.fixtures.Triggers)) {
		for field := range b.fixtures.Triggers[group].Approved {
			if names[field] {
				groups = append(groups, group)
				break
			}
		}
	}
	b.taken[o.ID] = groups
	return groups
}

// operation makes every case of an operation that some requirement asks for.
func (b *builder) operation(o *spec.Operation) {
	prepared, bound, err := b.prepare(o)
	if err != nil {
		for _, kind := range b.kinds {
			b.lack(o, kind, err.Error())
		}
		return
	}
	base := b.draft(o, generate.OnlyRequired, "", "", bound)
	b.correct = &base
	b.validCases(o, base, prepared)
	b.outcomeCases(o)
	b.malformedCases(o, base, prepared)
	b.credentialCases(o, base, prepared)
	b.merchantCases(o, base, prepared)
	b.notFoundCases(o, base, prepared)
	b.foreignCase(o, base, prepared)
	b.messageCases(o, base, prepared)
	b.correct = nil
}

// credentials are those of a role for every scheme that an operation needs.
func (b *builder) credentials(o *spec.Operation, role string) map[string]credential {
	all := map[string]credential{}
	for _, scheme := range b.schemes(o) {
		all[scheme] = credential{role: role}
	}
	return all
}

// draft makes a valid request whose bound fields are known; needs are optional fields that it must have.
func (b *builder) draft(o *spec.Operation, size generate.Extent, trigger, suffix string, bound map[string]any, needs ...string) draft {
	d := draft{operation: o, method: o.Method, path: o.Path, parameters: map[string]any{}, credentials: b.credentials(o, settings.Valid), bound: bound}
	v := values{b: b, o: o, bound: bound, trigger: trigger, suffix: suffix, needs: needs}
	for _, p := range o.Parameters {
		key := p.In + ":" + p.Name
		if value, ok := bound[key]; ok {
			d.parameters[key] = value
			continue
		}
		if !p.Required && size != generate.Everything {
			continue
		}
		if b.isIdempotency(o, p) {
			d.parameters[key] = v.unique(o.Conformance.Idempotency.Name, p.Schema.Schema)
			continue
		}
		d.parameters[key] = b.parameterMaker(p).Make(size)
	}
	if content := o.Body.Fields(); content != nil {
		d.body = v.maker(content).Make(size)
		d.hasBody, d.mediaType = true, content.MediaType
		if spec.Form(content.MediaType) {
			d.form = content
		}
	}
	return d
}

// add certifies a case and keeps it, or drops it with the reason. What no
// requirement states an expected status for is not made.
func (b *builder) add(o *spec.Operation, kind, what, why string, d draft, prepared []plan.Step, broken *fault) {
	asked := b.speak(o, kind)
	expect := asked.expect()
	if expect == nil {
		return
	}
	id := plan.CaseID(o.ID, kind, what)
	statuses := expect.For(o)
	if len(statuses) == 0 {
		b.skip(o, kind, "the description documents no status of success")
		return
	}
	var shown *plan.Fault
	if broken != nil {
		d.special, shown = broken.Pointer, &broken.Fault
	}
	if d.special != "" && b.ids[id] {
		sum := sha256.Sum256([]byte(d.special)) // a/b_c and a_b/c are told apart
		id += "-" + hex.EncodeToString(sum[:3])
	}
	var retried *plan.Request
	if asked.check(plan.CheckRetry) {
		retried = b.retried(&d, statuses, kind)
	}
	request, err := d.request()
	if err == nil {
		err = b.certify(d, request, broken)
	}
	if err != nil {
		dropped := plan.Dropped{ID: id, Reason: err.Error(), Operation: o.ID}
		if broken != nil {
			dropped.Pointer, dropped.Keyword = d.place(broken.Pointer), broken.Keyword
		}
		b.dropped = append(b.dropped, dropped)
		return
	}
	c := &plan.Case{
		ID: id, Operation: o.ID, Kind: kind, Why: why, Fault: shown,
		Expect:  plan.Expect{Statuses: statuses, Ending: expect.Ending, Tolerated: expect.Tolerated},
		Prepare: prepared,
		Act:     plan.Step{Name: o.ID, Operation: o.ID, Request: request},
	}
	if broken != nil && merchantWithin(o, broken.Pointer) {
		c.Expect.Statuses = append(c.Expect.Statuses, b.notOurs(o)...)
	}
	if b.duplicate(c) {
		return
	}
	b.observe(c, o, asked, retried)
	b.cleanup(c)
	b.ids[id] = true
	b.cases = append(b.cases, c)
}

// retried is the corrected request for one that is to be rejected, nil when there
// is none. Both carry the same idempotency key: it must stay usable.
func (b *builder) retried(d *draft, statuses []int, kind string) *plan.Request {
	if statuses[0] < 400 || !b.correctable(d.operation, kind) {
		return nil
	}
	b.key(d, "")
	return b.once("correct "+d.operation.ID, func() draft {
		correct := *b.correct
		b.key(&correct, "")
		return correct
	})
}

// drop lists a case that could not be made, where a requirement asks for it.
func (b *builder) drop(o *spec.Operation, kind, what, pointer, keyword, reason string) {
	if b.speak(o, kind).expect() != nil {
		b.dropped = append(b.dropped, plan.Dropped{ID: plan.CaseID(o.ID, kind, what), Reason: reason, Operation: o.ID, Pointer: pointer, Keyword: keyword})
	}
}

// duplicate tells whether an equal valid request is planned already, such as an
// example that carries exactly the mandatory fields.
func (b *builder) duplicate(c *plan.Case) bool {
	if c.Fault != nil || !strings.HasPrefix(c.Kind, "valid.") {
		return false
	}
	r := c.Act.Request
	key := fmt.Sprintf("%s %s %q %q %s", c.Operation, r.Path, r.Query, r.Header, r.Body)
	if b.requests[key] {
		return true
	}
	b.requests[key] = true
	return false
}

// said are the requirements that speak of a situation.
type said []*spec.Requirement

// expect is what the requirement says that states the expected status, nil where
// none does, or the environment cannot exercise it: then nothing is sent.
func (s said) expect() *spec.Expect {
	for _, q := range s {
		if q.Check == checkStatus {
			return q.Expect
		}
	}
	return nil
}

// check tells whether a requirement asks for a check.
func (s said) check(name string) bool {
	return slices.ContainsFunc(s, func(q *spec.Requirement) bool { return q.Check == name })
}

// situation is a kind of cases of an operation.
type situation struct {
	operation *spec.Operation
	kind      string
}

// speak lists the requirements on an operation that speak of a kind and that the
// environment can exercise.
func (b *builder) speak(o *spec.Operation, kind string) said {
	key := situation{o, kind}
	list, known := b.speaking[key]
	if !known {
		for _, q := range b.about(o) {
			if b.covered[q][kind] || len(q.Cases) == 0 {
				list = append(list, q)
			}
		}
		b.speaking[key] = list
	}
	return list
}

// about lists the requirements on an operation that the environment can exercise.
func (b *builder) about(o *spec.Operation) said {
	list, known := b.concerning[o]
	if !known {
		for _, q := range b.requirements.List {
			if q.Tested() && q.Operations.Has(o.ID) && b.unsupported(o, q) == "" {
				list = append(list, q)
			}
		}
		b.concerning[o] = list
	}
	return list
}

// once makes a request that many cases have in common; nil when there is none.
func (b *builder) once(key string, make func() draft) *plan.Request {
	r, known := b.made[key]
	if !known {
		if request, err := make().request(); err == nil {
			r = &request
		}
		b.made[key] = r
	}
	return r
}

// unsupported says why the environment cannot exercise a requirement on an operation, "" when it can.
func (b *builder) unsupported(o *spec.Operation, q *spec.Requirement) string {
	return cmp.Or(b.fixtures.Cannot[plan.ObligationID(o.ID, q.ID)], b.fixtures.Cannot[q.ID])
}

// notOurs lists the statuses that refuse another merchant: a merchant field that
// breaks its own constraint, or is not there, names nobody, so a target may
// answer it as either.
func (b *builder) notOurs(o *spec.Operation) []int {
	for _, q := range b.requirements.List {
		if q.Tested() && q.Check == checkStatus && q.Operations.Has(o.ID) && covers(q, merchantKind+".other") {
			return q.Expect.For(o)
		}
	}
	return nil
}

// lack notes why an operation has no case of a kind, in words that say what to add.
func (b *builder) lack(o *spec.Operation, kind, what string) {
	if key := o.ID + " " + kind; b.lacks[key] == "" {
		b.lacks[key] = what
	}
}

// skip notes why the description calls for no case of a kind.
func (b *builder) skip(o *spec.Operation, kind, why string) { b.none[o.ID+" "+kind] = why }

// preflight picks a harmless valid call, of the first operation that has one: one
// that reads and needs no preparation.
func (b *builder) preflight() *plan.Case {
	for _, o := range b.description.Operations {
		if o.Method != "GET" && o.Method != "HEAD" {
			continue
		}
		cases := b.own[o.ID]
		if !slices.Contains(b.operations, o) {
			alone := b.part()
			alone.operation(o)
			cases = alone.cases
		}
		for _, c := range cases {
			if strings.HasPrefix(c.Kind, "valid.") && len(c.Prepare) == 0 {
				return c
			}
		}
	}
	return nil
}
