package spec

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

func TestOutcomeEnding(t *testing.T) {
	open := Outcome{Refused: []string{"Refused"}, Error: []string{"Error"}}
	closed := Outcome{IgnoreCase: true, Success: []string{"approved", "ok"}, Refused: []string{"declined"}, Error: []string{"error"}}
	for _, tt := range []struct {
		claim   string
		outcome Outcome
		word    string
		want    Ending
	}{
		{"a word of refusal", open, "Refused", Refused},
		{"a word of error", open, "Error", Errored},
		{"with no words of success any other succeeds", open, "Received", Succeeded},
		{"case counts unless it is ignored", open, "refused", Succeeded},
		{"case is ignored where it says so", closed, "DECLINED", Refused},
		{"a listed word of success", closed, "Ok", Succeeded},
		{"an unlisted word is unknown", closed, "pending", Unknown},
		{"a blank word is unknown", closed, "", Unknown},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			if got := tt.outcome.Ending(tt.word); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestOperationToldAndEnding(t *testing.T) {
	o := ours(t).Operation("payment-capture")
	for _, tt := range []struct {
		claim, body, told string
		want              Ending
	}{
		{"both vocabularies agree", `{"resultCode": "Received", "status": "Approved"}`, "/resultCode Received success, /status Approved success", Succeeded},
		{"one is enough", `{"status": "ok"}`, "/status ok success", Succeeded},
		{"a refusal outweighs a success", `{"resultCode": "Authorised", "status": "declined"}`, "/resultCode Authorised success, /status declined refused", Refused},
		{"an error outweighs a refusal", `{"resultCode": "Error", "status": "declined"}`, "/resultCode Error error, /status declined refused", Errored},
		{"unknown outweighs success", `{"resultCode": "Authorised", "status": "maybe"}`, "/resultCode Authorised success, /status maybe unknown", Unknown},
		{"what is no string is unknown", `{"status": true}`, "/status true unknown", Unknown},
		{"null is unknown", `{"resultCode": null}`, "/resultCode <nil> unknown", Unknown},
		{"silence tells nothing", `{"data": 1}`, "", ""},
		{"a list tells nothing", `[{"status": "ok"}]`, "", ""},
		{"no body tells nothing", `null`, "", ""},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			var body any
			if err := json.Unmarshal([]byte(tt.body), &body); err != nil {
				t.Fatal(err)
			}
			var told []string
			for _, one := range o.OutcomeValues(body) {
				told = append(told, fmt.Sprintf("%s %s %s", one.Outcome.Field, one.Word, one.Ending))
			}
			if got := strings.Join(told, ", "); got != tt.told {
				t.Errorf("told %q, want %q", got, tt.told)
			}
			if got := o.Ending(body); got != tt.want {
				t.Errorf("ending %q, want %q", got, tt.want)
			}
		})
	}
}
