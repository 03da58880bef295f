package message

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/iotest"
)

// Whatever is sent to a receiver, only what carries the secret is kept, bounded, and
// each request gets one of its answers.
func FuzzReceiver(f *testing.F) {
	for _, body := range []string{"", "null", `{"a":1}`, `{"a":1,"a":2}`, "\xff", `"\ud800"`, "{", "[[[[", `{} {}`} {
		f.Add(Acknowledging, true, []byte(body))
		f.Add(Refusing+"/x", false, []byte(body))
	}
	f.Fuzz(func(t *testing.T, place string, signed bool, body []byte) {
		r := &Receiver{secret: "s3cret-s3cret", path: "/p/", changed: make(chan struct{})}
		request := httptest.NewRequest(http.MethodPost, "/", iotest.OneByteReader(bytes.NewReader(body)))
		request.URL.Path = r.path + place
		if signed {
			request.Header.Set(HeaderName, r.secret)
		}
		w := httptest.NewRecorder()
		r.ServeHTTP(w, request)
		want := map[int]bool{http.StatusUnauthorized: !signed, http.StatusOK: signed, http.StatusInternalServerError: signed, http.StatusRequestEntityTooLarge: signed}
		if !want[w.Code] || len(r.deliveries) > 0 && !signed || r.kept > maxBytes {
			t.Errorf("answered %d, kept %d deliveries of %d bytes", w.Code, len(r.deliveries), r.kept)
		}
	})
}
