package planner

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"qorcheck/harness/plan"
	"qorcheck/spec"
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
		{"a placeholder stays one", map[string]any{"a": "x " + string(plan.TemplateOf(plan.FromAnswer, "ID"))}, "a=x+$ID"},
		{"a value within a value has no place", map[string]any{"td": map[string]any{"m": map[string]any{"n": "v"}}}, "!td: an object within a list or an object is not defined"},
		{"a list comes item by item", map[string]any{"l": []any{"v", "w x"}}, "l=v&l=w+x"},
		{"a list of one", map[string]any{"l": []any{"v"}}, "l=v"},
		{"null has no place", map[string]any{"l": nil}, "!l: a form has no null"},
		{"a text is no form", "x", "!only an object"},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			got, err := formText(&spec.Content{Schema: spec.Schema{Schema: &openapi3.Schema{}}}, tt.value)
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

func TestForm_SentWhereTaken(t *testing.T) {
	p := ourPlan(t, 1)
	sent := map[string]string{}
	for _, c := range p.Cases {
		if c.Kind == "valid.form" {
			sent[c.ID] = c.Act.Request.Body.Show()
			if !c.Act.Request.Form() || c.Expect.Handling != plan.Accepted {
				t.Errorf("%s: %q, expected to be accepted: %v", c.ID, header(c.Act.Request, "Content-Type"), c.Expect.Handling == plan.Accepted)
			}
		} else if c.Kind != plan.KindFlow && c.Act.Request.Form() != strings.Contains(c.ID+".", ".form.") {
			t.Errorf("%s: sent as a form: %v", c.ID, c.Act.Request.Form())
		}
	}
	if len(sent) != 10 || sent["payment-refund.valid.form.required"] != "transaction_data%5Bmid%5D=700100200&transaction_data%5Borderid%5D=$ORDER_ID&transaction_data%5Btransaction_id%5D=$TRANSACTION_ID" {
		t.Errorf("%d forms, %q", len(sent), sent["payment-refund.valid.form.required"])
	}
}

func TestReadForm(t *testing.T) {
	d := described(t, "paths: {/a: {post: {operationId: a, requestBody: {content: {application/x-www-form-urlencoded: {schema: {type: object, properties: {n: {type: number}, b: {type: boolean}, s: {type: string}, o: {type: object, properties: {i: {type: integer}}}}}}}}, responses: {'200': {description: d}}}}}")
	for _, tt := range []struct{ claim, form, want string }{
		{"no byte is no field", "", "{}"},
		{"numbers and flags are read where they are due", "n=-1.5&b=true&s=12", `{"b":true,"n":-1.5,"s":"12"}`},
		{"what is none stays text", "n=1x&b=yes&s=true", `{"b":"yes","n":"1x","s":"true"}`},
		{"an empty number is an empty text", "n=", `{"n":""}`},
		{"brackets lead into an object", "o%5Bi%5D=7&o[x]=y", `{"o":{"i":7,"x":"y"}}`},
		{"escapes are undone", "s=a+b%26%C3%A9%2B", `{"s":"a b&é+"}`},
		{"a field twice is refused", "s=a&s=b", "!the form has the field s twice"},
		{"so is one of an object", "o[i]=1&o%5Bi%5D=1", "!the form has the field o[i] twice"},
		{"a broken escape is refused", "s=%zz", "!the form is not well encoded"},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			value, err := readForm(tt.form, d.Operations[0].Body.Form())
			if says, fails := strings.CutPrefix(tt.want, "!"); fails {
				if err == nil || !strings.Contains(err.Error(), says) {
					t.Errorf("got %v, %v", value, err)
				}
				return
			}
			if got, encoding := encode(value); err != nil || encoding != nil || string(got) != tt.want {
				t.Errorf("got %s, %v, %v", got, err, encoding)
			}
		})
	}
}

