package api

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"qorcheck/harness/sandbox/internal/strict"
)

func TestFixtures(t *testing.T) {
	text := Fixtures("http://127.0.0.1:8080/")
	var f map[string]any
	if err := yaml.Unmarshal(text, &f); err != nil {
		t.Fatal(err)
	}
	settle := f["settle"].(map[string]any)
	if settle["url"] != "http://127.0.0.1:8080/control/settle" || settle["method"] != "POST" ||
		settle["body"].(map[string]any)["transaction_id"] != "{transaction_id}" {
		t.Errorf("settle is %v", settle)
	}
	if strings.Contains(string(text), "{origin}") {
		t.Error("the origin is left open somewhere")
	}
	known := []string{"hosts", "production", "credentials", "merchants", "triggers", "settle", "receiver", "test_cards", "cannot"}
	for name := range f {
		if !slices.Contains(known, name) {
			t.Errorf("%s is no part of a fixtures file", name)
		}
	}
	for role, pair := range f["credentials"].(map[string]any) {
		app, client := pair.(map[string]any)["AppKey"].(string), pair.(map[string]any)["ClientKey"].(string)
		if !regexp.MustCompile(`^T[0-9]{19}$`).MatchString(app) || !regexp.MustCompile(`^[0-9a-f]{32}$`).MatchString(client) {
			t.Errorf("%s: keys %s, %s have another shape", role, app, client)
		}
	}
}

func TestFixtureCards(t *testing.T) {
	var f struct {
		Cards    []string `yaml:"test_cards"`
		Triggers struct {
			Card map[string]yaml.Node `yaml:"card"`
		} `yaml:"triggers"`
	}
	if err := yaml.Unmarshal(Fixtures(""), &f); err != nil {
		t.Fatal(err)
	}
	for _, number := range f.Cards {
		if !strict.Plausible(number, strict.Brand(number)) {
			t.Errorf("no card can have the number %s", number)
		}
	}
	for name, node := range f.Triggers.Card {
		items := []*yaml.Node{&node}
		if node.Kind == yaml.SequenceNode {
			items = node.Content
		}
		for _, item := range items {
			var card trigger
			if err := item.Decode(&card); err != nil {
				t.Fatal(err)
			}
			if !slices.Contains(f.Cards, card.Card) {
				t.Errorf("%s: %q is not among test_cards", name, card.Card)
			}
		}
	}
	for _, number := range []string{"4111111111111111", "5500000000000004"} {
		if !slices.Contains(f.Cards, number) {
			t.Errorf("%s stands in the description's examples and not among test_cards", number)
		}
	}
}

func TestFixtureAccounts(t *testing.T) {
	s := newTarget(t)
	var f struct {
		Triggers struct {
			ACH struct {
				Approved fields
				Refused  []fields
				Error    fields
				Internal fields
			} `yaml:"ach"`
		}
	}
	if err := yaml.Unmarshal(Fixtures(""), &f); err != nil {
		t.Fatal(err)
	}
	ach := f.Triggers.ACH
	s.want(s.debit(ach.Approved), "GW00")
	seen := map[string]bool{}
	for _, trigger := range ach.Refused {
		got := s.debit(ach.Approved.with(trigger))
		if why := got.text("refusalReason"); got.text("resultCode") != "Refused" || why == "" || seen[why] {
			t.Errorf("%v: %s", trigger, got.raw)
		}
		seen[got.text("refusalReason")] = true
	}
	if len(seen) < 2 {
		t.Errorf("%d accounts are refused", len(seen))
	}
	if got := s.debit(ach.Approved.with(ach.Error)); got.text("resultCode") != "Error" {
		t.Errorf("error: %s", got.raw)
	}
	s.wantStatus(s.debit(ach.Approved.with(ach.Internal)), 500)
}
