package exchange

import (
	"net"
	"net/http"
	"strings"
	"testing"

	"qorcheck/harness/plan"
	"qorcheck/harness/settings"
	"qorcheck/spec"
)

func TestSubscribe(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	target := toyServer(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/refused" {
			w.WriteHeader(http.StatusConflict)
		}
	})
	receiver := func(at *settings.Receiver) func(*settings.Settings) {
		return func(s *settings.Settings) { s.Fixtures.Receiver = at }
	}
	for _, tt := range []struct {
		claim, target string
		path          plan.Template
		receiver      *settings.Receiver
		opened        bool
		silent        string // why nothing can come
	}{
		{"a target on this machine reaches the receiver", target, "/hooks", nil, true, ""},
		{"any other one needs an address", "http://target.invalid", "/hooks", nil, false, "add to toy.yaml: receiver: {"},
		{"an address that is taken", target, "/hooks", &settings.Receiver{Listen: taken.Addr().String(), Address: "http://127.0.0.1"}, false, "no message can come: toy.yaml: receiver.listen: "},
		{"a registration that is refused", target, "/refused", nil, true, "could not be subscribed to: preparation get was answered 409"},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			c := toyClient(t, tt.target, receiver(tt.receiver))
			opened, _, undo := c.Subscribe(t.Context(), &plan.Case{ID: "subscription", Prepare: []plan.Step{get(tt.path)}})
			defer undo()
			if (opened != nil) != tt.opened {
				t.Errorf("opened: %t", opened != nil)
			}
			if opened != nil {
				defer opened.Close()
			}
			source := &spec.Operation{Conformance: spec.Conformance{Messages: &spec.Messaging{ID: "/id"}}}
			awaiting := plan.Step{Name: "message", Await: &plan.Await{Never: true, About: "7", Times: 1, Source: source}}
			s := script{client: c, transcript: &Transcript{Case: &plan.Case{ID: "case"}}, yield: func(wait func()) { wait() }}
			r := s.await(t.Context(), awaiting)
			if blocked := r.Failure != nil && r.Failure.Kind == Blocked; blocked != (tt.silent != "") || blocked && !strings.Contains(r.Failure.Text.String(), tt.silent) {
				t.Errorf("%+v, want %q", r.Failure, tt.silent)
			}
		})
	}
}
