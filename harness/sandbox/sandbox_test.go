package sandbox

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestClose_ReturnsPanics(t *testing.T) {
	s, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, planted := range []any{http.ErrAbortHandler, "the first", "another"} {
		s.handler = http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(planted) })
		func() {
			defer func() {
				if p := recover(); p != planted {
					t.Errorf("the panic %v came out as %v", planted, p)
				}
			}()
			s.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/v3/webhook", nil))
		}()
	}
	switch err := s.Close(); {
	case err == nil:
		t.Error("Close returns no error")
	case !strings.Contains(err.Error(), "panic: the first") || !strings.Contains(err.Error(), "TestClose_ReturnsPanics"):
		t.Errorf("the error names no panic, or not where: %v", err)
	}
}
