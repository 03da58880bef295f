package spec

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// parse reads a description of paths and, after them, whatever else.
func parse(t *testing.T, paths string) *Description {
	t.Helper()
	d, err := Parse([]byte("openapi: 3.0.3\ninfo: {title: t, version: \"1\"}\n"+paths), "x.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestBadDocumentsNameTheFile(t *testing.T) {
	const head = "openapi: 3.0.3\ninfo: {title: t, version: \"1\"}\n"
	for _, tt := range []struct{ claim, document, want string }{
		{"no YAML", "{", "readable"},
		{"empty", "", "OpenAPI 3"},
		{"Swagger 2", `{"swagger": "2.0", "info": {"title": "t", "version": "1"}, "paths": {"/a": {"get": 1}}}`, "no operation is left of it"},
		{"no version", "info: {title: t, version: \"1\"}\npaths: {}\n", `openapi: ""; must be 3.x`},
		{"a version to come", "openapi: 4.0.0\ninfo: {title: t, version: \"1\"}\npaths: {}\n", `openapi: "4.0.0"; must be 3.x`},
		{"no info", "openapi: 3.0.3\npaths: {}\n", "info"},
		{"no paths", head, "paths"},
		{"no responses", head + "paths: {/a: {get: {}}}\n", "responses"},
		{"a path parameter that is not declared", head + "paths: {'/a/{id}': {get: {responses: {'200': {description: d}}}}}\n", "id"},
		{"a reference to nothing", head + "paths: {/a: {get: {parameters: [{$ref: '#/components/parameters/X'}], responses: {'200': {description: d}}}}}\n", "X"},
		{"a link to nothing", head + "paths: {/a: {get: {operationId: x, responses: {'200': {description: d, links: {l: {operationId: nobody}}}}}}}\n", "nobody"},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			_, err := Parse([]byte(tt.document), "dir/bad.yaml")
			if err == nil || !strings.HasPrefix(err.Error(), "dir/bad.yaml: ") || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%v, want the file and %q", err, tt.want)
			}
		})
	}
}

func TestReferencesStayOffTheNetwork(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	for _, reference := range []string{"http://" + listener.Addr().String() + "/x.yaml", "https://schemas.example.test/x.json", "ftp://127.0.0.1/x"} {
		document := fmt.Sprintf("openapi: 3.0.3\ninfo: {title: t, version: \"1\"}\npaths: {/a: {get: {responses: {'200': {description: d, content: {application/json: {schema: {$ref: '%s'}}}}}}}}\n", reference)
		d, err := Parse([]byte(document), "x.yaml")
		if err != nil || len(d.Slips) != 1 || !strings.Contains(d.Slips[0].String(), "only references to local files") || !strings.Contains(d.Slips[0].String(), "any value") {
			t.Errorf("%s: %v", reference, err)
		}
	}
	if err := listener.(*net.TCPListener).SetDeadline(time.Now()); err != nil {
		t.Fatal(err)
	}
	if _, err := listener.Accept(); err == nil {
		t.Error("a reference reached the network")
	}
}

