package reporters

import (
	"bytes"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"qorcheck/harness/redact/redacttest"
	"qorcheck/harness/run"
	"qorcheck/harness/verdict"
	"qorcheck/reporters/internal/sample"
	"qorcheck/spec"
)

func TestWaivers(t *testing.T) {
	d := sample.Document(1, sample.Obligation("R-1", spec.Must, verdict.Fail), sample.Obligation("R-2", spec.Must, verdict.Pass), sample.Obligation("R-3", spec.Should, verdict.Fail), sample.Obligation("R-4", spec.Must, verdict.Waived))
	d.Causes[0].Shown[0].Findings[0].Received = redacttest.Text("a\nwaivers: [] # \x00")
	for _, tt := range []struct {
		claim string
		ids   []string
		with  run.Waiver
		want  string
		fails string
	}{
		{"all that failed", nil, run.Waiver{}, "pay.R-1 pay.R-3", ""},
		{"one of them", []string{"pay.R-3"}, run.Waiver{Reason: `known: "x" # y`, Owner: "pat", Link: "https://issues.example.test/7", Until: "2030-12-31"}, "pay.R-3", ""},
		{"what passed", []string{"pay.R-2"}, run.Waiver{}, "", "pay.R-2 did not fail, it is pass"},
		{"what is waived", []string{"pay.R-4"}, run.Waiver{}, "", "pay.R-4 did not fail, it is waived"},
		{"an unknown obligation", []string{"pay.R-9"}, run.Waiver{}, "", `no obligation "pay.R-9"`},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			var b bytes.Buffer
			err := Waivers(&b, d, tt.ids, tt.with)
			if tt.fails != "" {
				if err == nil || !strings.Contains(err.Error(), tt.fails) || b.Len() > 0 {
					t.Errorf("got %v", err)
				}
				return
			}
			var file struct{ Waivers []map[string]string }
			if err := yaml.Unmarshal(b.Bytes(), &file); err != nil {
				t.Fatalf("%v\n%s", err, b.String())
			}
			var ids []string
			for _, w := range file.Waivers {
				ids = append(ids, w["obligation"])
				if w["reason"] != tt.with.Reason || w["owner"] != tt.with.Owner || w["link"] != tt.with.Link || w["until"] != tt.with.Until {
					t.Errorf("got %v", w)
				}
			}
			if got := strings.Join(ids, " "); got != tt.want {
				t.Errorf("got %s\n%s", got, b.String())
			}
			if filled := !strings.Contains(b.String(), "fill in"); filled != (tt.with.Owner != "") {
				t.Error(b.String())
			}
		})
	}
	t.Run("where nothing failed", func(t *testing.T) {
		var b bytes.Buffer
		if err := Waivers(&b, sample.Document(0, sample.Obligation("R-2", spec.Must, verdict.Pass)), nil, run.Waiver{}); err != nil || b.String() != "waivers: [] # nothing failed\n" {
			t.Errorf("%v %s", err, b.String())
		}
	})
}
