package cli

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"flag"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
)

var updateSmall = flag.Bool("update-small", false, "write SMALL.md anew")

// smallKinds are the kinds of easily misread things, by number.
var smallKinds = []string{1: "Parameters", 2: "Bodies of requests", 3: "Values", 4: "Requests as they are on the wire", 5: "Media types of responses", 6: "Headers of responses",
	7: "Null and formats", 8: "Discriminators", 9: "JSON Schema 2020-12", 10: "Content codings", 11: "Words of findings", 12: "Descriptions", 13: "YAML", 14: "Bounds"}

// smallTable is every small API that is of a kind.
func smallTable() []smallAPI {
	return slices.Concat(smallParameters(), smallBodies(), smallValues(), smallBytes(), smallMedia(), smallHeaders(), smallNull(), smallDiscriminators(),
		smallModern(), smallCodings(), smallWords(), smallDescriptions(), smallYAML(), smallBounded())
}

// TestSmallAPIs certifies each small API of the table as it is described, where it passes,
// and with its planted defect, where the obligation that is named fails and no other.
func TestSmallAPIs(t *testing.T) { checkSmall(t, smallTable()) }

// TestSmallAPIs_Listed compares the table with the page that lists it.
func TestSmallAPIs_Listed(t *testing.T) {
	var b strings.Builder
	b.WriteString("# Small APIs\n\nEach holds one thing that is easily misread. `TestSmallAPIs` certifies each as its description has it, which passes,\nand with a planted defect, with which the obligations named here fail and no other. `go test ./harness/cli -run\n'^TestSmallAPIs_Listed$' -update-small` writes this page anew.\n")
	for kind, name := range smallKinds {
		if kind == 0 {
			continue
		}
		fmt.Fprintf(&b, "\n## %s\n\n| The thing | OpenAPI | Fails with the defect |\n| --- | --- | --- |\n", name)
		rows := 0
		for _, api := range smallTable() {
			if api.kind != kind {
				continue
			}
			versions := "3.0.3 3.1.0"
			if api.versions != nil {
				versions = strings.Join(api.versions, " ")
			}
			if api.wrong == nil || len(api.fails) == 0 {
				t.Errorf("%s has no planted defect", api.claim)
			}
			rows++
			fmt.Fprintf(&b, "| %s | %s | `%s` |\n", strings.ReplaceAll(api.claim, "|", "\\|"), versions, strings.Join(api.fails, "` `"))
		}
		if rows < 3 {
			t.Errorf("%s: %d small APIs, want 3 or more", name, rows)
		}
	}
	if *updateSmall {
		if err := os.WriteFile("SMALL.md", []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if page := must(os.ReadFile("SMALL.md"))(t); string(page) != b.String() {
		t.Error("SMALL.md does not list the table: -update-small writes it anew")
	}
}

// sends answers every request alike.
func sends(a smallAnswer) small { return func(*http.Request, string) smallAnswer { return a } }

// as is a response of a media type.
func as(label, body string) smallAnswer { return smallAnswer{200, label, body, nil} }

// headed is an empty response with a header.
func headed(name, value string) small {
	return sends(smallAnswer{status: 200, header: map[string]string{name: value}})
}

// coded is a JSON response in a content coding.
func coded(coding, body string) small {
	return sends(smallAnswer{200, "application/json", body, map[string]string{"Content-Encoding": coding}})
}

// answersAs is an operation whose answer is of some contents, in flow style.
func answersAs(contents string) string {
	return strings.Replace(answersAt("{}"), "{ application/json: { schema: {} } } }\n", contents+" }\n", 1)
}

// heads is an operation with a header in its answer.
func heads(header string) string {
	return strings.Replace(answersAt("{}"), "content: { application/json: { schema: {} } }", "headers: { "+header+" }", 1)
}

// raws objects to what is sent of a parameter q, by its bytes.
func raws(is func(raw string) bool) small { return takes(asked(false, is)) }

// whose objects to a JSON body by its fields.
func whose(is func(object map[string]any) bool) small {
	return takes(func(_ *http.Request, body string) string {
		if object := in(body); object == nil || !is(object) {
			return "another body"
		}
		return ""
	})
}

// formed objects to a URL-encoded body by its bytes, field by field.
func formed(is func(fields map[string][]string) bool) small {
	return takes(func(_ *http.Request, body string) string {
		fields := map[string][]string{}
		for field := range strings.SplitSeq(body, "&") {
			name, value, _ := strings.Cut(field, "=")
			name = must2(url.QueryUnescape(name))
			fields[name] = append(fields[name], value)
		}
		if !is(fields) {
			return "another form"
		}
		return ""
	})
}

// must2 is the text of two results, "" where there is an error.
func must2(text string, err error) string {
	if err != nil {
		return ""
	}
	return text
}

// wholes reports whether each of some texts is an integer of at least a number.
func wholes(texts []string, least int64) bool {
	return !slices.ContainsFunc(texts, func(text string) bool { return !wholeText(text, least) })
}

func integerIn(object map[string]any, name string) bool {
	n, ok := object[name].(float64)
	return ok && n == float64(int64(n)) || ok && n > 1<<62
}

func gzipped(text string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, writeErr := w.Write([]byte(text))
	if closeErr := w.Close(); writeErr != nil || closeErr != nil {
		panic("a buffer takes everything")
	}
	return b.String()
}

func zipped(text string) string {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	_, writeErr := w.Write([]byte(text))
	if closeErr := w.Close(); writeErr != nil || closeErr != nil {
		panic("a buffer takes everything")
	}
	return b.String()
}

func smallParameters() []smallAPI {
	list := `{ type: array, minItems: 2, maxItems: 3, items: { type: integer, minimum: 1 } }`
	inPath := func(style string) string {
		return `{ name: q, in: path, required: true, ` + style + `schema: ` + list + ` }`
	}
	path := func(is func(raw string) bool) small {
		return takes(func(r *http.Request, _ string) string {
			if !is(strings.TrimPrefix(r.URL.EscapedPath(), "/x/")) {
				return "another path"
			}
			return ""
		})
	}
	items := func(most int, before, between string, each string) func(string) bool {
		return func(raw string) bool {
			raw, is := strings.CutPrefix(raw, before)
			parts := strings.Split(raw, between)
			for i := range parts {
				parts[i] = strings.TrimPrefix(parts[i], each)
			}
			return is && wholes(parts, 1) && len(parts) > 1 && len(parts) <= most
		}
	}
	rows := []smallAPI{}
	for _, one := range []struct{ claim, style, before, between, each string }{
		{"a list in the style simple", "", "", ",", ""},
		{"a list in the style label", "style: label, ", ".", ",", ""},
		{"a list in the style label that explodes", "style: label, explode: true, ", ".", ".", ""},
		{"a list in the style matrix", "style: matrix, ", ";q=", ",", ""},
		{"a list in the style matrix that explodes", "style: matrix, explode: true, ", ";", ";", "q="},
	} {
		rows = append(rows, smallAPI{kind: 1, claim: one.claim, document: asksAt("/x/{q}", inPath(one.style)),
			right: path(items(3, one.before, one.between, one.each)), wrong: path(items(4, one.before, one.between, one.each)), fails: []string{"it.MALFORMED"}})
	}
	for _, one := range []struct{ claim, style, between string }{
		{"a list in the style form that does not explode", "explode: false", ","},
		{"a list in the style spaceDelimited", "style: spaceDelimited, explode: false", "%20"},
		{"a list in the style pipeDelimited", "style: pipeDelimited, explode: false", "|"},
	} {
		rows = append(rows, smallAPI{kind: 1, claim: one.claim, document: asksAt("/x", `{ name: q, in: query, required: true, `+one.style+`, schema: `+list+` }`),
			right: raws(items(3, "", one.between, "")), wrong: raws(items(4, "", one.between, "")), fails: []string{"it.MALFORMED"}})
	}
	segment := func(words ...string) small {
		return path(func(raw string) bool {
			text, err := url.PathUnescape(raw)
			return err == nil && slices.Contains(words, text)
		})
	}
	deep := func(least int64) small {
		return takes(func(r *http.Request, _ string) string {
			inner, there := query(r, "q%5Bn%5D")
			if name, own := query(r, "n"); !there || !wholeText(inner, least) || !own || name != "a" {
				return "another q"
			}
			return ""
		})
	}
	return append(rows, smallAPI{
		kind: 1, claim: "where a listed value names a folder of the path another is taken", document: asksAt("/x/{q}", `{ name: q, in: path, required: true, schema: { type: string, enum: [".", "..", a, "b c"] } }`),
		right: segment("a", "b c"), wrong: segment("a"), fails: []string{"it.VALID"},
	}, smallAPI{
		kind: 1, claim: "where a listed value holds the separator another is taken", document: asksAt("/x", `{ name: q, in: query, required: true, explode: false, schema: { type: array, minItems: 2, items: { type: string, enum: ["a,b", c] } } }`),
		right: raws(func(raw string) bool { return strings.Trim(raw, ",c") == "" && strings.Count(raw, "c") > 1 }), wrong: raws(func(string) bool { return false }), fails: []string{"it.VALID"}, dropped: `holds ","`,
	}, smallAPI{
		kind: 1, claim: "a list may have more than one item", document: asksAt("/x", `{ name: q, in: query, explode: false, schema: { type: array, items: { type: integer } } }`),
		right: takes(asked(true, func(raw string) bool { return wholes(strings.Split(raw, ","), -1<<62) })), wrong: takes(asked(true, func(raw string) bool { return wholeText(raw, -1<<62) })), fails: []string{"it.VALID"},
	}, smallAPI{
		kind: 1, claim: "a deepObject beside a parameter of a property's name", document: asksAt("/x", `{ name: q, in: query, required: true, style: deepObject, explode: true, schema: { type: object, required: [n], properties: { n: { type: integer, minimum: 3 } } } }, { name: n, in: query, required: true, schema: { type: string, enum: [a] } }`),
		right: deep(3), wrong: deep(2), fails: []string{"it.MALFORMED"},
	}, smallAPI{
		kind: 1, claim: "headers named Accept, Content-Type and Authorization are no parameters", document: asksAt("/x", `{ name: Accept, in: header, required: true, schema: { type: integer } }, { name: authorization, in: header, required: true, schema: { type: integer } }, { name: q, in: query, required: true, schema: { type: boolean } }`),
		right: takes(func(r *http.Request, _ string) string {
			if q, _ := query(r, "q"); q != "true" && q != "false" || r.Header.Get("Authorization") != "" {
				return "another q"
			}
			return ""
		}),
		wrong: takes(func(r *http.Request, _ string) string {
			if _, there := query(r, "q"); !there || r.Header.Get("Authorization") == "" {
				return "who is that"
			}
			return ""
		}),
		fails: []string{"it.VALID"},
	})
}

func smallBodies() []smallAPI {
	const form = "application/x-www-form-urlencoded"
	optional := strings.Replace(takesAt(`{ type: object, required: [a], properties: { a: { type: integer } } }`), "required: true, content", "content", 1)
	absent := func(status int) small {
		return func(r *http.Request, body string) smallAnswer {
			if body == "" {
				return smallAnswer{status: status}
			}
			return whose(func(object map[string]any) bool { return integerIn(object, "a") })(r, body)
		}
	}
	object := `{ schema: { type: object, required: [o], properties: { o: { type: object, required: [a], properties: { a: { type: integer, minimum: 1 } } } } }`
	list := func(between string, most int) small {
		return formed(func(fields map[string][]string) bool {
			ids := fields["ids"]
			if between != "" && len(ids) == 1 {
				ids = strings.Split(ids[0], between)
			}
			return len(fields) == 1 && len(ids) > 1 && len(ids) <= most && wholes(ids, 1)
		})
	}
	ids := `{ schema: { type: object, required: [ids], properties: { ids: { type: array, minItems: 2, maxItems: 4, items: { type: integer, minimum: 1 } } } }`
	return []smallAPI{{
		kind: 2, claim: "an optional body that is left out", document: optional, right: absent(200), wrong: absent(500), fails: []string{"it.VALID"},
	}, {
		kind: 2, claim: "a list in a form is repeated", document: bodyOf(form, ids+" }"), right: list("", 4), wrong: list("", 5), fails: []string{"it.MALFORMED"},
	}, {
		kind: 2, claim: "a list in a form that does not explode", document: bodyOf(form, ids+`, encoding: { ids: { explode: false } } }`), right: list(",", 4), wrong: list(",", 5), fails: []string{"it.MALFORMED"},
	}, {
		kind: 2, claim: "a list in a form between pipes", document: bodyOf(form, ids+`, encoding: { ids: { style: pipeDelimited, explode: false } } }`), right: list("|", 4), wrong: list("|", 5), fails: []string{"it.MALFORMED"},
	}, {
		kind: 2, claim: "an object in a form as JSON", document: bodyOf(form, object+`, encoding: { o: { contentType: application/json } } }`),
		right: formed(func(fields map[string][]string) bool {
			return len(fields["o"]) == 1 && between("a", "1", "1e30")(nil, must2(url.QueryUnescape(fields["o"][0]))) == "" && integerIn(in(must2(url.QueryUnescape(fields["o"][0]))), "a")
		}),
		wrong: formed(func(fields map[string][]string) bool {
			return len(fields["o"]) == 1 && integerIn(in(must2(url.QueryUnescape(fields["o"][0]))), "a")
		}),
		fails: []string{"it.MALFORMED"},
	}, {
		kind: 2, claim: "an object in a form in the style deepObject", document: bodyOf(form, object+`, encoding: { o: { style: deepObject, explode: true } } }`),
		right: formed(func(fields map[string][]string) bool { return len(fields["o[a]"]) == 1 && wholes(fields["o[a]"], 1) }),
		wrong: formed(func(fields map[string][]string) bool { return len(fields["o[a]"]) == 1 && wholes(fields["o[a]"], 0) }),
		fails: []string{"it.MALFORMED"},
	}, {
		kind: 2, claim: "a body of any media type is no JSON that may be broken", document: bodyOf(`"*/*"`, `{}`),
		right: takesBytes(""), wrong: takesBytes("{}"), fails: []string{"it.VALID"},
	}}
}

// takesBytes takes any body but one.
func takesBytes(but string) small {
	return func(_ *http.Request, body string) smallAnswer {
		if body == but {
			return refuses(400, "not that")
		}
		return smallAnswer{200, "application/json", `{}`, nil}
	}
}

func smallValues() []smallAPI {
	text := func(pattern string) string {
		return `{ type: object, required: [a], properties: { a: { type: string, pattern: '` + pattern + `' } } }`
	}
	texts := func(is func(a string) bool) small {
		return whose(func(object map[string]any) bool { a, ok := object["a"].(string); return ok && is(a) })
	}
	digits := func(a string) bool { return strings.Trim(a, "0123456789") == "" && a != "" }
	either := func(object map[string]any) bool {
		_, a := object["a"]
		_, b := object["b"]
		return a != b && (!a || integerIn(object, "a")) && (!b || integerIn(object, "b"))
	}
	closed := func(names ...string) small {
		return whose(func(object map[string]any) bool {
			return integerIn(object, "a") && !slices.ContainsFunc(keysOf(object), func(name string) bool { return !slices.Contains(names, name) })
		})
	}
	return []smallAPI{{
		kind: 3, claim: "a pattern that looks ahead", document: takesAt(text(`^(?!0)[0-9]{2,4}$`)),
		right: texts(func(a string) bool { return digits(a) && a[0] != '0' && len(a) > 1 && len(a) < 5 }), wrong: texts(func(a string) bool { return digits(a) && a[0] != '0' && len(a) > 1 }), fails: []string{"it.MALFORMED"},
	}, {
		kind: 3, claim: "a pattern that refers back", document: takesAt(text(`^(a|b)-\1$`)),
		right: texts(func(a string) bool { return a == "a-a" || a == "b-b" }), wrong: texts(func(a string) bool { return len(a) == 3 }), fails: []string{"it.MALFORMED"},
	}, {
		kind: 3, claim: "digits of another script are digits in some dialects of patterns", document: takesAt(text(`^\d{2}$`)),
		right: texts(func(a string) bool { return len([]rune(a)) == 2 && !strings.ContainsAny(a, " ?-+x") }), wrong: texts(digits), fails: []string{"it.MALFORMED"},
	}, {
		kind: 3, claim: "a format that few check makes no request malformed", document: takesAt(`{ type: object, required: [a], properties: { a: { type: string, format: duration } } }`),
		right: texts(func(string) bool { return true }), wrong: texts(func(a string) bool { return !strings.HasPrefix(a, "P") }), fails: []string{"it.VALID"},
	}, {
		kind: 3, claim: "one of two fields and not both", document: takesAt(`{ type: object, properties: { a: { type: integer }, b: { type: integer } }, oneOf: [ { required: [a] }, { required: [b] } ] }`),
		right: whose(either), wrong: whose(func(object map[string]any) bool { return either(object) && object["b"] == nil }), fails: []string{"it.VALID"},
	}, {
		kind: 3, claim: "a closed object in allOf", document: takesAt(`{ allOf: [ { type: object, additionalProperties: false, properties: { a: { type: integer }, b: {} } }, { type: object, required: [a] } ] }`),
		right: closed("a", "b"), wrong: closed("a", "b", "unknownproperty"), fails: []string{"it.MALFORMED"},
	}, {
		kind: 3, claim: "what is read only through a reference is not sent", document: takesAt(`{ type: object, required: [id, a], properties: { id: { $ref: "#/components/schemas/Id" }, a: { type: integer } } }`) + "  schemas: { Id: { type: integer, readOnly: true } }\n",
		right: whose(func(object map[string]any) bool { return object["id"] == nil && integerIn(object, "a") }), wrong: whose(func(object map[string]any) bool { return object["id"] != nil }), fails: []string{"it.VALID"},
	}, {
		kind: 3, claim: "what is read only beside a reference is not sent", versions: []string{"3.1.0", "3.2.0"}, document: takesAt(`{ type: object, required: [id, a], properties: { id: { $ref: "#/components/schemas/Id", readOnly: true }, a: { type: integer } } }`) + "  schemas: { Id: { type: integer } }\n",
		right: whose(func(object map[string]any) bool { return object["id"] == nil && integerIn(object, "a") }), wrong: whose(func(object map[string]any) bool { return object["id"] != nil }), fails: []string{"it.VALID"},
	}, {
		kind: 3, claim: "what is write only beside a reference is not answered", versions: []string{"3.1.0", "3.2.0"}, document: answersAt(`{ type: object, required: [key, a], properties: { key: { $ref: "#/components/schemas/Key", writeOnly: true }, a: { type: integer } } }`) + "  schemas: { Key: { type: string } }\n",
		right: says(`{"a":1}`), wrong: says(`{"a":1,"key":"k"}`), fails: []string{"it.SCHEMA"},
	}, {
		kind: 3, claim: "OpenAPI 3.0 ignores what stands beside a reference", versions: []string{"3.0.3", "3.0.4"}, document: takesAt(`{ type: object, required: [id], properties: { id: { $ref: "#/components/schemas/Id", readOnly: true } } }`) + "  schemas: { Id: { type: integer } }\n",
		right: whose(func(object map[string]any) bool { return integerIn(object, "id") }), wrong: whose(func(object map[string]any) bool { return object["id"] == nil }), fails: []string{"it.VALID", "it.MALFORMED"},
	}}
}

func smallBytes() []smallAPI {
	header := func(name string, is func(text string) bool) small {
		return takes(func(r *http.Request, _ string) string {
			if text := r.Header.Get(name); text == "" || !is(text) {
				return "another header"
			}
			return ""
		})
	}
	reserved := func(words ...string) small {
		return raws(func(raw string) bool { return slices.Contains(words, must2(url.QueryUnescape(raw))) })
	}
	least := func(n int64) small { return header("X-N", func(text string) bool { return wholeText(text, n) }) }
	pairs := func(n int64) small {
		return header("X-O", func(text string) bool {
			name, rest, _ := strings.Cut(text, "=")
			value, more, _ := strings.Cut(rest, ",")
			return name == "a" && wholeText(value, n) && (more == "" || more == "b=true" || more == "b=false")
		})
	}
	names := func(is func(object map[string]any) bool) small {
		return whose(func(object map[string]any) bool { return integerIn(object, "a/b") && is(object) })
	}
	return []smallAPI{{
		kind: 4, claim: "a query of reserved characters", document: asksAt("/x", `{ name: q, in: query, required: true, schema: { type: string, enum: ["a&b=c#d", "e+f g%h"] } }`),
		right: reserved("a&b=c#d", "e+f g%h"), wrong: reserved("a&b=c#d", "e f g%h"), fails: []string{"it.VALID"},
	}, {
		kind: 4, claim: "a header of a number", document: asksAt("/x", `{ name: X-N, in: header, required: true, schema: { type: integer, minimum: 4 } }`),
		right: least(4), wrong: least(3), fails: []string{"it.MALFORMED"},
	}, {
		kind: 4, claim: "a header of an object that explodes", document: asksAt("/x", `{ name: X-O, in: header, required: true, explode: true, schema: { type: object, required: [a], properties: { a: { type: integer, minimum: 4 }, b: { type: boolean } } } }`),
		right: pairs(4), wrong: pairs(3), fails: []string{"it.MALFORMED"}, dropped: "",
	}, {
		kind: 4, claim: "a cookie of an integer", document: asksAt("/x", `{ name: q, in: cookie, required: true, schema: { type: integer, minimum: 3 } }`),
		right: takes(cookie(3)), wrong: takes(cookie(2)), fails: []string{"it.MALFORMED"},
	}, {
		kind: 4, claim: "names with slashes and tildes", document: takesAt(`{ type: object, required: ["a/b", "c~d"], properties: { "a/b": { type: integer }, "c~d": { type: boolean } } }`),
		right: names(func(object map[string]any) bool { _, ok := object["c~d"].(bool); return ok }), wrong: names(func(map[string]any) bool { return true }), fails: []string{"it.MALFORMED"},
	}}
}

func smallMedia() []smallAPI {
	a := `{ schema: { type: object, required: [a], properties: { a: { type: integer } } } }`
	b := `{ schema: { type: object, required: [b], properties: { b: { type: string } } } }`
	row := func(claim, contents string, right, wrong smallAnswer, fails string) smallAPI {
		return smallAPI{kind: 5, claim: claim, document: answersAs("{ " + contents + " }"), right: sends(right), wrong: sends(wrong), fails: []string{"it." + fails}}
	}
	rows := []smallAPI{
		row("a range of media types with a schema", `"application/*": `+a+`, application/json: `+b, as("application/vnd.x+json", `{"a":1}`), as("application/vnd.x+json", `{"b":"x"}`), "SCHEMA"),
		row("the exact type comes before its range", `"application/*": `+a+`, application/json: `+b, as("application/json", `{"b":"x"}`), as("application/json", `{"a":1}`), "SCHEMA"),
		row("any media type with a schema", `"*/*": `+a, as("application/hal+json;profile=x", `{"a":1}`), as("application/hal+json", `{"a":"1"}`), "SCHEMA"),
		row("media types that differ in a parameter", `"application/json;v=1": `+a+`, "application/json;v=2": `+b, as("application/json; v=2", `{"b":"x"}`), as("application/json; v=2", `{"a":1}`), "SCHEMA"),
		row("JSON without a schema has to be JSON", `application/json: {}, text/plain: { schema: { type: string } }`, as("text/plain", `hi`), as("application/json", `hi`), "TYPE"),
		row("a text has its length", `text/plain: { schema: { type: string, maxLength: 5 } }`, as("text/plain", "hello"), as("text/plain; charset=utf-8", "hello!"), "SCHEMA"),
		row("bytes have their number", `application/octet-stream: { schema: { type: string, format: binary, maxLength: 3 } }`, as("application/octet-stream", "\x00\xff\xfe"), as("application/octet-stream", "\x00\xff\xfe\xfd"), "SCHEMA"),
		row("a text in another charset has its length in characters", `text/plain: { schema: { type: string, maxLength: 4 } }`, as("text/plain; charset=iso-8859-1", "caf\xe9"), as("text/plain; charset=iso-8859-1", "caf\xe9s"), "SCHEMA"),
		row("a text of two bytes a character", `text/plain: { schema: { type: string, enum: [ok] } }`, as("text/plain; charset=UTF-16BE", "\x00o\x00k"), as("text/plain; charset=UTF-16BE", "\x00k\x00o"), "SCHEMA"),
		row("a text in a charset that nobody knows is not judged", `text/plain: { schema: { type: string, maxLength: 4 } }`, as("text/plain; charset=x-unknown", "hello"), as("application/json", `"a"`), "TYPE"),
		row("CSV is no JSON", `text/csv: { schema: { type: string } }`, as("text/csv; header=present", "a,b\n"), as("application/json", `"a,b"`), "TYPE"),
		row("XML is judged by its media type", `application/xml: `+a, as("application/xml", "<x><a>1</a></x>"), as("application/json", `{"a":1}`), "TYPE"),
		row("lines of JSON are judged by their media type", `application/x-ndjson: `+a, as("application/x-ndjson", "{\"a\":1}\n{\"a\":2}\n"), as("application/json", `[]`), "TYPE"),
	}
	for i := range rows {
		if strings.Contains(rows[i].claim, "nobody knows") {
			rows[i].notes = `in the charset of its label, "x-unknown"`
		}
	}
	rows[len(rows)-1].notes, rows[len(rows)-2].notes = "not judged: the content of a body of application/x-ndjson", "not judged: the content of a body of application/xml"
	return rows
}

func smallHeaders() []smallAPI {
	row := func(claim, rest, right, wrong string) smallAPI {
		return smallAPI{kind: 6, claim: claim, document: heads(`X-A: { ` + rest + ` }`), right: headed("x-a", right), wrong: headed("x-a", wrong), fails: []string{"it.SCHEMA"}, words: "X-A"}
	}
	return []smallAPI{
		row("an integer in an optional header", `schema: { type: integer, minimum: 0 }`, "0", "-1"),
		row("a date in a header", `schema: { type: string, format: date-time }`, "2024-01-01t00:00:00z", "yesterday"),
		row("a UUID in a header", `schema: { type: string, format: uuid }`, "6F1C2A34-8d0b-4e1f-9a57-3b2c1d0e4f56", "6f1c2a34"),
		row("a list in a header, with spaces behind commas", `schema: { type: array, maxItems: 3, items: { type: integer } }`, "1, 2,3", "1,2,3,4"),
		row("an object in a header", `explode: true, schema: { type: object, required: [r], properties: { r: { type: integer } } }`, "r=1,s=2", "r=x"),
		row("JSON in a header", `content: { application/json: { schema: { type: object, required: [r] } } }`, `{"r": 1}`, `{"s": 1}`),
		row("decimals in a header", `schema: { type: number, multipleOf: 0.01 }`, "19.99", "19.999"),
	}
}

func smallNull() []smallAPI {
	row := func(claim, schema, right, wrong string, versions ...string) smallAPI {
		return smallAPI{kind: 7, claim: claim, versions: versions, document: answersAt(`{ type: object, required: [a], properties: { a: ` + schema + ` } }`), right: says(`{"a":` + right + `}`), wrong: says(`{"a":` + wrong + `}`), fails: []string{"it.SCHEMA"}, words: "/a"}
	}
	return []smallAPI{
		row("keywords without a type take null", `{ minLength: 2 }`, `null`, `"x"`),
		row("an hour that no day has", `{ type: string, format: date-time }`, `"0001-01-01T00:00:00-00:00"`, `"2024-01-01T24:00:00Z"`),
		row("a date in full", `{ type: string, format: date }`, `"2024-02-29"`, `"2024-2-9"`),
		row("characters and not bytes are counted", `{ type: string, maxLength: 2 }`, `"😀\ud83d\ude00"`, `"abc"`),
		row("1 and 1.0 are equal", `{ type: array, uniqueItems: true, items: {} }`, `[1, true, "1", [1]]`, `[1, 1.0]`),
		row("nullable beside a type that allOf limits", `{ type: string, nullable: true, allOf: [ { type: string, nullable: true, maxLength: 1 } ] }`, `null`, `"ab"`, "3.0.0", "3.0.4"),
		row("an IPv6 address", `{ type: string, format: ipv6 }`, `"::ffff:1.2.3.4"`, `"1::2::3"`),
	}
}

func smallDiscriminators() []smallAPI {
	const kinds = `  schemas:
    X: { type: object, required: [t, x], properties: { t: { type: string }, x: { type: integer } } }
    Y: { type: object, required: [t, y], properties: { t: { type: string }, y: { type: integer } } }
    Full: { oneOf: [ { $ref: "#/components/schemas/X" }, { $ref: "#/components/schemas/Y" } ], discriminator: { propertyName: t, mapping: { ex: "#/components/schemas/X", why: Y } } }
    Any: { anyOf: [ { $ref: "#/components/schemas/X" }, { $ref: "#/components/schemas/Y" } ], discriminator: { propertyName: t } }
    Base: { type: object, required: [t], properties: { t: { type: string } }, discriminator: { propertyName: t, mapping: { kitty: Cat } } }
    Cat: { allOf: [ { $ref: "#/components/schemas/Base" }, { type: object, required: [m], properties: { m: { type: integer } } } ] }
    Owl: { allOf: [ { $ref: "#/components/schemas/Base" } ], type: object, required: [w], properties: { w: { type: boolean } } }
`
	row := func(claim, schema, right, wrong, words string) smallAPI {
		return smallAPI{kind: 8, claim: claim, document: answersAt(`{ $ref: "#/components/schemas/`+schema+`" }`) + kinds, right: says(right), wrong: says(wrong), fails: []string{"it.SCHEMA"}, words: words}
	}
	return []smallAPI{
		row("a mapping of all kinds", "Full", `{"t":"ex","x":1}`, `{"t":"ex","y":1}`, "/x"),
		row("a name beside a mapping", "Full", `{"t":"X","x":1}`, `{"t":"other","x":1}`, "documented kinds"),
		row("a mapping of one kind that inherits", "Base", `{"t":"kitty","m":1}`, `{"t":"kitty","m":"x"}`, "/m"),
		row("a kind that inherits and is not mapped", "Base", `{"t":"Owl","w":true}`, `{"t":"Owl","w":1}`, "/w"),
		row("one of any", "Any", `{"t":"Y","y":1}`, `{"t":"Y","x":1}`, "/y"),
		row("a kind that is no text", "Any", `{"t":"Y","y":1}`, `{"t":5,"y":1}`, "documented kinds"),
	}
}

func smallModern() []smallAPI {
	const schemas = `  schemas:
    S: { type: string }
    Node: { $id: "https://x.example/node", $dynamicAnchor: n, type: object, properties: { d: { type: integer }, k: { type: array, items: { $dynamicRef: "#n" } } } }
    Strict: { $id: "https://x.example/strict", $dynamicAnchor: n, $ref: node, unevaluatedProperties: false }
    Anchored: { $id: "https://x.example/anchored", type: object, properties: { p: { $ref: "#two" } }, $defs: { t: { $anchor: two, type: string, minLength: 2 } } }
    Address: { $id: "https://x.example/s/address", type: object, properties: { z: { $ref: zip } } }
    Zip: { $id: "https://x.example/s/zip", type: integer }
`
	row := func(claim, schema, right, wrong, words string) smallAPI {
		return smallAPI{kind: 9, claim: claim, versions: []string{"3.1.0", "3.2.0"}, document: answersAt(schema) + schemas, right: says(right), wrong: says(wrong), fails: []string{"it.SCHEMA"}, words: words}
	}
	return []smallAPI{
		row("$dynamicRef", `{ $ref: "#/components/schemas/Strict" }`, `{"d":1,"k":[{"d":2}]}`, `{"d":1,"k":[{"d":1,"x":3}]}`, "not allowed"),
		row("$anchor", `{ $ref: "#/components/schemas/Anchored" }`, `{"p":"ab"}`, `{"p":"a"}`, "/p"),
		row("$id as a base", `{ $ref: "https://x.example/s/address" }`, `{"z":1}`, `{"z":"1"}`, "/z"),
		row("keywords beside $ref", `{ type: object, properties: { a: { $ref: "#/components/schemas/S", maxLength: 2 } } }`, `{"a":"ab"}`, `{"a":"abc"}`, "/a"),
		row("several types", `{ type: [string, "null", array], items: { type: integer } }`, `null`, `["x"]`, "/0"),
		row("a constant object", `{ const: { a: [1, null] } }`, `{"a":[1.0,null]}`, `{"a":[1]}`, ""),
		row("unevaluatedItems", `{ type: array, prefixItems: [ { type: integer } ], unevaluatedItems: false }`, `[1]`, `[1,2]`, "/1"),
		row("maxContains", `{ type: array, contains: { type: integer }, maxContains: 2 }`, `["a",1]`, `[1,2,3]`, "at most 2"),
	}
}

func smallCodings() []smallAPI {
	document := answersAt(`{ type: object, required: [a], properties: { a: { type: integer } } }`)
	const right, wrong = `{"a":1}`, `{"a":"x"}`
	return []smallAPI{
		{kind: 10, claim: "gzip", document: document, right: coded("gzip", gzipped(right)), wrong: coded("gzip", gzipped(wrong)), fails: []string{"it.SCHEMA"}, words: "/a", notes: "content coding"},
		{kind: 10, claim: "x-gzip in capitals", document: document, right: coded("X-GZIP", gzipped(right)), wrong: coded("x-gzip", gzipped(wrong)), fails: []string{"it.SCHEMA"}, words: "/a"},
		{kind: 10, claim: "deflate", document: document, right: coded("deflate", zipped(right)), wrong: coded("deflate", zipped(wrong)), fails: []string{"it.SCHEMA"}, words: "/a"},
		{kind: 10, claim: "two codings", document: document, right: coded("deflate, gzip", gzipped(zipped(right))), wrong: coded("deflate, gzip", gzipped(zipped(wrong))), fails: []string{"it.SCHEMA"}, words: "/a"},
		{kind: 10, claim: "a coding that is not the one named", document: document, right: coded("identity", right), wrong: coded("gzip", right), fails: []string{"it.TYPE"}},
		{kind: 10, claim: "an archive is no coding", document: answersAs(`{ application/gzip: { schema: { type: string, format: binary, maxLength: 200 } } }`), right: sends(as("application/gzip", gzipped(right))), wrong: sends(as("application/gzip", strings.Repeat("x", 201))), fails: []string{"it.SCHEMA"}},
	}
}

func smallWords() []smallAPI {
	row := func(claim, schema, right, wrong, words string, versions ...string) smallAPI {
		return smallAPI{kind: 11, claim: claim, versions: versions, document: answersAt(schema), right: says(right), wrong: says(wrong), fails: []string{"it.SCHEMA"}, words: words}
	}
	return []smallAPI{
		row("a name with a slash", `{ type: object, properties: { "a/b": { type: integer } } }`, `{"a/b":1}`, `{"a/b":"1"}`, "/a~1b must be of type integer, is string"),
		row("a place deep within", `{ type: object, properties: { k: { type: array, items: { type: object, required: [n] } } } }`, `{"k":[{"n":1}]}`, `{"k":[{"n":1},{}]}`, "/k/1/n, which is required"),
		row("the name of a property", `{ type: object, propertyNames: { maxLength: 2 } }`, `{"ab":1}`, `{"abc":1}`, `the property name "abc" must have at most 2 characters`, "3.1.0"),
		row("an item too many", `{ type: array, maxItems: 1, items: {} }`, `[1]`, `[1,2]`, "must have at most 1 items"),
		row("what is forbidden", `{ type: object, properties: { a: { not: { type: string } } } }`, `{"a":1}`, `{"a":"x"}`, "/a must not match the schema under not"),
	}
}

func smallDescriptions() []smallAPI {
	schema := `{ type: object, required: [a], properties: { a: { type: integer } } }`
	row := func(claim, document string, fails string, versions ...string) smallAPI {
		return smallAPI{kind: 12, claim: claim, versions: versions, document: document, right: says(`{"a":1}`), wrong: says(`{"a":"x"}`), fails: strings.Fields(fails)}
	}
	whole := answersAt(schema)
	get := strings.TrimPrefix(strings.Split(strings.Split(whole, "  /x:\n")[1], "components:")[0], "\n")
	return []smallAPI{
		row("items of paths among the components", "\npaths:\n  /x: { $ref: \"#/components/pathItems/P\" }\n"+smallErrors+"  pathItems: { P: { get: { operationId: it, responses: { \"200\": { description: ok, content: { application/json: { schema: "+schema+" } } }, 4XX: { $ref: \"#/components/responses/E\" } } } } }\n", "it.SCHEMA", "3.1.0", "3.2.0"),
		row("webhooks beside paths", whole+"webhooks: { e: { post: { requestBody: { content: { application/json: { schema: {} } } }, responses: { \"200\": { description: ok } } } } }\n", "it.SCHEMA", "3.1.0", "3.2.0"),
		row("keywords that nobody knows", strings.Replace(whole, "{ type: object, required", "{ frobnicate: 3, enumNames: [a], definitions: { q: {} }, type: object, required", 1), "it.SCHEMA", "3.1.0"),
		row("operation ids that stand twice", strings.ReplaceAll(whole, smallErrors, "  /y:\n"+get+smallErrors), "it.SCHEMA it-465054.SCHEMA"),
		row("operation ids in another script", strings.ReplaceAll(whole, "operationId: it", "operationId: それ"), "operation-b3de9c.SCHEMA"),
		row("an operation without an id", strings.ReplaceAll(whole, "      operationId: it\n", ""), "get-x.SCHEMA"),
	}
}

func smallYAML() []smallAPI {
	words := strings.Replace(answersAt(`{ type: object, properties: { c: { type: string, enum: [NO, yes, on, 2024-01-01, "1"] } } }`), `"200"`, "200", 1)
	anchored := answersAt(`{ type: object, properties: { c: &c { type: string, enum: [NO] }, d: { <<: *c, maxLength: 3 } } }`)
	return []smallAPI{
		{kind: 13, claim: "words that are no booleans, a status without quotes", document: words, right: says(`{"c":"NO"}`), wrong: says(`{"c":"no"}`), fails: []string{"it.SCHEMA"}, words: "/c"},
		{kind: 13, claim: "a date that is a text", document: words, right: says(`{"c":"2024-01-01"}`), wrong: says(`{"c":"2024-01-01T00:00:00Z"}`), fails: []string{"it.SCHEMA"}, words: "/c"},
		{kind: 13, claim: "anchors and merge keys", document: anchored, right: says(`{"c":"NO","d":"NO"}`), wrong: says(`{"c":"NO","d":"YES"}`), fails: []string{"it.SCHEMA"}, words: "/d"},
	}
}

func smallBounded() []smallAPI {
	ref := func(level int) string { return fmt.Sprintf(`{ $ref: "#/components/schemas/L%d" }`, level) }
	object := `{ type: object, required: [k], properties: { k: { type: string } } }`
	row := func(claim, document, right, wrong string) smallAPI {
		return smallAPI{kind: 14, claim: claim, document: document, right: says(right), wrong: says(wrong), fails: []string{"it.SCHEMA"}}
	}
	return []smallAPI{
		row("schemas that include each other", answersAt(ref(0))+schemasTo(3, includesOthers(4, 0), func(level int) string { return includesOthers(4, level) }), `{"p3":"x"}`, `{"p3":1}`),
		row("a chain of 300 references", answersAt(ref(300))+schemasTo(300, object, func(level int) string { return ref(level - 1) }), `{"k":"x"}`, `{"k":1}`),
		row("a schema within itself", answersAt(ref(0))+schemasTo(0, `{ type: object, required: [n], properties: { n: { type: integer }, k: { type: array, items: { $ref: "#/components/schemas/L0" } } } }`, nil), `{"n":1,"k":[{"n":2}]}`, `{"n":1,"k":[{"n":2,"k":[{"n":"x"}]}]}`),
		row("a pattern that explodes", answersAt(`{ type: string, pattern: "^([a-z]+)+$" }`), `"aaaa"`, `"aaaa1"`),
	}
}
