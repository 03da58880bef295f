package planner

import (
	"slices"
	"strings"

	"qorcheck/harness/plan"
	"qorcheck/spec"
)

// Kinds of cases, in the order in which they are planned. Requirements name them
// or what they begin with.
var Kinds = []string{
	"valid.example", "valid.required", "valid.everything", "valid.form",
	"valid.optional", "valid.enum", "valid.branch", "valid.bound", "valid.extra", "valid.media-type", "valid.accept", plan.KindForeignAccept,
	"outcome.refused", "outcome.error", "outcome.internal", "outcome.reasons",
	"malformed.syntax", "malformed.empty", "malformed.problems", "malformed.ours", "malformed.media-type", "malformed.lax", "malformed.doubled",
	"malformed.missing", "malformed.blank", "malformed.wide-blank", "malformed.null", "malformed.type", "malformed.enum",
	"malformed.pattern", "malformed.length", "malformed.bound", "malformed.items", "malformed.extra", "malformed.of-other", "malformed.unknown-id",
	"unauthenticated.missing", "unauthenticated.empty", "unauthenticated.blank", "unauthenticated.misplaced", "unauthenticated.malformed", "unauthenticated.unknown-id", keylessPathKind,
	"forbidden.unknown", "forbidden.altered", "forbidden.revoked", "forbidden.pair", "forbidden.rights", "forbidden.merchant", "forbidden.near-merchant", "forbidden.malformed", "forbidden.malformed-of-other", "forbidden.unknown-id", "forbidden.unknown-id-of-other",
	"not-found.path", "not-found.method", "not-found.id", "not-found.near", "not-found.other", "not-found.foreign",
	"message.success", "message.refused", "message.error", "message.later", "message.again", "message.again-refused", "message.none",
	"message.unauthenticated", "message.forbidden", "message.internal",
}

// laxKinds are of requests of which nothing is promised, so that a target may carry them out.
var laxKinds = []string{"malformed.lax", "malformed.doubled"}

// openKinds are of requests that are wrong in two ways, or hold what the description
// does not know, and of several whose descriptions are compared. Few requirements state what they are answered, so that an expected
// status has to name them in full.
var openKinds = []string{keylessPathKind, "unauthenticated.malformed", "unauthenticated.unknown-id", "forbidden.unknown-id", "forbidden.malformed", "forbidden.malformed-of-other", "malformed.of-other", "forbidden.unknown-id-of-other", "malformed.unknown-id", "malformed.problems", "valid.extra", "valid.media-type", plan.KindForeignAccept}

// merchantKind is the one kind that goes on with a name of the fixtures.
const merchantKind = "forbidden.merchant"

// Checks that planning knows of beyond the names that it hands on to judging.
const (
	checkStatus   = "status"
	checkReasons  = "distinct-reasons"      // compares the reasons of several outcomes
	checkProblems = "distinct-descriptions" // compares the descriptions of several problems
)

// covers reports whether a requirement is exercised by a kind. A lax kind counts
// only where it is named in full, or where every answer counts.
func covers(q *spec.Requirement, kind string) bool {
	named := len(q.Cases) == 0 || slices.Contains(q.Cases, kind)
	switch {
	case slices.Contains(laxKinds, kind), slices.Contains(openKinds, kind) && q.Check == checkStatus:
		return q.Covers(kind) && named
	}
	return q.Covers(kind)
}

// knownKind reports whether a requirement may name a kind.
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
