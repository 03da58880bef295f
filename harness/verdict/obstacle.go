package verdict

import (
	"fmt"
	"net/http"

	"qorcheck/harness/exchange"
)

// Obstacle is what kept a check from a conclusion, as values. The sentence of a
// verdict, Why, is made of it last.
type Obstacle struct {
	Kind    ObstacleKind
	Step    string               // of the case, "" for the act
	Failure exchange.FailureKind // where no response came
	Status  int                  // of the response that is in the way
	Pointer string               // to what is missing
	Count   int
	Detail  string
	Of      string // the obligation whose failure is in the way
}

// ObstacleKind is the kind of an obstacle.
type ObstacleKind string

// The kinds of obstacles. The last ones are faults of our own.
const (
	NoResponse      ObstacleKind = "no-response"
	NotHTTP         ObstacleKind = "not-http"
	Busy            ObstacleKind = "busy"             // the target, or a gateway, could not serve the request
	Unprepared      ObstacleKind = "preparation"      // the case ended before its act
	NotCarriedOut   ObstacleKind = "not-carried-out"  // a step on which others rest
	SentTwice       ObstacleKind = "sent-twice"       // a request whose effect is counted
	NothingToFollow ObstacleKind = "missing-value"    // a later step needs it
	CutBody         ObstacleKind = "truncated-body"   // it is longer than what is kept
	NoCodes         ObstacleKind = "no-codes"         // in the description
	NoStatuses      ObstacleKind = "no-statuses"      // in the description
	NoDeadline      ObstacleKind = "no-deadline"      // in the description
	ReadBackFailed  ObstacleKind = "read-back"        // the query for traces
	NoControl       ObstacleKind = "control"          // the query does not find what is there
	InventedName    ObstacleKind = "invented-name"    // nobody knows whether what the request names exists
	TakenName       ObstacleKind = "taken-name"       // what is to be made may exist already
	NoMessage       ObstacleKind = "no-message"       // about the act
	UnsignedInstead ObstacleKind = "unsigned-message" // in place of the awaited message
	OthersInstead   ObstacleKind = "other-message"    // in place of the awaited message
	NoMessages      ObstacleKind = "no-messages"      // none came at all, so that silence proves nothing
	Unattributed    ObstacleKind = "unattributed"     // messages that may be about anything
	Follows         ObstacleKind = "follows"          // from a failure that leaves nothing to judge
	ListUnread      ObstacleKind = "list"             // that shows at the end of a run what requests left

	UnknownCheck      ObstacleKind = "unknown-check"
	UnknownObligation ObstacleKind = "unknown-obligation"
	Panic             ObstacleKind = "panic"
)

// obstacles are the sentences of obstacles.
var obstacles = map[ObstacleKind]func(Obstacle) string{
	NoResponse: func(o Obstacle) string { return o.in() + o.Detail },
	NotHTTP:    func(o Obstacle) string { return "the response is not HTTP: " + o.Detail },
	Busy: func(o Obstacle) string {
		if o.Status == http.StatusBadGateway || o.Status == http.StatusGatewayTimeout {
			return fmt.Sprintf("%sa gateway answered %d in place of the target", o.in(), o.Status)
		}
		return fmt.Sprintf("%sthe target was busy: it answered %d", o.in(), o.Status)
	},
	Unprepared: func(o Obstacle) string { return o.Detail },
	NotCarriedOut: func(o Obstacle) string {
		return fmt.Sprintf("%s was answered %d%s", o.Step, o.Status, o.Detail)
	},
	SentTwice:       func(o Obstacle) string { return fmt.Sprintf("%s was sent %d times", o.Step, o.Count) },
	NothingToFollow: func(o Obstacle) string { return fmt.Sprintf("%s: the response has no %s", o.Step, o.Pointer) },
	CutBody:         func(o Obstacle) string { return "the body is " + o.Detail },
	NoCodes:         func(Obstacle) string { return "the description names no codes" },
	NoStatuses:      func(Obstacle) string { return "the description documents no status" },
	NoDeadline:      func(Obstacle) string { return "the description does not promise when a message is sent" },
	ReadBackFailed: func(o Obstacle) string {
		return fmt.Sprintf("reading back with %s: %s", o.Step, o.Detail)
	},
	NoControl: func(o Obstacle) string {
		return fmt.Sprintf("%s does not find an accepted request, so finding nothing proves nothing", o.Step)
	},
	InventedName: func(o Obstacle) string {
		return fmt.Sprintf("it was answered %d, and nothing shows that what it names exists: %s", o.Status, o.Detail)
	},
	TakenName: func(o Obstacle) string {
		return fmt.Sprintf("it was answered %d: what it makes may exist already", o.Status)
	},
	NoMessage: func(o Obstacle) string { return "no message came about " + o.Detail },
	UnsignedInstead: func(o Obstacle) string {
		return fmt.Sprintf("no message came about %s; %d came without the header pair of the registration", o.Detail, o.Count)
	},
	OthersInstead: func(o Obstacle) string {
		return fmt.Sprintf("no message came about %s; %d came about ids that no response named", o.Detail, o.Count)
	},
	NoMessages: func(o Obstacle) string { return o.Detail },
	Unattributed: func(o Obstacle) string {
		return fmt.Sprintf("it is unknown what %d messages are about: a response was lost, or others use the environment during the run", o.Count)
	},
	Follows:           func(o Obstacle) string { return "it follows from the failure of " + o.Of },
	ListUnread:        func(o Obstacle) string { return fmt.Sprintf("what %s shows after the run: %s", o.Step, o.Detail) },
	UnknownCheck:      func(o Obstacle) string { return "unknown check " + o.Detail },
	UnknownObligation: func(Obstacle) string { return "the plan has no such obligation" },
	Panic:             func(o Obstacle) string { return "panic: " + o.Detail },
}

// in names the step in front of a sentence.
func (o Obstacle) in() string {
	if o.Step == "" {
		return ""
	}
	return o.Step + ": "
}

// String is the obstacle's sentence.
func (o Obstacle) String() string { return obstacles[o.Kind](o) }

// noResponse is the obstacle of a step that got no response, nil where there was no failure.
func noResponse(step string, f *exchange.Failure) *Obstacle {
	if f == nil {
		return nil
	}
	return &Obstacle{Kind: NoResponse, Step: step, Failure: f.Kind, Detail: f.Text.String()}
}

// unprepared is the obstacle of a case that ended before its act, taken from the
// last request of its preparation.
func unprepared(t *exchange.Transcript) *Obstacle {
	o := &Obstacle{Kind: Unprepared, Detail: t.Stopped}
	if n := len(t.Prepare); n > 0 {
		last := t.Prepare[n-1]
		o.Step, o.Pointer = last.Step.Name, last.Missing
		if last.Failure != nil {
			o.Failure = last.Failure.Kind
		}
		if last.Answer != nil {
			o.Status = last.Answer.Status
		}
	}
	return o
}

// ObstacleKinds lists the kinds of obstacles, sorted.
func ObstacleKinds() []string { return sortedNames(obstacles) }
