package planner

import (
	"slices"
	"strings"

	"qorcheck/harness/plan"
	"qorcheck/spec"
)

// Checks of the parts of a response: they judge what the description documents of it.
const (
	checkSchema    = "schema"
	checkErrorBody = "error-body"
	checkMediaType = "media-type"
)

// inapplicable says why the description leaves a requirement nothing to ask of an
// operation, "" where it leaves something. What could not be made or certified, and
// what the fixtures lack, is no such reason.
func (a *assigner) inapplicable(ob *plan.Obligation) string {
	q, o := ob.Requirement, ob.Operation
	if a.preparations[o.ID].err != nil || len(a.missingFor(ob)) > 0 {
		return ""
	}
	if why := undocumented(q, o); why != "" {
		return why
	}
	if len(q.Cases) == 0 || len(ob.Cases) > 0 {
		return ""
	}
	why := "the operation takes nothing that such a request could be made of"
	for _, kind := range a.kinds {
		if !a.covered[q][kind] {
			continue
		}
		key := situation{o, kind}
		if a.ours[key] {
			return ""
		}
		if reason := a.none[key]; reason != "" {
			why = reason
		}
	}
	for _, dropped := range a.dropped[o.ID] {
		for _, kind := range q.Cases {
			if strings.HasPrefix(dropped.ID, plan.CaseID(o.Slug(), kind, "")) {
				return ""
			}
		}
	}
	return why
}

// undocumented says of a check of responses what the description does not say of those
// that the requirement applies to, "" where there is something to judge.
func undocumented(q *spec.Requirement, o *spec.Operation) string {
	documents := func(what func(spec.Response) bool) bool {
		return slices.ContainsFunc(o.Responses, func(r spec.Response) bool { return what(r) && mayApply(q, r.Key) })
	}
	switch q.Check {
	case checkSchema:
		if !documents(documentsBody) {
			return "no documented response of the kind has a schema of its body, or a header that must be there"
		}
	case checkErrorBody:
		if o.Conformance.Error == nil && !documents(documentsBody) {
			return "no documented response of the kind has a schema of its body, or a header that must be there"
		}
	case checkMediaType:
		if !documents(func(r spec.Response) bool { return len(r.Content) > 0 }) {
			return "no documented response has a body"
		}
	case plan.CheckNoTrace:
		if len(o.Conformance.ReadBack) == 0 {
			return "the description does not say how what a request left behind is read back (x-conformance: readBack)"
		}
	}
	return ""
}

// documentsBody reports whether a documented response has something that is judged by a schema.
func documentsBody(r spec.Response) bool {
	return slices.ContainsFunc(r.Content, func(c spec.Content) bool { return c.HasSchema || spec.JSON(c.MediaType) }) ||
		slices.ContainsFunc(r.Headers, func(h spec.Header) bool { return h.Required })
}

// mayApply reports whether a requirement may apply to a response that is documented
// under a key: a status, a range or default.
func mayApply(q *spec.Requirement, key string) bool {
	for status := 100; status < 600; status++ {
		if spec.KeyCovers(key, status) && q.Applies(status) {
			return true
		}
	}
	return false
}
