package verdict

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"qorcheck/harness/exchange"
	"qorcheck/spec"
)

// problem reads the description of the problem from an error, and where it
// stands; "" where there is none.
func (v View) problem() (text, pointer string) {
	if v.Operation.Conformance.Error == nil || v.Body.Fault != "" {
		return "", ""
	}
	return v.Operation.Conformance.Error.DescriptionIn(v.Body.Value)
}

// errorDescription judges that the description of a problem says more than that
// there is one: it is neither the word error, nor the status, nor the code.
func errorDescription(v View) Observation {
	given, pointer := v.problem()
	if given == "" {
		return Observation{} // error-body says so
	}
	seen := Observation{Exercised: true}
	status, phrase := strconv.Itoa(v.Answer.Status), http.StatusText(v.Answer.Status)
	code := v.Operation.Conformance.Error.CodeIn(v.Body.Value)
	for _, empty := range []string{"error", "an error", "an error occurred", status, phrase, status + phrase, "error" + status, "error" + code, code} {
		if squeezed(given) == squeezed(empty) {
			seen.Findings = []Finding{{Rule: Described, Deviation: Value, Status: v.Answer.Status, Pointer: pointer, Got: valueAt(v.Body.Value, pointer)}}
			break
		}
	}
	return seen
}

// squeezed leaves of a text its letters and digits, in lower case.
func squeezed(text string) string {
	return strings.Map(func(c rune) rune {
		if unicode.IsLetter(c) || unicode.IsDigit(c) {
			return unicode.ToLower(c)
		}
		return -1
	}, text)
}

// distinctDescriptions judges that different problems of one operation are not
// described by the same words. Compared are the answers of 400.
func distinctDescriptions(v View) Observation {
	seen := Observation{}
	known := map[string]bool{}
	records, places := v.observed("distinct-descriptions")
	for i, r := range append([]exchange.Record{*v.Transcript.Act}, records...) {
		if r.Answer == nil || r.Answer.Status != http.StatusBadRequest {
			continue
		}
		view := v
		view.Answer, view.Body = r.Answer, readBody(r.Answer)
		given, pointer := view.problem()
		if given == "" {
			continue
		}
		seen.Exercised = seen.Exercised || len(known) > 0
		if known[squeezed(given)] {
			f := Finding{Rule: DescribedOnce, Deviation: Value, Status: r.Answer.Status, Pointer: pointer, Got: valueAt(view.Body.Value, pointer)}
			if i > 0 {
				f.Step, f.Exchange = r.Step.Name, places[i-1]
			}
			seen.Findings = append(seen.Findings, f)
		}
		known[squeezed(given)] = true
	}
	return seen
}

// blamedField judges that the description of a problem does not lead to a field
// that is right: it names one, and not the wrong one. A name counts where it is
// quoted or is no ordinary word.
func blamedField(v View) Observation {
	given, pointer := v.problem()
	wrong := v.wrongField()
	if given == "" || len(wrong) == 0 || v.Answer.Status < 400 {
		return Observation{}
	}
	seen := Observation{Exercised: true}
	last := wrong[len(wrong)-1]
	if strings.Contains(squeezed(given), squeezed(last)) {
		return seen
	}
	for _, name := range v.fields() {
		if !slices.Contains(wrong, name) && !v.lacks(name) && blames(given, name) {
			seen.Findings = []Finding{{
				Rule: FieldBlamed, Deviation: Value, Status: v.Answer.Status, Pointer: pointer, Wanted: []string{last}, Got: valueAt(v.Body.Value, pointer),
			}}
			break
		}
	}
	return seen
}

// lacks reports whether a name belongs into what is missing: sent elsewhere, it is
// missing where it belongs.
func (v View) lacks(name string) bool {
	f, content := v.Case.Fault, v.Operation.Body.Fields()
	return f.Keyword == "required" && content != nil && content.Schema.Documents(f.Pointer+spec.Pointer(name))
}

// wrongField lists the names that lead to what is wrong with a request, the last
// one being its own; none where it is not one field.
func (v View) wrongField() []string {
	if v.Case.Fault == nil {
		return nil
	}
	at := v.Case.Fault.Pointer
	if _, name, parameter := strings.Cut(at, ":"); parameter && !strings.HasPrefix(at, "/") {
		name, _, _ = strings.Cut(name, "/")
		return []string{name}
	}
	return spec.Tokens(at)
}

// fields lists the names that a request of the operation may have something
// under: those sent in its body, and its parameters.
func (v View) fields() []string {
	var list []string
	var walk func(any)
	walk = func(value any) {
		switch x := value.(type) {
		case map[string]any:
			for name, inner := range x {
				list = append(list, name)
				walk(inner)
			}
		case []any:
			for _, inner := range x {
				walk(inner)
			}
		}
	}
	walk(v.Sent)
	for _, p := range v.Operation.Parameters {
		list = append(list, p.Name)
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// blames reports whether a description names a field: by its name in quotes, or
// by one that is no ordinary word.
func blames(description, name string) bool {
	for rest := []rune(description); ; {
		at := strings.Index(string(rest), name)
		if at < 0 {
			return false
		}
		start := len([]rune(string(rest)[:at]))
		end := start + len([]rune(name))
		left, right := ' ', ' '
		if start > 0 {
			left = rest[start-1]
		}
		if end < len(rest) {
			right = rest[end]
		}
		quoted := strings.ContainsRune("\"'`“‘/", left) && strings.ContainsRune("\"'`”’", right)
		if !wordy(left) && !wordy(right) && (quoted || !ordinary(name)) {
			return true
		}
		rest = rest[end:]
	}
}

// ordinary reports whether a name may be a word of a sentence.
func ordinary(name string) bool {
	return !strings.ContainsFunc(name, func(c rune) bool { return !unicode.IsLower(c) })
}

func wordy(c rune) bool { return unicode.IsLetter(c) || unicode.IsDigit(c) || c == '_' || c == '-' }
