package planner

import (
	"strings"
	"testing"

	"qorcheck/harness/plan"
	"qorcheck/spec"
)

const pets = `openapi: 3.1.0
info: { title: Pets, version: "1" }
paths:
  /pets:
    get:
      operationId: list
      parameters: [{ name: X-HTTP-Method-Override, in: header, schema: { type: string, enum: [DELETE] } }]
      responses: { "200": { description: d }, "400": { description: d } }
    post:
      operationId: add
      requestBody: { required: true, content: { application/json: { schema: { $ref: "#/components/schemas/Pet" }, example: { id: 10, name: doggie, kind: dog } } } }
      responses: { "201": { description: d }, "400": { description: d } }
  /pets/{pet}:
    parameters: [{ name: pet, in: path, required: true, schema: { type: integer } }]
    put:
      operationId: change
      requestBody: { required: true, content: { application/json: { schema: { $ref: "#/components/schemas/Pet" } } } }
      responses: { "200": { description: d }, "400": { description: d }, "404": { description: d } }
components:
  schemas:
    Pet:
      type: object
      required: [id, name]
      properties:
        id: { type: integer, minimum: 1 }
        name: { type: string, pattern: "^[^/]+$" }
        tag: { type: string }
        kind: { type: string }
        key: { anyOf: [{ type: string }, { type: "null" }] }
`

// What a body names is of this run: a server may write what it names over what was there.
func TestBody_NamesNothingThatWasThere(t *testing.T) {
	parsed, err := spec.Parse([]byte(pets), "pets.yaml")
	if err != nil {
		t.Fatal(err)
	}
	p := planned(t, parsed, requirements(t, rule("R-OK", "all", "valid", "200")+rule("R-400", "all", "malformed", "400")), fixtures(t, "{}"))
	for id, want := range map[string]string{
		"add.valid.everything":      `{"id":1000000000,"key":"$KEY","kind":"dog","name":"$NAME","tag":"$TAG"}`,
		"add.valid.example.example": `{"id":1000000000,"kind":"dog","name":"$NAME"}`,
		"change.valid.everything":   `{"id":1000000000,"key":"$KEY","kind":"$KIND","name":"$NAME","tag":"$TAG"}`,
	} {
		got := find(t, p, id).Act.Request.Body.Show()
		number := strings.Index(got, ":") + 1
		if n := got[number:strings.Index(got, ",")]; len(n) != 10 || n[0] != '1' {
			t.Errorf("%s: %s: the id may be one that is there", id, got)
		}
		if got = got[:number] + "1000000000" + got[strings.Index(got, ","):]; strings.TrimSpace(got) != want {
			t.Errorf("%s: %s, want %s", id, got, want)
		}
	}
	for _, id := range []string{"add.valid.bound.minimum.id", "add.malformed.type.id.fraction", "change.malformed.bound.id.minimum", "list.valid.required"} {
		if c := caseOf(p, id); c != nil {
			t.Errorf("%s is sent: %s", id, c.Act.Request.Body.Show())
		}
	}
	if invented := find(t, p, "change.valid.everything").Invented; strings.Join(invented, " ") != "pet id" {
		t.Errorf("the id of the body is unlike that of the path: %v", invented)
	}
}

// A thing that need not bring its id may be one that is to be changed: nobody knows whether it is there.
func TestBody_OwnIDIsInvented(t *testing.T) {
	for required, want := range map[string]string{"[id, name]": "", "[name]": "id"} {
		parsed, err := spec.Parse([]byte(strings.Replace(pets, "[id, name]", required, 1)), "pets.yaml")
		if err != nil {
			t.Fatal(err)
		}
		p := planned(t, parsed, requirements(t, rule("R-OK", "all", "valid", "200")), fixtures(t, "{}"))
		if got := strings.Join(find(t, p, "add.valid.everything").Invented, " "); got != want {
			t.Errorf("where %s are mandatory, %q is invented, want %q", required, got, want)
		}
	}
}

func caseOf(p *plan.Plan, id string) *plan.Case {
	for _, c := range p.Cases {
		if c.ID == id {
			return c
		}
	}
	return nil
}

// A body without a media type may be examined, unless the description says what it promises.
func TestMediaType_NoneMayBeTaken(t *testing.T) {
	for _, tt := range []struct {
		claim, document string
		want            int
	}{
		{"where nothing is declared", pets, 1},
		{"not where it is declared what an operation does", strings.Replace(pets, "operationId: add", "operationId: add\n      x-conformance: { effect: makes }", 1), 0},
	} {
		parsed, err := spec.Parse([]byte(tt.document), "pets.yaml")
		if err != nil {
			t.Fatal(err)
		}
		p := planned(t, parsed, requirements(t, rule("R-400", "all", "malformed", "400")), fixtures(t, "{}"))
		if got := find(t, p, "add.malformed.media-type.none").Expect.Tolerated; len(got) != tt.want || tt.want > 0 && got[0].Status != 201 {
			t.Errorf("%s: %v", tt.claim, got)
		}
		if got := find(t, p, "add.malformed.media-type.text").Expect.Tolerated; len(got) > 0 {
			t.Errorf("%s: another type: %v", tt.claim, got)
		}
	}
}
