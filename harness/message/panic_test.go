package message

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
)

// faulty is a body whose reader panics.
type faulty struct{}

func (faulty) Read([]byte) (int, error) { panic(errors.New("a fault")) }

// A message that a fault of ours loses counts as lost, so that its absence blames nobody.
func TestReceiver_Panic(t *testing.T) {
	r, err := Listen("127.0.0.1:0", "http://127.0.0.1", NewSecret())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	request := httptest.NewRequest("POST", r.path+Acknowledging, faulty{})
	request.Header.Set(HeaderName, r.Secret())
	func() {
		defer func() {
			if fault := recover(); fault != http.ErrAbortHandler {
				t.Errorf("panic: %v", fault)
			}
		}()
		r.ServeHTTP(httptest.NewRecorder(), request)
	}()
	if r.Lost() != 1 {
		t.Errorf("%d messages lost", r.Lost())
	}
}
