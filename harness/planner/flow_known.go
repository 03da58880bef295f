package planner

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"qorcheck/harness/plan"
	"qorcheck/spec"
)

// knownStart is a known resource that stands for what the first steps of a flow would
// have made and settled.
type knownStart struct {
	name string // under known in the fixtures
	at   int    // the step that would have made it
	id   string // the pointer to its id in the response of that step
}

// startKnown lets a flow begin with a known resource where nothing in an environment
// settles one, and where no step depends on more of it than its id.
func (m *flowMaker) startKnown() {
	settled := slices.IndexFunc(m.flow.Steps, func(s spec.FlowStep) bool { return s.Do == spec.Settle })
	if m.fixtures.Settle != nil || settled < 1 || settled > m.flow.Act() {
		return
	}
	at := settled - 1
	if name := m.flow.Steps[settled].Of; name != "" {
		at = slices.IndexFunc(m.flow.Steps, func(s spec.FlowStep) bool { return s.Name == name })
	}
	from := m.description.Operation(m.flow.Steps[at].Do)
	if from == nil {
		return
	}
	for _, link := range from.Links {
		if _, ok := m.bindKnown(link); !ok {
			continue
		}
		start := &knownStart{name: link.Known, at: at, id: answerOf(link)}
		for i, s := range m.flow.Steps[:settled] {
			if s.Do == "" || s.Special() || !start.suffices(s.Name, i == at, m.flow.Steps[settled+1:]) {
				return
			}
		}
		m.start = start
		for range m.flow.Steps[:settled+1] {
			m.made = append(m.made, flowStep{left: true})
		}
		m.made[at].operation = from
		return
	}
}

// answerOf is the pointer to the value that a link carries over from the response.
func answerOf(link spec.Link) string {
	for _, expressions := range []map[string]string{link.Body, link.Parameters} {
		for _, expression := range expressions {
			if pointer, ok := strings.CutPrefix(expression, fromBody); ok {
				return pointer
			}
		}
	}
	return ""
}

// suffices reports whether later steps need no more of a step that is left out than
// the id of the known resource, or nothing where it did not make that.
func (k *knownStart) suffices(name string, made bool, later []spec.FlowStep) bool {
	if name == "" {
		return true
	}
	for _, s := range later {
		if s.Again == name || s.Await == name || s.Of == name && !made || s.Expect != nil && s.Expect.Same == name {
			return false
		}
		text := fmt.Sprint(s.With)
		if s.Expect != nil {
			text += fmt.Sprint(s.Expect.Body, s.Expect.Order)
		}
		if made {
			text = strings.ReplaceAll(text, "$"+name+".answer#"+k.id, "")
		}
		if strings.Contains(text, "$"+name+".") {
			return false
		}
	}
	return true
}

// knownOf is the known resource of the step that would have made it.
func (m *flowMaker) knownOf() plan.Template { return plan.TemplateOf(plan.FromKnown, m.start.name) }

// bindStart binds what a link carries over from the known resource that the flow begins with.
func (m *flowMaker) bindStart(link spec.Link) (map[string]any, error) {
	bound, ok := m.carryKnown(link, m.start.name)
	if !ok {
		return nil, missingError{errors.New(m.missingSettle())}
	}
	return bound, nil
}
