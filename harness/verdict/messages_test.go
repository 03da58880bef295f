package verdict

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"qorcheck/harness/exchange"
	"qorcheck/harness/message"
	"qorcheck/harness/plan"
	"qorcheck/harness/redact/redacttest"
)

func delivered(body string) message.Delivery {
	d := message.Delivery{Place: "address", At: time.Unix(1, 0), Body: []byte(body), Answered: 200, Header: http.Header{"Content-Type": {"application/json; charset=utf-8"}}}
	if err := json.Unmarshal([]byte(body), &d.Value); err != nil {
		d.Fault = err.Error()
	}
	return d
}

// came is what came of waiting for the message about payment 1.
func came(bodies ...string) []exchange.Record {
	r := exchange.Record{Sought: "1", Place: "address", Took: time.Second, Step: plan.Step{Name: "message", Await: &plan.Await{Place: "address", Times: 1}}}
	for _, body := range bodies {
		r.Messages = append(r.Messages, delivered(body))
	}
	return []exchange.Record{r}
}

func unheard() []exchange.Record {
	r := came()[0]
	r.Deaf = "the receiver heard no call of its own"
	return []exchange.Record{r}
}

// labelled is a good message with these media types.
func labelled(types ...string) []exchange.Record {
	list := came(good)
	list[0].Messages[0].Header = http.Header{"Content-Type": types}
	return list
}

func deaf() []exchange.Record {
	r := came()[0]
	r.Failure = &exchange.Failure{Kind: exchange.Blocked, Text: redacttest.Text("no message can come")}
	return []exchange.Record{r}
}

const (
	paidBody    = `{"id":"1","status":"approved"}`
	refusedBody = `{"id":"1","status":"declined"}`
	good        = `{"payment":"1","event":"paid","success":true}`
	bad         = `{"payment":"1","event":"failed","success":false,"reason":"no funds"}`
)

func TestMessageCame(t *testing.T) {
	table(t, "message", []row{
		{claim: "a message that comes passes", status: 200, body: paidBody, observed: came(good), want: Pass, exercised: true},
		{claim: "none fails", status: 200, body: paidBody, observed: came(), want: Fail, exercised: true, says: "no message within 1s"},
		{claim: "where the receiver does not hear, it is unclear", status: 200, body: paidBody, observed: unheard(), want: Inconclusive, says: "no call"},
		{claim: "where none proves nothing, it is unclear", status: 200, body: paidBody, observed: came(), inbox: exchange.Inbox{Silent: "add a receiver"}, want: Inconclusive, says: "add a receiver"},
		{claim: "where none can come, it is unclear", status: 200, body: paidBody, observed: deaf(), want: Inconclusive, says: "no message can come"},
		{claim: "of a rejected request nothing is told", status: 400, body: "{}", observed: came(), want: Pass},
	})
}

func TestMessageID(t *testing.T) {
	unmatched := exchange.Inbox{Unmatched: []message.Delivery{delivered(`{"payment":"2","event":"paid","success":true}`)}}
	table(t, "message-id", []row{
		{claim: "the id of the answer passes", status: 200, body: paidBody, observed: came(good), want: Pass, exercised: true},
		{claim: "another id in its place is unclear where the receiver may have missed its own", status: 200, body: paidBody, observed: unheard(), inbox: unmatched, want: Inconclusive, says: "no call"},
		{claim: "another id in its place fails", status: 200, body: paidBody, observed: came(), inbox: unmatched, want: Fail, exercised: true, says: `"2" in a message`},
		{claim: "no message at all is unclear", status: 200, body: paidBody, observed: came(), want: Inconclusive, says: "no message came about 1"},
		{claim: "where none can come, it is unclear", status: 200, body: paidBody, observed: deaf(), want: Inconclusive, says: "no message can come"},
	})
}

