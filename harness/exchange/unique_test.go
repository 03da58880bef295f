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
	if maker, known := c.Maker(send("a")); !known || maker != (Maker{Case: "a", Value: order.Template()}) {
		t.Errorf("a: %+v, %t", maker, known)
	}
	for claim, value := range map[string]string{
		"a value of a case that was not sent": plan.UniqueValue("run1", "b", "ORDER_ID", 20), "another value": "q-other", "nothing": "",
	} {
		if maker, known := c.Maker(value); known {
			t.Errorf("%s: %+v", claim, maker)
		}
	}
	t.Run("a case that is sent once more has others", func(t *testing.T) {
		first := send("c")
		c.Afresh("c")
		if r := c.Do(t.Context(), "c", post("/pay", `{"order":"`+order.Template()+`"}`), nil); r.Answer == nil || strings.Contains(string(r.Body), first) {
			t.Errorf("it sent %s", r.Body)
		}
		if maker, known := c.Maker(first); !known || !maker.Lost || maker.Case != "c" {
			t.Errorf("the first attempt's: %+v, %t", maker, known)
		}
		if maker, _ := c.Maker(plan.UniqueValue("run1", "c-2", "ORDER_ID", 20)); maker != (Maker{Case: "c", Value: order.Template()}) {
			t.Errorf("the second one's: %+v", maker)
		}
	})
	t.Run("a value that has no length is not handed out", func(t *testing.T) {
		if _, err := c.unique("a", plan.Placeholder{Source: plan.FromRun, Args: []string{"ORDER_ID", "x"}}); err == nil {
			t.Error("it is")
		}
	})
}
