package run

import (
	"fmt"
	"maps"
	"strings"

	"qorcheck/harness/verdict"
)

// titles say what happened, on what, against which promise, by the rule that is broken.
// A rule without one has the title of otherTitle. They are read by people alone.
var titles = joinedTables(statusTitles, bodyTitles, meaningTitles, effectTitles, messageTitles)

func joinedTables(tables ...map[verdict.Rule]func(headline) string) map[verdict.Rule]func(headline) string {
	all := map[verdict.Rule]func(headline) string{}
	for _, table := range tables {
		maps.Copy(all, table)
	}
	return all
}

// statusTitles are of rules about the status.
var statusTitles = map[verdict.Rule]func(headline) string{
	verdict.WrongStatus:        statusTitle,
	verdict.UndocumentedStatus: statusTitle,
	verdict.CorrectRefused: func(h headline) string {
		return fmt.Sprintf("%s rejected a correct request on which other cases depend: status %d", h.who, h.f.Status)
	},
	verdict.DocumentedStatus: func(h headline) string {
		return fmt.Sprintf("%s answered with status %d, which the description does not document", h.who, h.f.Status)
	},
	verdict.PreferredStatus: preferredTitle,
	verdict.NothingAdded: func(h headline) string {
		return h.who + " answered with status 201, and nothing was added"
	},
	verdict.AddedUnsaid: func(h headline) string {
		return fmt.Sprintf("%s added something and answered with status %d in place of 201", h.who, h.f.Status)
	},
	verdict.RepeatedStatus: func(h headline) string {
		return fmt.Sprintf("%s answered %s with status %d when it came again unchanged, and with %s before", h.who, h.request(), h.f.Status, h.wanted())
	},
	verdict.UnknownIDStatus: func(h headline) string {
		return fmt.Sprintf("%s revealed what belongs to others: status %d where an unknown id gets %s", h.who, h.f.Status, h.wanted())
	},
}

// bodyTitles are of rules about the form of a response.
var bodyTitles = map[verdict.Rule]func(headline) string{
	verdict.HTTPResponse: func(h headline) string { return h.who + " answered with something that is not HTTP" },
	verdict.WrongType: func(h headline) string {
		return fmt.Sprintf("%s answered with %s in place of %s", h.who, orElse(prefixed("media type ", h.f.Got.String()), "no media type"), h.wanted())
	},
	verdict.JSONBody: func(h headline) string {
		return fmt.Sprintf("%s answered with %s", h.who, bodyWords(h.f))
	},
	verdict.TrailingBytes: func(h headline) string { return h.who + " sent bytes after the end of a response" },
	verdict.NoBody: func(h headline) string {
		return fmt.Sprintf("%s answered with a body of %s bytes, where there must be none", h.who, h.f.Got)
	},
	verdict.OneType: func(h headline) string {
		return fmt.Sprintf("%s answered with more than one header Content-Type: %s", h.who, h.f.Got)
	},
	verdict.TextCharset: func(h headline) string {
		return fmt.Sprintf("%s answered with a body that is not in the charset of its label, %s", h.who, h.f.Got)
	},
	verdict.List: func(h headline) string {
		return fmt.Sprintf("%s answered with %s, where a list was due", h.who, h.got())
	},
	verdict.ErrorBody: func(h headline) string {
		return fmt.Sprintf("%s rejected a request with %s, where a JSON error was due", h.who, h.f.Got)
	},
	verdict.ErrorPart: func(h headline) string {
		return fmt.Sprintf("%s rejected a request without %s: %s", h.who, h.given(0), h.got())
	},
	verdict.ErrorSuccess: func(h headline) string {
		return fmt.Sprintf("%s rejected a request with words of success: %s %s", h.who, h.f.Pointer, h.f.Got)
	},
	verdict.ErrorConstant: func(h headline) string {
		return fmt.Sprintf("%s rejected a request with %s, where it must be %s", h.who, h.got(), h.wanted())
	},
	verdict.ErrorText: func(h headline) string {
		return fmt.Sprintf("%s rejected a request with %s, where a text was due", h.who, h.got())
	},
	verdict.Described: func(h headline) string {
		return fmt.Sprintf("%s rejected a request without a description of the problem: %s", h.who, h.got())
	},
	verdict.DescribedOnce: func(h headline) string {
		return fmt.Sprintf("%s described different problems alike: %s", h.who, h.got())
	},
	verdict.FieldBlamed: func(h headline) string {
		return fmt.Sprintf("%s blamed a correct field: %s, where %s was wrong", h.who, h.got(), h.wanted())
	},
	verdict.SchemaBody:   fieldTitle,
	verdict.FieldPresent: fieldTitle,
	verdict.SchemaHeader: func(h headline) string {
		return fmt.Sprintf("%s answered with %s, where %s was due", h.who, h.f.Received, h.f.Expected)
	},
}

