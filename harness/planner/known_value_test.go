package planner

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"qorcheck/harness/plan"
)

const zones = `
paths:
  /servers/{server_id}/zones:
    parameters: [{name: server_id, in: path, required: true, schema: {$ref: '#/components/schemas/ServerID'}}]
    get: {operationId: listZones, responses: {'200': {description: d}, '404': {description: d}}}
    post:
      operationId: addZone
      requestBody: {required: true, content: {application/json: {schema: {type: object, required: [owner_id, kind], properties: {owner_id: {type: string}, kind: {type: string}}}}}}
      responses: {'201': {description: d}}
  /servers/{server_id}/zones/{zone_id}:
    parameters:
      - {name: server_id, in: path, required: true, schema: {$ref: '#/components/schemas/ServerID'}}
      - {name: zone_id, in: path, required: true, schema: {type: integer}}
    get: {operationId: getZone, responses: {'200': {description: d}}}
    delete: {operationId: removeZone, responses: {'204': {description: d}}}
components: {schemas: {ServerID: {type: string}}}
`

// TestKnownValues: what the fixtures give of a parameter or a field stands in every
// request; what an operation changes is given by its may alone, each thing once.
func TestKnownValues(t *testing.T) {
	t.Parallel()
	d := described(t, zones)
	r := requirements(t, rule("R", "all", "valid.required", "success"))
	for _, tt := range []struct {
		claim, known string
		want         map[string]string // by operation, the path and the body
		invented     map[string]string
	}{
		{
			"nothing is given", "{}",
			map[string]string{"listZones": "/servers/$SERVER/zones", "getZone": "/servers/$SERVER/zones/$ZONE"},
			map[string]string{"listZones": "[server_id]", "addZone": "[server_id owner_id]", "getZone": "[server_id zone_id]"},
		},
		{
			"by name", `{ server_id: localhost, owner_id: ada }`,
			map[string]string{"listZones": "/servers/localhost/zones", "addZone": `/servers/localhost/zones {"kind":"$KIND","owner_id":"ada"}`, "getZone": "/servers/localhost/zones/$ZONE", "removeZone": "/servers/localhost/zones/$ZONE"},
			map[string]string{"listZones": "[]", "addZone": "[]", "getZone": "[zone_id]", "removeZone": "[zone_id]"},
		},
		{
			"by operation and by schema", `{ ServerID: localhost, getZone.zone_id: 7 }`,
			map[string]string{"listZones": "/servers/localhost/zones", "getZone": "/servers/localhost/zones/7", "removeZone": "/servers/localhost/zones/$ZONE"},
			map[string]string{"getZone": "[]", "removeZone": "[zone_id]", "addZone": "[owner_id]"},
		},
		{
			"what may be removed", `{ server_id: localhost, zone_id: [ { id: 8, may: [removeZone] } ] }`,
			map[string]string{"getZone": "/servers/localhost/zones/8", "removeZone": "/servers/localhost/zones/$ZONE_ID_1"},
			map[string]string{"getZone": "[]", "removeZone": "[]"},
		},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			p := planned(t, d, r, fixtures(t, "{known: "+tt.known+"}"))
			for operation, want := range tt.want {
				request := find(t, p, operation+".valid.required").Act.Request
				got := strings.NewReplacer("$INVENTED_SERVER_ID", "$SERVER", "$INVENTED_ZONE_ID", "$ZONE").Replace(strings.TrimSpace(request.Path.Show() + " " + request.Body.Show()))
				if got != want {
					t.Errorf("%s: %s, want %s", operation, got, want)
				}
			}
			for operation, want := range tt.invented {
				if got := fmt.Sprint(find(t, p, operation+".valid.required").Invented); got != want {
					t.Errorf("%s: invented %s, want %s", operation, got, want)
				}
			}
		})
	}
	if got := fmt.Sprint(UnusedKnown(d, fixtures(t, "{known: {sever_id: localhost, server_id: a, ServerID: b, getZone.zone_id: 7, kind: c, getZone.kind: d}}"))); got != "[getZone.kind sever_id]" {
		t.Errorf("names that nothing has: %s", got)
	}
}

// TestKnownValues_NotFound: that an id is known is no reason not to ask about one that is not.
func TestKnownValues_NotFound(t *testing.T) {
	t.Parallel()
	p := planned(t, described(t, zones), requirements(t, rule("R", "all", "not-found.id", "404")), fixtures(t, "{known: {server_id: localhost}}"))
	if path := string(find(t, p, "listZones.not-found.id").Act.Request.Path); strings.Contains(path, "localhost") {
		t.Errorf("asked: %s", path)
	}
}

// TestInventedReferences: an id in a body is made from the run id, never a word that
// something may have for a name.
func TestInventedReferences(t *testing.T) {
	t.Parallel()
	p := planned(t, described(t, zones), requirements(t, rule("R", "all", "valid.required", "success")), fixtures(t, "{}"))
	c := find(t, p, "addZone.valid.required")
	if !slices.ContainsFunc(c.Act.Request.Body.Placeholders(), func(p plan.Placeholder) bool { return p.Source == plan.FromRun }) {
		t.Errorf("the body is %s", c.Act.Request.Body.Show())
	}
}

// TestNotFound_OfWhatMayBeMade: a PUT that documents 201 makes what it names, so that
// nothing has to be missing.
func TestNotFound_OfWhatMayBeMade(t *testing.T) {
	t.Parallel()
	const path = "paths: {'/a/{id}': {put: {operationId: a, parameters: [{name: id, in: path, required: true, schema: {type: string}}], responses: {'%s': {description: d}, '404': {description: d}}}}}"
	for status, asked := range map[string]bool{"200": true, "201": false} {
		p := planned(t, described(t, fmt.Sprintf(path, status)), requirements(t, rule("R", "all", "not-found.id", "404")), fixtures(t, "{}"))
		if got := slices.ContainsFunc(p.Cases, func(c *plan.Case) bool { return c.Kind == "not-found.id" }); got != asked {
			t.Errorf("a PUT that documents %s is asked about what is missing: %t", status, got)
		}
	}
}

func TestRefers(t *testing.T) {
	t.Parallel()
	for field, want := range map[string]bool{
		"customer_id": true, "X-User-ID": true, "ownerId": true, "account_uuid": true, "id": false, "paid": false, "grid": false,
		"X-Request-ID": false, "request_id": false, "clientRequestId": false, "X-Correlation-Id": false, "traceId": false,
	} {
		if refers(field) != want {
			t.Errorf("%s refers to a thing: %t, want %t", field, !want, want)
		}
	}
}
