package generate

import (
	"slices"
	"testing"
)

// TestKeywords_TableIsComplete: a row has all its columns.
func TestKeywords_TableIsComplete(t *testing.T) {
	var names []string
	for _, k := range keywords {
		names = append(names, k.name)
		if k.kind == "" || k.has == nil || (k.beyond == nil) != (k.name == Blank) {
			t.Errorf("%s: kind %q, applies: %v, broken: %v", k.name, k.kind, k.has != nil, k.beyond != nil)
		}
		if (k.on == nil) != (k.why == "") || k.upper && k.on == nil {
			t.Errorf("%s: a value on its bound: %v, why %q, an upper bound: %v", k.name, k.on != nil, k.why, k.upper)
		}
	}
	if sorted := slices.Sorted(slices.Values(names)); len(slices.Compact(sorted)) != len(names) {
		t.Errorf("a keyword has two rows: %v", names)
	}
	if got := BlankKeywords(); !slices.Equal(got, []string{"minLength", "pattern"}) {
		t.Errorf("a blank text breaks %v", got)
	}
}

func TestFault_Kind(t *testing.T) {
	for _, tt := range []struct {
		claim        string
		fault        Fault
		kind, detail string
	}{
		{"a mandatory place that is missing", Fault{Keyword: "required", Class: "missing", Required: true}, "missing", ""},
		{"null in a mandatory place counts as missing", Fault{Keyword: "type", Class: "null", Required: true}, "missing", "null"},
		{"null in an optional one", Fault{Keyword: "type", Class: "null"}, "null", ""},
		{"a wrong type", Fault{Keyword: "type", Class: "array"}, "type", "array"},
		{"a blank text", Fault{Keyword: Blank, Class: "space"}, "blank", "space"},
		{"a text near the pattern", Fault{Keyword: "pattern", Class: "near"}, "pattern", ""},
		{"a text beyond its edge", Fault{Keyword: "pattern", Class: "long"}, "pattern", "long"},
		{"a format is a pattern", Fault{Keyword: "format", Class: "near"}, "pattern", "format"},
		{"a length", Fault{Keyword: "maxLength", Class: "above"}, "length", "maxLength"},
		{"an exclusive bound", Fault{Keyword: "exclusiveMinimum", Class: "below"}, "bound", "exclusiveMinimum"},
		{"a property too many", Fault{Keyword: "maxProperties", Class: "added"}, "bound", "maxProperties"},
		{"an unknown property", Fault{Keyword: "additionalProperties", Class: "added"}, "extra", ""},
		{"a discriminator", Fault{Keyword: "discriminator", Class: "unknown"}, "enum", "discriminator"},
	} {
		if kind, detail := tt.fault.Kind(); kind != tt.kind || detail != tt.detail {
			t.Errorf("%s: %q %q, want %q %q", tt.claim, kind, detail, tt.kind, tt.detail)
		}
	}
}
