package planner

import (
	"strings"

	"qorcheck/harness/generate"
	"qorcheck/harness/plan"
	"qorcheck/spec"
)

const (
	noAccept      = "none"                           // no Accept header is sent
	foreignAccept = "application/x-qorcheck-unknown" // a media type that no description has
)

// acceptCases ask for each documented media type of a success alone, for none, and for one
// that is not documented. Every other request accepts all that are documented.
func (d *drafter) acceptCases(s subject) []*proposal {
	if s.correct.documents("Accept") || d.fixtures.Header("Accept") != "" {
		return []*proposal{s.none("valid.accept", "Accept is given"), s.none(plan.KindForeignAccept, "Accept is given")}
	}
	types := successTypes(s.Operation)
	switch {
	case len(s.Success()) == 0:
		return nil
	case len(types) == 0:
		return []*proposal{s.none("valid.accept", "no documented success has a body"), s.none(plan.KindForeignAccept, "no documented success has a body")}
	}
	accepting := func(kind, what, why, mediaType string) *proposal {
		made := s.correct.clone()
		made.accept = mediaType
		return s.propose(kind, what, why, made)
	}
	var list []*proposal
	if s.Accept() != "" { // else each request accepts the only one
		for _, mediaType := range types {
			if !strings.Contains(mediaType, "*") {
				list = append(list, accepting("valid.accept", generate.ID(mediaType), "it accepts "+mediaType+" alone, which is documented", mediaType))
			}
		}
	}
	return append(list,
		accepting("valid.accept", "", "it has no Accept header", noAccept),
		accepting(plan.KindForeignAccept, "", "it accepts "+foreignAccept+" alone, which is not documented", foreignAccept))
}

// successTypes lists the media types of the documented successes, each once.
func successTypes(o *spec.Operation) []string {
	var list []string
	seen := map[string]bool{}
	for _, r := range o.Responses {
		for _, c := range r.Content {
			if base := spec.BaseType(c.MediaType); strings.HasPrefix(r.Key, "2") && !seen[base] {
				seen[base] = true
				list = append(list, base)
			}
		}
	}
	return list
}