const aForm = `{schema: {type: object, required: [o, n, k], properties: {
	n: {type: integer, minimum: 3, example: 4}, k: {type: string, enum: [v, w]}, x: {type: string, maxLength: 2},
	o: {type: object, required: [d, s, f], properties: {
		d: {type: string, format: date}, f: {type: boolean}, s: {type: string, pattern: '^[a-z]+$', minLength: 2, maxLength: 3, example: abc}, y: {type: string, maxLength: 2}}}}}}`

func formAPI(t *testing.T, content string) *spec.Description {
	return described(t, "paths: {/a: {post: {operationId: a, requestBody: {required: true, content: {"+strings.ReplaceAll(content, "\n\t", " ")+"}}, responses: {'200': {description: d}}}}}")
}

func TestForm_MandatoryFieldsAreBroken(t *testing.T) {
	p := planned(t, formAPI(t, "application/json: "+aForm+", application/x-www-form-urlencoded: "+aForm), every(t), fixtures(t, ""))
	const good = "k=v&n=4&o%5Bd%5D=2030-01-31&o%5Bf%5D=true&o%5Bs%5D=abc"
	want := map[string]string{
		"missing.form.o":            "k=v&n=4",
		"missing.form.n":            "k=v&o%5Bd%5D=2030-01-31&o%5Bf%5D=true&o%5Bs%5D=abc",
		"missing.form.k":            "n=4&o%5Bd%5D=2030-01-31&o%5Bf%5D=true&o%5Bs%5D=abc",
		"missing.form.o-d":          "k=v&n=4&o%5Bf%5D=true&o%5Bs%5D=abc",
		"missing.form.o-f":          "k=v&n=4&o%5Bd%5D=2030-01-31&o%5Bs%5D=abc",
		"missing.form.o-s":          "k=v&n=4&o%5Bd%5D=2030-01-31&o%5Bf%5D=true",
		"blank.form.k.empty":        strings.Replace(good, "k=v", "k=", 1),
		"blank.form.k.space":        strings.Replace(good, "k=v", "k=+++", 1),
		"blank.form.o-d.empty":      strings.Replace(good, "2030-01-31", "", 1),
		"blank.form.o-d.space":      strings.Replace(good, "2030-01-31", "+++", 1),
		"blank.form.o-s.empty":      strings.Replace(good, "abc", "", 1),
		"blank.form.o-s.space":      strings.Replace(good, "abc", "+++", 1),
		"missing.form.o.string":     "k=v&n=4&o=text", // no field of o has a name: see holdsFields
		"type.form.n.string":        strings.Replace(good, "n=4", "n=text", 1),
		"type.form.n.fraction":      strings.Replace(good, "n=4", "n=1.5", 1),
		"type.form.o-f.string":      strings.Replace(good, "true", "text", 1),
		"enum.form.k.other":         strings.Replace(good, "k=v", "k=vx", 1),
		"missing.form.o.unwrapped":  "d=2030-01-31&f=true&k=v&n=4&s=abc",
		"missing.form.k.inside":     strings.Replace(good, "k=v&n=4&o%5Bd%5D=2030-01-31&o%5Bf%5D=true", "n=4&o%5Bd%5D=2030-01-31&o%5Bf%5D=true&o%5Bk%5D=v", 1),
		"missing.form.n.inside":     strings.Replace(strings.Replace(good, "n=4&", "", 1), "&o%5Bs", "&o%5Bn%5D=4&o%5Bs", 1),
		"missing.form.o-d.outside":  "d=2030-01-31&" + strings.Replace(good, "o%5Bd%5D=2030-01-31&", "", 1),
		"missing.form.o-f.outside":  "f=true&" + strings.Replace(good, "o%5Bf%5D=true&", "", 1),
		"missing.form.o-s.outside":  strings.Replace(good, "&o%5Bs%5D=abc", "", 1) + "&s=abc",
		"pattern.form.o-s.case":     strings.Replace(good, "abc", "ABC", 1),
		"enum.form.k.padded":        strings.Replace(good, "k=v", "k=v+", 1),
		"enum.form.k.case":          strings.Replace(good, "k=v", "k=V", 1),
		"bound.form.n.minimum":      strings.Replace(good, "n=4", "n=2", 1),
		"pattern.form.o-d.format":   strings.Replace(good, "2030-01-31", "2030-01-3%3F", 1),
		"pattern.form.o-s":          strings.Replace(good, "abc", "ab%3F", 1),
		"length.form.o-s.minLength": strings.Replace(good, "abc", "a", 1),
		"length.form.o-s.maxLength": strings.Replace(good, "abc", "abcc", 1),
	}
	got := map[string]string{}
	for _, c := range p.Cases {
		if what, ok := strings.CutPrefix(c.ID, "a.malformed."); ok && c.Act.Request.Form() {
			got[what] = string(c.Act.Request.Body)
			if !strings.HasSuffix(c.Why, ", sent as a form") || fmt.Sprint(c.Expect.Statuses) != "[400]" {
				t.Errorf("%s: %s, expects %v", c.ID, c.Why, c.Expect.Statuses)
			}
		}
	}
	for what, body := range want {
		if got[what] != body {
			t.Errorf("%s sends %q, want %q", what, got[what], body)
		}
		delete(got, what)
	}
	if len(got) > 0 {
		t.Errorf("also sent: %q", got)
	}
	for _, row := range Coverage(p) {
		if row.Malformed == 0 && row.Reason == "" {
			t.Errorf("%s %s has no case and no reason", row.Pointer, row.Keyword)
		}
		if row.Pointer == "form:/o/y" && row.Reason != "an optional field, which is broken in the JSON body" {
			t.Errorf("%s %s: %d cases, %s", row.Pointer, row.Keyword, row.Malformed, row.Reason)
		}
	}
}

