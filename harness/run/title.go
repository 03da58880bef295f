package run

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"qorcheck/harness/verdict"
	"qorcheck/spec"
)

// headline is what the title of a cause is made of.
type headline struct {
	who     string  // the operations
	of      Case    // the representative case
	f       Finding // its first
	promise string  // the sentence of its requirement, without the operation
}

// bodyWords are what cannot be read, as a body.
func bodyWords(f Finding) string {
	if text := f.Got.String(); strings.HasPrefix(text, "a body") {
		return text
	}
	return "a body that is " + f.Got.String()
}

// revealed is the title of a response that tells an id of others from an unknown one.
func revealed(h headline) string {
	return fmt.Sprintf("%s revealed what belongs to others: %s, where an unknown id gets %s", h.who, orElse(h.f.Got.String(), "nothing"), orElse(h.wanted(), "none"))
}

// story is what the requests of the representative case are, where they are more than one.
func (h headline) story() string {
	if !strings.HasPrefix(h.of.Kind, "flow") || h.of.What == "" {
		return ""
	}
	return " (" + h.of.What + ")"
}

// entry is what is known of an entry that a request left.
func (h headline) entry() string {
	var list []string
	for _, fact := range h.f.Given {
		list = append(list, strings.TrimPrefix(fact.Name.String(), "/")+" "+fact.Value.String())
	}
	return strings.Join(list, ", ")
}

// otherTitle quotes the promise that is broken.
func otherTitle(h headline) string {
	return fmt.Sprintf("%s did not keep “%s”: %s", h.who, h.promise, h.f.Received)
}

// statusTitle is the title of a wrong status.
func statusTitle(h headline) string {
	switch {
	case h.request() == requestWords["valid"] && h.f.Status >= 400:
		return fmt.Sprintf("%s rejected a correct request%s: status %d in place of %s%s", h.who, h.story(), h.f.Status, h.wanted(), h.flowPromise())
	case h.f.carriedOut() && h.f.Check != spec.CheckFlow:
		return fmt.Sprintf("%s carried out %s: status %d in place of %s", h.who, h.request(), h.f.Status, h.wanted())
	case h.f.Check == spec.CheckFlow:
		return fmt.Sprintf("%s answered with status %d in place of %s%s%s", h.who, h.f.Status, h.wanted(), h.story(), h.flowPromise())
	}
	return fmt.Sprintf("%s answered %s with status %d in place of %s", h.who, h.request(), h.f.Status, h.wanted())
}

// flowPromise quotes the promise that a flow is about, "" of what is no flow.
func (h headline) flowPromise() string {
	if h.f.Check != spec.CheckFlow {
		return ""
	}
	return ", against “" + h.promise + "”"
}

// preferredTitle is the title of a response that is tolerated by one requirement and
// breaks another. It names the values of the body by which the response is known, since
// its status alone may be the one that was due.
func preferredTitle(h headline) string {
	var marks []string
	for i := 1; i < len(h.f.Given); i++ {
		marks = append(marks, fmt.Sprintf("%s %q", h.f.Given[i].Name, h.given(i)))
	}
	if len(marks) == 0 {
		return fmt.Sprintf("%s answered %s with status %d, which is tolerated in place of %s", h.who, h.request(), h.f.Status, h.wanted())
	}
	request := " " + h.request()
	if h.story() != "" {
		request = ""
	}
	return fmt.Sprintf("%s answered%s with status %d and %s%s, which is tolerated, against “%s”", h.who, request, h.f.Status, strings.Join(marks, " and "), h.story(), h.promise)
}

// carriedOut reports whether a request was carried out that was to be rejected.
func (f Finding) carriedOut() bool {
	return !f.Correct && f.Status/100 == 2 && len(f.Wanted) > 0 && f.Wanted[0].String() >= "400"
}

// fieldTitle is the title of a field that breaks the description.
func fieldTitle(h headline) string {
	if h.f.Deviation == verdict.Missing {
		return fmt.Sprintf("%s left %s out of the response", h.who, fieldName(h.f))
	}
	if h.f.Pointer.IsZero() {
		return fmt.Sprintf("%s answered with %s as the body: %s", h.who, orElse(h.f.Got.String(), "nothing"), h.f.Expected)
	}
	return fmt.Sprintf("%s answered %s with %s: %s", h.who, fieldName(h.f), orElse(h.f.Got.String(), "nothing"), h.f.Expected)
}

