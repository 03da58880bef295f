package verdict

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"qorcheck/harness/exchange"
	"qorcheck/spec"
)

// notShown judges that a response, and the message about it, repeat none of the values
// which the description lists under neverShown, whichever request of the case carried them.
func notShown(v View) Observation {
	seen := Observation{}
	for _, pointer := range v.Operation.Conformance.NeverShown {
		for _, sent := range v.sent() {
			value := exchange.Text(sent, pointer)
			if !digits(value) {
				continue // a name for it, such as a token, may be repeated
			}
			seen.Exercised = true
			f, found := v.shownShort(value, pointer)
			if len(value) >= distinctive {
				f, found = v.shownAnywhere(value)
			}
			if found {
				f.Rule, f.Deviation, f.Status, f.Given = SecretRepeated, Surplus, v.Answer.Status, append([]Fact{{Name: pointer}}, f.Given...)
				seen.Findings = append(seen.Findings, f)
				return seen
			}
		}
	}
	return seen
}

// shownShort finds a value of a few digits in the body.
func (v View) shownShort(value, pointer string) (Finding, bool) {
	if len(value) >= distinctive || v.chance(value, pointer) {
		return Finding{}, false
	}
	for _, t := range v.texts() {
		if t.repeats(value) {
			return Finding{Pointer: t.pointer}, true
		}
	}
	return Finding{}, false
}

// shownAnywhere finds a number in whatever a target sent: the status line, the header, the
// body with its names, the trailer, and the messages about the act. The number may be
// disguised.
func (v View) shownAnywhere(value string) (Finding, bool) {
	holds := func(text string) bool { return finders.NumberIn(value, text) }
	if f, found := v.holding(holds); found {
		return f, true
	}
	if v.Transcript == nil || v.Transcript.Act == nil || v.Transcript.Act.Answer != v.Answer {
		return Finding{}, false
	}
	for i, r := range v.Transcript.Observe {
		for _, m := range r.Messages {
			f := Finding{Exchange: len(v.Transcript.Prepare) + 2 + i}
			if name, found := newPart("header", m.Header).fieldThat(holds); found {
				f.Given = []Fact{{"header", name}}
				return f, true
			}
			if holds(string(m.Body)) {
				f.Pointer = pointerThat(holds, textsIn(Body{Value: m.Value}, m.Body), m.Value)
				return f, true
			}
		}
	}
	return Finding{}, false
}

// part is a header, or what is searched like one, and its whole text.
type part struct {
	name   string
	header http.Header
	text   string
}

func newPart(name string, h http.Header) part {
	if len(h) == 0 {
		return part{name: name}
	}
	var all strings.Builder
	for _, name := range slices.Sorted(maps.Keys(h)) {
		for _, value := range h[name] {
			for _, text := range [...]string{name, ": ", value, "\n"} {
				all.WriteString(text)
			}
		}
	}
	return part{name, h, all.String()}
}

// fieldThat returns the first field of a header, in the order of names, whose name or
// value has a property, or after which the whole has it.
func (p part) fieldThat(holds func(string) bool) (name string, found bool) {
	if !holds(p.text) {
		return "", false
	}
	for _, name := range slices.Sorted(maps.Keys(p.header)) {
		if holds(name) || slices.ContainsFunc(p.header[name], holds) {
			return name, true
		}
	}
	return "", true
}

// pointerThat returns the pointer of the first text that has a property, or of the first
// member whose name has it; "" for a body that has it as a whole.
func pointerThat(holds func(string) bool, texts []textIn, value any) string {
	for _, t := range texts {
		if holds(t.text) {
			return t.pointer
		}
	}
	return nameThat(holds, "", value)
}

// nameThat returns the pointer of the first member whose name has a property.
func nameThat(holds func(string) bool, pointer string, value any) string {
	switch x := value.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(x)) {
			at := pointer + spec.Pointer(name)
			if holds(name) {
				return at
			}
			if found := nameThat(holds, at, x[name]); found != "" {
				return found
			}
		}
	case []any:
		for i, inner := range x {
			if found := nameThat(holds, fmt.Sprintf("%s/%d", pointer, i), inner); found != "" {
				return found
			}
		}
	}
	return ""
}

// shownIn says where a value was found that must not be shown.
func shownIn(f Finding) string {
	if len(f.Given) > 1 {
		return strings.TrimSpace("its value in the " + f.Given[1].Name + " " + f.Given[1].Value)
	}
	return "its value in " + place(f.Pointer)
}

// chance reports whether a response has another reason to hold a few digits: they are
// a documented value, such as an id or a count, or what the request asked for.
func (v View) chance(value, pointer string) bool {
	name := strings.ToLower(pointer[strings.LastIndex(pointer, "/")+1:])
	var content *spec.Content
	if response := v.Operation.Response(v.Answer.Status); response != nil {
		content = response.JSON()
	}
	for _, t := range v.texts() {
		if t.text == value && content != nil && content.Schema.Documents(t.pointer) && !strings.Contains(strings.ToLower(t.pointer), name) {
			return true
		}
	}
	for _, t := range textsIn(Body{Value: v.Sent}, nil) {
		if t.text == value && !slices.Contains(v.Operation.Conformance.NeverShown, t.pointer) {
			return true
		}
	}
	return v.Transcript != nil && v.Transcript.Act != nil && slices.Contains(strings.FieldsFunc(v.Transcript.Act.URL, func(c rune) bool { return strings.ContainsRune("/?&=", c) }), value)
}

