package exchange

import (
	"bytes"
	"encoding/json"

	"qorcheck/spec"
)

// capture takes the captured values out of a response and returns the first one that is not there.
func capture(r Record, values map[string]string) (missing string) {
	if r.Answer == nil || len(r.Step.Capture) == 0 {
		return ""
	}
	var body any
	decoder := json.NewDecoder(bytes.NewReader(r.Answer.Body))
	decoder.UseNumber()       // ids beyond 2^53 stay as they are
	_ = decoder.Decode(&body) // what is not JSON holds nothing
	for _, capture := range r.Step.Capture {
		text := ""
		switch v, _ := spec.Lookup(body, capture.Pointer); v := v.(type) {
		case string:
			text = v
		case json.Number:
			text = v.String()
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
