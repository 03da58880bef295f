package plan

import "testing"

func TestOrigin(t *testing.T) {
	for _, tt := range []struct {
		source Source
		args   []string
		want   string
	}{
		{FromCredential, []string{"valid", "AppKey"}, "from the fixtures"},
		{FromCredential, []string{"unknown", "AppKey"}, "from the fixtures, or invented where they have none"},
		{FromCredential, []string{"valid", "AppKey", "longer"}, "from the fixtures, altered"},
		{FromBasic, []string{"valid", "Login"}, "from the fixtures, in base64"},
		{FromHeader, []string{"X-Team"}, "from the fixtures"},
		{FromTrigger, []string{"card", "approved", "cvv"}, "from the fixtures"},
		{FromKnown, []string{"webhook", "1"}, "from the fixtures"},
		{UnlikeKnown, []string{"webhook", "1"}, "from the fixtures, altered until nothing has that id"},
		{FromRun, []string{"ORDER_ID", "20"}, "made by the run, new for each case"},
		{FromAnswer, []string{"ID"}, "from an earlier response"},
		{UnlikeAnswer, []string{"ID"}, "from an earlier response, altered until nothing has that id"},
		{FromReceiver, []string{"secret"}, "made by the run, for the messages that it receives"},
	} {
		if got := (Placeholder{tt.source, tt.args}).Origin(); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.source, got, tt.want)
		}
	}
}

// TestRequest_Placeholders: each variable once.
func TestRequest_Placeholders(t *testing.T) {
	id := Placeholder{FromAnswer, []string{"ID"}}.Template()
	r := Request{Path: "/a/" + id, Query: []Field{{Name: "q", Value: Placeholder{FromRun, []string{"ORDER_ID", "20"}}.Template()}}, Body: `{"id":"` + id + `"}`}
	list := r.Placeholders()
	if len(list) != 2 || list[0].Variable() != "ID" || list[1].Variable() != "ORDER_ID" {
		t.Errorf("%v", list)
	}
}
