package planner

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"qorcheck/harness/generate"
	"qorcheck/harness/plan"
	"qorcheck/harness/settings"
	"qorcheck/spec"
)

// notFoundCases makes requests that are right but for where they go.
func (d *drafter) notFoundCases(s subject) []*proposal {
	var list []*proposal
	if path := d.unknownPath(s.Path); path != "" {
		made := s.correct.clone()
		made.path = path
		if !vouched(s.Operation) { // a parameter may swallow slashes
			made.method, made.hasBody, made.raw = "GET", false, nil
		}
		list = append(list, s.propose("not-found.path", "", "the path is none that the description has", made))
		if schemes := d.schemes(s.Operation); len(schemes) > 0 && !anonymous(s.Operation) {
			keyless := made.clone()
			clear(keyless.credentials)
			list = append(list, s.propose(keylessPathKind, "", "the path is none that the description has, and no credential is sent", keyless))
		}
	} else {
		list = append(list, s.none("not-found.path", "every path is one that the description has"))
	}
	list = append(list, d.methodCases(s)...)
	if made, altered := d.withUnknownIDs(s.Operation, s.correct); s.Method == "PUT" && slices.Contains(s.Success(), http.StatusCreated) && !vouched(s.Operation) {
		list = append(list, s.none("not-found.id", "it may make what it names: 201 is documented"))
	} else if len(altered) > 0 {
		list = append(list, s.propose("not-found.id", "", fmt.Sprintf("%s names nothing that exists", strings.Join(altered, " and ")), made))
	} else if made, places, ok := d.withNames(s.correct); ok && d.namesUnbound(s.correct) {
		list = append(list, s.propose("not-found.id", "", fmt.Sprintf("%s names nothing that exists", strings.Join(places, " and ")), made))
	} else {
		list = append(list, s.noID("not-found.id"))
	}
	return append(slices.Concat(list, d.nearIDCases(s), d.otherIDCases(s)), d.foreignCase(s))
}

// methodCases send a correct request by each method that its path does not have.
func (d *drafter) methodCases(s subject) []*proposal {
	const kind = "not-found.method"
	var list []*proposal
	for _, method := range d.unknownMethods(s.Operation) {
		made := s.correct.clone()
		made.method = method
		if !vouched(s.Operation) {
			made.hasBody, made.raw = false, nil
		}
		list = append(list, s.propose(kind, strings.ToLower(method), "the path has no method "+method, made))
	}
	if len(list) == 0 {
		return []*proposal{s.none(kind, "the path has every method")}
	}
	return list
}

// keylessPathKind is the kind of cases without credentials whose path is unknown.
const keylessPathKind = "unauthenticated.unknown-path"

const unknownSegment = "-unknown"

// unknownPath alters the last fixed segment of a path, or an earlier one, until
// no path of the description matches.
func (g *ground) unknownPath(path string) string {
	path, query := withoutQuery(path)
	segments := strings.Split(path, "/")
	for i, segment := range slices.Backward(segments) {
		if segment == "" || strings.Contains(segment, "{") {
			continue
		}
		altered := slices.Clone(segments)
		altered[i] = segment + unknownSegment
		if candidate := strings.Join(altered, "/"); !g.paths.documents(candidate) {
			return candidate + query
		}
	}
	return ""
}

// vouched reports whether the description itself says what an operation does, so that
// what is asked beside its path and method changes nothing there.
func vouched(o *spec.Operation) bool { return o.Conformance.Effect != "" }

// methodUnknown is a method that no server knows.
const methodUnknown = "QORCHECK"

// unknownMethods lists the methods that a path does not document. Where it is not declared
// what an operation does, it is one that changes nothing: GET, else an invented one. HEAD and
// OPTIONS are left out: a server may answer them by itself.
func (g *ground) unknownMethods(o *spec.Operation) []string {
	methods, most := []string{"GET", methodUnknown}, 1
	if vouched(o) {
		methods = []string{"PUT", "PATCH", "GET", "DELETE", "POST"}
		most = len(methods)
	}
	methods = slices.DeleteFunc(methods, func(method string) bool { return g.paths.documentsMethod(method, o.Path) })
	return methods[:min(len(methods), most)]
}

const noID = "no link leads to the operation, so none of its fields is known to be an id"

// noID says why no id of a request can be altered. An operation without a parameter in
// its path names nothing by its description alone.
func (s subject) noID(kind string) *proposal {
	if slices.ContainsFunc(s.Parameters, func(p spec.Parameter) bool { return p.In == "path" }) {
		return s.unmade(kind, noID)
	}
	return s.none(kind, "no parameter in its path is an id")
}

