package verdict

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"qorcheck/spec"
)

// Rule names what a finding says was broken. Each has its sentences below.
type Rule string

// The rules, by the checks that judge them.
const (
	WrongStatus        Rule = "status"
	UndocumentedStatus Rule = "undocumented-status"
	DocumentedStatus   Rule = "documented-status"
	OutcomeWord        Rule = "outcome" // how a response says that its request ended
	OutcomeAbsent      Rule = "outcome-absent"
	PreferredStatus    Rule = "preferred-status"
	OutcomeUnsaid      Rule = "outcome-field"
	RepeatedStatus     Rule = "repeated-status"
	UnknownIDStatus    Rule = "unknown-id-status"
	UnknownIDCode      Rule = "unknown-id-code"
	UnknownIDHeader    Rule = "unknown-id-header"
	UnknownIDMember    Rule = "unknown-id-member"
	NothingAdded       Rule = "nothing-added" // 201 although
	AddedUnsaid        Rule = "added-unsaid"  // another status than 201 although something was added
	CorrectRefused     Rule = "correct-refused"

	HTTPResponse  Rule = "http"
	TrailingBytes Rule = "trailing-bytes"
	NoBody        Rule = "no-body"
	WrongType     Rule = "media-type"
	OneType       Rule = "one-media-type"
	TextCharset   Rule = "charset"
	JSONBody      Rule = "json-body"
	SchemaHeader  Rule = "schema-header"
	SchemaBody    Rule = "schema"
	ErrorBody     Rule = "error-body"
	ErrorText     Rule = "error-text"
	ErrorConstant Rule = "error-constant"
	ErrorPart     Rule = "error-part" // a code or a description under one of several names
	ErrorSuccess  Rule = "error-success"
	Described     Rule = "error-description"
	DescribedOnce Rule = "distinct-description"
	FieldBlamed   Rule = "blamed-field"

	ReasonGiven    Rule = "reason"
	ReasonAbsent   Rule = "no-reason"
	ReasonName     Rule = "reason-name"
	ReasonDistinct Rule = "distinct-reason"
	SuccessCode    Rule = "success-code"
	FailureCode    Rule = "failure-code"
	Echoed         Rule = "echo"
	Amount         Rule = "amount"
	FieldPresent   Rule = "present"
	SecretRepeated Rule = "secret-repeated"
	KeyRepeated    Rule = "key-repeated"
	InsideShown    Rule = "inside-shown"

	TraceLeft       Rule = "trace"
	EntryLeft       Rule = "entry-left"    // of a rejected request, after the run
	EntryUnasked    Rule = "entry-unasked" // that no request made, after the run
	SameResponse    Rule = "same-response"
	OneCarriedOut   Rule = "one-carried-out"
	Comparable      Rule = "comparable" // the value that an expectation compares with
	ValueAbsent     Rule = "value-absent"
	ValueGiven      Rule = "value-given"
	ValueFits       Rule = "value"
	List            Rule = "list"
	Order           Rule = "order"
	MessageUnwanted Rule = "message-unwanted"

	MessageCame       Rule = "message"
	MessageNames      Rule = "message-id"
	MessageInTime     Rule = "message-in-time"
	MessageSaysTrue   Rule = "message-success"
	MessageReasons    Rule = "message-reason"
	MessageJSON       Rule = "message-json"
	MessageFits       Rule = "message-schema"
	MessageType       Rule = "message-media-type"
	MessageSigned     Rule = "message-header"
	MessageEverywhere Rule = "message-each-address"
	MessageRetried    Rule = "message-retried"
	MessageLimited    Rule = "message-retry-limit"
	MessageIdentical  Rule = "message-identical"
	MessageCounted    Rule = "message-count"
	MessageMost       Rule = "message-most"
	MessageOnce       Rule = "message-once"
	MessageNone       Rule = "message-none"
)

// sentence says in words what a finding wanted and got.
type sentence struct{ expected, received func(Finding) string }

