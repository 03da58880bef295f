package spec

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// Operation is one method and path.
type Operation struct {
	ID          string // operationId, or one made of method and path
	Method      string
	Path        string // template, as in the document
	Summary     string
	Tag         string // the first, or ""
	Line        int    // of the operation in the document, 0 when unknown
	Parameters  []Parameter
	Body        *Body
	Responses   []Response
	Unsendable  string     // why no request of it can be made, "" when one can
	Certificate bool       // every alternative of its security needs a client certificate
	Security    [][]string // alternatives, each a list of the schemes that a request carries; none: no credential needed
	Conformance Conformance
	Links       []Link     // from its responses to other operations
	Guesses     []Guess    // what may lead on from its 201 where no link does
	Callbacks   []Callback // the messages that it sends later
	Description *Description

	slug string // see Slug
}

// Slug is the id in the letters of case ids, unlike that of any other operation.
func (o *Operation) Slug() string { return cmp.Or(o.slug, Slug(o.ID)) }

// Parameter is one parameter of an operation, in its path, query, header or cookie.
type Parameter struct {
	Name     string
	In       string
	Required bool
	Schema   Schema
	Example  any
	Explode  bool
	Style    string
	// MediaType is that of a parameter whose value is a document of its own, described
	// by content; "" for one that is written in a style.
	MediaType string
}

// Response is a documented response. Key is "200", "4XX" or "default".
type Response struct {
	Key     string
	Content []Content
	Headers []Header
}

// Response returns the documented response for a status: the exact one, else that of
// its range, else the default; nil when there is none.
func (o *Operation) Response(status int) *Response {
	for _, key := range []string{strconv.Itoa(status), fmt.Sprintf("%dXX", status/100), "default"} {
		for i, r := range o.Responses {
			if strings.EqualFold(r.Key, key) {
				return &o.Responses[i]
			}
		}
	}
	return nil
}

// DocumentsStatus reports whether the description names a status itself, rather than
// its range or the default.
func (o *Operation) DocumentsStatus(status int) bool {
	return slices.ContainsFunc(o.Responses, func(r Response) bool { return r.Key == strconv.Itoa(status) })
}

// KeyCovers reports whether the key of a documented response is that of a status: the
// status itself, its range, or default.
func KeyCovers(key string, status int) bool {
	if len(key) == 3 && strings.EqualFold(key[1:], "XX") {
		return int(key[0]-'0') == status/100
	}
	var written [8]byte // asked for each status of each response: it must not allocate
	return key == "default" || key == string(strconv.AppendInt(written[:0], int64(status), 10))
}

// Success lists the documented statuses from 200 to 299, ascending. The range 2XX
// stands for those that RFC 9110 defines, and so does a default
// beside which there are rejections alone.
func (o *Operation) Success() []int {
	onlyRejections := !slices.ContainsFunc(o.Responses, func(r Response) bool { return r.Key < "4" })
	if onlyRejections && slices.ContainsFunc(o.Responses, func(r Response) bool { return r.Key == "default" }) {
		return statusesWithin("2XX")
	}
	return o.documentedStatuses("2XX", nil)
}

// notOfRequest are statuses of rejections that speak of credentials and of the rate of
// requests, not of what is wrong with a request itself.
var notOfRequest = []int{401, 403, 407, 429}

// rejections lists the documented statuses from 400 to 499 by which a request can be
// rejected for what it is.
func (o *Operation) rejections() []int {
	return o.documentedStatuses("4XX", notOfRequest)
}

// notFound lists those of 404 and 410 that an operation documents, by themselves, as 4XX
// or as default.
func (o *Operation) notFound() []int {
	return slices.DeleteFunc([]int{http.StatusNotFound, http.StatusGone}, func(s int) bool { return o.Response(s) == nil })
}

// documentedStatuses lists the documented statuses of a range, ascending, without some.
func (o *Operation) documentedStatuses(within string, without []int) []int {
	var list []int
	for _, r := range o.Responses {
		if strings.EqualFold(r.Key, within) {
			list = append(list, statusesWithin(within)...)
		} else if s, err := strconv.Atoi(r.Key); err == nil && r.Key[0] == within[0] {
			list = append(list, s)
		}
	}
	list = slices.DeleteFunc(list, func(s int) bool { return slices.Contains(without, s) })
	slices.Sort(list)
	return slices.Compact(list)
}

// statusesWithin lists the statuses of a range such as 4XX that RFC 9110 defines.
func statusesWithin(within string) []int {
	hundred := int(within[0]-'0') * 100
	var list []int
	for s := hundred; s < hundred+100; s++ {
		if http.StatusText(s) != "" && s != http.StatusMultiStatus && s != http.StatusAlreadyReported && s != http.StatusIMUsed {
			list = append(list, s)
		}
	}
	return list
}

// JSON returns the JSON content of a documented response, nil when there is none.
func (r *Response) JSON() *Content { return jsonContent(r.Content) }

// Accept is the Accept header of a request that is open to every documented response:
// those of a success come first, JSON before others. It is "" where no response is
// documented as anything but application/json.
func (o *Operation) Accept() string {
	var list []string
	for _, success := range []bool{true, false} {
		for _, r := range o.Responses {
			if strings.HasPrefix(r.Key, "2") != success {
				continue
			}
			for _, c := range r.Content {
				if base := BaseType(c.MediaType); !slices.Contains(list, base) {
					list = append(list, base)
				}
			}
		}
	}
	if len(list) == 0 || len(list) == 1 && list[0] == "application/json" {
		return ""
	}
	for i, base := range list {
		if strings.Contains(base, "*") {
			list[i] = base + ";q=0.5"
		}
	}
	if !slices.ContainsFunc(list, func(base string) bool { return Covers(base, "application/json") && !strings.Contains(base, "*") }) &&
		slices.ContainsFunc(list, func(base string) bool { return Covers(base, "application/json") }) {
		list = slices.Insert(list, 0, "application/json")
	}
	return strings.Join(list, ", ")
}
