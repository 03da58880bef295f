package planner

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"qorcheck/harness/generate"
	"qorcheck/harness/plan"
	"qorcheck/spec"
)

// certify proves on the serialised request that it is what the case says: a
// valid one passes the description, a malformed one fails at its pointer and
// keyword and nowhere else.
func (d *drafter) certify(made draft, r plan.Request, broken *fault) error {
	if field := d.strayCard(made.body, ""); field != "" {
		return missingError{fmt.Errorf("%s would hold a card number that is not among test_cards: %s", field, d.add("test_cards", "[ … ], or triggers with test data of your own"))}
	}
	body, err := d.filledBody(r)
	switch {
	case err != nil:
		return err
	case broken == nil:
	case broken.lax:
		return nil // nothing is promised of it
	case broken.Keyword == "syntax":
		if json.Valid([]byte(body)) && utf8.ValidString(body) {
			return errors.New("the body is well-formed JSON after all")
		}
		return nil
	}
	found, err := d.parameterViolations(made, r)
	if err != nil {
		return err
	}
	for _, p := range made.operation.Parameters {
		if err := d.unjudged(d.parameterMaker(p), made.parameters[p.In+":"+p.Name]); err != nil {
			return fmt.Errorf("the %s parameter %s: %w", p.In, p.Name, err)
		}
	}
	if content := cmp.Or(made.form, made.operation.Body.Fields()); content != nil && made.hasBody {
		if broken != nil && broken.certify != nil && len(found) == 0 {
			value, err := read(body, content)
			if err != nil {
				return err
			}
			return broken.certify(value)
		}
		if err := d.unjudged(d.bodyMaker(made.operation, content, made.bound), made.body); err != nil {
			return err
		}
		j := d.judge(body, content)
		if j.err != nil {
			return j.err
		}
		found = append(found, j.found...)
	} else if types := bodyless(made.operation); types != "" && made.operation.Body.Required && !made.anyBody {
		return fmt.Errorf("the operation needs a body of the media type %s, which is not made", types)
	}
	if err := broken.matches(found, made); err != nil && !d.breaksWithin(broken, found, made, r) {
		return err
	}
	return nil
}

// breaksWithin reports whether a broken parameter breaks nothing but what the fault says,
// within the one of several schemas that it is made by.
func (d *drafter) breaksWithin(f *fault, found []spec.Violation, made draft, r plan.Request) bool {
	if f == nil || f.broken == nil || len(found) == 0 {
		return false
	}
	key := f.broken.In + ":" + f.broken.Name
	if slices.ContainsFunc(found, func(v spec.Violation) bool { return v.Pointer != key && !strings.HasPrefix(v.Pointer, key+"/") }) {
		return false
	}
	got, err := d.receive(r)
	if err != nil {
		return false
	}
	sent, err := got.of(made, f.broken.Parameter)
	if err != nil || len(sent) == 0 {
		return false
	}
	value, err := readParameter(f.broken.Parameter, sent)
	return err == nil && f.broken.certify(value) == nil
}

// matches reports as an error that a request breaks something else than the fault
// says, or nothing. A nil fault is of a correct request.
func (f *fault) matches(found []spec.Violation, made draft) error {
	if f != nil && f.Keyword == "media-type" && slices.ContainsFunc(made.operation.Body.Content, func(c spec.Content) bool { return takes(c.MediaType, made.mediaType) }) {
		return fmt.Errorf("the description allows %s", made.mediaType)
	}
	if f == nil || f.Keyword == "media-type" {
		if len(found) > 0 {
			return fmt.Errorf("the description refuses it: %s", generate.Words(found))
		}
		return nil
	}
	if len(found) == 0 {
		return errors.New("the description allows it")
	}
	if f.Keyword != generate.Blank && !slices.ContainsFunc(found, func(v spec.Violation) bool { return v.Keyword == f.Keyword }) {
		return fmt.Errorf("it does not break %s: %s", f.Keyword, generate.Words(found))
	}
	for _, v := range found {
		if v.Pointer == f.Pointer && v.Keyword == "format" && generate.Follows(f.Keyword, v.Keyword) {
			continue // the same in other words
		}
		if v.Pointer != f.Pointer || v.Keyword != f.Keyword && f.Keyword != generate.Blank {
			return fmt.Errorf("it breaks more than %s at %s: %s", f.Keyword, f.Pointer, generate.Words(found))
		}
	}
	return nil
}