func TestReferencesToFilesBesideAreFollowed(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("api.yaml", "openapi: 3.0.3\ninfo: {title: t, version: \"1\"}\npaths: {/a: {post: {requestBody: {content: {application/json: {schema: {$ref: thing.yaml}}}}, responses: {'200': {description: d}}}}}\n")
	write("thing.yaml", "type: object\nrequired: [a]\n")
	d, err := Load(filepath.Join(dir, "api.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if got := d.Operations[0].Body.JSON().Schema.Violations(map[string]any{}, Sent); len(got) != 1 || got[0].Pointer != "/a" {
		t.Errorf("violations %v, want /a required", got)
	}
	if d.File != "api.yaml" {
		t.Errorf("file %q holds its folder", d.File)
	}
	if _, err := Load(filepath.Join(dir, "none.yaml")); err == nil {
		t.Error("a missing file is loaded")
	}
}

func TestOddDocumentsLoad(t *testing.T) {
	for _, tt := range []struct {
		claim, paths string
		check        func(*Description) bool
	}{
		{"no servers", "paths: {/a: {get: {responses: {'200': {description: d}}}}}", func(d *Description) bool { return d.BasePath == "" && len(d.Servers) == 0 }},
		{"a server that is a path", "servers: [{url: /v9/}]\npaths: {}", func(d *Description) bool { return d.BasePath == "/v9" && len(d.Operations) == 0 }},
		{"a path without operations", "paths: {/a: {}}", func(d *Description) bool { return len(d.Operations) == 0 }},
		{"default answers alone", "paths: {/a: {get: {responses: {default: {description: d}}}}}", func(d *Description) bool {
			o := d.Operations[0]
			return o.Response(418).Key == "default" && slices.Contains(o.Success(), 200) && !slices.Contains(o.Success(), 404)
		}},
		{"ranges of statuses", "paths: {/a: {get: {responses: {2XX: {description: d}, '404': {description: d}, 4XX: {description: d}}}}}", func(d *Description) bool {
			o := d.Operations[0]
			return o.Response(204).Key == "2XX" && o.Response(404).Key == "404" && o.Response(410).Key == "4XX" && o.Response(500) == nil &&
				slices.Contains(o.Success(), 200) && slices.Contains(o.Success(), 201) && slices.Contains(o.Success(), 204) && !slices.Contains(o.Success(), 299)
		}},
		{"a status and its range count once", "paths: {/a: {get: {responses: {'201': {description: d}, 2XX: {description: d}}}}}", func(d *Description) bool {
			return slices.Equal(d.Operations[0].Success(), []int{200, 201, 202, 203, 204, 205, 206})
		}},
		{"no operation ids", "paths: {'/a/{b}/c': {get: {parameters: [{name: b, in: path, required: true, schema: {type: string}}], responses: {'200': {description: d}}}}}", func(d *Description) bool {
			return d.Operation("get-a-b-c") != nil
		}},
		{"no operation ids, and paths that differ in a slash alone", "paths: {/a: {get: {responses: {'200': {description: d}}}}, /a/: {get: {responses: {'200': {description: d}}}}}", func(d *Description) bool {
			return len(d.Operations) == 2 && d.Operation("get-a").Path == "/a" && d.Operations[1].Path == "/a/"
		}},
		{"parameters of the path, overridden by the operation's", "paths: {'/a/{id}': {parameters: [{name: id, in: path, required: true, schema: {type: string}}, {name: q, in: query, schema: {type: string}}], get: {parameters: [{name: q, in: query, required: true, schema: {type: integer}}], responses: {'200': {description: d}}}}}", func(d *Description) bool {
			p := d.Operations[0].Parameters
			return len(p) == 2 && p[0].Name == "id" && p[1].Required && p[1].Schema.Type.Is("integer")
		}},
		{"a schema within itself", "paths: {/a: {post: {requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/N'}}}}, responses: {'200': {description: d}}}}}\ncomponents: {schemas: {N: {type: object, properties: {pin: {type: string, format: password}, n: {$ref: '#/components/schemas/N'}}}}}", func(d *Description) bool {
			return slices.Equal(d.SecretFields, []string{"pin"})
		}},
		{"security of every kind", "security: [{b: []}]\npaths: {/a: {get: {security: [], responses: {'200': {description: d}}}}, /b: {get: {security: [{k: [], b: []}, {}], responses: {'200': {description: d}}}}, /c: {get: {responses: {'200': {description: d}}}}}\ncomponents: {securitySchemes: {b: {type: http, scheme: Bearer}, s: {type: http, scheme: basic}, k: {type: apiKey, in: query, name: key}, o: {type: openIdConnect, openIdConnectUrl: 'https://a.example.test'}}}", func(d *Description) bool {
			return len(d.Operation("get-a").Security) == 0 && fmt.Sprint(d.Operation("get-b").Security) == "[[b k] []]" && fmt.Sprint(d.Operation("get-c").Security) == "[[b]]" &&
				d.Schemes["b"] == Scheme{Name: "b", In: "header", Field: "Authorization", Prefix: "Bearer "} && d.Schemes["s"].Prefix == "Basic " && d.Schemes["k"] == Scheme{Name: "k", In: "query", Field: "key"} && d.Schemes["o"].Prefix == "Bearer " && d.Schemes["o"].LogIn
		}},
		{"headers, JSON before other content", "paths: {/a: {get: {responses: {'200': {description: d, headers: {X-A: {required: true, schema: {type: string}}}, content: {application/a: {schema: {type: string}}, application/x+json: {schema: {type: string}}}}}}}}", func(d *Description) bool {
			r := d.Operations[0].Response(200)
			return r.Headers[0].Name == "X-A" && r.Headers[0].Required && r.Content[0].MediaType == "application/x+json" && r.JSON() == &r.Content[0]
		}},
		{"a body without JSON", "paths: {/a: {post: {requestBody: {content: {text/csv: {}}}, responses: {'200': {description: d}}}}}", func(d *Description) bool {
			return d.Operations[0].Body.JSON() == nil && !d.Operations[0].Body.Content[0].HasSchema
		}},
		{"OpenAPI 3.1 with webhooks alone", "webhooks: {w: {post: {responses: {'200': {description: d}}}}}", nil},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			version := "3.0.3"
			if tt.check == nil {
				version = "3.1.0"
			}
			d, err := Parse([]byte("openapi: "+version+"\ninfo: {title: t, version: \"1\"}\n"+tt.paths), "x.yaml")
			if err != nil {
				t.Fatal(err)
			}
			if tt.check != nil && !tt.check(d) {
				t.Errorf("it was read as %+v", d.Operations)
			}
		})
	}
}

