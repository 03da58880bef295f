package planner

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"qorcheck/spec"
)

// BenchmarkPlan plans every case of the built-in description, loading left out,
// and of one with each operation twice and four times: the time an operation stays the same.
func BenchmarkPlan(b *testing.B) {
	f := fixtures(b, ourFixtures)
	for _, times := range []int{1, 2, 4} {
		b.Run(fmt.Sprintf("operations x%d", times), func(b *testing.B) {
			d, r := manifold(b, times)
			cases := 0
			b.ReportAllocs()
			for b.Loop() {
				p, err := New(d, r, f, 1)
				if err != nil {
					b.Fatal(err)
				}
				cases = len(p.Cases)
			}
			b.ReportMetric(float64(cases), "cases")
			b.ReportMetric(b.Elapsed().Seconds()*1000/float64(b.N)/float64(len(d.Operations)), "ms/operation")
		})
	}
}

// manifold is our description and requirement list with every operation several
// times, each copy with paths, ids and links of its own.
func manifold(b *testing.B, times int) (*spec.Description, *spec.Requirements) {
	b.Helper()
	ids := regexp.MustCompile(`\b(` + strings.Join(must(spec.Parse(spec.BuiltInDescription(), "d.yaml")).IDs(), "|") + `)\b`)
	var description, requirements map[string]any
	for data, into := range map[string]*map[string]any{string(spec.BuiltInDescription()): &description, string(spec.BuiltInRequirements()): &requirements} {
		if err := yaml.Unmarshal([]byte(data), into); err != nil {
			b.Fatal(err)
		}
	}
	paths, links := description["paths"].(map[string]any), description["components"].(map[string]any)["links"].(map[string]any)
	for path, item := range maps.Clone(paths) {
		for n := 1; n < times; n++ {
			paths[fmt.Sprintf("/copy%d%s", n, path)] = copied(item, ids, n)
		}
	}
	for name, link := range maps.Clone(links) {
		for n := 1; n < times; n++ {
			links[fmt.Sprintf("%s-copy%d", name, n)] = copied(link, ids, n)
		}
	}
	for _, entry := range requirements["requirements"].([]any) {
		q := entry.(map[string]any)
		if list, ok := q["operations"].([]any); ok {
			for n := 1; n < times; n++ {
				q["operations"] = append(q["operations"].([]any), copied(list, ids, n).([]any)...)
			}
		}
		flows, _ := q["flows"].([]any)
		for _, flow := range flows {
			for n := 1; n < times && !general(flow); n++ {
				again := copied(flow, ids, n).(map[string]any)
				again["id"] = fmt.Sprintf("%s-copy%d", again["id"], n)
				q["flows"] = append(q["flows"].([]any), again)
			}
		}
	}
	return must(spec.Parse(must(yaml.Marshal(description)), "d.yaml")), must(spec.ParseRequirements(must(yaml.Marshal(requirements)), "r.yaml"))
}

// general reports whether a flow is of whichever operation it is made for.
func general(flow any) bool {
	return slices.ContainsFunc(flow.(map[string]any)["steps"].([]any), func(step any) bool { return step.(map[string]any)["do"] == spec.Own })
}

// copied renames the operations and the links that a tree refers to.
func copied(tree any, ids *regexp.Regexp, n int) any {
	switch t := tree.(type) {
	case map[string]any:
		object := map[string]any{}
		for name, inner := range t {
			text, ok := inner.(string)
			switch {
			case ok && (name == "operationId" || name == "do"):
				object[name] = ids.ReplaceAllString(text, fmt.Sprintf("$1-copy%d", n))
			case ok && name == "$ref" && strings.HasPrefix(text, "#/components/links/"):
				object[name] = fmt.Sprintf("%s-copy%d", text, n)
			default:
				object[name] = copied(inner, ids, n)
			}
		}
		return object
	case []any:
		list := make([]any, len(t))
		for i, inner := range t {
			if text, ok := inner.(string); ok {
				list[i] = ids.ReplaceAllString(text, fmt.Sprintf("$1-copy%d", n))
			} else {
				list[i] = copied(inner, ids, n)
			}
		}
		return list
	}
	return tree
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

// BenchmarkLoad loads description and requirements, the baseline of BenchmarkPlan.
func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		if _, err := spec.Parse(spec.BuiltInDescription(), "qorcommerce.yaml"); err != nil {
			b.Fatal(err)
		}
		if _, err := spec.ParseRequirements(spec.BuiltInRequirements(), "requirements.yaml"); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkPlan_ManyOperations plans a description of things that are made, read, changed
// and removed along links: the time an operation stays the same, however many there are.
func BenchmarkPlan_ManyOperations(b *testing.B) {
	f, r := fixtures(b, "{}"), must(spec.ParseRequirements(spec.AnyRequirements(), spec.AnyFile))
	for _, things := range []int{50, 200, 800} {
		b.Run(fmt.Sprintf("%d operations", 5*things), func(b *testing.B) {
			d := must(spec.Parse([]byte(manyThings(things)), "d.yaml"))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := New(d, r, f, 1); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(b.Elapsed().Seconds()*1000/float64(b.N)/float64(len(d.Operations)), "ms/operation")
		})
	}
}

// manyThings is a description with five operations on each of some things.
func manyThings(things int) string {
	const one = `
  /thingN:
    get: {operationId: listN, responses: {"200": {description: list, content: {application/json: {schema: {type: array}}}}, "400": {description: no}}}
    post:
      operationId: makeN
      requestBody: &bodyN {required: true, content: {application/json: {schema: {type: object, required: [name], properties: {name: {type: string, maxLength: 40}, size: {type: integer, minimum: 1}, color: {enum: [red, blue]}}}}}}
      responses:
        "201":
          description: made
          content: {application/json: {schema: {type: object, required: [id], properties: {id: {type: string}}}}}
          links:
            get: {operationId: readN, parameters: {id: "$response.body#/id"}}
            put: {operationId: changeN, parameters: {id: "$response.body#/id"}}
            delete: {operationId: removeN, parameters: {id: "$response.body#/id"}}
        "400": {description: no}
  /thingN/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    get: {operationId: readN, responses: {"200": {description: one}, "404": {description: none}}}
    put: {operationId: changeN, requestBody: *bodyN, responses: {"200": {description: changed}, "400": {description: no}, "404": {description: none}}}
    delete: {operationId: removeN, responses: {"204": {description: gone}, "404": {description: none}}}`
	var paths strings.Builder
	for n := range things {
		paths.WriteString(strings.ReplaceAll(one, "N", fmt.Sprint(n)))
	}
	return "openapi: 3.0.3\ninfo: {title: many, version: \"1\"}\npaths:" + paths.String()
}
