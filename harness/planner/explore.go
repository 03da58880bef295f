package planner

import (
	"fmt"
	"hash/fnv"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"qorcheck/harness/generate"
	"qorcheck/spec"
)

// Sorts of requests that are drawn.
const (
	drawnValid = iota
	drawnFault
	drawnSequence
)

// drawnCycle is the order in which sorts of requests take turns.
var drawnCycle = []int{drawnValid, drawnFault, drawnValid, drawnSequence, drawnFault, drawnValid}

// drawnCases makes the requests of an exploration: correct ones with several optional
// places at once and with values of other sizes and characters than the systematic ones,
// and the same with one fault. What is drawn under a number does not depend on how many
// are drawn.
func (d *drafter) drawnCases(s subject) []*proposal {
	var list []*proposal
	kind := d.drawnKind(s.Operation)
	rounds := map[int]int{} // of each sort
	counts := generate.Counts{}
	for n := range d.explore {
		sort := drawnCycle[n%len(drawnCycle)]
		w := d.drawOf(s.Operation, sort, rounds[sort])
		w.Counts = counts
		rounds[sort]++
		var one *proposal
		if sort == drawnSequence {
			one = d.drawnWalk(s, kind, w)
		}
		switch {
		case one != nil:
		case sort == drawnFault:
			one = d.drawnFault(s, w)
		case kind != "":
			one = s.propose(kind, "", "a correct request", d.drawn(s, w))
		}
		if one != nil {
			one.explored, one.reason = true, one.why
			one.why = d.drawnWhy(one)
			one.what = strings.TrimPrefix(one.what+".explored-"+strconv.Itoa(n+1), ".")
			list = append(list, one)
		}
	}
	return list
}

// drawnWhy says what is right or wrong with a drawn request.
func (d *drafter) drawnWhy(p *proposal) string {
	switch names := p.walk.names(); {
	case p.fault != nil:
		return p.reason + ", in a request drawn with " + d.optionalIn(p.draft)
	case len(names) > 0:
		return p.reason + " after " + strings.Join(names, ", ") + ", drawn with " + d.optionalIn(p.draft)
	}
	return p.reason + ", drawn with " + d.optionalIn(p.draft)
}

// drawnKind is the kind of the systematic cases that say what a correct request is
// answered whose optional places vary, "" where none does.
func (d *drafter) drawnKind(o *spec.Operation) string {
	for _, kind := range []string{"valid.optional", "valid.everything", "valid.required"} {
		if d.rules(o, kind).expect() != nil {
			return kind
		}
	}
	return ""
}

// drawOf is what is drawn for an operation in a round of a sort.
func (d *drafter) drawOf(o *spec.Operation, sort, round int) generate.Draw {
	h := fnv.New64a()
	fmt.Fprintf(h, "%s %d %d", o.ID, sort, d.seed) // writing a hash never fails
	return generate.Draw{Seed: h.Sum64(), Round: round, Keep: func(pointer string, _ *openapi3.Schema) bool { return d.keeps(o, pointer) }}
}

// keeps reports whether a place has its usual value in drawn requests too: amounts, which
// earlier steps bound, secrets, and names of things.
func (d *drafter) keeps(o *spec.Operation, pointer string) bool {
	tokens := spec.Tokens(pointer)
	if len(tokens) == 0 {
		return false
	}
	name := tokens[len(tokens)-1]
	amounts := o.Conformance.Amounts
	return refers(name) || slices.Contains(d.description.SecretFields, name) || amounts != nil && slices.Contains(amounts.Fields, pointer)
}

