package verdict

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"qorcheck/harness/exchange"
	"qorcheck/spec"
)

// notShown judges that an answer repeats none of the values which the description
// lists under neverShown, whichever request of the case carried them.
func notShown(v View) Observation {
	texts, seen := []textIn(nil), Observation{}
	for _, pointer := range v.Operation.Conformance.NeverShown {
		for _, sent := range v.sent() {
			value := exchange.Text(sent, pointer)
			if !digits(value) {
				continue // a name for it, such as a token, may be repeated
			}
			if seen.Exercised = true; texts == nil {
				texts = textsIn(v.Body, v.Answer.Body)
			}
			chance := len(value) < shortest && v.chance(texts, value, pointer)
			for _, t := range texts {
				if !chance && t.repeats(value) {
					seen.Findings = append(seen.Findings, Finding{
						Pointer: t.pointer, Keyword: "neverShown",
						Expected: fmt.Sprintf("nothing that repeats %s of the request", pointer), Received: "its value",
					})
					return seen
				}
			}
		}
	}
	return seen
}

// chance tells whether an answer has other reason to hold a few digits: they are what
// it is documented to tell, such as an id or a count, or what the request asked about.
func (v View) chance(texts []textIn, value, pointer string) bool {
	name := strings.ToLower(pointer[strings.LastIndex(pointer, "/")+1:])
	var content *spec.Content
	if response := v.Operation.Response(v.Answer.Status); response != nil {
		content = response.JSON()
	}
	for _, t := range texts {
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

// sent lists the bodies of the requests up to the answer.
func (v View) sent() []any {
	bodies := []any{v.Sent}
	if v.Transcript == nil {
		return bodies
	}
	for _, r := range v.Transcript.Prepare {
		var body any
		if json.Unmarshal(r.Body, &body) == nil {
			bodies = append(bodies, body)
		}
	}
	return bodies
}

// shortest is how many digits a value has that is told by its digits alone. A
// shorter one is told when it stands alone, or as a word of a sentence.
const shortest = 12

func digits(value string) bool {
	return len(value) >= 3 && strings.Trim(value, "0123456789") == ""
}

// textIn is a text of an answer and its place.
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
		case float64:
			list = append(list, textIn{pointer, strconv.FormatFloat(x, 'f', -1, 64)})
		}
	}
	walk("", body.Value)
	return list
}

var betweenDigits = regexp.MustCompile(`([0-9])[ -]([0-9])`)

func (t textIn) repeats(value string) bool {
	if len(value) >= shortest {
		return len(t.text) >= len(value) && strings.Contains(betweenDigits.ReplaceAllString(betweenDigits.ReplaceAllString(t.text, "$1$2"), "$1$2"), value)
	}
	if t.text == value {
		return true
	}
	return strings.Contains(t.text, " ") && strings.Contains(t.text, value) && regexp.MustCompile(`(?:^|[^0-9A-Za-z.,-])`+value+`(?:[^0-9A-Za-z.,-]|[.,](?:[^0-9]|$)|$)`).MatchString(t.text)
}

// insides are what the inside of a platform looks like when it shows.
var insides = []struct {
	what  string
	holds []string // texts without one of them are not searched
	like  *regexp.Regexp
}{
	{"a stack trace", []string{":", "goroutine ", "Traceback ", "#", ", line "}, regexp.MustCompile(`goroutine \d+ \[|Traceback \(most recent call last\)|\bat [\w$.<>]+\([\w$]+\.(?:java|kt|scala|groovy):\d+\)|\bat .+ in .+\.cs:line \d+|\bat .+\(?(?:/|file:|[A-Z]:\\)\S+:\d+:\d+\)?|#\d+ /\S+\.php\(\d+\)|File "[^"]+", line \d+|/\S+\.(?:go|rb|py|php|js|ts):\d+`)},
	{"an error of a database", []string{"SQL", "ORA-", "syntax error", "unterminated", "Mongo"}, regexp.MustCompile(`SQLSTATE|ORA-\d{5}|syntax error at or near|error in your SQL syntax|unterminated quoted string|MongoServerError|SQLITE_ERROR`)},
	{"an address of the inside", []string{".", "localhost:"}, regexp.MustCompile(`\b(?:10\.\d{1,3}|192\.168|172\.(?:1[6-9]|2\d|3[01])|127\.0)\.\d{1,3}\.\d{1,3}\b|\blocalhost:\d+|\b[\w-]+(?:\.[\w-]+)*\.(?:internal|local|localdomain|lan|corp|svc)\b`)},
}

// noInside judges that a rejection tells nothing of the inside of the platform,
// but for what the request itself said.
func noInside(v View) Observation {
	seen := Observation{Exercised: true}
	if v.head() {
		return Observation{}
	}
	for _, t := range textsIn(v.Body, v.Answer.Body) {
		for _, inside := range insides {
			if !slices.ContainsFunc(inside.holds, func(part string) bool { return strings.Contains(t.text, part) }) {
				continue
			}
			found := inside.like.FindString(t.text)
			if found == "" || v.said(found) {
				continue
			}
			seen.Findings = append(seen.Findings, Finding{
				Pointer: t.pointer, Keyword: "inside",
				Expected: "a description of the problem, and nothing of the platform's inside", Received: fmt.Sprintf("%s: %q", inside.what, found),
			})
			return seen
		}
	}
	return seen
}

// said tells whether the request itself carried a text.
func (v View) said(text string) bool {
	if v.Transcript == nil || v.Transcript.Act == nil {
		return false
	}
	return strings.Contains(v.Transcript.Act.URL, text) || strings.Contains(string(v.Transcript.Act.Body), text)
}