// meaningTitles are of rules about what a response says.
var meaningTitles = map[verdict.Rule]func(headline) string{
	verdict.OutcomeWord: func(h headline) string {
		return fmt.Sprintf("%s reported %s (%s) where %s was due%s, against “%s”", h.who, endingWords(outcomeGot(h.f)), h.f.Got, endingWords(outcomeWanted(h.f)), h.story(), h.promise)
	},
	verdict.OutcomeAbsent: func(h headline) string {
		return fmt.Sprintf("%s did not say how the request ended, where %s was due", h.who, endingWords(outcomeWanted(h.f)))
	},
	verdict.OutcomeUnsaid: func(h headline) string {
		return fmt.Sprintf("%s did not say in %s how the request ended: %s", h.who, fieldName(h.f), h.got())
	},
	verdict.ReasonName: func(h headline) string {
		return fmt.Sprintf("%s gave the reason for a refusal under %s in place of %s", h.who, h.f.Got, fieldName(h.f))
	},
	verdict.ReasonDistinct: func(h headline) string {
		return fmt.Sprintf("%s gave one reason for two codes, %s and %s: %s", h.who, h.given(0), h.given(1), h.got())
	},
	verdict.KeyRepeated: func(h headline) string {
		return fmt.Sprintf("%s repeated a key of the request in its response: %s (%s)", h.who, h.wanted(), h.f.Received)
	},
	verdict.UnknownIDCode:   revealed,
	verdict.UnknownIDHeader: revealed,
	verdict.UnknownIDMember: revealed,
	verdict.SameResponse: func(h headline) string {
		return fmt.Sprintf("%s answered a repeated request otherwise than the first time: %s", h.who, h.f.Received)
	},
	verdict.Comparable: func(h headline) string {
		return fmt.Sprintf("%s gave nothing to compare %s with: %s%s, against “%s”", h.who, fieldName(h.f), h.f.Got, h.story(), h.promise)
	},
	verdict.ValueFits: valueTitle,
	verdict.ValueGiven: func(h headline) string {
		return fmt.Sprintf("%s showed %s%s, against “%s”", h.who, h.got(), h.story(), h.promise)
	},
	verdict.ValueAbsent: func(h headline) string {
		return fmt.Sprintf("%s showed %s, where there must be none%s, against “%s”", h.who, h.got(), h.story(), h.promise)
	},
	verdict.Order: func(h headline) string {
		return fmt.Sprintf("%s listed %s in another order: %s%s, against “%s”", h.who, fieldName(h.f), h.f.Received, h.story(), h.promise)
	},
	verdict.ReasonGiven: func(h headline) string {
		return fmt.Sprintf("%s gave no reason although %s: %s", h.who, h.allGiven(" is "), h.got())
	},
	verdict.ReasonAbsent: func(h headline) string {
		return fmt.Sprintf("%s gave a reason for a refusal with a success: %s %s", h.who, h.f.Pointer, h.f.Got)
	},
	verdict.SuccessCode: func(h headline) string {
		return fmt.Sprintf("%s reported a success with the code of a failure: %s %s", h.who, h.f.Pointer, h.f.Got)
	},
	verdict.FailureCode: func(h headline) string {
		return fmt.Sprintf("%s reported %s with the code of a success: %s %s", h.who, endingWords(h.given(0)), h.f.Pointer, h.f.Got)
	},
	verdict.Amount: func(h headline) string {
		return fmt.Sprintf("%s stated the amount %s, where %s was requested", h.who, h.f.Got, h.wanted())
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
}

// effectTitles are of rules about what a request did.
var effectTitles = map[verdict.Rule]func(headline) string{
	verdict.TraceLeft: func(h headline) string {
		return fmt.Sprintf("%s answered with status %d and stored the request all the same: %s in %s%s", h.who, h.f.Status, strings.TrimSuffix(h.f.Received.String(), " with its unique value"), h.f.Step, prefixed(": ", h.entry()))
	},
	verdict.EntryLeft: func(h headline) string {
		return fmt.Sprintf("%s answered with status %d and stored the request all the same: entry %s in %s%s", h.who, h.f.Status, h.f.Got, h.f.Step, prefixed(": ", h.entry()))
	},
	verdict.EntryUnasked: func(h headline) string {
		return fmt.Sprintf("%s listed an entry that no request made: %s%s", h.f.Step, h.f.Got, prefixed(": ", h.entry()))
	},
	verdict.OneCarriedOut: func(h headline) string {
		return fmt.Sprintf("%s carried out none of several equal requests that came at once%s, against “%s”", h.who, h.story(), h.promise)
	},
}

// messageTitles are of rules about messages.
var messageTitles = map[verdict.Rule]func(headline) string{
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
		return fmt.Sprintf("%s sent messages about requests that were rejected: %s", h.who, h.f.Received)
	},
	verdict.MessageOnce: func(h headline) string {
		return fmt.Sprintf("%s sent a second message that contradicts the first: %s", h.who, h.f.Received)
	},
	verdict.MessageUnwanted: func(h headline) string {
		return fmt.Sprintf("%s sent a message of the event %s to an address that is not registered for it%s, against “%s”", h.who, h.f.Got, h.story(), h.promise)
	},
	verdict.MessageInTime: func(h headline) string {
		return fmt.Sprintf("%s sent a message too late: the first attempt came %s after the response, and was due within %s", h.who, h.f.Got, h.wanted())
	},
	verdict.MessageJSON: func(h headline) string {
		return fmt.Sprintf("%s sent a message with %s", h.who, bodyWords(h.f))
	},
	verdict.MessageFits: func(h headline) string {
		return fmt.Sprintf("%s sent a message with %s: %s", h.who, h.got(), h.f.Expected)
	},
	verdict.MessageType: func(h headline) string {
		return fmt.Sprintf("%s sent a message with %s in place of %s", h.who, orElse(prefixed("media type ", h.f.Got.String()), "no media type"), h.wanted())
	},
	verdict.MessageSigned: func(h headline) string {
		return fmt.Sprintf("%s sent messages without the header pair of their registration: %s", h.who, h.f.Received)
	},
	verdict.MessageEverywhere: func(h headline) string {
		return h.who + " sent a message to one of the addresses that are registered for its event, and not to the other"
	},
	verdict.MessageRetried: func(h headline) string {
		return fmt.Sprintf("%s did not send a message again that was answered 500: none within %s", h.who, h.given(0))
	},
	verdict.MessageLimited: func(h headline) string {
		return fmt.Sprintf("%s sent a message again too often: %s, where there must be at most %s", h.who, h.f.Received, h.wanted())
	},
	verdict.MessageIdentical: func(h headline) string {
		return h.who + " sent a message again with another body"
	},
	verdict.MessageMost: func(h headline) string {
		return fmt.Sprintf("%s sent a message too often: %s, where there must be at most %s", h.who, h.f.Received, h.wanted())
	},
	verdict.MessageCounted: func(h headline) string {
		return fmt.Sprintf("%s sent a message again that was acknowledged: %s", h.who, h.f.Received)
	},
}
