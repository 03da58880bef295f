package planner

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"qorcheck/harness/generate"
	"qorcheck/harness/plan"
	"qorcheck/spec"
)

// change lays over a draft what the flow changes in the request.
func (m *flowMaker) change(made *draft, wanted spec.FlowStep, suffix string) error {
	for _, place := range slices.Sorted(maps.Keys(wanted.With)) {
		value, err := m.value(wanted.With[place])
		if err != nil {
			return err
		}
		if strings.HasPrefix(place, "/") {
			made.body = generate.Set(made.body, place, value)
		} else {
			made.parameters[place] = value
		}
	}
	for _, place := range wanted.Without {
		if strings.HasPrefix(place, "/") {
			made.body = generate.Remove(made.body, place)
		} else {
			delete(made.parameters, place)
		}
	}
	if wanted.Keyed && !setKey(made, suffix) {
		return fmt.Errorf("keyed: %s takes no idempotency key", made.operation.ID)
	}
	if wanted.Form {
		content := made.operation.Body.Form()
		if content == nil {
			return fmt.Errorf("form: %s takes none", made.operation.ID)
		}
		*made = made.asForm(content, made.body)
	}
	return m.changeCredentials(made, wanted.As)
}

// changeCredentials sends a request as somebody else; "" is nobody else.
func (m *flowMaker) changeCredentials(made *draft, role string) error {
	switch role {
	case "":
		return nil
	case spec.Nobody:
		clear(made.credentials)
		return nil
	}
	if missing := m.missingRole(role, m.schemes(made.operation)); missing != "" {
		return missingError{errors.New(missing)}
	}
	made.credentials = m.credentials(made.operation, role)
	return nil
}

// value works out a value as a flow writes it.
func (m *flowMaker) value(written any) (any, error) {
	text, ok := written.(string)
	if ok && !strings.HasPrefix(text, "$") && spec.Embedded.MatchString(text) {
		return m.embed(text)
	}
	if !ok || !strings.HasPrefix(text, "$") {
		return jsonNumber(written), nil
	}
	from, rest, _ := strings.Cut(text[1:], ".")
	switch from {
	case "unique":
		return uniqueOfFlow(rest), nil
	case "merchants":
		if merchant := m.fixtures.Merchants[rest]; merchant != "" {
			return merchant, nil
		}
		return nil, missingError{errors.New(m.missingMerchant(rest))}
	case "message":
		return string(plan.TemplateOf(plan.FromReceiver, rest)), nil
	}
	of := m.named(from)
	if pointer, ok := strings.CutPrefix(rest, "request#"); ok {
		value, there := spec.Lookup(m.made[of].draft.body, pointer)
		if !there {
			return nil, fmt.Errorf("%s: the request has no such value", text)
		}
		return generate.Copy(value), nil
	}
	pointer, unlike := strings.CutPrefix(rest, "unlike#")
	captured := m.captured(of, strings.TrimPrefix(pointer, "answer#"))
	m.addExample(m.made[of].operation, "", strings.TrimPrefix(pointer, "answer#"), captured)
	if unlike {
		return string(captured.Unlike(len(m.examples[captured.Placeholders()[0].Args[0]]))), nil
	}
	return string(captured), nil
}

// embed puts values into the text around them.
func (m *flowMaker) embed(text string) (string, error) {
	var faults error
	made := spec.Embedded.ReplaceAllStringFunc(text, func(match string) string {
		value, err := m.value(match[1 : len(match)-1])
		within, isText := value.(string)
		if err == nil && !isText {
			err = fmt.Errorf("%s: within a text only a text can stand", match)
		}
		faults = errors.Join(faults, err)
		return within
	})
	return made, faults
}

// uniqueOfFlow is the placeholder of a unique variable that a flow names itself.
func uniqueOfFlow(variable string) string {
	return string(plan.TemplateOf(plan.FromRun, variable, strconv.Itoa(longestUnique)))
}

// jsonNumber turns numbers of YAML into those of JSON.
func jsonNumber(value any) any {
	if n, ok := value.(int); ok {
		return float64(n)
	}
	return value
}
