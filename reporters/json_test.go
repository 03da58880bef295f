package reporters

import (
	"bytes"
	"reflect"
	"strings"
	"testing"

	"qorcheck/harness/run"
	"qorcheck/harness/verdict"
	"qorcheck/reporters/internal/sample"
	"qorcheck/spec"
)

func TestJSON_IsReadAsItIsWritten(t *testing.T) {
	o := sample.Obligation("R-1", spec.Must, verdict.Fail)
	o.Started = sample.Noon().UTC()
	d := sample.Document(1, o, sample.Obligation("R-2", spec.Should, verdict.Unsupported))
	d.Obligations[1].Started = sample.Noon().UTC()
	d.Causes[0].Shown[0].Evidence[0].Started = sample.Noon().UTC()
	d.Started, d.Finished = d.Started.UTC(), d.Finished.UTC()
	var first, second bytes.Buffer
	if err := JSON(&first, d); err != nil {
		t.Fatal(err)
	}
	back, err := run.Read(bytes.NewReader(first.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(back, d) {
		t.Errorf("got  %+v\nwant %+v", back, d)
	}
	if err := JSON(&second, back); err != nil || !bytes.Equal(first.Bytes(), second.Bytes()) {
		t.Errorf("written again it differs: %v", err)
	}
	if text := first.String(); !strings.Contains(text, "<h1>no</h1>") || !strings.HasSuffix(text, "}\n") {
		t.Errorf("not as people read it: %s", text)
	}
}

func TestJSON_RefusesWrongSums(t *testing.T) {
	for _, tt := range []struct {
		claim string
		bend  func(*run.Document)
	}{
		{"a count too many", func(d *run.Document) { d.Counts.Pass++ }},
		{"a case too few", func(d *run.Document) { d.Cases-- }},
		{"a failure called a pass", func(d *run.Document) { d.Obligations[0].Outcome = verdict.Pass }},
		{"a green exit code", func(d *run.Document) { d.ExitCode = 0 }},
		{"another version", func(d *run.Document) { d.Version++ }},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			d := sample.Document(1, sample.Obligation("R-1", spec.Must, verdict.Fail))
			tt.bend(d)
			var b bytes.Buffer
			if err := JSON(&b, d); err == nil || b.Len() > 0 {
				t.Errorf("got %v and %d bytes", err, b.Len())
			}
		})
	}
}