// drawn is a correct request as it is drawn.
func (d *drafter) drawn(s subject, w generate.Draw) draft {
	made := d.draft(s.Operation, recipe{size: generate.Everything, bound: s.correct.bound})
	for _, p := range s.Parameters {
		key := p.In + ":" + p.Name
		if made.fromOutside(key) || p.In == "path" || p.In == "header" && d.fixtures.Header(p.Name) != "" {
			continue
		}
		if !p.Required && !w.Present(key) {
			delete(made.parameters, key)
			continue
		}
		if _, known := d.knownValue(s.Operation, p); known || refers(p.Name) || isIdempotency(s.Operation, p) {
			continue
		}
		one := w.Of(key, !p.Required)
		one.Plain = p.In != "query"
		if value, ok := d.parameterMaker(p).Explore(one); ok && value != nil && sentText(p, value) != "" {
			made.parameters[key] = value
		}
	}
	content := s.Body.Fields()
	switch {
	case !made.hasBody || content == nil || !content.HasSchema:
	case !s.Body.Required && !w.Present("body"):
		made.hasBody, made.mediaType, made.body, made.form = false, "", nil, nil
	default:
		if value, ok := d.bodyMaker(s.Operation, content, s.correct.bound).Explore(w.Of("body", false)); ok {
			made.body = value
		}
	}
	return made
}

// fromOutside reports whether the value of a parameter comes from a preparation or an answer.
func (d draft) fromOutside(key string) bool {
	_, bound := d.bound[key]
	return bound || d.answered(key)
}

// maxOptional is how many optional places of a drawn request are named.
const maxOptional = 4

// optionalIn lists the optional places of a request, for people.
func (d *drafter) optionalIn(made draft) string {
	var list []string
	for _, p := range made.operation.Parameters {
		if _, there := made.parameters[p.In+":"+p.Name]; there && !p.Required {
			list = append(list, p.Name)
		}
	}
	if made.hasBody {
		for _, p := range fieldsOf(made.operation) {
			if _, there := spec.Lookup(made.body, p.Pointer); there && !p.Required {
				list = append(list, p.Pointer)
			}
		}
	}
	if len(list) == 0 {
		return "no optional field"
	}
	if more := len(list) - maxOptional; more > 1 {
		return fmt.Sprintf("%s and %d more", strings.Join(list[:maxOptional], ", "), more)
	}
	return strings.Join(list, ", ")
}

// maxDrawnFaults is how many faults are tried until one breaks a drawn request in one place.
const maxDrawnFaults = 8

// drawnFault is a drawn request with one fault, nil where none was found.
func (d *drafter) drawnFault(s subject, w generate.Draw) *proposal {
	correct := d.drawn(s, w)
	s.correct = correct
	r := w.Source("fault")
	for range maxDrawnFaults {
		var one *proposal
		if parameters := d.breakable(s.Operation); len(parameters) > 0 && (!s.breaksBody() || r.IntN(3) == 0) {
			cases := d.parameterCases(s, parameters[r.IntN(len(parameters))])
			if len(cases) > 0 {
				one = cases[r.IntN(len(cases))]
			}
		} else if s.breaksBody() {
			m := d.bodyMaker(s.Operation, s.Body.JSON(), s.correct.bound)
			if faults := d.faultsOf(s.Operation, m); len(faults) > 0 {
				one = d.drawnBodyFault(s, m, faults[r.IntN(len(faults))])
			}
		}
		if one != nil && one.absent == (absence{}) && !one.fault.lax {
			return one
		}
	}
	return nil
}

// breaksBody reports whether the request has a JSON body whose fields can be broken.
func (s subject) breaksBody() bool {
	content := s.Body.JSON()
	return content != nil && content.HasSchema && s.sendsBody() && s.correct.form == nil
}

// breakable lists the parameters of an operation that are broken.
func (d *drafter) breakable(o *spec.Operation) []spec.Parameter {
	return slices.DeleteFunc(slices.Clone(o.Parameters), func(p spec.Parameter) bool { return p.In == "path" || isIdempotency(o, p) })
}

// drawnBodyFault puts a fault into the drawn body of a request, nil where it breaks nothing
// there, or more.
func (d *drafter) drawnBodyFault(s subject, m generate.Maker, f generate.Fault) *proposal {
	if f.Gap != "" || f.Pointer == "" || f.Within {
		return nil
	}
	if f.Absent {
		f.Value = generate.Remove(s.correct.body, f.Pointer)
	} else if f.Value = generate.Set(s.correct.body, f.Pointer, f.Sent); f.Value == nil {
		return nil
	}
	if m.Certify(f, d.sampled(f.Value)) != nil {
		return nil
	}
	made := s.correct.clone()
	made.body = f.Value
	return fieldCase(s, made, m, f)
}