// withUnknownIDs alters the ids that bind a request to its preparation, and lists
// where they stand. Each is invented: nothing has it.
func (d *drafter) withUnknownIDs(o *spec.Operation, base draft) (made draft, altered []string) {
	made = base.clone()
	unlike := d.unlike(d.boundTexts(o, base))
	for key, value := range made.parameters {
		text, ok := value.(string)
		_, bound := made.bound[key]
		switch {
		case ok && isUnknown(text):
		case ok && isAnswer(text):
			made.parameters[key] = unlike(text)
		case ok && bound && strings.HasPrefix(key, "path:"): // made known by the preparation
			made.parameters[key] = text + unknownSegment
		default:
			continue
		}
		altered = append(altered, key)
	}
	for _, p := range d.fieldsOf(o) {
		value, _ := spec.Lookup(made.body, p.Pointer)
		if text, ok := value.(string); ok && isUnknown(text) {
			altered = append(altered, p.Pointer)
		} else if ok && isAnswer(text) {
			made.body = generate.Set(made.body, p.Pointer, unlike(text))
			altered = append(altered, p.Pointer)
		}
	}
	slices.Sort(altered)
	return made, altered
}

// boundTexts lists what a request holds of earlier answers.
func (d *drafter) boundTexts(o *spec.Operation, base draft) []string {
	var texts []string
	add := func(value any) {
		if text, ok := value.(string); ok && isAnswer(text) {
			texts = append(texts, text)
		}
	}
	for _, value := range base.parameters {
		add(value)
	}
	for _, p := range d.fieldsOf(o) {
		value, _ := spec.Lookup(base.body, p.Pointer)
		add(value)
	}
	return texts
}

// unlike returns what makes an unknown id of an answered one, for a request that holds
// these. A short one, such as the last digits of a card, keeps the length that is
// documented of it where another one names nothing by itself: as a longer one it would
// be no such value at all.
func (d *drafter) unlike(texts []string) func(text string) string {
	example := func(text string) string { return d.examples[plan.Template(text).Placeholders()[0].Args[0]] }
	distinctive := slices.ContainsFunc(texts, func(text string) bool { return len(example(text)) >= plan.DistinctiveLength })
	return func(text string) string {
		maxLength := len(example(text))
		if !distinctive || maxLength >= plan.DistinctiveLength {
			maxLength = 0
		}
		return string(plan.Template(text).Unlike(maxLength))
	}
}

// foreignCase names with another merchant's valid credentials what the
// preparation made, and then something that does not exist: the two answers must
// not tell which is which.
func (d *drafter) foreignCase(s subject) *proposal {
	const kind = "not-found.foreign"
	unknown, altered := d.withUnknownIDs(s.Operation, s.correct)
	if len(altered) == 0 {
		return s.noID(kind)
	}
	schemes := d.schemes(s.Operation)
	if len(schemes) == 0 {
		return s.none(kind, "the operation needs no credentials")
	}
	if lacking := d.missingRole(settings.OtherMerchant, schemes); lacking != "" {
		return s.missing(kind, lacking)
	}
	foreign := s.correct.clone()
	for _, made := range []*draft{&foreign, &unknown} {
		if named, lacking, ok := d.ofOtherMerchant(s.Operation, *made); lacking != "" {
			return s.missing(kind, lacking)
		} else if ok {
			*made = named
		}
		made.credentials = d.credentials(s.Operation, settings.OtherMerchant)
	}
	p := s.propose(kind, "", fmt.Sprintf("%s names what is another merchant's", strings.Join(altered, " and ")), foreign)
	if !d.rules(s.Operation, kind).has(plan.CheckAlike) {
		return p
	}
	return p.completedBy(func(c *plan.Case) {
		if request, err := unknown.request(); err == nil {
			step := requestStep(s.Operation, request)
			step.Check = plan.CheckAlike
			steps := []plan.Step{step}
			if other, ok := withOtherUnknownIDs(unknown, altered); ok {
				if step.Request, err = other.request(); err == nil {
					steps = append(steps, step)
				}
			}
			c.Observe = append(steps, c.Observe...)
		}
	})
}

// withOtherUnknownIDs names other things that nothing has, at the places of those; false
// where they cannot be others.
func withOtherUnknownIDs(unknown draft, altered []string) (other draft, ok bool) {
	other = unknown.clone()
	for _, place := range altered {
		value, there := other.parameters[place]
		if strings.HasPrefix(place, "/") {
			value, there = spec.Lookup(other.body, place)
		}
		text, _ := value.(string)
		again, ok := plan.Template(text).UnlikeAgain()
		if !ok && strings.HasSuffix(text, unknownSegment) {
			again, ok = plan.Template(text+unknownSegment), true
		}
		if !there || !ok {
			return other, false
		}
		if strings.HasPrefix(place, "/") {
			other.body = generate.Set(other.body, place, string(again))
		} else {
			other.parameters[place] = string(again)
		}
	}
	return other, true
}
