package plan

import (
	"encoding/json"
	"errors"
	"fmt"
	"testing"
)

var (
	key   = Placeholder{FromCredential, []string{"valid", "AppKey"}}
	order = Placeholder{FromRun, []string{"ORDER_ID", "36"}}
)

func TestTemplates(t *testing.T) {
	for _, tt := range []struct {
		claim, show, filled string
		template            Template
		parts, holders      int
	}{
		{"nothing", "", "", "", 0, 0},
		{"text alone", "a $b", "a $b", "a $b", 1, 0},
		{"a placeholder alone", "$APP_KEY", "<credential>", key.Template(), 1, 1},
		{"between texts", "Bearer $APP_KEY!", "Bearer <credential>!", "Bearer " + key.Template() + "!", 3, 1},
		{"two side by side", "$APP_KEY$ORDER_ID", "<credential><unique>", key.Template() + order.Template(), 2, 2},
		{"one that is not closed ends", "a$APP_KEY", "a<credential>", "a" + key.Template()[:len(key.Template())-len(shut)], 2, 1},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			if got := tt.template.Show(); got != tt.show {
				t.Errorf("shown as %q, want %q", got, tt.show)
			}
			filled, err := tt.template.Fill(func(p Placeholder) (string, error) { return "<" + string(p.Source) + ">", nil })
			if err != nil || filled != tt.filled {
				t.Errorf("filled %q %v, want %q", filled, err, tt.filled)
			}
			if got := len(tt.template.Parts()); got != tt.parts {
				t.Errorf("%d parts, want %d", got, tt.parts)
			}
			if got := len(tt.template.Placeholders()); got != tt.holders {
				t.Errorf("%d placeholders, want %d", got, tt.holders)
			}
			if data, err := json.Marshal(tt.template); err != nil || string(data) != fmt.Sprintf("%q", tt.show) {
				t.Errorf("marshalled %s %v", data, err)
			}
		})
	}
	if _, err := (key.Template() + "x").Fill(func(Placeholder) (string, error) { return "", errors.New("no such") }); err == nil {
		t.Error("an error of filling is dropped")
	}
}

func TestVariables(t *testing.T) {
	for _, tt := range []struct {
		source Source
		args   []string
		want   string
		secret bool
	}{
		{FromCredential, []string{"valid", "AppKey"}, "APP_KEY", true},
		{FromCredential, []string{"no_rights", "app-key"}, "NO_RIGHTS_APP_KEY", true},
		{FromBasic, []string{"valid", "Login"}, "LOGIN_BASE64", true},
		{FromTrigger, []string{"card", "refused[0]", "creditcard"}, "CARD_REFUSED_0_CREDITCARD", true},
		{FromRun, []string{"ORDER_ID_P1", "36"}, "ORDER_ID_P1", false},
		{FromAnswer, []string{"ID"}, "ID", false},
		{UnlikeAnswer, []string{"ID"}, "UNKNOWN_ID", false},
	} {
		p := Placeholder{tt.source, tt.args}
		if p.Variable() != tt.want || p.Secret() != tt.secret {
			t.Errorf("%v: %s %v, want %s %v", p, p.Variable(), p.Secret(), tt.want, tt.secret)
		}
		if got := p.Template().Placeholders(); len(got) != 1 || fmt.Sprint(got[0]) != fmt.Sprint(p) {
			t.Errorf("%v became %v", p, got)
		}
	}
}

func TestPlaceholder_Answered(t *testing.T) {
	for _, tt := range []struct {
		twist   Twist
		id, got string
	}{
		{"", "12", "12"}, {TwistTruncated, "310905123456789", "31090512345678"}, {TwistLonger, "310905123456789", "3109051234567899"},
		{TwistNeighbour, "310905123456789", "310905173456789"}, {TwistNeighbour, "hook_------", "mook_------"},
		{TwistOtherCase, "111141$Zq81LmPa", "111141$zQ81lMpA"}, {TwistOtherCase, "310905123456789", ""}, {TwistTruncated, "1234567", ""},
	} {
		text := TemplateOf(FromAnswer, "ID")
		if tt.twist != "" {
			text = text.Twisted(tt.twist)
		}
		got, err := text.Placeholders()[0].Answered(tt.id)
		if got != tt.got || (err != nil) != (tt.got == "") {
			t.Errorf("%s of %s is %q, %v; want %q", tt.twist, tt.id, got, err, tt.got)
		}
		if !text.Begins(FromAnswer) {
			t.Errorf("%s begins with no answer", text.Show())
		}
	}
	if got := TemplateOf(FromAnswer, "ID").Twisted(TwistOtherCase).Show(); got != "$OTHER_CASE_ID" {
		t.Errorf("shown as %s", got)
	}
}