func TestForm_OnlyMediaType(t *testing.T) {
	p := planned(t, formAPI(t, "application/x-www-form-urlencoded: "+aForm), every(t), fixtures(t, ""))
	for _, id := range []string{
		"a.valid.required", "a.valid.everything", "a.valid.optional.x", "a.valid.enum.k.2", "a.malformed.missing.form.o-d",
		"a.malformed.length.form.x.maxLength", "a.malformed.length.form.o-y.maxLength", "a.malformed.media-type.text",
	} {
		if c := find(t, p, id); c.Act.Request.Form() == strings.Contains(id, "media-type") {
			t.Errorf("%s is sent as %q", id, header(c.Act.Request, "Content-Type"))
		}
	}
	for _, c := range p.Cases {
		if strings.HasPrefix(c.ID, "a.malformed.syntax") || strings.HasPrefix(c.ID, "a.malformed.lax") {
			t.Errorf("%s: the operation takes no JSON", c.ID)
		}
	}
	for _, row := range Coverage(p) {
		if row.Malformed == 0 && row.Reason == "" || strings.HasPrefix(row.Pointer, "/") {
			t.Errorf("%s %s: no case and no reason, or not of the form", row.Pointer, row.Keyword)
		}
	}
}

func TestValues_OfFixturesComeFirst(t *testing.T) {
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

func TestVolume_MoneyInForms(t *testing.T) {
	const content = "{schema: {type: object, required: [sum], properties: {sum: {type: string, pattern: '^[0-9.]+$', example: '2.50'}}}}"
	d := described(t, "x-conformance: {amounts: {fields: [/sum], currency: EUR}}\npaths: {/a: {post: {operationId: a, requestBody: {required: true, content: {application/json: "+content+", application/x-www-form-urlencoded: "+content+"}}, responses: {'200': {description: d}}}}}")
	p := planned(t, d, requirements(t, rule("R-OK", "all", "valid.required, valid.form", "success")), fixtures(t, ""))
	if v := Volume(p); !slices.Equal(v.Money, []plan.Sum{{Currency: "EUR", Amount: "5.00", Requests: 2}}) {
		t.Errorf("%+v, want 5.00 EUR in 2 requests: %q", v.Money, ids(p))
	}
}