func TestMessagePrompt(t *testing.T) {
	after := func(d time.Duration) []exchange.Record {
		list := came(good)
		list[0].Messages[0].At = time.Unix(0, 0).Add(d)
		return list
	}
	table(t, "message-prompt", []row{
		{claim: "one before the answer passes", status: 200, body: paidBody, took: time.Second, observed: after(0), want: Pass, exercised: true},
		{claim: "one a little late passes", status: 200, body: paidBody, observed: after(1900 * time.Millisecond), want: Pass, exercised: true},
		{claim: "one that is clearly late fails", status: 200, body: paidBody, observed: after(2400 * time.Millisecond), want: Fail, exercised: true, says: "first 2.4s after"},
		{claim: "a slow target gets more time", status: 200, body: paidBody, took: time.Second, observed: after(3900 * time.Millisecond), want: Pass, exercised: true},
		{claim: "and no more than that", status: 200, body: paidBody, took: time.Second, observed: after(4100 * time.Millisecond), want: Fail, exercised: true, says: "took 1s"},
		{claim: "where qorcheck was held up, it gets twice that", status: 200, body: paidBody, observed: after(2900 * time.Millisecond), inbox: exchange.Inbox{Stall: 500 * time.Millisecond}, want: Pass, exercised: true},
		{claim: "where this machine lacked something, a late one is unclear", status: 200, body: paidBody, observed: after(4 * time.Second), inbox: exchange.Inbox{Lacks: "no descriptors"}, want: Inconclusive, says: "no descriptors"},
		{claim: "no message is unclear", status: 200, body: paidBody, observed: came(), want: Inconclusive, says: "no message came"},
	})
}

func TestMessageSuccess(t *testing.T) {
	table(t, "message-success", []row{
		{claim: "true after a success passes", status: 200, body: paidBody, observed: came(good), want: Pass, exercised: true},
		{claim: "false after a success fails", status: 200, body: paidBody, observed: came(bad), want: Fail, exercised: true, says: "/success true"},
		{claim: "false after a refusal passes", status: 200, body: refusedBody, observed: came(bad), want: Pass, exercised: true},
		{claim: "true after a refusal fails", status: 200, body: refusedBody, observed: came(good), want: Fail, exercised: true, says: "/success false"},
		{claim: "false as a text fails", status: 200, body: refusedBody, observed: came(`{"payment":"1","success":"false"}`), want: Fail, exercised: true, says: "a boolean"},
		{claim: "what fails later is false though it was accepted", kind: "message.later", status: 200, body: paidBody, observed: came(bad), want: Pass, exercised: true},
		{claim: "and fails when it says true", kind: "message.later", status: 200, body: paidBody, observed: came(good), want: Fail, exercised: true},
		{claim: "no message is unclear", status: 200, body: paidBody, observed: came(), want: Inconclusive, says: "no message came"},
	})
}

// reasonOf is a message about a failure whose reason has that many characters.
func reasonOf(characters int) string {
	return `{"payment":"1","success":false,"reason":"` + strings.Repeat("ä", characters) + `"}`
}

func TestMessageReason(t *testing.T) {
	table(t, "message-reason", []row{
		{claim: "a failure with a reason passes", status: 200, body: refusedBody, observed: came(bad), want: Pass, exercised: true},
		{claim: "a failure without one fails", status: 200, body: refusedBody, observed: came(`{"payment":"1","success":false}`), want: Fail, exercised: true, says: "no /reason"},
		{claim: "one of combining characters is none", status: 200, body: refusedBody, observed: came(`{"payment":"1","success":false,"reason":"\u0301\u0301"}`), want: Fail, exercised: true, says: "blank"},
		{claim: "a blank one is none", status: 200, body: refusedBody, observed: came(`{"payment":"1","success":false,"reason":" "}`), want: Fail, exercised: true, says: "blank"},
		{claim: "200 characters are short", status: 200, body: refusedBody, observed: came(reasonOf(200)), want: Pass, exercised: true, says: "Note: "},
		{claim: "201 are let pass with a note", status: 200, body: refusedBody, observed: came(reasonOf(201)), want: Pass, exercised: true, says: "of 201 characters is tolerated"},
		{claim: "that of a success is not its matter", status: 200, body: paidBody, observed: came(`{"payment":"1","success":true,"reason":"none"}`), want: Pass, exercised: true},
	})
}

func TestMessageHeader(t *testing.T) {
	table(t, "message-header", []row{
		{claim: "a message that came has the pair, or it would have been refused", status: 200, body: paidBody, observed: came(good), want: Pass, exercised: true},
		{claim: "one without the pair in its place fails", status: 200, body: paidBody, observed: came(), inbox: exchange.Inbox{Unsigned: 2}, want: Fail, exercised: true, says: "2 messages"},
		{claim: "no message at all is unclear", status: 200, body: paidBody, observed: came(), want: Inconclusive, says: "no message came"},
	})
}

