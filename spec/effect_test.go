package spec

import "testing"

func TestEffect(t *testing.T) {
	const item = ", '/things/{id}': {get: {operationId: item, parameters: [{name: id, in: path, required: true, schema: {type: string}}], responses: {'200': {description: d}}}}"
	const thing = "responses: {'200': {description: d, content: {application/json: {schema: {type: object, properties: {id: {type: string}}}}}}}"
	const list = "responses: {'200': {description: d, content: {application/json: {schema: {type: array, items: {}}}}}}"
	const made = "responses: {'201': {description: d}}"
	const done = "responses: {'204': {description: d}}"
	const id = "parameters: [{name: id, in: path, required: true, schema: {type: string}}], "
	const enum = "parameters: [{name: id, in: path, required: true, schema: {type: string, enum: [a, b]}}], "
	for _, tt := range []struct {
		claim, path, method, rest string
		want                      Effect
	}{
		{"what is got is read", "/things", "get", done, Reads},
		{"a POST that documents 201 makes", "/things", "post", made, Makes},
		{"an answer with the id of an item path makes", "/things", "post", thing, Makes},
		{"a trailing slash changes nothing of that", "/things/", "post", thing, Makes},
		{"a POST that answers anything else may do anything", "/login", "post", done, Many},
		{"a search that answers a list reads", "/things/search", "post", list, Reads},
		{"a filter that answers nothing does something else", "/things/filter", "post", done, Many},
		{"a bulk operation makes nothing, whatever it documents", "/things/bulk_delete", "post", made, Many},
		{"a custom method is a word, too", "/things:deleteAll", "post", made, Many},
		{"what has to be given something makes", "/pay", "post", "requestBody: {required: true, content: {application/json: {schema: {type: object, required: [n], properties: {n: {type: integer}}}}}}, " + done, Makes},
		{"a filter that may be empty chooses any", "/pay", "post", "requestBody: {required: true, content: {application/json: {schema: {type: object, properties: {n: {type: integer}}}}}}, " + done, Many},
		{"a thing that need not be given has mandatory fields all the same", "/pay", "post", "requestBody: {content: {application/json: {schema: {type: object, required: [n], properties: {n: {type: integer}}}}}}, " + done, Makes},
		{"a list that need not be given may be about any", "/pay", "post", "requestBody: {content: {application/json: {schema: {type: array, items: {}}}}}, " + done, Many},
		{"any value is as good as no schema", "/pay", "post", "requestBody: {required: true, content: {application/json: {schema: {}}}}, " + done, Makes},
		{"beside the items of a collection it is about any of them", "/things/promote", "post", "requestBody: {required: true, content: {application/json: {schema: {type: object, required: [n], properties: {n: {type: integer}}}}}}, " + done, Many},
		{"a removal of one", "/things/{id}/x", "delete", id + done, Changes},
		{"a PUT that may make one, changes one", "/things/{id}/x", "put", id + made, Changes},
		{"a POST below one makes", "/things/{id}/notes", "post", id + made, Makes},
		{"an action on one changes it", "/things/{id}/reset", "post", id + made, Changes},
		{"a choice among words names nothing", "/shelves/{id}", "delete", enum + done, Many},
		{"a removal of a collection", "/things", "delete", done, Many},
		{"an update of a collection", "/things", "patch", done, Many},
		{"what is declared counts", "/things", "delete", "x-conformance: {effect: changes}, " + done, Changes},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			d, err := Parse([]byte("{openapi: 3.0.3, info: {title: t, version: '1'}, paths: {'"+tt.path+"': {"+tt.method+": {operationId: a, "+tt.rest+"}}"+item+"}}"), "d.yaml")
			if err != nil {
				t.Fatal(err)
			}
			if got, _ := d.Operation("a").Effect(); got != tt.want {
				t.Errorf("it %s, want %s", got, tt.want)
			}
		})
	}
}

// TestEffect_OfTheBuiltInDescription: what each operation does is declared there. What is
// tolerated where that is not declared is so tolerated of none of them.
func TestEffect_OfTheBuiltInDescription(t *testing.T) {
	d, err := Parse(BuiltInDescription(), "qorcommerce.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range d.Operations {
		if _, declared := o.Effect(); !declared {
			t.Errorf("%s declares no effect", o.ID)
		}
	}
}