// sentences of the rules. They are read by people alone: any of them may be reworded.
var sentences = map[Rule]sentence{
	WrongStatus: {
		func(f Finding) string { return "status " + strings.Join(f.Wanted, " or ") + f.Fault.because() },
		func(f Finding) string { return sayStatus(f) + sayOutcome(f) },
	},
	UndocumentedStatus: {
		func(f Finding) string { return "status " + strings.Join(f.Wanted, " or ") + f.Fault.because() },
		func(f Finding) string {
			return sayStatus(f) + ", which the description does not document" + sayOutcome(f)
		},
	},
	DocumentedStatus: {func(f Finding) string { return "a documented status: " + strings.Join(f.Wanted, ", ") }, sayStatus},
	OutcomeWord: {
		func(f Finding) string {
			return fmt.Sprintf("%s to mean %s", f.Pointer, f.Given[0].Value) + among(f.Wanted)
		},
		func(f Finding) string {
			if f.Given[1].Value == string(spec.Unknown) {
				return f.Got + ", which is no documented outcome"
			}
			return fmt.Sprintf("%s, which means %s", f.Got, f.Given[1].Value)
		},
	},
	OutcomeAbsent: {
		func(f Finding) string { return "a body with the outcome " + f.Given[0].Value },
		func(Finding) string { return "a body without an outcome" },
	},
	PreferredStatus: {
		func(f Finding) string {
			text := "status " + strings.Join(f.Wanted, " or ")
			for _, mark := range f.Given[1:] {
				text += fmt.Sprintf(", and not %s %q", mark.Name, mark.Value)
			}
			return text
		},
		func(f Finding) string {
			text := sayStatus(f)
			for _, mark := range f.Given[1:] {
				text += fmt.Sprintf(" with %s %q", mark.Name, mark.Value)
			}
			return text + ", which is tolerated: " + f.Given[0].Value
		},
	},
	OutcomeUnsaid: {func(f Finding) string { return f.Pointer + ", which states the outcome" }, sayGot},
	RepeatedStatus: {
		func(f Finding) string {
			return "status " + f.Wanted[0] + " again when the request is repeated unchanged"
		},
		sayStatus,
	},
	UnknownIDStatus: {
		func(f Finding) string { return "status " + f.Wanted[0] + ", as for an unknown id" },
		func(f Finding) string { return sayStatus(f) + ", which reveals that the object exists" },
	},
	UnknownIDCode: {
		func(f Finding) string { return fmt.Sprintf("%s %s, as for an unknown id", f.Pointer, f.Wanted[0]) },
		func(f Finding) string { return sayGot(f) + ", which reveals that the object exists" },
	},
	UnknownIDHeader: {
		func(Finding) string { return "the headers that an unknown id gets" },
		func(f Finding) string { return f.Got + ", which reveals that the object exists" },
	},
	UnknownIDMember: {
		func(Finding) string { return "the members that an unknown id gets" },
		func(f Finding) string { return f.Got + ", which reveals that the object exists" },
	},
	NothingAdded: {
		func(f Finding) string { return "status 201 only where something was added" },
		func(f Finding) string { return sayStatus(f) + sayOutcome(f) },
	},

	HTTPResponse:  {func(Finding) string { return "an HTTP response" }, func(f Finding) string { return f.Got }},
	TrailingBytes: {func(Finding) string { return "no bytes after the end of the response" }, func(Finding) string { return "bytes after its end" }},
	NoBody:        {func(Finding) string { return "no body" }, func(f Finding) string { return "a body of " + f.Got + " bytes" }},
	WrongType: {
		func(f Finding) string { return "media type " + strings.Join(f.Wanted, " or ") },
		func(f Finding) string { return cmp.Or(prefixed("media type ", f.Got), "no media type") },
	},
	OneType:     {func(Finding) string { return "one header Content-Type" }, func(f Finding) string { return "several: " + f.Got }},
	TextCharset: {func(Finding) string { return "a body in the charset of its label" }, func(f Finding) string { return "a body that is not in " + f.Got }},
	JSONBody:    {func(Finding) string { return "a JSON body" }, func(f Finding) string { return f.Got }},
	SchemaHeader: {
		func(f Finding) string { return "header " + f.Header + prefixed(", which ", strings.Join(f.Wanted, "")) },
		func(f Finding) string { return cmp.Or(f.Got, "no header "+f.Header) },
	},
	SchemaBody: {sayBroken, sayGot},
	ErrorBody: {
		func(f Finding) string { return "a JSON error body with " + strings.Join(f.Wanted, ", ") },
		func(f Finding) string {
			if len(f.Given) == 0 {
				return f.Got
			}
			return fmt.Sprintf("%s (media type %s)", f.Got, f.Given[0].Value)
		},
	},
	ErrorText: {sayText, sayGot},
	ErrorPart: {
		func(f Finding) string {
			return fmt.Sprintf("%s, not blank, under one of %s", f.Given[0].Value, strings.Join(f.Wanted, ", "))
		},
		sayGot,
	},
	ErrorSuccess:  {func(Finding) string { return "an error that does not state a success" }, func(f Finding) string { return f.Pointer + " " + f.Got }},
	Described:     {func(f Finding) string { return f.Pointer + " that describes the problem" }, sayGot},
	DescribedOnce: {func(f Finding) string { return "another " + f.Pointer + " than for another problem" }, sayGot},
	FieldBlamed: {
		func(f Finding) string {
			return fmt.Sprintf("%s that names %s, or no correct field", f.Pointer, f.Wanted[0])
		},
		sayGot,
	},
	ErrorConstant: {func(f Finding) string { return f.Pointer + " " + f.Wanted[0] }, sayGot},

	ReasonGiven: {func(f Finding) string { return sayText(f) + sayBecause(f) }, sayGot},
	ReasonAbsent: {
		func(f Finding) string { return "no " + f.Pointer + sayBecause(f) },
		sayGot,
	},
	ReasonName: {
		func(f Finding) string { return "the reason under " + f.Pointer },
		func(f Finding) string { return "a reason under " + f.Got },
	},
	ReasonDistinct: {
		func(f Finding) string {
			return fmt.Sprintf("another %s for the code %s than for %s", f.Pointer, f.Given[0].Value, f.Given[1].Value)
		},
		func(f Finding) string { return f.Got + " for both" },
	},
	SuccessCode: {
		func(f Finding) string {
			return fmt.Sprintf("%s %s with a success", f.Pointer, strings.Join(f.Wanted, " or "))
		},
		sayGot,
	},
	FailureCode: {
		func(f Finding) string {
			return fmt.Sprintf("%s other than that of a success, because the outcome is %s", f.Pointer, f.Given[0].Value)
		},
		sayGot,
	},
	Echoed: {
		func(f Finding) string {
			return fmt.Sprintf("%s %s, as sent in %s", f.Pointer, f.Wanted[0], f.Given[0].Name)
		},
		sayGot,
	},
	Amount: {func(f Finding) string { return fmt.Sprintf("%s %s, the requested amount", f.Pointer, f.Wanted[0]) }, sayGot},
	FieldPresent: {
		func(f Finding) string { return sayText(f) + sayBecause(f) },
		sayGot,
	},
	AddedUnsaid:    {func(Finding) string { return "status 201, because something was added" }, func(f Finding) string { return sayStatus(f) + sayOutcome(f) }},
	CorrectRefused: {func(Finding) string { return "a correct request to be carried out" }, sayStatus},
	SecretRepeated: {
		func(f Finding) string {
			return "a response that does not repeat " + f.Given[0].Name + " of the request"
		},
		shownIn,
	},
	KeyRepeated: {
		func(f Finding) string { return "a response that does not repeat " + f.Wanted[0] + " of the request" },
		func(f Finding) string {
			if len(f.Given) > 0 {
				return strings.TrimSpace("its value in the " + f.Given[0].Name + " " + f.Given[0].Value)
			}
			return "its value in " + place(f.Pointer)
		},
	},
	InsideShown: {
		func(Finding) string { return "no internals of the platform in the response" },
		func(f Finding) string { return f.Given[0].Value + " in " + place(f.Pointer) + ": " + f.Got },
	},

	TraceLeft: {
		func(f Finding) string {
			return fmt.Sprintf("no trace of the request, answered %d, in %s", f.Status, f.Step)
		},
		func(f Finding) string { return counted(f.Got, "entry", "entries") + " with its unique value" },
	},
	EntryLeft: {
		func(f Finding) string {
			return fmt.Sprintf("nothing of the request, which was answered %d, in %s after the run", f.Status, f.Step)
		},
		sayEntry,
	},
	EntryUnasked: {
		func(f Finding) string {
			return fmt.Sprintf("in %s after the run only what it showed before and what responses named", f.Step)
		},
		sayEntry,
	},
	SameResponse: {
		func(f Finding) string {
			return fmt.Sprintf("the first response again: status %s and the same %s", f.Wanted[0], cmp.Or(strings.Join(f.Wanted[1:], ", "), "body"))
		},
		func(f Finding) string {
			if len(f.Wanted) > 1 {
				return sayStatus(f) + sayOutcome(f) + ", and another " + strings.Join(f.Wanted[1:], ", ")
			}
			return sayStatus(f) + sayOutcome(f)
		},
	},
	OneCarriedOut: {
		func(Finding) string { return "one of the equal requests to be carried out" },
		func(Finding) string { return "none was" },
	},
	Comparable: {
		func(f Finding) string { return "a value to compare " + place(f.Pointer) + " with" },
		func(f Finding) string { return f.Got },
	},
	ValueAbsent: {func(f Finding) string { return "no " + place(f.Pointer) }, sayGot},
	ValueGiven:  {sayFitting, sayGot},
	ValueFits:   {sayFitting, func(f Finding) string { return sayGot(f) + " (" + f.Given[0].Value + ")" }},
	List:        {func(f Finding) string { return "a list at " + place(f.Pointer) }, sayGot},
	Order: {
		func(f Finding) string {
			return fmt.Sprintf("%s with %s %s", place(f.Pointer), f.Given[0].Name, strings.Join(f.Wanted, " before "))
		},
		func(f Finding) string {
			return fmt.Sprintf("%s among %s items", cmp.Or(f.Got, "none of them"), f.Given[0].Value)
		},
	},
	MessageUnwanted: {
		func(f Finding) string { return "no message about " + f.Given[0].Value + " at this address" },
		func(f Finding) string { return "one of the event " + f.Got },
	},

	MessageCame: {
		func(f Finding) string { return "a message about " + f.Given[0].Value + ", the id in the response" },
		func(f Finding) string { return "no message within " + f.Given[1].Value },
	},
	MessageNames: {
		func(f Finding) string {
			return fmt.Sprintf("%s %s in the message, as in the response", f.Pointer, f.Wanted[0])
		},
		func(f Finding) string { return f.Got + " in a message, an id that no response named" },
	},
	MessageInTime: {
		func(f Finding) string {
			return "the first attempt to send the message within " + f.Wanted[0] + " of the response"
		},
		func(f Finding) string {
			return fmt.Sprintf("the first %s after the response, which took %s", f.Got, f.Given[0].Value)
		},
	},
	MessageSaysTrue: {func(f Finding) string { return fmt.Sprintf("%s %s, a boolean", f.Pointer, f.Wanted[0]) }, sayGot},
	MessageReasons:  {func(f Finding) string { return sayText(f) + ", in a message about a failure" }, sayGot},
	MessageJSON:     {func(Finding) string { return "a JSON message" }, func(f Finding) string { return f.Got }},
	MessageFits:     {sayBroken, sayGot},
	MessageType: {
		func(f Finding) string { return "a message with the media type " + strings.Join(f.Wanted, " or ") },
		func(f Finding) string { return cmp.Or(prefixed("media type ", f.Got), "no media type") },
	},
	MessageSigned: {
		func(Finding) string { return "the header pair of the registration on every message" },
		func(f Finding) string {
			return counted(f.Got, "message", "messages") + " without it at the registered address"
		},
	},
	MessageEverywhere: {
		func(Finding) string { return "the message at each address that is registered for its event" },
		func(Finding) string { return "the message at another address only" },
	},
	MessageRetried: {
		func(Finding) string { return "the message again, because it was answered 500" },
		func(f Finding) string { return "no further message within " + f.Given[0].Value },
	},
	MessageLimited: {
		func(f Finding) string { return "at most " + f.Wanted[0] + " retries of the message" },
		func(f Finding) string { return counted(f.Got, "retry", "retries") },
	},
	MessageIdentical: {
		func(Finding) string { return "the same bytes in each retry of the message" },
		func(Finding) string { return "another body" },
	},
	MessageMost: {
		func(f Finding) string {
			return "at most " + counted(f.Wanted[0], "delivery", "deliveries") + " of the message"
		},
		func(f Finding) string { return counted(f.Got, "delivery", "deliveries") },
	},
	MessageCounted: {
		func(Finding) string { return "at most one more delivery of a message that was acknowledged" },
		func(f Finding) string { return counted(f.Got, "delivery", "deliveries") },
	},
	MessageOnce: {
		func(f Finding) string { return "no second message with other content about " + f.Given[0].Value },
		func(f Finding) string { return fmt.Sprintf("%s %s after %s", f.Pointer, f.Got, f.Wanted[0]) },
	},
	MessageNone: {
		func(Finding) string { return "no message about a rejected request" },
		func(f Finding) string {
			return fmt.Sprintf("%s about ids that no response named, such as %s", counted(f.Got, "message", "messages"), strings.Join(facts(f.Given, " about "), ", "))
		},
	},
}

