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

// titles say what happened, on what, against which promise, by the rule that is broken.
// Other rules have the title of otherTitle. They are read by people alone.
var titles = map[verdict.Rule]func(headline) string{
	verdict.WrongStatus:        statusTitle,
	verdict.UndocumentedStatus: statusTitle,
	verdict.CorrectRefused: func(h headline) string {
		return fmt.Sprintf("%s rejected a correct request that others rest on, with status %d", h.who, h.f.Status)
	},
	verdict.DocumentedStatus: func(h headline) string {
		return fmt.Sprintf("%s answered with status %d, which the description does not document", h.who, h.f.Status)
	},
	verdict.PreferredStatus: func(h headline) string {
		return fmt.Sprintf("%s answered %s with status %d, which is tolerated in place of %s", h.who, h.request(), h.f.Status, h.wanted())
	},
	verdict.OutcomeWord: func(h headline) string {
		return fmt.Sprintf("%s reported %s (%s) where %s was due, against “%s”", h.who, endingWords(outcomeGot(h.f)), h.f.Got, endingWords(outcomeWanted(h.f)), h.promise)
	},
	verdict.OutcomeAbsent: func(h headline) string {
		return fmt.Sprintf("%s did not say how the request ended, where %s was due", h.who, endingWords(outcomeWanted(h.f)))
	},
	verdict.NothingAdded: func(h headline) string {
		return h.who + " answered 201 where nothing was added"
	},
	verdict.RepeatedStatus: func(h headline) string {
		return fmt.Sprintf("%s answered %s with status %d when it came again unchanged, and with %s before", h.who, h.request(), h.f.Status, h.wanted())
	},
	verdict.UnknownIDStatus: func(h headline) string {
		return fmt.Sprintf("%s reveals what belongs to others: status %d where an unknown id gets %s", h.who, h.f.Status, h.wanted())
	},

	verdict.HTTPResponse: func(h headline) string { return h.who + " answered with something that is not HTTP" },
	verdict.WrongType: func(h headline) string {
		return fmt.Sprintf("%s answered with %s in place of %s", h.who, orElse(prefixed("media type ", h.f.Got.String()), "no media type"), h.wanted())
	},
	verdict.JSONBody: func(h headline) string { return fmt.Sprintf("%s answered with %s, where JSON was due", h.who, h.f.Got) },
	verdict.ErrorBody: func(h headline) string {
		return fmt.Sprintf("%s rejected a request with %s, where a JSON error was due", h.who, h.f.Got)
	},
	verdict.ErrorPart: func(h headline) string {
		return fmt.Sprintf("%s rejected a request without %s: %s", h.who, h.given(0), h.got())
	},
	verdict.ErrorSuccess: func(h headline) string {
		return fmt.Sprintf("%s rejected a request and said %s %s", h.who, h.f.Pointer, h.f.Got)
	},
	verdict.SchemaBody:   fieldTitle,
	verdict.FieldPresent: fieldTitle,
	verdict.SchemaHeader: func(h headline) string {
		return fmt.Sprintf("%s answered with %s, where %s was due", h.who, h.f.Received, h.f.Expected)
	},

	verdict.ValueFits: valueTitle,

	verdict.ReasonGiven: func(h headline) string {
		return fmt.Sprintf("%s gave no reason although %s: %s", h.who, h.allGiven(" is "), h.got())
	},
	verdict.ReasonAbsent: func(h headline) string {
		return fmt.Sprintf("%s gave a reason of refusal with a success: %s %s", h.who, h.f.Pointer, h.f.Got)
	},
	verdict.SuccessCode: func(h headline) string {
		return fmt.Sprintf("%s reported a success with the code of a failure: %s %s", h.who, h.f.Pointer, h.f.Got)
	},
	verdict.FailureCode: func(h headline) string {
		return fmt.Sprintf("%s reported %s with the code of a success: %s %s", h.who, endingWords(h.given(0)), h.f.Pointer, h.f.Got)
	},
	verdict.Amount: func(h headline) string {
		return fmt.Sprintf("%s stated the amount %s, and %s was asked for", h.who, h.f.Got, h.wanted())
	},
	verdict.Echoed: func(h headline) string {
		return fmt.Sprintf("%s did not return what was sent in %s: %s", h.who, factName(h.f, 0), h.got())
	},
	verdict.SecretRepeated: func(h headline) string {
		return fmt.Sprintf("%s repeated %s of the request in its response: %s", h.who, factName(h.f, 0), h.f.Received)
	},
	verdict.InsideShown: func(h headline) string {
		return fmt.Sprintf("%s showed %s in a rejection: %s", h.who, h.given(0), h.f.Got)
	},
	verdict.TraceLeft: func(h headline) string {
		return fmt.Sprintf("%s stored a request that was answered with status %d: %s in %s", h.who, h.f.Status, h.f.Received, h.f.Step)
	},

	verdict.MessageCame: func(h headline) string {
		return fmt.Sprintf("%s sent no message about %s within %s", h.who, h.given(0), h.given(1))
	},
	verdict.MessageNames: func(h headline) string {
		return fmt.Sprintf("%s sent a message about an id that no response named: %s in place of %s", h.who, h.f.Got, h.wanted())
	},
	verdict.MessageSaysTrue: func(h headline) string {
		return fmt.Sprintf("%s sent a message with %s %s, where %s was due", h.who, h.f.Pointer, orElse(h.f.Got.String(), "missing"), h.wanted())
	},
	verdict.MessageReasons: func(h headline) string {
		return fmt.Sprintf("%s sent a message about a failure without a reason: %s", h.who, h.got())
	},
	verdict.MessageNone: func(h headline) string {
		return fmt.Sprintf("%s sent messages though the requests were rejected: %s", h.who, h.f.Received)
	},
	verdict.MessageOnce: func(h headline) string {
		return fmt.Sprintf("%s sent a second message that contradicts the first: %s", h.who, h.f.Received)
	},
}

