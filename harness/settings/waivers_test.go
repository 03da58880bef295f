package settings

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const oneWaiver = `
waivers:
  - obligation: pay.R-1
    reason: known
    owner: pat
    link: https://issues.example.test/7
    until: 2030-06-15
`

func TestWaivers(t *testing.T) {
	day := func(text string) time.Time {
		d, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	today := day("2030-06-15T23:59:59Z")
	for _, tt := range []struct {
		claim, text string
		today       time.Time
		says        string
	}{
		{"on its last day it holds", oneWaiver, today, ""},
		{"and in another zone too", oneWaiver, day("2030-06-16T01:30:00+02:00"), ""},
		{"on the day after it does not", oneWaiver, day("2030-06-16T00:00:00Z"), "w.yaml: waiver of pay.R-1: until: the waiver ended on 2030-06-15: repair what it waives, or agree on another date with pat"},
		{"none", "waivers: []\n", today, ""},
		{"nothing", "", today, "w.yaml: the file is empty; valid keys: waivers"},
		{"no YAML", "waivers: [", today, "w.yaml: yaml: "},
		{"an unknown key", "waiver: []\n", today, "w.yaml: line 1: unknown key waiver (did you mean waivers?); valid keys: waivers"},
		{"an unknown key of one", strings.Replace(oneWaiver, "owner:", "owned:", 1), today, "w.yaml: line 5: waivers[0]: unknown key owned (did you mean owner?); valid keys: obligation, reason, owner, link, until"},
		{"no obligation", strings.Replace(oneWaiver, "obligation: pay.R-1", `obligation: ""`, 1), today, "w.yaml: waivers[0]: obligation: must be given"},
		{"no reason", strings.Replace(oneWaiver, "reason: known", `reason: " "`, 1), today, "reason: must be given"},
		{"no owner", strings.Replace(oneWaiver, "    owner: pat\n", "", 1), today, "owner: must be given"},
		{"no link", strings.Replace(oneWaiver, "    link: https://issues.example.test/7\n", "", 1), today, "link: must be given"},
		{"no date", strings.Replace(oneWaiver, "    until: 2030-06-15\n", "", 1), today, "until: must be given"},
		{"a link that is none", strings.Replace(oneWaiver, "https://issues.example.test/7", "javascript:alert(1)", 1), today, `link: "javascript:alert(1)": must be an http or https URL`},
		{"a date that is none", strings.Replace(oneWaiver, "2030-06-15", "next week", 1), today, `until: "next week": must be a date, as 2030-12-31`},
		{"a day that is none", strings.Replace(oneWaiver, "2030-06-15", "2030-02-30", 1), today, `until: "2030-02-30": must be a date`},
		{"two of one", oneWaiver + strings.TrimPrefix(oneWaiver, "\nwaivers:\n"), today, "w.yaml: pay.R-1 is waived twice"},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			w, err := ParseWaivers([]byte(tt.text), "w.yaml", tt.today)
			if tt.says == "" {
				if err != nil || !strings.HasPrefix(w.Digest, "sha256:") || w.File != "w.yaml" {
					t.Errorf("%+v, %v", w, err)
				}
			} else if err == nil || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("got %v, want %s", err, tt.says)
			}
		})
	}
	file := filepath.Join(t.TempDir(), "w.yaml")
	if err := os.WriteFile(file, []byte(oneWaiver), 0o600); err != nil {
		t.Fatal(err)
	}
	if w, err := LoadWaivers(file, today); err != nil || len(w.List) != 1 || w.List[0] != (Waiver{"pay.R-1", "known", "pat", "https://issues.example.test/7", "2030-06-15"}) {
		t.Errorf("%+v, %v", w, err)
	}
	if _, err := LoadWaivers(file+".none", today); err == nil {
		t.Error("no error for a file that is not there")
	}
}
