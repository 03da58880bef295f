package run

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"qorcheck/harness/redact"
	"qorcheck/harness/verdict"
	"qorcheck/spec"
)

// causeKey is what the verdicts of one cause have in common. It is made of values
// alone: rewording a sentence changes no id.
type causeKey struct {
	outcome   verdict.Outcome
	rule      string // that is broken, or the kind of the obstacle
	place     string // in the message
	deviation string
	class     string // of the status
	theme     string // of the requirement
}

// keyOf is the key of a verdict that is no pass. It is that of the first finding: what
// else is found in the same response follows from it, or is found again without it.
func keyOf(o *Obligation, v Verdict) causeKey {
	key := causeKey{outcome: v.Outcome}
	switch {
	case len(v.Findings) > 0 && v.Findings[0].Check == spec.CheckFlow:
		return flowKey(key, o.Theme, v.Findings[0])
	case len(v.Findings) > 0:
		f := v.Findings[0]
		key.rule, key.place, key.deviation = string(f.Rule), placeOf(f), f.Deviation.String()
		key.class, key.theme = statusClass(f.Status), o.Theme
		switch f.Rule {
		case verdict.UndocumentedStatus:
			key.rule = string(verdict.WrongStatus) // another operation may document it
		case verdict.MessageNone:
			key.class = "" // with which status the request was rejected is not what is wrong
		case verdict.KeyRepeated, verdict.SecretRepeated:
			if slices.ContainsFunc(f.Given, func(fact Fact) bool { return fact.Name.String() == "header" }) {
				key.class = "" // the header is written for responses of every status
			}
		}
	case v.Obstacle != nil:
		why := v.Obstacle
		key.rule, key.place, key.deviation = string(why.Kind), joined(why.Step, anyItem(why.Pointer.String())), why.Failure
		if why.Status != 0 {
			key.class = statusClass(why.Status)
		}
	}
	return key
}

// flowKey is the key of a broken flow. Whichever step shows it, what is to be mended is
// what the flow is about, unless a step was refused that was to be carried out.
func flowKey(key causeKey, theme string, f Finding) causeKey {
	key.rule, key.theme = spec.CheckFlow, theme
	switch {
	case f.refused() && f.ofOutcome():
		key.rule, key.place, key.theme = string(f.Rule), f.Operation, spec.CheckFlow
	case f.refused():
		key.rule, key.class, key.theme = string(verdict.WrongStatus), statusClass(f.Status), spec.CheckFlow
	}
	return key
}

// refused reports whether a request was not carried out, or not processed, that was to be.
func (f Finding) refused() bool {
	if f.ofOutcome() {
		return f.Correct
	}
	return f.Deviation == verdict.Status && f.Status >= 400 && len(f.Wanted) > 0 && f.Wanted[0].String() < "400"
}

// placeOf is the place that a finding is about. The outcome of a request has one place,
// whichever field tells it, and what is leaked has its place in the request.
func placeOf(f Finding) string {
	switch {
	case f.ofOutcome():
		return joined(outcomeWanted(f), outcomeGot(f))
	case f.Rule == verdict.PreferredStatus && len(f.Wanted) > 0:
		return f.Wanted[0].String()
	case f.Rule == verdict.SecretRepeated && len(f.Given) > 0:
		return anyItem(f.Given[0].Name.String())
	case f.Header != "":
		return f.Header
	}
	return anyItem(f.Pointer.String())
}

// ofOutcome reports whether a finding says that a response tells another outcome.
func (f Finding) ofOutcome() bool {
	return f.Rule == verdict.OutcomeWord || f.Rule == verdict.OutcomeAbsent
}

// outcomeWanted is the outcome that a finding wanted.
func outcomeWanted(f Finding) string {
	if f.ofOutcome() && len(f.Given) > 0 {
		return f.Given[0].Value.String()
	}
	return ""
}

// wanted is what a finding wanted, the outcome or the statuses.
func wanted(f Finding) string {
	if f.ofOutcome() {
		return outcomeWanted(f)
	}
	return strings.Join(redact.Strings(f.Wanted), " ")
}

// wantsAlike reports whether two findings wanted the same outcome, or a status in common.
func wantsAlike(a, b Finding) bool {
	if a.ofOutcome() || b.ofOutcome() {
		return outcomeWanted(a) == outcomeWanted(b)
	}
	return len(a.Wanted)+len(b.Wanted) == 0 || slices.ContainsFunc(a.Wanted, func(text redact.Text) bool { return slices.Contains(b.Wanted, text) })
}

// outcomeGot is the outcome that the response gave instead.
func outcomeGot(f Finding) string {
	if f.ofOutcome() && len(f.Given) > 1 {
		return f.Given[1].Value.String()
	}
	return ""
}

// ofMany is the key of what is beyond the bound of causes.
func (k causeKey) ofMany() causeKey {
	return causeKey{outcome: k.outcome, theme: k.theme, rule: "many"}
}

// id is what names a cause in files: theme.rule.hash of a failure, outcome.rule.hash of another.
func (k causeKey) id() string {
	first := k.theme
	if k.outcome != verdict.Fail {
		first = strings.ReplaceAll(k.outcome.String(), " ", "-")
	}
	if first == k.rule || k.rule == "" || strings.HasPrefix(first, k.rule+".") {
		first += "."
	} else {
		first += "." + k.rule + "."
	}
	sum := sha256.Sum256([]byte(strings.Join([]string{k.outcome.String(), k.rule, k.place, k.deviation, k.class, k.theme}, "\x00")))
	return strings.ToLower(first) + hex.EncodeToString(sum[:4])
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