// otherTitle quotes the promise that is broken.
func otherTitle(h headline) string {
	return fmt.Sprintf("%s broke “%s”: received %s", h.who, h.promise, h.f.Received)
}

// statusTitle is the title of a wrong status.
func statusTitle(h headline) string {
	switch {
	case h.request() == requestWords["valid"] && h.f.Status >= 400:
		return fmt.Sprintf("%s rejected a correct request: status %d in place of %s", h.who, h.f.Status, h.wanted())
	case h.f.carriedOut() && h.f.Check != spec.CheckFlow:
		return fmt.Sprintf("%s carried out %s: status %d in place of %s", h.who, h.request(), h.f.Status, h.wanted())
	case h.f.Check == spec.CheckFlow:
		return fmt.Sprintf("%s answered with status %d in place of %s, against “%s”", h.who, h.f.Status, h.wanted(), h.promise)
	}
	return fmt.Sprintf("%s answered %s with status %d in place of %s", h.who, h.request(), h.f.Status, h.wanted())
}

// carriedOut reports whether a request was carried out that was to be rejected.
func (f Finding) carriedOut() bool {
	return !f.Correct && f.Status/100 == 2 && len(f.Wanted) > 0 && f.Wanted[0].String() >= "400"
}

// fieldTitle is the title of a field that breaks the description.
func fieldTitle(h headline) string {
	if h.f.Deviation == verdict.Missing {
		return fmt.Sprintf("%s left %s out of its response", h.who, fieldName(h.f))
	}
	return fmt.Sprintf("%s answered %s with %s: %s", h.who, fieldName(h.f), orElse(h.f.Got.String(), "nothing"), h.f.Expected)
}

// valueTitle is the title of a value that a flow left otherwise than it must be.
func valueTitle(h headline) string {
	problem := wrongCount.FindStringSubmatch(h.given(0))
	if problem == nil || h.f.Got.String() != fmt.Sprintf("an array of %s items", problem[2]) { // else it is of a list within
		return fmt.Sprintf("%s showed %s in %s (%s), against “%s”", h.who, orElse(h.f.Got.String(), "nothing"), fieldName(h.f), h.given(0), h.promise)
	}
	entries := "entries"
	if problem[2] == "1" {
		entries = "entry"
	}
	due := bounds[problem[1]] + problem[3]
	if problem[1] == "maxItems" && problem[3] == "0" {
		due = "none"
	}
	return fmt.Sprintf("%s listed %s %s in %s, where there must be %s, against “%s”", h.who, problem[2], entries, fieldName(h.f), due, h.promise)
}

// wrongCount is what a schema says of a list that is too long or too short.
var wrongCount = regexp.MustCompile(`^(minItems|maxItems): got (\d+), want (\d+)$`)

// bounds are the words of the keywords that count.
var bounds = map[string]string{"minItems": "at least ", "maxItems": "at most "}

func fieldName(f Finding) string { return orElse(anyItem(f.Pointer.String()), "the body") }

// request names the kind of the request under judgement.
func (h headline) request() string {
	if h.f.Correct {
		return "a correct request"
	}
	group, _, _ := strings.Cut(h.of.Kind, ".")
	if words := requestWords[group]; words != "" {
		return words
	}
	return "a request"
}

// requestWords name requests by the group of their kind.
var requestWords = map[string]string{
	"valid": "a correct request", "unauthenticated": "a request without keys", "forbidden": "a request without the right keys",
	"not-found": "a request about what does not exist", "malformed": "a malformed request", "outcome": "a request that is to fail",
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