// say writes the sentences of a finding.
func say(f Finding) Finding {
	s := sentences[f.Rule]
	f.Expected, f.Received = s.expected(f), s.received(f)
	switch {
	case f.Check == "retry":
		f.Expected = "for the corrected request: " + f.Expected
	case f.Check == "flow" && f.Step != "":
		f.Expected = "afterwards, from " + f.Step + ": " + f.Expected
	}
	return f
}

func sayStatus(f Finding) string { return "status " + strconv.Itoa(f.Status) }

// sayGot is the value that was received, or that there is none.
func sayGot(f Finding) string {
	if f.Got == "" {
		return "no " + place(f.Pointer)
	}
	return f.Got
}

// sayEntry is an entry of a list with what people want to know of it.
func sayEntry(f Finding) string {
	return fmt.Sprintf("entry %s%s, which no response named", f.Got, prefixed(": ", strings.Join(facts(f.Given, " "), ", ")))
}

func sayText(f Finding) string { return f.Pointer + ", a non-blank string" }

func sayBroken(f Finding) string {
	if f.Keyword == "required" {
		return place(f.Pointer) + ", which is required"
	}
	return place(f.Pointer) + " " + f.Wanted[0]
}

func sayFitting(f Finding) string { return place(f.Pointer) + " that fits " + f.Wanted[0] }

