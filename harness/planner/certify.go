package planner

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"qorcheck/harness/generate"
	"qorcheck/harness/plan"
	"qorcheck/spec"
)

// fault is what a malformed request breaks, and how that is proved.
type fault struct {
	plan.Fault
	lax     bool                  // nothing is promised of such a request
	certify func(value any) error // proves on the value sent that it breaks this and nothing else; nil for none
}

// certify proves on the serialised request that it is what the case says: a
// valid one passes the description, a malformed one fails at its pointer and
// keyword and nowhere else.
func (b *builder) certify(d draft, r plan.Request, broken *fault) error {
	if field := b.strayCard(d.body, ""); field != "" {
		return fmt.Errorf("%s would hold a card number that is not among test_cards: add to %s: test_cards, or triggers with test data of your own", field, b.fixtures.File)
	}
	body, err := b.filled(r)
	if err != nil {
		return err
	}
	if broken != nil && broken.lax {
		return nil // nothing is promised of it
	}
	if broken != nil && broken.Keyword == "syntax" {
		if json.Valid([]byte(body)) && utf8.ValidString(body) {
			return errors.New("the body is well-formed JSON after all")
		}
		return nil
	}
	var found []spec.Violation
	for _, p := range d.operation.Parameters {
		violations, err := b.parameterViolations(d, r, p)
		if err != nil {
			return err
		}
		found = append(found, violations...)
	}
	if content := cmp.Or(d.form, d.operation.Body.Fields()); content != nil && d.hasBody {
		if broken != nil && broken.certify != nil && len(found) == 0 {
			value, err := read(body, content)
			if err != nil {
				return err
			}
			return broken.certify(value)
		}
		violations, err := b.judge(body, content)
		if err != nil {
			return err
		}
		found = append(found, violations...)
	} else if d.operation.Body != nil && d.operation.Body.Required && !d.hasBody {
		return errors.New("the operation needs a body of a media type that is not supported")
	}
	if broken != nil && broken.Keyword == "media-type" && slices.ContainsFunc(d.operation.Body.Content, func(c spec.Content) bool { return takes(c.MediaType, d.mediaType) }) {
		return fmt.Errorf("the description allows %s", d.mediaType)
	}
	if broken == nil || broken.Keyword == "media-type" {
		if len(found) > 0 {
			return fmt.Errorf("the description refuses it: %s", violationText(found))
		}
		return nil
	}
	if len(found) == 0 {
		return errors.New("the description allows it")
	}
	if broken.Keyword != "blank" && !slices.ContainsFunc(found, func(v spec.Violation) bool { return v.Keyword == broken.Keyword }) {
		return fmt.Errorf("it does not break %s: %s", broken.Keyword, violationText(found))
	}
	for _, v := range found {
		if v.Pointer == broken.Pointer && v.Keyword == "format" && broken.Keyword == "pattern" {
			continue // the same in other words
		}
		if v.Pointer != broken.Pointer || v.Keyword != broken.Keyword && broken.Keyword != "blank" {
			return fmt.Errorf("it breaks more than %s at %s: %s", broken.Keyword, broken.Pointer, violationText(found))
		}
	}
	return nil
}

// judge lists what a body breaks. Many cases of an operation send the same one.
func (b *builder) judge(body string, content *spec.Content) ([]spec.Violation, error) {
	key := sentBody{content, body}
	found, known := b.judged[key]
	if !known {
		value, err := read(body, content)
		if err != nil {
			return nil, err
		}
		found = content.Schema.Violations(value, spec.Sent)
		b.judged[key] = found
	}
	return found, nil
}

// sentBody is a body as it is sent of a documented content.
type sentBody struct {
	content *spec.Content
	body    string
}

// read decodes a body from its bytes.
func read(body string, content *spec.Content) (value any, err error) {
	if spec.Form(content.MediaType) {
		return readForm(body, generate.Maker{Schema: content.Schema})
	}
	if err := json.Unmarshal([]byte(body), &value); err != nil {
		return nil, fmt.Errorf("the body is not JSON: %w", err)
	}
	return value, nil
}

// takes tells whether a documented media type, or range of them, is the one sent.
func takes(documented, sent string) bool {
	base, _, _ := strings.Cut(strings.ToLower(documented), ";")
	kind, _, _ := strings.Cut(sent, "/")
	return sent != "" && slices.Contains([]string{sent, kind + "/*", "*/*"}, strings.TrimSpace(base))
}

// strayCard finds a secret field with a card number that the fixtures do not
// list for sending, such as one of the description's examples; "" when there is none.
func (b *builder) strayCard(value any, name string) string {
	switch v := value.(type) {
	case map[string]any:
		first, stray := "", "" // the field of the least name that has one
		for key, inner := range v {
			if field := b.strayCard(inner, key); field != "" && (stray == "" || key < first) {
				first, stray = key, field
			}
		}
		return stray
	case []any:
		for _, inner := range v {
			if field := b.strayCard(inner, name); field != "" {
				return field
			}
		}
	case float64: // a card number is one as a number, too
		return b.strayCard(strconv.FormatFloat(v, 'f', -1, 64), name)
	case string:
		if slices.Contains(b.description.SecretFields, name) && b.fixtures.UnlistedCard(v) {
			return name
		}
	}
	return ""
}

func violationText(found []spec.Violation) string {
	var parts []string
	for _, v := range found {
		parts = append(parts, strings.TrimSpace(v.Pointer+" "+v.Reason))
	}
	return strings.Join(parts, "; ")
}

// sample fills a placeholder, told as what stands between its marks, with a value
// of the kind that a run will send.
func (b *builder) sample(placeholder string) (string, error) {
	known, ok := b.samples[placeholder]
	if ok {
		return known, nil
	}
	value, err := b.sampleOf(plan.ParsePlaceholder(placeholder))
	if err == nil {
		b.samples[placeholder] = value
	}
	return value, err
}

func (b *builder) sampleOf(p plan.Placeholder) (string, error) {
	switch p.Source {
	case plan.FromTrigger:
		return b.trigger(p.Args[0], p.Args[1])[p.Args[2]], nil
	case plan.FromCredential, plan.FromBasic:
		return p.Credential(b.fixtures), nil
	case plan.FromReceiver:
		if sample, ok := map[string]string{"header": "X-News", "secret": "0123456789abcdef"}[p.Args[0]]; ok {
			return sample, nil
		}
		return "http://127.0.0.1:9/" + p.Args[0], nil
	case plan.FromRun:
		longest, err := strconv.Atoi(p.Args[1])
		return plan.UniqueValue("certify", "case", p.Args[0], longest), err
	}
	if shown, ok := b.shown[p.Args[0]]; ok {
		return shown, nil
	}
	return "310905123456789", nil
}