func TestJSONMediaTypes(t *testing.T) {
	for mediaType, want := range map[string]bool{
		"application/json": true, "Application/JSON; charset=utf-8": true, "application/problem+json": true,
		"application/jsonx": false, "text/json": false, "application/x-www-form-urlencoded": false, "": false,
	} {
		if got := JSON(mediaType); got != want {
			t.Errorf("%q: %v, want %v", mediaType, got, want)
		}
	}
}

func TestAnExampleMayBeJSONInAText(t *testing.T) {
	for _, tt := range []struct{ claim, schema, example, want string }{
		{"of an object", "{type: object}", `'{"a": [1]}'`, "map[a:[1]]"},
		{"of a text it is the text", "{type: string}", `'{"a": [1]}'`, `{"a": [1]}`},
		{"what is no JSON stays", "{type: object}", "'{a'", "{a"},
		{"an object stays", "{type: object}", "{a: b}", "map[a:b]"},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			d := parse(t, "paths: {/a: {post: {requestBody: {content: {application/json: {schema: "+tt.schema+", example: "+tt.example+"}}}, responses: {'200': {description: d}}}}}")
			if got := fmt.Sprint(d.Operations[0].Body.JSON().Examples[0].Value); got != tt.want {
				t.Errorf("%s, want %s", got, tt.want)
			}
		})
	}
}

func TestPathsMayDifferInTheirParametersAlone(t *testing.T) {
	d := parse(t, `
paths:
  /a/{name}:
    get: {operationId: byName, parameters: [{name: name, in: path, required: true, schema: {type: string}}], responses: {'200': {description: d}}}
  /a/{number}:
    delete: {operationId: byNumber, parameters: [{name: number, in: path, required: true, schema: {type: integer}}], responses: {'204': {description: d}}}
`)
	if got := fmt.Sprint(d.IDs()); got != "[byName byNumber]" {
		t.Errorf("operations %s", got)
	}
}