// sayBecause is the field that makes a rule apply.
func sayBecause(f Finding) string {
	if len(f.Given) == 0 {
		return ""
	}
	return ", because " + strings.Join(facts(f.Given, " is "), " and ")
}

func (f *Fault) because() string {
	if f == nil {
		return ""
	}
	return fmt.Sprintf(", because %s breaks %s (sent: %s; allowed: %s)", place(f.Pointer), f.Keyword, f.Sent, f.Allowed)
}

// sayOutcome is how the response says that its request ended.
func sayOutcome(f Finding) string {
	return prefixed(" with ", strings.Join(facts(f.Words, " "), ", "))
}

func facts(list []Fact, between string) []string {
	texts := make([]string, len(list))
	for i, fact := range list {
		texts[i] = fact.Name + between + fact.Value
	}
	return texts
}

// counted is a number with its noun.
func counted(number, one, many string) string {
	if number == "1" {
		return "1 " + one
	}
	return number + " " + many
}

func among(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return " (" + strings.Join(values, ", ") + ")"
}

func prefixed(prefix, text string) string {
	if text == "" {
		return ""
	}
	return prefix + text
}

// place names a pointer.
func place(pointer string) string { return cmp.Or(pointer, "the body") }

// most bytes of a value that a finding holds. It is far more than reports show: they
// cut after redaction, since the half of a secret is not known for one.
const maxValue = 4 << 10

func shorten(text string) string {
	if len(text) <= maxValue {
		return text
	}
	return strings.ToValidUTF8(text[:maxValue], "") + "…"
}

// valueAt is the value at a pointer, shortened, "" where there is none.
func valueAt(body any, pointer string) string {
	value, there := spec.Lookup(body, pointer)
	if !there {
		return ""
	}
	switch x := value.(type) {
	case map[string]any:
		return fmt.Sprintf("an object of %d fields", len(x))
	case []any:
		return fmt.Sprintf("an array of %d items", len(x))
	case string:
		return strconv.Quote(shorten(x))
	}
	data, err := json.Marshal(value)
	if err != nil {
		return fmt.Sprint(value)
	}
	return string(data)
}

// Rules lists the names of all rules, sorted.
func Rules() []string { return sortedNames(sentences) }

func sortedNames[K ~string, V any](table map[K]V) []string {
	var names []string
	for name := range table {
		names = append(names, string(name))
	}
	slices.Sort(names)
	return names
}
