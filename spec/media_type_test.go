package spec

import (
	"fmt"
	"strings"
	"testing"
)

func TestCovers_MediaTypes(t *testing.T) {
	for _, tt := range []struct {
		documented, mediaType string
		want                  bool
	}{
		{"application/json", "Application/JSON; charset=utf-8", true},
		{"application/json; charset=utf-8", "application/json", true},
		{"application/json", "application/problem+json", false},
		{"application/*", "application/problem+json", true},
		{"application/*+json", "application/problem+json", true},
		{"application/*+json", "application/json", false},
		{"text/*", "texts/plain", false},
		{"text/*", "text/", false},
		{"*/*", "image/png", true},
		{"*/*", "", false},
		{"application/json", "", false},
	} {
		if got := Covers(tt.documented, tt.mediaType); got != tt.want {
			t.Errorf("%s covers %q: %t", tt.documented, tt.mediaType, got)
		}
	}
}

func TestAccept(t *testing.T) {
	for responses, want := range map[string]string{
		`"200": {description: d}`: "",
		`"200": {description: d, content: {application/json: {}}}, "400": {description: d, content: {application/json; charset=utf-8: {}}}`: "",
		`"200": {description: d, content: {text/csv: {}}}, "400": {description: d, content: {application/json: {}}}`:                        "text/csv, application/json",
		`"400": {description: d, content: {application/problem+json: {}}}, "200": {description: d, content: {application/json: {}}}`:        "application/json, application/problem+json",
		`"200": {description: d, content: {"*/*": {}}}`:                          "application/json, */*;q=0.5",
		`"200": {description: d, content: {text/csv: {}, application/json: {}}}`: "application/json, text/csv",
		`"200": {description: d, content: {"image/*": {}}}`:                      "image/*;q=0.5",
		`"200": {description: d, content: {application/vnd.a.v2+json: {}}}`:      "application/vnd.a.v2+json",
	} {
		d, err := Parse(fmt.Appendf(nil, "openapi: 3.0.3\ninfo: {title: t, version: '1'}\npaths: {/a: {get: {responses: {%s}}}}\n", responses), "t.yaml")
		if err != nil {
			t.Fatal(err)
		}
		if got := d.Operations[0].Accept(); got != want {
			t.Errorf("%s\nis asked for by %q, want %q", strings.TrimSpace(responses), got, want)
		}
	}
}