// unjudged reports as an error that a value holds a text whose pattern no engine can judge:
// whether it is valid is not known then.
func (d *drafter) unjudged(m generate.Maker, value any) error {
	if m.Schema.Tangled() {
		return errors.New("its schema combines too many others to judge a value by it")
	}
	if !d.unjudgeable.get(m.Schema.Schema, func() bool {
		return slices.ContainsFunc(m.Schema.Unchecked(), func(what string) bool { return strings.HasPrefix(what, "pattern ") })
	}) {
		return nil
	}
	if pointer, pattern := m.Unjudged(value); pattern != "" {
		return fmt.Errorf("%s: no text can be made for the pattern %s: it cannot be judged here", cmp.Or(pointer, "the value"), pattern)
	}
	return nil
}

// judged is what a body breaks.
type judged struct {
	found []spec.Violation
	err   error
}

// sentBody is a body as it is sent of a documented content.
type sentBody struct {
	content *spec.Content
	body    string
}

// judge finds what a body breaks. Many cases of an operation send the same one.
func (d *drafter) judge(body string, content *spec.Content) judged {
	return d.violations.get(sentBody{content, body}, func() judged {
		value, err := read(body, content)
		if err != nil {
			return judged{err: err}
		}
		return judged{found: content.Schema.Violations(value, spec.Sent)}
	})
}

// takes reports whether a documented media type, or range of them, is the one sent.
func takes(documented, sent string) bool { return sent != "" && spec.Covers(documented, sent) }

// strayCard finds a secret field with a card number that the fixtures do not
// list for sending, such as one of the description's examples; "" when there is none.
func (d *drafter) strayCard(value any, name string) string {
	switch v := value.(type) {
	case map[string]any:
		first, stray := "", "" // the field of the least name that has one
		for key, inner := range v {
			if field := d.strayCard(inner, key); field != "" && (stray == "" || key < first) {
				first, stray = key, field
			}
		}
		return stray
	case []any:
		for _, inner := range v {
			if field := d.strayCard(inner, name); field != "" {
				return field
			}
		}
	case float64, json.Number: // a card number is one as a number, too
		return d.strayCard(spec.Decimal(spec.Rational(v)), name)
	case string:
		if slices.Contains(d.description.SecretFields, name) && d.fixtures.UnlistedCard(v) {
			return name
		}
	}
	return ""
}

// sample is what fills a placeholder for judging.
type sample struct {
	value string
	err   error
}

// sample fills a placeholder, given as the text between its marks, with a value of
// the kind that a run will send.
func (d *drafter) sample(placeholder string) (string, error) {
	s := d.samples.get(placeholder, func() sample { return d.sampleOf(plan.ParsePlaceholder(placeholder)) })
	return s.value, s.err
}

func (d *drafter) sampleOf(p plan.Placeholder) sample {
	switch p.Source {
	case plan.FromTrigger:
		return sample{value: d.dataOf(testData{p.Args[0], p.Args[1]})[p.Args[2]]}
	case plan.FromCredential, plan.FromBasic:
		return sample{value: p.Credential(d.fixtures.Credential)}
	case plan.FromHeader:
		return sample{value: d.fixtures.Header(p.Args[0])}
	case plan.FromReceiver:
		if value, ok := map[string]string{"header": "X-News", "secret": "0123456789abcdef"}[p.Args[0]]; ok {
			return sample{value: value}
		}
		return sample{value: "http://127.0.0.1:9/" + p.Args[0]}
	case plan.FromKnown:
		return sample{value: d.fixtures.Known[p.Args[0]][0].ID}
	case plan.UnlikeKnown:
		return sample{value: plan.UnknownID(d.fixtures.Known[p.Args[0]][0].ID, "certify", 0)}
	case plan.FromRun:
		value, err := plan.UniqueOf(p, "certify", "case")
		return sample{value, err}
	}
	value, ok := d.examples[p.Args[0]]
	if !ok {
		value = "310905123456789"
	}
	if p.Source == plan.UnlikeAnswer {
		return sample{value: p.Unknown(value, "certify")}
	}
	value, err := p.Answered(value)
	return sample{value, err}
}
