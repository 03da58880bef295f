package plan

import (
	"strings"
	"testing"
)

func TestFormText(t *testing.T) {
	for _, tt := range []struct {
		claim string
		value any
		want  string // "!" and what the error says
	}{
		{"fields stand in brackets", map[string]any{"td": map[string]any{"mid": "7", "amount": "1.50"}}, "td%5Bamount%5D=1.50&td%5Bmid%5D=7"},
		{"a plain name stands alone", map[string]any{"b": true, "a": 2.5}, "a=2.5&b=true"},
		{"text is escaped", map[string]any{"a": "x y&z=é+"}, "a=x+y%26z%3D%C3%A9%2B"},
		{"a placeholder stays one", map[string]any{"a": "x " + string(Placeholder{FromAnswer, []string{"ID"}}.template())}, "a=x+$ID"},
		{"a value within a value has no place", map[string]any{"td": map[string]any{"m": map[string]any{"n": "v"}}}, "!td[m]: a form has no place"},
		{"a list has no place", map[string]any{"l": []any{"v"}}, "!l: a form has no place"},
		{"a text is no form", "x", "!only an object"},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			got, err := formText(tt.value)
			if says, fails := strings.CutPrefix(tt.want, "!"); fails {
				if err == nil || !strings.Contains(err.Error(), says) {
					t.Errorf("got %s, %v", got.Show(), err)
				}
			} else if err != nil || got.Show() != tt.want {
				t.Errorf("got %s, %v", got.Show(), err)
			}
		})
	}
}

func TestFormsAreSentWhereTheyAreTaken(t *testing.T) {
	p := ourPlan(t, 1)
	sent := map[string]string{}
	for _, c := range p.Cases {
		if c.Kind == "valid.form" {
			sent[c.ID] = c.Act.Request.Body.Show()
			if !c.Act.Request.Form() || !c.Expect.Accepted() {
				t.Errorf("%s: %q, expected to be accepted: %v", c.ID, header(c.Act.Request, "Content-Type"), c.Expect.Accepted())
			}
		} else if c.Act.Request.Form() {
			t.Errorf("%s is sent as a form", c.ID)
		}
	}
	if len(sent) != 10 || sent["payment-refund.valid.form.required"] != "transaction_data%5Bmid%5D=700100200&transaction_data%5Borderid%5D=$ORDER_ID&transaction_data%5Btransaction_id%5D=$TRANSACTION_ID" {
		t.Errorf("%d forms, %q", len(sent), sent["payment-refund.valid.form.required"])
	}
}

func TestValuesOfTheFixturesComeFirst(t *testing.T) {
	d := described(t, "paths: {/a: {post: {operationId: a, requestBody: {content: {application/json: {schema: {type: object, required: [d, p], properties: {d: {type: string, format: date}, p: {type: string, pattern: '^[A-Z]{3}$'}}}}}}, responses: {'200': {description: d}}}}}")
	for text, want := range map[string]string{
		"values: {date: '2031-05-06', '^[A-Z]{3}$': EUR}": `{"d":"2031-05-06","p":"EUR"}`,
		"values: {date: tomorrow, '^[A-Z]{3}$': EUR}":     `{"d":"2030-01-31","p":"EUR"}`, // one that the description refuses is passed over
	} {
		p := planned(t, d, every(t), fixtures(t, text))
		if got := find(t, p, "a.valid.required").Act.Request.Body.Show(); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}