func TestWhatARequestCannotCarryIsNoCredential(t *testing.T) {
	const schemes = `
components:
  securitySchemes:
    Cert: {type: mutualTLS}
    Key: {type: apiKey, in: header, name: K}
    Digest: {type: http, scheme: digest}
`
	const digest = "the operation needs Digest, a credential of http digest, which is not supported"
	for _, tt := range []struct {
		claim, security, want string
		certificate           bool
		unsendable            string
	}{
		{"a certificate is of the connection", "[{Cert: []}]", "[[]]", true, ""},
		{"a key beside it is sent", "[{Cert: [], Key: []}]", "[[Key]]", true, ""},
		{"a key instead of it is sent", "[{Cert: []}, {Key: []}]", "[[Key]]", false, ""},
		{"nothing instead of it is an alternative", "[{Cert: []}, {}]", "[[]]", false, ""},
		{"nothing is needed", "[]", "[]", false, ""},
		{"a digest cannot be sent", "[{Digest: []}]", "[]", false, digest},
		{"nor with a key beside it", "[{Digest: [], Key: []}]", "[]", false, digest},
		{"a key instead of a digest is sent", "[{Digest: []}, {Key: []}]", "[[Key]]", false, ""},
		{"a certificate instead of a digest", "[{Digest: []}, {Cert: []}]", "[[]]", true, ""},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			d, err := Parse([]byte("openapi: 3.1.0\ninfo: {title: t, version: \"1\"}\npaths: {/a: {get: {security: "+tt.security+", responses: {'200': {description: d}}}}}"+schemes), "x.yaml")
			if err != nil {
				t.Fatal(err)
			}
			o := d.Operations[0]
			if got := fmt.Sprint(o.Security); got != tt.want || o.Certificate != tt.certificate || o.Unsendable != tt.unsendable {
				t.Errorf("%s, want %s; needs a certificate: %v; cannot be sent: %q", got, tt.want, o.Certificate, o.Unsendable)
			}
		})
	}
}

func TestListsAreInAFixedOrder(t *testing.T) {
	d := parse(t, `paths:
  /z: {get: {operationId: b, responses: {'200': {description: d}}}}
  /a:
    post: {operationId: c, responses: {'500': {description: d}, '200': {description: d, links: {z: {operationId: a}, y: {operationId: b}}}}}
    get: {operationId: a, parameters: [{name: z, in: query, schema: {type: string}}, {name: a, in: query, schema: {type: string}}], responses: {'200': {description: d}}}
`)
	var got []string
	for _, o := range d.Operations {
		got = append(got, o.ID)
		for _, p := range o.Parameters {
			got = append(got, p.Name)
		}
		for _, r := range o.Responses {
			got = append(got, r.Key)
		}
		for _, l := range o.Links {
			got = append(got, l.Name)
		}
	}
	if want := "a a z 200 b 200 c 200 500 y z"; strings.Join(got, " ") != want {
		t.Errorf("got %q, want %q", strings.Join(got, " "), want)
	}
}

func TestLinksAreReadAsPointers(t *testing.T) {
	d := parse(t, `paths:
  /a:
    post:
      operationId: make
      responses:
        "201":
          description: d
          links: {l: {operationId: make, parameters: {id: $response.body#/id}, requestBody: {a/b: {c: $response.body#/x}}, x-settled: true}}
`)
	l := d.Operation("make").Links[0]
	if l.Status != "201" || l.To != "make" || !l.Settled || l.Parameters["id"] != "$response.body#/id" || l.Body["/a~1b/c"] != "$response.body#/x" {
		t.Errorf("link %+v", l)
	}
}

func TestAMediaTypeMayBeLeftEmpty(t *testing.T) {
	d, err := Parse([]byte("openapi: 3.0.1\ninfo: {title: t, version: v1}\npaths:\n  /test:\n    post:\n      requestBody:\n        content:\n          application/json:\n      responses: {'200': {description: d}}\n"), "x.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if c := d.Operations[0].Body.JSON(); c == nil || c.HasSchema {
		t.Errorf("content %+v", c)
	}
}

func TestFileNamesAreNeverAbsolute(t *testing.T) {
	for name, want := range map[string]string{"a.yaml": "a.yaml", "./spec/a.yaml": "spec/a.yaml", "/home/x/a.yaml": "a.yaml"} {
		if got := shownName(name); got != want {
			t.Errorf("%s is shown as %s, want %s", name, got, want)
		}
	}
}