func TestMessageSchema(t *testing.T) {
	table(t, "message-schema", []row{
		{claim: "a message as described passes", status: 200, body: paidBody, observed: came(good), want: Pass, exercised: true},
		{claim: "one that lacks a field fails", status: 200, body: paidBody, observed: came(`{"payment":"1"}`), want: Fail, exercised: true, says: "success"},
		{claim: "an event that is not described fails", status: 200, body: paidBody, observed: came(`{"payment":"1","success":true,"event":"else"}`), want: Fail, exercised: true, says: "/event"},
		{claim: "one that is labelled as text fails", status: 200, body: paidBody, observed: labelled("text/plain"), want: Fail, exercised: true, says: "Received:media type text/plain"},
		{claim: "one that is labelled twice fails", status: 200, body: paidBody, observed: labelled("application/json", "text/plain"), want: Fail, exercised: true, says: "application/json, text/plain"},
		{claim: "one without a label fails", status: 200, body: paidBody, observed: labelled(), want: Fail, exercised: true, says: "no media type"},
		{claim: "one with a name twice fails", status: 200, body: paidBody, observed: came(`{"payment":"1","success":true,"success":false}`), want: Fail, exercised: true, says: "a JSON message"},
		{claim: "one that is not UTF-8 fails", status: 200, body: paidBody, observed: came("{\"payment\":\"1\",\"success\":true,\"reason\":\"\xff\"}"), want: Fail, exercised: true, says: "not UTF-8"},
		{claim: "what is not JSON fails", status: 200, body: paidBody, observed: came(`{"payment":"1"`), want: Fail, exercised: true, says: "a JSON message"},
		{claim: "a lone surrogate fails", status: 200, body: paidBody, observed: came(`{"payment":"1","event":"paid\ud800","success":true}`), want: Fail, exercised: true, says: "lone surrogate"},
		{claim: "an empty one fails", status: 200, body: paidBody, observed: came(" "), want: Fail, exercised: true, says: "an empty body"},
		{claim: "a charset of other bytes fails", status: 200, body: paidBody, observed: labelled("application/json; charset=utf-16"), want: Fail, exercised: true, says: "not in utf-16"},
		{claim: "parameters are allowed", status: 200, body: paidBody, observed: labelled("application/json; charset=utf-8"), want: Pass, exercised: true},
	})
}

func TestMessageAgain(t *testing.T) {
	table(t, "message-again", []row{
		{claim: "the same bytes again pass", status: 200, body: paidBody, observed: came(good, good), want: Pass, exercised: true},
		{claim: "other bytes fail", status: 200, body: paidBody, observed: came(good, good+" "), want: Fail, exercised: true, says: "another body"},
		{claim: "nothing more fails", status: 200, body: paidBody, observed: came(good), want: Fail, exercised: true, says: "no further message within"},
		{claim: "three times more pass", status: 200, body: paidBody, observed: came(good, good, good, good), want: Pass, exercised: true},
		{claim: "twice at each attempt pass with a note", status: 200, body: paidBody, observed: came(good, good, good, good, good, good, good, good), want: Pass, exercised: true, says: "8 deliveries"},
		{claim: "once more than that fails", status: 200, body: paidBody, observed: came(good, good, good, good, good, good, good, good, good), want: Fail, exercised: true, says: "8 retries"},
		{claim: "other bytes at last fail", status: 200, body: paidBody, observed: came(good, good, good+" "), want: Fail, exercised: true, says: "another body"},
		{claim: "one that came to another address alone fails", status: 200, body: paidBody, observed: came(), inbox: exchange.Inbox{About: []message.Delivery{delivered(good)}}, want: Fail, exercised: true, says: "another address only"},
		{claim: "nothing at all is unclear", status: 200, body: paidBody, observed: came(), want: Inconclusive, says: "no message came"},
	})
}

func about(bodies ...string) exchange.Inbox {
	n := exchange.Inbox{}
	for _, body := range bodies {
		n.About = append(n.About, delivered(body))
	}
	return n
}

