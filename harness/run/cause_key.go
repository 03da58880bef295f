package run

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"qorcheck/harness/verdict"
	"qorcheck/spec"
)

// causeKey is what the verdicts of one cause have in common. It is made of values
// alone: rewording a sentence changes no id.
type causeKey struct {
	outcome    verdict.Outcome
	level      spec.Level
	basis      spec.Basis
	check      string
	kind       string   // of the request, "" where it does not matter
	deviations []string // of the response, sorted
}

func keyOf(o *Obligation, kind string, v Verdict) causeKey {
	key := causeKey{outcome: v.Outcome, level: o.Level, basis: o.Clause.Basis, check: o.Check}
	if v.Outcome == verdict.Fail {
		key.kind = kindOfRequest(o.Check, kind)
	}
	for _, f := range v.Findings {
		key.deviations = append(key.deviations, joined(string(f.Rule), f.Deviation.String(), anyItem(f.Pointer.String()), f.Header, f.Keyword, statusOf(f)))
	}
	if why := v.Obstacle; why != nil {
		key.deviations = append(key.deviations, joined(string(why.Kind), why.Step, why.Failure, anyItem(why.Pointer.String())))
	}
	slices.Sort(key.deviations)
	key.deviations = slices.Compact(key.deviations)
	return key
}

// ofMany is the key of what is beyond the bound of causes.
func (k causeKey) ofMany() causeKey {
	k.kind, k.deviations = "", []string{"many"}
	return k
}

// id is what names a cause in files: check.outcome.kind.hash, without what does not apply.
func (k causeKey) id() string {
	name := []string{k.check}
	if k.outcome != verdict.Fail {
		name = append(name, k.outcome.String())
	}
	if k.kind != "" {
		name = append(name, k.kind)
	}
	sum := sha256.Sum256([]byte(strings.Join([]string{k.outcome.String(), string(k.level), string(k.basis), k.check, k.kind, strings.Join(k.deviations, "\x02")}, "\x00")))
	return strings.Join(append(name, hex.EncodeToString(sum[:4])), ".")
}

// kindOfRequest keeps the first two parts of a case's kind where they matter to the
// check. What makes correct requests differ does not: they are owed the same.
func kindOfRequest(check, kind string) string {
	if verdict.OfShape(check) {
		return ""
	}
	parts := strings.SplitN(kind, ".", 3)
	if parts[0] == "valid" {
		return "valid"
	}
	return strings.Join(parts[:min(len(parts), 2)], ".")
}

// statusOf is the status itself where it is what the description lacks, else its class.
func statusOf(f Finding) string {
	if f.Rule == verdict.DocumentedStatus {
		return strconv.Itoa(f.Status)
	}
	return statusClass(f.Status)
}

func statusClass(status int) string { return fmt.Sprintf("%dxx", status/100) }

// anyItem replaces the positions in lists within a pointer.
func anyItem(pointer string) string {
	tokens := strings.Split(pointer, "/")
	for i, token := range tokens {
		if token != "" && strings.Trim(token, "0123456789") == "" {
			tokens[i] = "*"
		}
	}
	return strings.Join(tokens, "/")
}

func joined(values ...string) string { return strings.Join(values, "\x01") }
