package cli

import (
	"encoding/json"
	"image"
	_ "image/gif"
	_ "image/jpeg"
	_ "image/png"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// asksAt is an operation with a parameter, in flow style, and maybe more in its path.
func asksAt(path, parameter string) string {
	return `
paths:
  ` + path + `:
    get:
      operationId: it
      parameters: [ ` + parameter + ` ]
      responses:
        "200": { description: ok }
        4XX: { $ref: "#/components/responses/E" }
` + smallErrors
}

// query reads a parameter as it stands in the query, percent-encoded.
func query(r *http.Request, name string) (raw string, there bool) {
	for field := range strings.SplitSeq(r.URL.RawQuery, "&") {
		if key, value, _ := strings.Cut(field, "="); key == name {
			return value, true
		}
	}
	return "", false
}

// asked objects to a query whose parameter q is not what a reader takes.
func asked(optional bool, is func(raw string) bool) func(*http.Request, string) string {
	return func(r *http.Request, _ string) string {
		if raw, there := query(r, "q"); !there && !optional || there && !is(raw) {
			return "another q"
		}
		return ""
	}
}

// wholeText reports whether a text is an integer of at least a number.
func wholeText(text string, least int64) bool {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil { // one beyond int64 is an integer all the same
		return strings.Trim(text, "0123456789") == "" && text != ""
	}
	return n >= least
}

// TestSmallAPIs_Alternatives: of several schemas of a parameter each is sent, and a value
// that is of none is malformed.
func TestSmallAPIs_Alternatives(t *testing.T) {
	letters := func(text string) bool { return text != "" && strings.Trim(text, "abcdefghijklmnopqrstuvwxyz") == "" }
	modern := []string{"3.1.0"}
	checkSmall(t, []smallAPI{{
		claim: "one of a number and a word", document: asksAt("/x", `{ name: q, in: query, required: true, schema: { anyOf: [ { type: integer, minimum: 10 }, { type: string, enum: [all] } ] } }`),
		right: takes(asked(false, func(raw string) bool { return raw == "all" || wholeText(raw, 10) })), wrong: takes(asked(false, func(raw string) bool { return raw == "all" || wholeText(raw, 0) })), fails: []string{"it.MALFORMED"},
	}, {
		claim: "a number or null", versions: modern, document: asksAt("/x", `{ name: q, in: query, schema: { anyOf: [ { type: integer }, { type: "null" } ] } }`),
		right: takes(asked(true, func(raw string) bool { return wholeText(raw, -1<<62) })), wrong: takes(asked(true, func(string) bool { return true })), fails: []string{"it.MALFORMED"},
	}, {
		claim: "each item of its own kind", versions: modern, document: asksAt("/x", `{ name: q, in: query, required: true, explode: false, schema: { type: array, prefixItems: [ { type: string, enum: [a, b] }, { type: integer } ], minItems: 2, maxItems: 2 } }`),
		right: takes(asked(false, func(raw string) bool {
			word, n, _ := strings.Cut(raw, ",")
			return (word == "a" || word == "b") && wholeText(n, -1<<62)
		})),
		wrong: takes(asked(false, func(raw string) bool { _, n, _ := strings.Cut(raw, ","); return wholeText(n, -1<<62) })), fails: []string{"it.MALFORMED"},
	}, {
		claim: "all of several", document: asksAt("/x", `{ name: q, in: query, required: true, schema: { allOf: [ { type: string, pattern: "^[a-z]*$" }, { type: string, minLength: 3 } ] } }`),
		right: takes(asked(false, func(raw string) bool { return letters(raw) && len(raw) > 2 })), wrong: takes(asked(false, letters)), fails: []string{"it.MALFORMED"},
	}})
}

// TestSmallAPIs_Places: a value stands where the description has its place, as it is written there.
func TestSmallAPIs_Places(t *testing.T) {
	checkSmall(t, []smallAPI{{
		claim: "a text between what is not part of it", document: asksAt("/x/{a}:go", `{ name: a, in: path, required: true, schema: { type: string, enum: ["b c", "d?e"] } }`),
		right: takes(goes("b c", "d?e")), wrong: takes(goes("b c")),
		fails: []string{"it.VALID"},
	}, {
		claim: "a cookie of its content", document: asksAt("/x", `{ name: q, in: cookie, required: true, content: { application/json: { schema: { type: integer, minimum: 3 } } } }`),
		right: takes(cookie(3)), wrong: takes(cookie(4)), fails: []string{"it.VALID"},
	}})
}

// goes objects to a path whose a is none of some texts.
func goes(texts ...string) func(*http.Request, string) string {
	return func(r *http.Request, _ string) string {
		raw, isGo := strings.CutSuffix(strings.TrimPrefix(r.URL.EscapedPath(), "/x/"), ":go")
		if text, err := url.PathUnescape(raw); err != nil || !isGo || !slices.Contains(texts, text) {
			return "another a"
		}
		return ""
	}
}

// cookie objects to a request whose cookie q is no number, or less than one.
func cookie(least int) func(*http.Request, string) string {
	return func(r *http.Request, _ string) string {
		c, err := r.Cookie("q")
		if err != nil {
			return "no q"
		}
		var n int
		if json.Unmarshal([]byte(c.Value), &n) != nil || n < least {
			return "another q"
		}
		return ""
	}
}

// TestSmallAPIs_Files: of an image, and of what else no schema describes, a small file is sent.
func TestSmallAPIs_Files(t *testing.T) {
	picture := func(formats ...string) func(*http.Request, string) string {
		return func(r *http.Request, body string) string {
			_, format, err := image.Decode(strings.NewReader(body))
			if err != nil || !slices.Contains(formats, format) || r.Header.Get("Content-Type") != "image/"+format {
				return "no picture"
			}
			return ""
		}
	}
	begins := func(with string) func(*http.Request, string) string {
		return func(_ *http.Request, body string) string {
			if !strings.HasPrefix(body, with) {
				return "another file"
			}
			return ""
		}
	}
	never := func(*http.Request, string) string { return "never" }
	var list []smallAPI
	for _, one := range []struct {
		mediaType string
		objection func(*http.Request, string) string
	}{
		{"image/png", picture("png")}, {"image/jpeg", picture("jpeg")}, {"image/gif", picture("gif")}, {`"image/*"`, picture("png", "jpeg", "gif")},
		{"application/pdf", begins("%PDF-1.")}, {"application/zip", begins("PK")}, {"text/csv", begins("t")},
	} {
		list = append(list, smallAPI{
			claim: "a file of " + one.mediaType, document: bodyOf(one.mediaType, `{ schema: { type: string, format: binary } }`),
			right: takes(one.objection), wrong: takes(never), fails: []string{"it.VALID"},
		})
	}
	list = append(list, smallAPI{claim: "a file that a schema describes is not made", document: bodyOf("image/png", `{ schema: { type: string, minLength: 100000 } }`), right: takes(never), dropped: "image/png"})
	checkSmall(t, list)
}
