package exchange

import (
	"bytes"
	"encoding/json"
	"net/http"
	"regexp"
	"strconv"

	"qorcheck/harness/plan"
	"qorcheck/spec"
)

// capture takes the captured values out of a response and returns the first one that is not there.
func capture(r *Record, values map[string]string) (missing string) {
	if r.Answer == nil || len(r.Step.Capture) == 0 {
		return ""
	}
	body := r.Answer.value()
	for _, capture := range r.Step.Capture {
		text := textOrNumber(body, capture.Pointer)
		if capture.Guessed != "" && !guessable(r, capture, body, text) {
			text = ""
		}
		switch {
		case text != "":
			values[capture.Name] = text
		case missing == "" && !capture.Optional:
			missing = capture.Pointer
		}
	}
	return missing
}

// textOrNumber returns the text or number at a pointer of a value, "" when there is none.
func textOrNumber(value any, pointer string) string {
	switch v, _ := spec.Lookup(value, pointer); v := v.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	}
	return ""
}

// value is what the body of a response says in JSON, with numbers as they are written; nil
// where it is not JSON. It is decoded once.
func (a *Answer) value() any {
	value, _ := a.JSON()
	return value
}

// JSON is the same; ok reports whether the body is JSON with nothing behind it.
func (a *Answer) JSON() (value any, ok bool) {
	if known := a.decoded.Load(); known != nil {
		return known.value, known.ok
	}
	var d decodedBody
	decoder := json.NewDecoder(bytes.NewReader(a.Body))
	decoder.UseNumber() // ids beyond 2^53 stay as they are
	err := decoder.Decode(&d.value)
	d.ok = err == nil && len(bytes.Trim(a.Body[decoder.InputOffset():], " \t\r\n")) == 0
	a.decoded.Store(&d)
	return d.value, d.ok
}

// decodedBody is what the body of a response says; what is not JSON holds nothing.
type decodedBody struct {
	value any
	ok    bool
}

// certified reports whether a response shows a value that an earlier request of the case
// made up for this run. What does not may have been there before.
func (s *script) certified(r *Record) bool {
	if r.Answer == nil || r.Answer.Status/100 != 2 {
		return false
	}
	for earlier := range s.transcript.Records() {
		for _, p := range earlier.Step.Request.Body.Placeholders() {
			if p.Source != plan.FromRun {
				continue
			}
			mark, err := s.client.unique(s.transcript.Case.ID, p)
			if err == nil && len(mark) >= plan.DistinctiveLength && bytes.Contains(r.Answer.Body, []byte(mark)) {
				return true
			}
		}
	}
	return false
}

// idText is the text of ids that name one segment of a path however it is read.
var idText = regexp.MustCompile(`^[A-Za-z0-9_~-][A-Za-z0-9._~:@-]{0,199}$`)

// guessable reports whether a value is taken for the id of what was made: only of an
// answer that says so, and only of the type that such an id has.
func guessable(r *Record, c plan.Capture, body any, text string) bool {
	value, _ := spec.Lookup(body, c.Pointer)
	_, number := value.(json.Number)
	_, err := strconv.ParseUint(text, 10, 64)
	return r.Answer.Status == http.StatusCreated && number == (c.Guessed == "integer") && (!number || err == nil) && idText.MatchString(text)
}
