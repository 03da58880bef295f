package exchange

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"

	"qorcheck/harness/plan"
	"qorcheck/spec"
)

// place is where the value of a variable goes in a request.
type place struct {
	escape func(string) string
	plain  func(string) bool // whether a value stands there as it is
	filter string            // the shell command that escapes the others
}

const percent = `od -An -v -tx1 | tr -d ' \n' | sed 's/../%&/g'` // every byte of it

var (
	verbatim = place{func(s string) string { return s }, func(string) bool { return true }, ""}
	inPath   = place{url.PathEscape, plainInURL, percent}
	inQuery  = place{url.QueryEscape, plainInURL, percent}
	inJSON   = place{quoteJSON, plainInJSON, `sed 's/[\"]/\\&/g'`}
)

// inBody is the place of a value in a step's body: in a form, in a part of one, or inside a
// JSON string.
func inBody(r plan.Request) place {
	if r.Form() {
		return inQuery
	}
	if slices.ContainsFunc(r.Header, func(f plan.Field) bool { return f.Name == "Content-Type" && spec.Multipart(string(f.Value)) }) {
		return verbatim
	}
	return inJSON
}

// plainInURL reports whether a text means itself in a path and in a query.
func plainInURL(text string) bool {
	return !strings.ContainsFunc(text, func(c rune) bool {
		return !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.ContainsRune("-._~$!*(),:@", c))
	})
}

func plainInJSON(text string) bool { return !strings.ContainsAny(text, `"\`) }

func quoteJSON(text string) string {
	quoted, err := json.Marshal(text)
	if err != nil {
		return text // a string always marshals
	}
	return string(quoted[1 : len(quoted)-1])
}
