package verdict

import (
	"net/http"
	"strings"

	"qorcheck/harness/exchange"
	"qorcheck/harness/redact"
)

// leastKey is how many characters a credential has at least that is looked for: a shorter
// one may stand in a response by chance.
const leastKey = 8

// keysNotShown judges that a response repeats none of the credentials of its request,
// disguised or not, and no half of one.
func keysNotShown(v View) Observation {
	r := v.record()
	if r == nil {
		return Observation{}
	}
	seen := Observation{}
	for _, alternative := range v.Operation.Security {
		for _, name := range alternative {
			scheme := v.Operation.Description.Schemes[name]
			key := strings.TrimSpace(strings.TrimPrefix(r.Header.Get(scheme.Field), scheme.Prefix))
			if scheme.In != "header" || len(key) < leastKey {
				continue
			}
			seen.Exercised = true
			holds := func(text string) bool { return finders.KeyIn(key, text) }
			if f, found := v.holding(holds); found {
				f.Rule, f.Deviation, f.Status, f.Wanted = KeyRepeated, Surplus, v.Answer.Status, []string{scheme.Field}
				seen.Findings = append(seen.Findings, f)
			}
		}
	}
	return seen
}

// finders look for values in responses. They hold nothing that changes what they find.
var finders redact.Finders

// record finds the record of the response, nil where it is in none.
func (v View) record() *exchange.Record {
	if v.Transcript == nil {
		return nil
	}
	return v.Transcript.RecordOf(v.Answer)
}

// holding finds the part of a response that has a property.
func (v View) holding(holds func(string) bool) (Finding, bool) {
	parts, body := v.parts()
	for _, p := range parts {
		if name, found := p.fieldThat(holds); found {
			return Finding{Given: []Fact{{p.name, name}}}, true
		}
	}
	if holds(body) {
		return Finding{Pointer: pointerThat(holds, v.texts(), v.Body.Value)}, true
	}
	return Finding{}, false
}

// parts returns what surrounds the body of the response, and the body.
func (v View) parts() ([]part, string) {
	if v.memo != nil && v.memo.parts != nil {
		return v.memo.parts, v.memo.body
	}
	parts := []part{newPart("status line", http.Header{"": {v.Answer.Reason}}), newPart("header", v.Answer.Header), newPart("trailer", v.Answer.Trailer)}
	body := string(v.Answer.Body)
	if v.memo != nil {
		v.memo.parts, v.memo.body = parts, body
	}
	return parts, body
}
