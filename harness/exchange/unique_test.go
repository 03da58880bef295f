package exchange

import (
	"net/http"
	"strings"
	"testing"

	"qorcheck/harness/plan"
)

func TestMaker(t *testing.T) {
	c := toyClient(t, toyServer(t, func(http.ResponseWriter, *http.Request) {}))
	order := plan.Placeholder{Source: plan.FromRun, Args: []string{"ORDER_ID", "20"}}
	send := func(caseID string) string {
		t.Helper()
		if r := c.Do(t.Context(), caseID, post("/pay", `{"order":"`+order.Template()+`"}`), nil); r.Answer == nil {
			t.Fatalf("%s: %+v", caseID, r.Failure)
		}
		return plan.UniqueValue("run1", caseID, "ORDER_ID", 20)
	}
	before := send("before")
	receiver, _, undo := c.Subscribe(t.Context(), &plan.Case{ID: "subscription"})
	defer receiver.Close()
	defer undo()
	if maker, known := c.Maker(send("a")); !known || maker != (Maker{"a", order.Template()}) {
		t.Errorf("a: %+v, %t", maker, known)
	}
	for claim, value := range map[string]string{
		"a value from before messages were received": before, "a value of a case that was not sent": plan.UniqueValue("run1", "b", "ORDER_ID", 20), "another value": "q-other", "nothing": "",
	} {
		if maker, known := c.Maker(value); known {
			t.Errorf("%s: %+v", claim, maker)
		}
	}
	t.Run("a value that has no length is not handed out", func(t *testing.T) {
		if _, err := c.unique("a", plan.Placeholder{Source: plan.FromRun, Args: []string{"ORDER_ID", "x"}}); err == nil {
			t.Error("it is")
		}
	})
}

func TestUnknownID(t *testing.T) {
	for _, tt := range []struct {
		claim, id string
		grows     bool
	}{
		{"digits", "310905123456789", false},
		{"a UUID", "6f1c2a34-8d0b-4e1f-9a57-3b2c1d0e4f56", false},
		{"hexadecimal letters", "abcdefabcdef", false},
		{"other small letters", "zyxwvuts", false},
		{"capitals alone", "TXNABCDEFGH", false},
		{"a prefix stays", "TXN-00017745", false},
		{"one digit grows", "7", true},
		{"nothing grows", "", true},
		{"neither letter nor digit grows", "--------", true},
		{"another script grows", "交易号码交易号码", true},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			for _, run := range []string{"run1", "run2", "run3"} {
				got := unknownID(tt.id, run)
				if got == tt.id || got != unknownID(tt.id, run) || len(got) < 8 {
					t.Fatalf("unknownID(%q) = %q, then %q", tt.id, got, unknownID(tt.id, run))
				}
				if !strings.HasPrefix(shape(got), shape(tt.id)) || (len(got) != len(tt.id)) != tt.grows {
					t.Errorf("unknownID(%q) = %q, of another shape", tt.id, got)
				}
			}
		})
	}
	if got := unknownID("TXN-00017745", "run1"); !strings.HasPrefix(got, "TXN-") {
		t.Errorf("the prefix went: %s", got)
	}
}
