package spec

import (
	"slices"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
)

// judged remembers what was found in response bodies: many are equal to the byte.
type judged struct {
	mu    sync.RWMutex
	found map[judgedBody][]Violation
}

// judgedBody is a body as a schema judged it.
type judgedBody struct {
	schema *openapi3.Schema
	body   string
}

// Limits of what is remembered.
const (
	maxJudged     = 4000
	maxJudgedBody = 2 << 10 // bytes
)

// AnswerViolations judges the value that a response body was decoded to, as Violations does.
// Equal bodies are judged once.
func (s Schema) AnswerViolations(body []byte, value any) []Violation {
	if s.dialect == nil || len(body) > maxJudgedBody {
		return s.Violations(value, Answered)
	}
	j, key := &s.dialect.judged, judgedBody{s.Schema, string(body)}
	j.mu.RLock()
	found, known := j.found[key]
	j.mu.RUnlock()
	if known {
		return slices.Clone(found)
	}
	found = s.Violations(value, Answered)
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.found == nil || len(j.found) == maxJudged {
		j.found = make(map[judgedBody][]Violation, maxJudged)
	}
	j.found[key] = slices.Clone(found)
	return found
}