func TestMessageCount(t *testing.T) {
	elsewhere := about(good, good, good)
	elsewhere.About[1].Place, elsewhere.About[2].Place = "own/c", "own/c"
	lacking := about(good, good, good)
	lacking.Resent = "no descriptors"
	table(t, "message-count", []row{
		{claim: "one message passes", status: 200, body: paidBody, observed: came(good), inbox: about(good), want: Pass, exercised: true, says: "Note: "},
		{claim: "a second one passes with a note", status: 200, body: paidBody, observed: came(good), inbox: about(good, good), want: Pass, exercised: true, says: "(message-twice)"},
		{claim: "a third one fails", status: 200, body: paidBody, observed: came(good), inbox: about(good, good, good), want: Fail, exercised: true, says: "3 deliveries"},
		{claim: "where this machine lacked something, a third one is unclear", status: 200, body: paidBody, observed: came(good), inbox: lacking, want: Inconclusive, says: "no descriptors"},
		{claim: "other registrations get their own", status: 200, body: paidBody, observed: came(good), inbox: elsewhere, want: Pass, exercised: true},
		{claim: "none is unclear", status: 200, body: paidBody, observed: came(), want: Inconclusive, says: "no message came"},
	})
}

func TestMessageOnce(t *testing.T) {
	table(t, "message-once", []row{
		{claim: "one message passes", status: 200, body: paidBody, observed: came(good), inbox: about(good), want: Pass, exercised: true},
		{claim: "the same once more is let be", status: 200, body: paidBody, observed: came(good), inbox: about(good, good), want: Pass, exercised: true},
		{claim: "another one fails", status: 200, body: paidBody, observed: came(good), inbox: about(good, bad), want: Fail, exercised: true, says: "/success false after true"},
		{claim: "none is unclear", status: 200, body: paidBody, observed: came(), want: Inconclusive, says: "no message came"},
	})
}

func TestMessage_WhereNoneMayCome(t *testing.T) {
	never := func(bodies ...string) []exchange.Record {
		list := came(bodies...)
		list[0].Step.Check, list[0].Step.Await.Never = "flow", true
		return list
	}
	accepted := plan.NewExpect("", 200)
	table(t, "flow", []row{
		{claim: "silence passes", status: 200, body: paidBody, expect: accepted, observed: never(), want: Pass, exercised: true},
		{claim: "a message fails", status: 200, body: paidBody, expect: accepted, observed: never(good), want: Fail, exercised: true, says: "one of the event paid"},
	})
}

func TestMessage_AtMost(t *testing.T) {
	once := func(bodies ...string) []exchange.Record {
		list := came(bodies...)
		list[0].Step.Check, list[0].Step.Await.MaxTimes = "flow", 1
		return list
	}
	accepted := plan.NewExpect("", 200)
	table(t, "flow", []row{
		{claim: "as many as may come pass", status: 200, body: paidBody, expect: accepted, observed: once(good), want: Pass, exercised: true},
		{claim: "one more fails", status: 200, body: paidBody, expect: accepted, observed: once(good, good), want: Fail, exercised: true, says: "2 deliveries"},
		{claim: "where this machine lacked something, one more is unclear", status: 200, body: paidBody, expect: accepted, observed: once(good, good), inbox: exchange.Inbox{Resent: "no descriptors"}, want: Inconclusive, exercised: true, says: "no descriptors"},
	})
}

func TestMessageNone(t *testing.T) {
	table(t, "message-none", []row{
		{claim: "silence passes where messages come", status: 400, inbox: exchange.Inbox{Came: true}, want: Pass, exercised: true},
		{claim: "silence is unclear where it is not known what messages are about", status: 400, inbox: exchange.Inbox{Came: true, Unknown: 7}, want: Inconclusive, says: "7 messages"},
		{claim: "and fails where some are about a rejected request", status: 400, inbox: exchange.Inbox{Came: true, Unknown: 7, Rejected: []message.Delivery{delivered(good)}}, want: Fail, exercised: true, says: "paid about 1"},
		{claim: "the same message twice is named once", status: 400, inbox: exchange.Inbox{Came: true, Rejected: []message.Delivery{delivered(good), delivered(good), delivered(bad)}}, want: Fail, exercised: true, says: "3 messages about ids that no response named, such as paid about 1, failed about 1"},
		{claim: "a message about nothing that was answered fails", status: 400, inbox: exchange.Inbox{Came: true, Rejected: []message.Delivery{delivered(good)}}, want: Fail, exercised: true, says: "paid about 1"},
		{claim: "silence proves nothing where none comes", status: 400, want: Inconclusive, says: "no message came at all"},
		{claim: "an accepted request is not its matter", status: 200, want: Pass},
	})
}
