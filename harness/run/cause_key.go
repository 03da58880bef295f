package run

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"qorcheck/harness/verdict"
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
	case len(v.Findings) > 0:
		f := v.Findings[0]
		key.rule, key.place, key.deviation = string(f.Rule), placeOf(f), f.Deviation.String()
		key.class, key.theme = statusClass(f.Status), o.Theme
		if f.Rule == verdict.UndocumentedStatus {
			key.rule = string(verdict.WrongStatus) // another operation may document it
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

// placeOf is the place that a finding is about. The outcome of a request has one place,
// whichever field tells it, and a flow is about what its requirement says.
func placeOf(f Finding) string {
	switch {
	case f.ofOutcome():
		return joined(wanted(f), told(f))
	case f.Rule == verdict.PreferredStatus:
		return wanted(f)
	case f.Header != "":
		return f.Header
	case f.Check == "flow":
		return ""
	}
	return anyItem(f.Pointer.String())
}

// ofOutcome reports whether a finding says that a response tells another outcome.
func (f Finding) ofOutcome() bool {
	return f.Rule == verdict.OutcomeWord || f.Rule == verdict.OutcomeAbsent
}

// wanted is the outcome or the statuses that a finding wanted.
func wanted(f Finding) string {
	if f.ofOutcome() && len(f.Given) > 0 {
		return f.Given[0].Value.String()
	}
	var list []string
	for _, text := range f.Wanted {
		list = append(list, text.String())
	}
	return strings.Join(list, " ")
}

// told is the outcome that a finding was told instead.
func told(f Finding) string {
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
