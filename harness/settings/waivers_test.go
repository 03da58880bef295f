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
	for _, tt := range []struct {
		claim, text, says string
	}{
		{"one", oneWaiver, ""},
		{"one without a link", strings.Replace(oneWaiver, "    link: https://issues.example.test/7\n", "", 1), ""},
		{"none", "waivers: []\n", ""},
		{"nothing", "", "w.yaml: the file is empty; valid keys: waivers"},
		{"no YAML", "waivers: [", "w.yaml: yaml: "},
		{"an unknown key", "waiver: []\n", "w.yaml: line 1: unknown key waiver (did you mean waivers?); valid keys: waivers"},
		{"an unknown key of one", strings.Replace(oneWaiver, "owner:", "owned:", 1), "w.yaml: line 5: waivers[0]: unknown key owned (did you mean owner?); valid keys: obligation, reason, owner, link, until"},
		{"no obligation", strings.Replace(oneWaiver, "obligation: pay.R-1", `obligation: ""`, 1), "w.yaml: waivers[0]: obligation: must be given"},
		{"no reason", strings.Replace(oneWaiver, "reason: known", `reason: " "`, 1), "reason: must be given"},
		{"no owner", strings.Replace(oneWaiver, "    owner: pat\n", "", 1), "owner: must be given"},
		{"no date", strings.Replace(oneWaiver, "    until: 2030-06-15\n", "", 1), "until: must be given"},
		{"a link that is none", strings.Replace(oneWaiver, "https://issues.example.test/7", "javascript:alert(1)", 1), `link: "javascript:alert(1)": must be an http or https URL`},
		{"a date that is none", strings.Replace(oneWaiver, "2030-06-15", "next week", 1), `until: "next week": must be a date, as 2030-12-31`},
		{"a day that is none", strings.Replace(oneWaiver, "2030-06-15", "2030-02-30", 1), `until: "2030-02-30": must be a date`},
		{"two of one", oneWaiver + strings.TrimPrefix(oneWaiver, "\nwaivers:\n"), "w.yaml: pay.R-1 is waived twice"},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			w, err := ParseWaivers([]byte(tt.text), "w.yaml")
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
	if w, err := LoadWaivers(file); err != nil || len(w.List) != 1 || w.List[0] != (Waiver{"pay.R-1", "known", "pat", "https://issues.example.test/7", "2030-06-15"}) {
		t.Errorf("%+v, %v", w, err)
	}
	if _, err := LoadWaivers(file + ".none"); err == nil {
		t.Error("no error for a file that is not there")
	}
}

func TestDaysLeft(t *testing.T) {
	for _, tt := range []struct {
		claim, until, now string
		want              int
	}{
		{"on its last day it holds", "2030-06-15", "2030-06-15T23:59:59Z", 0},
		{"and in another zone too", "2030-06-15", "2030-06-16T01:30:00+02:00", 0},
		{"on the day after it does not", "2030-06-15", "2030-06-16T00:00:00Z", -1},
		{"two weeks before", "2030-06-15", "2030-06-01T12:00:00Z", 14},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			now, err := time.Parse(time.RFC3339, tt.now)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := DaysLeft(tt.until, now); err != nil || got != tt.want {
				t.Errorf("%d, %v, want %d", got, err, tt.want)
			}
		})
	}
}