// Parameters are described by a schema or by a content; three headers are described elsewhere,
// and a key is none where it is a credential already.
func TestParameters_AsTheStandardHasThem(t *testing.T) {
	d := parse(t, `
paths:
  /a:
    parameters: [{name: Accept, in: header, schema: {type: string}}]
    get:
      operationId: a
      security: [{Key: []}, {Query: []}]
      parameters:
        - {name: x-key, in: header, required: true, schema: {type: string}}
        - {name: k, in: query, required: true, schema: {type: string}}
        - {name: k, in: cookie, schema: {type: string}}
        - {name: content-TYPE, in: header, required: true, schema: {type: string}}
        - {name: Authorization, in: header, required: true, schema: {type: string}}
        - {name: filter, in: query, required: true, content: {application/json: {schema: {type: object}, examples: {one: {value: {a: 1}}}}}}
      responses: {"200": {description: d}}
  /b:
    get:
      operationId: b
      parameters: [{name: X-Key, in: header, schema: {type: string}}]
      responses: {"200": {description: d}}
components: {securitySchemes: {Key: {type: apiKey, in: header, name: X-Key}, Query: {type: apiKey, in: query, name: k}}}
`)
	var list []string
	for _, p := range d.Operation("a").Parameters {
		list = append(list, p.In+":"+p.Name+" "+p.MediaType)
	}
	if got := strings.Join(list, ", "); got != "cookie:k , query:filter application/json" {
		t.Errorf("parameters %s", got)
	}
	if p := d.Operation("a").Parameters[1]; p.Schema.Schema == nil || p.Example == nil || !p.Required {
		t.Errorf("a parameter with a content is read as %+v", p)
	}
	if len(d.Operation("b").Parameters) != 1 {
		t.Error("a header that is no credential of the operation is left out")
	}
}

func TestLinks_ByReference(t *testing.T) {
	const text = `
paths:
  /a: {post: {operationId: a, responses: {"201": {description: d, links: {one: {operationRef: '%s', parameters: {id: $response.body#/id}}}}}}}
  /b/{id}: {get: {parameters: [{name: id, in: path, required: true, schema: {type: string}}], responses: {"200": {description: d}}}}
`
	for _, ref := range []string{"#/paths/~1b~1{id}/get", "#/paths/~1b~1%7Bid%7D/get"} {
		if links := parse(t, fmt.Sprintf(text, ref)).Operation("a").Links; len(links) != 1 || links[0].To != "get-b-id" {
			t.Errorf("%s leads to %+v", ref, links)
		}
	}
	if links := parse(t, fmt.Sprintf(text, "https://example.test/other.yaml#/paths/~1b/get")).Operation("a").Links; len(links) != 0 {
		t.Errorf("a link to another document leads to %+v", links)
	}
	_, err := Parse([]byte("openapi: 3.0.3\ninfo: {title: t, version: '1'}\n"+fmt.Sprintf(text, "#/paths/~1c/get")), "d.yaml")
	if err == nil || !strings.Contains(err.Error(), "no operation stands there") {
		t.Errorf("a link that leads nowhere: %v", err)
	}
}

// Ids that are alike, or that have no letters of ours, are told apart.
func TestOperations_AreToldApart(t *testing.T) {
	var paths []string
	for i, id := range []string{"a-b", "a_b", "A.b", "a b", "取得", "登録", "twice", "twice", "", ""} {
		if id != "" {
			id = fmt.Sprintf("operationId: %q, ", id)
		}
		paths = append(paths, fmt.Sprintf(`/p%d: { get: { %sresponses: { "200": { description: d } } } }`, i, id))
	}
	paths = append(paths, `/P9: { get: { responses: { "200": { description: d } } } }`, `/p9/: { get: { responses: { "200": { description: d } } } }`)
	d, err := Parse([]byte("openapi: 3.0.3\ninfo: { title: t, version: '1' }\npaths: { "+strings.Join(paths, ", ")+" }\n"), "t.yaml")
	if err != nil {
		t.Fatal(err)
	}
	ids, slugs := map[string]bool{}, map[string]bool{}
	for _, o := range d.Operations {
		if ids[o.ID] || slugs[strings.ToLower(o.Slug())] || o.Slug() == "" || o.Slug() != Slug(o.Slug()) {
			t.Errorf("%s %s: id %q, slug %q", o.Method, o.Path, o.ID, o.Slug())
		}
		ids[o.ID], slugs[strings.ToLower(o.Slug())] = true, true
	}
	if len(ids) != len(paths) || !ids["a-b"] || !ids["a_b"] || !ids["取得"] || !ids["twice"] {
		t.Errorf("ids %v", ids)
	}
}
