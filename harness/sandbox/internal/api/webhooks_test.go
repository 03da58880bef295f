package api

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

func hookFields() fields {
	return fields{"mid": main, "name": "sink", "uri": "http://127.0.0.1:9/inbox", "event": "sale.approved"}
}

// hooks returns the ids in the list.
func (t *target) hooks(query, role string) []string {
	t.Helper()
	got := t.wantStatus(t.send(call{method: http.MethodGet, path: "/webhook" + query, role: role}), http.StatusOK)
	data := got.body["data"].(map[string]any)
	var ids []string
	for _, h := range data["webhooks"].([]any) {
		ids = append(ids, h.(map[string]any)["webhook_id"].(string))
	}
	return ids
}

func TestWebhookRegistration(t *testing.T) {
	s := newTarget(t)
	first := s.wantStatus(s.post("/webhook", hookFields()), http.StatusCreated)
	id := first.text("id")
	if first.text("hook_id") != id || first.text("webhook_id") != id || !strings.HasPrefix(id, "hook_") || len(id) != 37 {
		t.Errorf("ids of %s", first.raw)
	}
	second := s.wantStatus(s.post("/webhook", hookFields().with(fields{"event": "void.declined"})), http.StatusCreated).text("id")
	foreign := s.wantStatus(s.send(call{path: "/webhook", role: "other_merchant", body: hookFields().with(fields{"mid": other}).wrapped()}), http.StatusCreated).text("id")
	for _, tt := range []struct {
		claim, query, role string
		want               []string
	}{
		{"the list is newest first and the keys' own", "", "", []string{second, id}},
		{"by event", "?type=sale.approved", "", []string{id}},
		{"by several events", "?type=sale.approved,void.declined", "", []string{second, id}},
		{"by an event that nobody registered", "?type=deposit.new", "", nil},
		{"an empty filter does not filter", "?type=", "", []string{second, id}},
		{"the other merchant sees its own", "", "other_merchant", []string{foreign}},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			s.T = t
			if got := s.hooks(tt.query, tt.role); strings.Join(got, " ") != strings.Join(tt.want, " ") {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
	s.T = t
	remove := func(id string) reply { return s.send(call{method: http.MethodDelete, path: "/webhook/" + id}) }
	unknown := s.wantStatus(remove("hook_0"), http.StatusNotFound)
	if got := s.wantStatus(remove(foreign), http.StatusNotFound); got.raw != unknown.raw {
		t.Errorf("another merchant's webhook is distinguishable: %s", got.raw)
	}
	s.want(remove(id), "GW00")
	s.wantStatus(remove(id), http.StatusNotFound)
	if got := s.hooks("", ""); len(got) != 1 || got[0] != second {
		t.Errorf("left: %v", got)
	}
	if got := s.hooks("", "other_merchant"); len(got) != 1 {
		t.Errorf("the other merchant has %v", got)
	}
}

func TestWebhookFields(t *testing.T) {
	for _, tt := range []struct {
		claim  string
		more   fields
		status int
	}{
		{"https is accepted", fields{"uri": "https://sink.example.test/q"}, 201},
		{"a header name that is none is accepted", fields{"header_key": "no header:", "header_value": "x"}, 201},
		{"a blank header is accepted", fields{"header_key": "", "header_value": ""}, 201},
		{"a relative address is refused", fields{"uri": "/inbox"}, 400},
		{"another scheme is refused", fields{"uri": "ftp://127.0.0.1/"}, 400},
		{"an address without host is refused", fields{"uri": "http:///inbox"}, 400},
		{"an IPv6 address is accepted", fields{"uri": "http://[::1]:9/q"}, 201},
		{"one that is none is refused", fields{"uri": "http://[1::2::3]/q"}, 400},
		{"an event that is none is refused", fields{"event": "sale.maybe"}, 400},
		{"an event in another case is refused", fields{"event": "Sale.Approved"}, 400},
		{"another content type is refused", fields{"content_type": "text/xml"}, 400},
		{"a name that is missing is refused", fields{"name": nil}, 400},
		{"a name of white space is refused", fields{"name": " \t"}, 400},
		{"another merchant is refused", fields{"mid": other}, 403},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			s := newTarget(t)
			s.wantStatus(s.post("/webhook", hookFields().with(tt.more)), tt.status)
			if tt.status != http.StatusCreated {
				s.wantNothing()
			}
		})
	}
}

func TestWebhookUpdate(t *testing.T) {
	change := func(s *target, id string, more fields) reply {
		return s.send(call{method: http.MethodPatch, path: "/webhook", body: fields{"hook_id": id}.with(more).wrapped()})
	}
	t.Run("what is given is replaced, and the rest stays", func(t *testing.T) {
		s := newTarget(t)
		first := s.post("/webhook", hookFields()).text("id")
		second := s.post("/webhook", hookFields()).text("id")
		got := s.want(change(s, first, fields{"uri": "http://127.0.0.1:9/new", "name": " ", "header_key": "X-K", "header_value": "v"}), "GW00")
		if got.text("id") != first || got.text("hook_id") != first || got.text("webhook_id") != first {
			t.Errorf("answered %s", got.raw)
		}
		h := s.State.Hooks[0]
		if h.URI != "http://127.0.0.1:9/new" || h.Name != "sink" || h.Event != "sale.approved" || h.HeaderKey != "X-K" || h.HeaderValue != "v" {
			t.Errorf("registered %+v", h)
		}
		if ids := s.hooks("", ""); strings.Join(ids, " ") != second+" "+first {
			t.Errorf("listed %v", ids)
		}
	})
	t.Run("an unknown one, or another merchant's, is unknown", func(t *testing.T) {
		s := newTarget(t)
		foreign := s.send(call{path: "/webhook", role: "other_merchant", body: hookFields().with(fields{"mid": other}).wrapped()}).text("id")
		first := s.wantStatus(change(s, "hook_0", nil), http.StatusNotFound)
		if got := s.wantStatus(change(s, foreign, nil), http.StatusNotFound); got.raw != first.raw {
			t.Errorf("distinguishable: %s", got.raw)
		}
	})
	for claim, more := range map[string]fields{
		"a relative address": {"uri": "/inbox"}, "another content type": {"content_type": "text/xml"},
		"a number for active": {"active": 1}, "a boolean for run_pause": {"run_pause": true},
	} {
		t.Run(claim+" is refused", func(t *testing.T) {
			s := newTarget(t)
			s.wantStatus(change(s, s.post("/webhook", hookFields()).text("id"), more), 400)
		})
	}
	t.Run("one that is off or held gets no message", func(t *testing.T) {
		s := newTarget(t)
		r := newReceiver(t)
		id := s.post("/webhook", hookFields().with(fields{"uri": r.url})).text("id")
		for i, tt := range []struct {
			more fields
			sent bool
		}{
			{fields{"active": "0"}, false}, {fields{"active": "maybe"}, false}, {fields{"active": "1"}, true}, {fields{"active": "false"}, false},
			{fields{"active": "true", "run_pause": "pause"}, false}, {fields{"run_pause": "run"}, true}, {nil, true},
		} {
			s.want(change(s, id, tt.more), "GW00")
			before := len(r.so())
			s.sell(nil)
			if tt.sent {
				r.wait(before + 1)
			} else if time.Sleep(30 * time.Millisecond); len(r.so()) != before {
				t.Errorf("change %d: a message came", i+1)
			}
		}
	})
}