// valueTitle is the title of a value that a flow left otherwise than it must be.
func valueTitle(h headline) string {
	problem := wrongCount.FindStringSubmatch(h.given(0))
	if problem == nil || h.f.Got.String() != fmt.Sprintf("an array of %s items", problem[2]) { // else it is of a list within
		return fmt.Sprintf("%s showed %s in %s%s%s, against “%s”", h.who, orElse(h.f.Got.String(), "nothing"), fieldName(h.f), valueDue(h.given(0)), h.story(), h.promise)
	}
	entries := "entries"
	if problem[2] == "1" {
		entries = "entry"
	}
	due := bounds[problem[1]] + problem[3]
	if problem[1] == "maxItems" && problem[3] == "0" {
		due = "none"
	}
	return fmt.Sprintf("%s listed %s %s in %s, where there must be %s%s, against “%s”", h.who, problem[2], entries, fieldName(h.f), due, h.story(), h.promise)
}

// valueDue says which value was due, by what a schema says of the one that was shown.
func valueDue(problem string) string {
	switch {
	case problem == "'not' failed":
		return ", where another value was due"
	case strings.HasSuffix(problem, "contains schema, but none matched"):
		return ", which lacks the entry that was due"
	case strings.HasSuffix(problem, `does not match pattern '\\S'`):
		return ", where a text that is not blank was due"
	}
	return " (" + problem + ")"
}

// wrongCount is what a schema says of a list that is too long or too short.
var wrongCount = regexp.MustCompile(`^(minItems|maxItems): got (\d+), want (\d+)$`)

// tooFew reports whether a finding says that a list has too few entries.
func (f Finding) tooFew() bool {
	return f.Rule == verdict.ValueFits && len(f.Given) > 0 && strings.HasPrefix(f.Given[0].Value.String(), "minItems: ")
}

// bounds are the words of the keywords that count.
var bounds = map[string]string{"minItems": "at least ", "maxItems": "at most "}

func fieldName(f Finding) string { return orElse(anyItem(f.Pointer.String()), "the body") }

// request names the kind of the request under judgement.
func (h headline) request() string {
	if h.f.Correct {
		return "a correct request"
	}
	for group := range strings.SplitSeq(h.of.Kind, ".") { // that of message.forbidden is the second
		if words := requestWords[group]; words != "" {
			return words
		}
	}
	return "a request"
}

// requestWords name requests by the group of their kind.
var requestWords = map[string]string{
	"valid": "a correct request", "unauthenticated": "a request without keys", "forbidden": "a request without the right keys",
	"not-found": "a request for something that does not exist", "malformed": "a malformed request", "outcome": "a request with the test data of a failure",
}

func (h headline) wanted() string { return strings.Join(texts(h.f), " or ") }

func texts(f Finding) []string {
	var list []string
	for _, text := range f.Wanted {
		list = append(list, text.String())
	}
	return list
}

// got is the value that was received at a place, or that there is none.
func (h headline) got() string {
	if h.f.Got.IsZero() {
		return fmt.Sprintf("no %s", fieldName(h.f))
	}
	return fmt.Sprintf("%s %s", fieldName(h.f), h.f.Got)
}

// given is the value of a fact that makes the rule apply.
func (h headline) given(i int) string {
	if i >= len(h.f.Given) {
		return "it"
	}
	return h.f.Given[i].Value.String()
}

func (h headline) allGiven(between string) string {
	var list []string
	for _, fact := range h.f.Given {
		list = append(list, fact.Name.String()+between+fact.Value.String())
	}
	return strings.Join(list, " and ")
}

func factName(f Finding, i int) string {
	if i >= len(f.Given) {
		return "a value"
	}
	return f.Given[i].Name.String()
}

// endingWords are the words of an outcome.
func endingWords(ending string) string {
	switch spec.Ending(ending) {
	case spec.Succeeded:
		return "a success"
	case spec.Refused:
		return "a refusal"
	case spec.Errored:
		return "an error"
	}
	return "no known outcome"
}

func prefixed(prefix, text string) string {
	if text == "" {
		return ""
	}
	return prefix + text
}

func orElse(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// title writes the line of a cause. To distinguish it from causes with the same line it
// also names the place in its response, or the theme.
func (d *Document) title(c *Cause, distinct bool) {
	first := c.Shown[0]
	if len(first.Findings) == 0 {
		c.Title = first.Why.String()
		return
	}
	h := headline{who: subject(d.Operations(*c)), of: first, f: first.Findings[0], promise: d.Obligation(first.Obligation).Promise}
	say := titles[h.f.Rule]
	if say == nil {
		say = otherTitle
	}
	c.Title = say(h)
	if distinct {
		c.Title += " (" + orElse(h.f.Pointer.String(), c.Theme) + ")"
	}
}

// subject names operations, or counts them where they are many.
func subject(operations []string) string {
	operations = slices.Clone(operations)
	switch len(operations) {
	case 1:
		return operations[0]
	case 2:
		return operations[0] + " and " + operations[1]
	}
	return strconv.Itoa(len(operations)) + " operations"
}
