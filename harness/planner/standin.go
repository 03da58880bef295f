package planner

import (
	"slices"
	"strings"

	"qorcheck/harness/plan"
	"qorcheck/spec"
)

// Where what an operation is about cannot be prepared, an id that nothing has stands
// in for it, in cases that have to be stopped before anybody looks for it: by their
// credentials, by a planted fault or because nothing is there. That nothing happened
// is not shown by them, since nothing could.

// standInKinds begin the kinds of such cases.
var standInKinds = []string{"malformed", "unauthenticated", "forbidden", "not-found.path", "not-found.method", "not-found.id"}

// toldKinds are of requests that are stopped so, too, and of which no message may tell:
// what they are answered is shown by the others of their kind.
var toldKinds = []string{"message.unauthenticated", "message.forbidden"}

// standsIn reports whether an unknown id may stand in for the resource of a kind.
func standsIn(kind string) bool {
	return slices.ContainsFunc(standInKinds, func(prefix string) bool { return kind == prefix || strings.HasPrefix(kind, prefix+".") })
}

// ofEffect reports whether a check is about what a request did, or would have done.
func ofEffect(check string) bool {
	return check == plan.CheckNoTrace || check == plan.CheckRetry || check == plan.CheckAlike
}

// standIn binds what a link carries over, with unknown ids in the place of what the
// target would have answered; nil where it cannot be made up.
func (d *drafter) standIn(link spec.Link) map[string]any {
	before := d.preparations[link.From.ID]
	if before.err != nil {
		return nil
	}
	number := len(before.steps) + 1
	source := d.draft(link.From, recipe{bound: before.bound, needs: link.Needs()})
	step := plan.Step{}
	bound, err := d.carry(link, source, &step, number)
	if err != nil {
		return nil
	}
	var texts []string
	for _, value := range bound {
		if text, ok := value.(string); ok && isAnswer(text) {
			texts = append(texts, text)
		}
	}
	if len(texts) == 0 {
		return nil
	}
	unlike := d.unlike(texts)
	for place, value := range bound {
		text, ok := value.(string)
		if !ok || !isAnswer(text) {
			continue
		}
		example := d.examples[plan.Template(text).Placeholders()[0].Args[0]]
		if example == "" {
			return nil
		}
		bound[place] = string(plan.Template(unlike(text)).OrLike(example))
	}
	return bound
}

// keepStandIns keeps what an unknown id can show of an operation, and says what is
// missing for the rest of some kinds. It reports whether an unknown id can stand in.
func (k *keeper) keepStandIns(s subject, p preparation, kinds []string, missing string) bool {
	s.correct, s.prepare = k.draft(s.Operation, recipe{bound: p.standIn}), nil
	request, err := s.correct.request()
	if err == nil {
		err = k.certify(s.correct, request, nil)
	}
	stands := p.standIn != nil && err == nil
	for _, kind := range kinds {
		absent := s.missing(kind, missing)
		absent.absent.effect = stands && (standsIn(kind) || kind == otherKind)
		absent.absent.short = stands && slices.Contains(toldKinds, kind)
		k.keepAll([]*proposal{absent})
	}
	if !stands {
		return false
	}
	for _, propose := range []func(*drafter, subject) []*proposal{(*drafter).malformedCases, (*drafter).credentialCases, (*drafter).merchantCases, (*drafter).nearMerchantCases, (*drafter).notFoundCases} {
		for _, one := range propose(k.drafter, s) {
			if standsIn(one.kind) {
				one.standIn, one.correct = true, nil
				k.keepAll([]*proposal{one})
			}
		}
	}
	return true
}

// tolerateUnknown lets a case that an unknown id stands in for be answered that
// nothing has it, where something else is wrong with the case.
func tolerateUnknown(e *plan.Expect, o *spec.Operation, kind string) {
	const unknown = 404
	if strings.HasPrefix(kind, "not-found.") || kind == "malformed.unknown-id" || slices.Contains(e.Statuses, unknown) || o.Response(unknown) == nil {
		return
	}
	e.Tolerated = append(slices.Clone(e.Tolerated), spec.Tolerance{
		Status: unknown, Why: "the id is one that nothing has, for want of a resource of the environment",
	})
}