// sent lists the bodies of the requests up to the response.
func (v View) sent() []any {
	return append([]any{v.Sent}, v.earlier...) // what comes later cannot be in it
}

// texts lists the texts of the response.
func (v View) texts() []textIn {
	if v.memo == nil {
		return textsIn(v.Body, v.Answer.Body)
	}
	if v.memo.texts == nil {
		v.memo.texts = textsIn(v.Body, v.Answer.Body)
	}
	return v.memo.texts
}

// distinctive is how many digits identify a value wherever they stand. A shorter
// value is recognised when it stands alone, or as a word of a sentence.
const distinctive = 12

func digits(value string) bool {
	return len(value) >= 3 && strings.Trim(value, "0123456789") == ""
}

// textIn is a text of a response and its place.
type textIn struct{ pointer, text string }

// textsIn lists the texts of a JSON body, or the body where it is no JSON.
func textsIn(body Body, raw []byte) []textIn {
	if body.Value == nil {
		return []textIn{{"", string(raw)}}
	}
	var list []textIn
	var walk func(pointer string, value any)
	walk = func(pointer string, value any) {
		switch x := value.(type) {
		case map[string]any:
			for _, name := range slices.Sorted(maps.Keys(x)) {
				walk(pointer+spec.Pointer(name), x[name])
			}
		case []any:
			for i, inner := range x {
				walk(fmt.Sprintf("%s/%d", pointer, i), inner)
			}
		case string:
			list = append(list, textIn{pointer, x})
		case float64, json.Number:
			list = append(list, textIn{pointer, spec.Decimal(spec.Rational(x))})
		}
	}
	walk("", body.Value)
	return list
}

// repeats reports whether a text is a value of a few digits, or a sentence with it.
func (t textIn) repeats(value string) bool {
	if t.text == value {
		return true
	}
	return strings.Contains(t.text, " ") && strings.Contains(t.text, value) && regexp.MustCompile(`(?:^|[^0-9A-Za-z.,-])`+value+`(?:[^0-9A-Za-z.,-]|[.,](?:[^0-9]|$)|$)`).MatchString(t.text)
}

// insides are the patterns of internals of a platform.
var insides = []struct {
	what  string
	holds []string // texts without one of them are not searched
	like  *regexp.Regexp
}{
	{"a stack trace", []string{":", "goroutine ", "Traceback ", "#", ", line "}, regexp.MustCompile(`goroutine \d+ \[|Traceback \(most recent call last\)|\bat [\w$.<>]+\([\w$]+\.(?:java|kt|scala|groovy):\d+\)|\bat .+ in .+\.cs:line \d+|\bat .+\(?(?:/|file:|[A-Z]:\\)\S+:\d+:\d+\)?|#\d+ /\S+\.php\(\d+\)|File "[^"]+", line \d+|/\S+\.(?:go|rb|py|php|js|ts):\d+`)},
	{"a database error", []string{"SQL", "ORA-", "syntax error", "unterminated", "Mongo"}, regexp.MustCompile(`SQLSTATE|ORA-\d{5}|syntax error at or near|error in your SQL syntax|unterminated quoted string|MongoServerError|SQLITE_ERROR`)},
	{"an internal address", []string{".", "localhost:"}, regexp.MustCompile(`\b(?:10\.\d{1,3}|192\.168|172\.(?:1[6-9]|2\d|3[01])|127\.0)\.\d{1,3}\.\d{1,3}\b|\blocalhost:\d+|\b[\w-]+(?:\.[\w-]+)*\.(?:internal|local|localdomain|lan|corp|svc)\b`)},
}

// noInside judges that a rejection reveals no internals of the platform, except
// what the request itself carried.
func noInside(v View) Observation {
	seen := Observation{Exercised: true}
	if v.isHead() {
		return Observation{}
	}
	for _, t := range v.texts() {
		for _, inside := range insides {
			if !slices.ContainsFunc(inside.holds, func(part string) bool { return strings.Contains(t.text, part) }) {
				continue
			}
			found := inside.like.FindString(t.text)
			if found == "" || v.said(found) {
				continue
			}
			seen.Findings = append(seen.Findings, Finding{
				Rule: InsideShown, Deviation: Surplus, Status: v.Answer.Status, Pointer: t.pointer,
				Got: strconv.Quote(found), Given: []Fact{{"kind", inside.what}},
			})
			return seen
		}
	}
	return seen
}

// said reports whether the request itself carried a text.
func (v View) said(text string) bool {
	if v.Transcript == nil || v.Transcript.Act == nil {
		return false
	}
	return strings.Contains(v.Transcript.Act.URL, text) || strings.Contains(string(v.Transcript.Act.Body), text)
}
