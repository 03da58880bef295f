package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
)

// Response is the response of an operation: a status and a body that becomes JSON.
type Response struct {
	Status int
	Body   any
}

// refusal is the response to a request that is not accepted: a 4xx or 5xx, after
// which nothing is stored, held or charged.
type refusal struct {
	Status        int
	code, message string
}

func (r *refusal) response() Response {
	return Response{r.Status, StatusBody{"error", r.code, r.message}}
}

// StatusBody is the part that every response body has.
type StatusBody struct {
	Status  string `json:"status"`
	Code    string `json:"code"`
	Message string `json:"message"`
}

// encode returns the body's bytes.
func (a Response) encode() []byte { return EncodeJSON(a.Body) }

// EncodeJSON writes a value as one line of JSON. What the sandbox writes is
// made of its own types, which always encode; a value that does
// not is a bug of the sandbox.
func EncodeJSON(v any) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		panic(fmt.Sprintf("sandbox: encode: %v", err))
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

func writeResponse(w http.ResponseWriter, status int, body []byte) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	// The only error here is a client that has gone away.
	_, _ = w.Write(body)
}
