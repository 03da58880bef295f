package html

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"qorcheck/harness/exchange"
	"qorcheck/harness/redact/redacttest"
	"qorcheck/harness/run"
	"qorcheck/harness/rundir"
	"qorcheck/harness/verdict"
	"qorcheck/reporters/internal/sample"
	"qorcheck/spec"
)

// rich is a small run with everything that the page can show.
func rich() *run.Document {
	var list []run.Obligation
	add := func(o run.Obligation, operation, method, path string, chapter string) *run.Obligation {
		o.Sentence = operation + strings.TrimPrefix(o.Sentence, o.Operation)
		o.ID, o.Operation, o.Method, o.Path, o.Chapter = operation+"."+o.Requirement, operation, method, path, chapter
		for i := range o.Causes {
			o.Causes[i] += "." + operation
		}
		list = append(list, o)
		return &list[len(list)-1]
	}
	for i, outcome := range verdict.Outcomes {
		id := fmt.Sprintf("R-%d", i+1)
		add(sample.Obligation(id, spec.Must, outcome), "card-pay", "POST", "/card/pay", "statuses")
		if i%2 == 0 {
			add(sample.Obligation(id, spec.Must, verdict.Pass), "card-void", "POST", "/card/void", "statuses")
		}
	}
	noted := add(sample.Obligation("R-10", spec.Should, verdict.Pass), "list", "GET", "/lists/all", "outcomes")
	noted.Notes = []run.Note{{Text: redacttest.Text("405 is tolerated: usual"), Count: 3, Case: "list.x"}}
	add(sample.Obligation("R-10", spec.Should, verdict.Fail), "card-pay", "POST", "/card/pay", "outcomes")
	needless := add(sample.Obligation("R-11", spec.Must, verdict.Pass), "list", "GET", "/lists/all", "rejections")
	needless.Waiver = &run.Waiver{Reason: "once broken", Owner: "kim", Until: "2030-06-30"}

	d := sample.Document(run.ExitBroken, list...)
	d.Verdict = "BROKEN: 1 obligations could not be judged because of a fault of qorcheck"
	d.Profile, d.Filter, d.Strict = "core", "level:must", false
	d.Digests = run.Digests{Description: "sha256:d", Requirements: "sha256:r", Fixtures: "sha256:f", Plan: "sha256:p", Waivers: "sha256:w"}
	d.Latency = []run.Latency{
		{Operation: "card-pay", Count: 40, MinMS: 1.5, P50MS: 8, P90MS: 40, P99MS: 1234.5, MaxMS: 12_345, Buckets: buckets(0, 5, 20, 14, 1)},
		{Operation: "list", Count: 1, MinMS: 3, P50MS: 3, P90MS: 3, P99MS: 3, MaxMS: 3, Buckets: buckets(0, 0, 1, 0, 0)},
	}
	d.Untested = []run.Untested{{Requirement: "R-30", Sentence: "sends a message", Reason: "messages are not received yet"}}
	d.Dropped = []run.Dropped{{ID: "card-pay.malformed.x", Reason: "no text was found"}}
	d.Left = redacttest.Texts("DELETE http://127.0.0.1/v3/made/7")
	c := &d.Causes[0].Shown[0]
	c.Fault = "/card/number"
	c.Findings = []run.Finding{
		{Check: "status", Rule: verdict.WrongStatus, Deviation: verdict.Status, Expected: redacttest.Text("status 400, because /card/number breaks type"), Received: redacttest.Text("status 200")},
		{Check: "reason", Rule: verdict.ReasonGiven, Deviation: verdict.Missing, Pointer: redacttest.Text("/reason"), Keyword: "reason", Expected: redacttest.Text("/reason, a string"), Received: redacttest.Text("nothing there")},
		{Check: "schema", Rule: verdict.SchemaBody, Deviation: verdict.Type, Pointer: redacttest.Text("/rows/1/a~1b"), Keyword: "type", Expected: redacttest.Text("/rows/1/a~1b a string"), Received: redacttest.Text("7")},
	}
	act := c.Evidence[0]
	act.TookMS = 12.5
	act.Request.Body = redacttest.Text(`{"card":{"number":7,"cvv":"[redacted]"},"amount":"12.00"}`)
	act.Answer = &exchange.Message{Line: redacttest.Text("HTTP/1.1 200 OK"), Header: redacttest.Texts("Content-Type: application/json"), Body: redacttest.Text(`{"status":"approved","rows":[{"a/b":"x"},{"a/b":7}],"number":"411111******1111"}`)}
	before := exchange.Evidence{Step: "settle", Started: sample.Noon(), Request: exchange.Message{Line: redacttest.Text("POST http://127.0.0.1/settle"), Header: redacttest.Texts(), Body: redacttest.Text("a[b]=1&c=2")},
		Failure: &exchange.Failure{Kind: exchange.Timeout, Text: redacttest.Text("no answer in 10s")}, Curl: redacttest.Text(`curl 'http://127.0.0.1/settle' -H 'K: '"$KEY"`)}
	c.Evidence, c.Act = []exchange.Evidence{before, act, {Step: "list", Started: sample.Noon(), Request: exchange.Message{Line: redacttest.Text("GET http://127.0.0.1/lists/all"), Header: redacttest.Texts()}, Answer: act.Answer}}, 1
	return d
}

// buckets end at 2, 5, 10 … milliseconds.
func buckets(counts ...int) []run.Bucket {
	var list []run.Bucket
	for i, bound := range []float64{2, 5, 10, 20, 20_000} {
		list = append(list, run.Bucket{UpToMS: bound, Count: counts[i]})
	}
	return list
}

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares with a file of testdata.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	if err := sample.Golden(filepath.Join("testdata", name), got, *update); err != nil {
		t.Error(err)
	}
}

func rendered(t *testing.T, d *run.Document) string {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, d); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// content is a page without its style and script.
func content(page string) string {
	page = strings.Replace(page, htmlStyle, "…", 1)
	page = strings.Replace(page, htmlScript, "…", 1)
	return regexp.MustCompile(`sha256-[A-Za-z0-9+/=&#;]+&#39;`).ReplaceAllString(page, "sha256-…&#39;")
}

func TestPage_OfEachOutcome(t *testing.T) {
	whole := rendered(t, rich())
	golden(t, "every-outcome.html", []byte(content(whole)))
	golden(t, "every-kind.html", []byte(content(rendered(t, sample.EveryKind()))))
	passing := sample.Document(0, sample.Obligation("R-1", spec.Must, verdict.Pass))
	passing.Verdict = "PASSED: 1 of 1 obligations passed"
	golden(t, "passing.html", []byte(content(rendered(t, passing))))
	dead := sample.Document(3, sample.Obligation("R-1", spec.Must, verdict.NotRun))
	dead.Preflight = redacttest.Text("no answer from http://127.0.0.1/v3: connection refused; nothing else was sent")
	dead.Obligations[0].Why, dead.Verdict = dead.Preflight.String(), "INCONCLUSIVE: "+dead.Preflight.String()
	golden(t, "dead.html", []byte(content(rendered(t, dead))))
	for _, outcome := range verdict.Outcomes {
		l := lookOf(outcome)
		if l.Word == "" || !strings.Contains(whole, `<span class="sign `+l.Class+`" aria-hidden="true">`+l.Sign+`</span> `+l.Word) {
			t.Errorf("%s is not shown as %+v", outcome, l)
		}
	}
}

// A page that others open must not depend on where it was made.
func TestPage_IsTheSameEverywhere(t *testing.T) {
	first := rendered(t, rich())
	local := time.Local
	t.Cleanup(func() { time.Local = local })
	time.Local = time.FixedZone("far east", 14*3600)
	t.Setenv("LC_ALL", "tr_TR.UTF-8")
	t.Setenv("TZ", "Pacific/Kiritimati")
	d := rich()
	d.Started, d.Finished = d.Started.In(time.Local), d.Finished.Local()
	if rendered(t, d) != first {
		t.Error("another time zone makes another page")
	}
}

func TestPage_NeedsNothingElse(t *testing.T) {
	page := rendered(t, rich())
	for _, tt := range []struct{ tag, kind, want string }{
		{"style", "style-src", htmlStyle}, {"script", "script-src", htmlScript},
	} {
		inline := regexp.MustCompile(`(?s)<`+tt.tag+`[^>]*>(.*?)</`+tt.tag+`>`).FindAllStringSubmatch(page, -1)
		if len(inline) != 1 || inline[0][1] != tt.want {
			t.Fatalf("%d elements %s", len(inline), tt.tag)
		}
		allowed := tt.kind + " &#39;" + strings.ReplaceAll(digest(inline[0][1]), "+", "&#43;") + "&#39;"
		if !strings.Contains(page, allowed) {
			t.Errorf("the policy does not allow the %s: %s", tt.tag, allowed)
		}
	}
	if !strings.Contains(page, `content="default-src &#39;none&#39;;`) {
		t.Error("the policy allows to load something")
	}
	for _, m := range regexp.MustCompile(`(?i) (href|src|action|data|formaction|xlink:href)="([^"]*)"`).FindAllStringSubmatch(content(page), -1) {
		if m[1] != "href" || !strings.HasPrefix(m[2], "#") && !strings.HasPrefix(m[2], "https://") {
			t.Errorf("it points at %s", m[0])
		}
	}
	if m := regexp.MustCompile(`(?i)<[a-z][a-z0-9]*(?: [a-z-]+(?:="[^"]*")?)* (?:style|on[a-z]+)=`).FindString(content(page)); m != "" {
		t.Errorf("the policy blocks %s", m)
	}
}

func TestPage_LinksLeadSomewhere(t *testing.T) {
	page := content(rendered(t, rich()))
	ids := map[string]int{}
	for _, m := range regexp.MustCompile(` id="([^"]*)"`).FindAllStringSubmatch(page, -1) {
		ids[m[1]]++
	}
	for id, count := range ids {
		if count != 1 || id == "" {
			t.Errorf("%d elements have the id %q", count, id)
		}
	}
	for _, m := range regexp.MustCompile(` href="#([^"]*)"`).FindAllStringSubmatch(page, -1) {
		if ids[m[1]] == 0 {
			t.Errorf("nothing has the id %s", m[1])
		}
	}
	for _, id := range []string{"R-1", "card-pay.R-1", "pay.valid.R-1", "status.R-1.card-pay"} {
		if ids[id] == 0 {
			t.Errorf("no link can lead to %s", id)
		}
	}
}

func TestPage_GivesEachIDOnce(t *testing.T) {
	d := sample.Document(1, sample.Obligation("top", spec.Must, verdict.Fail), sample.Obligation("R-1", spec.Must, verdict.Fail))
	d.Causes[1].Shown[0].ID, d.Causes[1].Behind[0].Cases = "pay.R-1", []string{"pay.R-1"} // as an obligation is called
	d.Causes[0].ID, d.Obligations[0].Causes[0] = "search", "search"
	page := content(rendered(t, d))
	for _, id := range []string{"top", "search", "pay.R-1"} {
		if n := strings.Count(page, ` id="`+id+`"`); n != 1 {
			t.Errorf("%d elements have the id %s", n, id)
		}
	}
}

func TestPage_LinksToTheWebOnly(t *testing.T) {
	for _, tt := range []struct{ link, want string }{
		{"https://docs.example.test/page#a", "https://docs.example.test/page#a"},
		{"http://docs.example.test", "http://docs.example.test"},
		{"HTTPS://docs.example.test", "HTTPS://docs.example.test"},
		{"javascript:alert(1)", ""},
		{"JavaScript://docs.example.test/%0aalert(1)", ""},
		{"data:text/html,<script>alert(1)</script>", ""},
		{"file:///etc/passwd", ""},
		{"//docs.example.test", ""},
		{"mailto:a@b.test", ""},
		{"https:alert(1)", ""},
		{"\x01https://a.test", ""},
		{"", ""},
	} {
		t.Run(tt.link, func(t *testing.T) {
			d := sample.Document(1, sample.Obligation("R-1", spec.Must, verdict.Fail))
			d.Obligations[0].Clause.Link = tt.link
			if got := web(tt.link); got != tt.want {
				t.Errorf("got %q", got)
			}
			for _, m := range regexp.MustCompile(`href="([^"]*)"`).FindAllStringSubmatch(content(rendered(t, d)), -1) {
				if !strings.HasPrefix(m[1], "#") && m[1] != tt.want {
					t.Errorf("it links to %s", m[1])
				}
			}
		})
	}
}

// hostileTexts is what a target may say anywhere.
var hostileTexts = []string{
	"</script><script>alert(1)</script>", "</style><img src=x onerror=alert(1)>", `"><svg onload=alert(1)>`, "'--><b onmouseover=alert(1)>",
	"{{.Target}}", "\x1b[31mred\x1b]8;;http://evil.test\x07", "a\u202eb\u2066c\u200f\ufeff", "a\x00b\x7f\u0085\u2028", "\xff\xfe\xc3", "\ufffe",
	"javascript:alert(1)", "#top", "]]>", "&lt;script&gt;",
}

// haunted is a run in which everything that can be hostile is.
func haunted() *run.Document {
	var list []run.Obligation
	for i, text := range hostileTexts {
		for j, outcome := range []verdict.Outcome{verdict.Outcomes[i%len(verdict.Outcomes)], verdict.Fail} {
			o := sample.Obligation(fmt.Sprintf("R-%d-%d", i, j), spec.Must, outcome)
			o.ID, o.Requirement, o.Operation, o.Method, o.Path = text+o.ID, text+o.Requirement, text+fmt.Sprint("op", j), text, "/"+text
			o.Sentence, o.Why, o.Clause = o.Operation+" "+text, text, run.Clause{Page: text, Link: text, Text: text}
			o.Notes = []run.Note{{Text: redacttest.Text(text), Count: 1, Case: text}}
			for k := range o.Causes {
				o.Causes[k] = text + o.Causes[k]
			}
			if o.Waiver != nil {
				o.Waiver = &run.Waiver{Reason: text, Owner: text, Link: text, Until: text}
			}
			list = append(list, o)
		}
	}
	d := sample.Document(run.ExitBroken, list...)
	all := strings.Join(hostileTexts, " ")
	for i := range d.Causes {
		text := hostileTexts[i%len(hostileTexts)]
		c := &d.Causes[i]
		c.Title = text
		c.Behind[0].Cases = []string{text + c.Shown[0].ID}
		s := &c.Shown[0]
		s.ID, s.Kind, s.What, s.Fault = text+s.ID, text, text, "/"+text
		s.Findings = append(s.Findings, run.Finding{Check: text, Rule: verdict.Rule(text), Deviation: verdict.Value, Expected: redacttest.Text(text), Received: redacttest.Text(text), Pointer: redacttest.Text("/" + text), Keyword: text})
		e := &s.Evidence[0]
		e.Step, e.Curl = text, redacttest.Text(text)
		e.Request = exchange.Message{Line: redacttest.Text(text), Header: redacttest.Texts(text + ": " + text), Body: redacttest.Text(text)}
		e.Answer = &exchange.Message{Line: redacttest.Text(text), Header: redacttest.Texts(text + ": " + text), Body: redacttest.Text(fmt.Sprintf(`{%q:%q,"a":{"b":[%q]}}`, text, text, text))}
		s.Evidence = append(s.Evidence, exchange.Evidence{Step: text, Failure: &exchange.Failure{Text: redacttest.Text(text)}})
	}
	d.Tool, d.Name, d.API, d.Target, d.RunID, d.Profile, d.Filter, d.Verdict, d.Preflight = all, all, all, all, all, all, all, all, redacttest.Text(all)
	d.Digests = run.Digests{Description: all, Requirements: all, Fixtures: all, Plan: all, Waivers: all}
	d.Latency = []run.Latency{{Operation: all, Count: 1, Buckets: buckets(1, 0, 0, 0, 0)}}
	d.Untested = []run.Untested{{Requirement: all, Sentence: all, Reason: all}}
	d.Dropped = []run.Dropped{{ID: all, Reason: all}}
	d.Left = redacttest.Texts(all)
	return d
}

func TestPage_HoldsHostileText(t *testing.T) {
	page := rendered(t, haunted())
	text := content(page)
	for _, tt := range []struct {
		tag  string
		want int
	}{{"script", 1}, {"style", 1}, {"img", 0}, {"svg", 2 + 1 + 2}, {"iframe", 0}, {"form", 1}, {"meta", 5}, {"a ", strings.Count(text, `<a href="#`) + strings.Count(text, `<a class="`)}} {
		if got := strings.Count(strings.ToLower(text), "<"+tt.tag); got != tt.want {
			t.Errorf("%d elements %s, expected %d", got, tt.tag, tt.want)
		}
	}
	if m := regexp.MustCompile(`<[a-z][a-z0-9]*(?: [a-z-]+(?:="[^"]*")?)* on[a-z]+=`).FindString(text); m != "" {
		t.Errorf("a handler: %s", m)
	}
	if !utf8.ValidString(page) {
		t.Error("broken UTF-8")
	}
	if i := strings.IndexFunc(page, func(c rune) bool {
		return c != '\n' && c != '\t' && unicode.In(c, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) || c&0xfffe == 0xfffe
	}); i >= 0 {
		t.Errorf("invisible characters: %q", page[max(0, i-40):i+10])
	}
	for _, shown := range []string{`\x1b[31mred`, `a\x202eb\x2066c\x200f\xfeff`, `\xff\xfe\xc3`, `{{.Target}}`, "&lt;/script&gt;&lt;script&gt;alert(1)", "&amp;lt;script&amp;gt;"} {
		if !strings.Contains(text, shown) {
			t.Errorf("%s is not shown", shown)
		}
	}
}

func TestPage_Refuses(t *testing.T) {
	wrong := sample.Document(0, sample.Obligation("R-1", spec.Must, verdict.Fail))
	stray := sample.Document(1, sample.Obligation("R-1", spec.Must, verdict.Fail))
	stray.Obligations[0].Chapter = "appendix"
	lost := sample.Document(1, sample.Obligation("R-1", spec.Must, verdict.Fail))
	lost.Causes[0].Shown[0].Obligation = "pay.R-9"
	for _, tt := range []struct {
		claim string
		d     *run.Document
		says  string
	}{
		{"a document that does not add up", wrong, "exit code 0"},
		{"a chapter that it would leave out", stray, `its chapter "appendix" is not among the chapters`},
		{"a case of an unknown obligation", lost, "there is no obligation pay.R-9"},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			var b bytes.Buffer
			if err := Write(&b, tt.d); err == nil || !strings.Contains(err.Error(), tt.says) || b.Len() > 0 {
				t.Errorf("got %v and %d bytes", err, b.Len())
			}
		})
	}
}

func TestPage_ReturnsWriteErrors(t *testing.T) {
	size := len(rendered(t, rich()))
	for _, room := range []int{0, 1, size / 2, size - 1} {
		if err := Write(&sample.Full{Room: room}, rich()); !errors.Is(err, sample.ErrFull) {
			t.Errorf("after %d of %d bytes: %v", room, size, err)
		}
	}
	if err := Write(&sample.Full{Room: size}, rich()); err != nil {
		t.Errorf("with room for all: %v", err)
	}
}

// crowd is a run of 10,080 cases, all of which failed, with long exchanges.
func crowd() *run.Document {
	var list []run.Obligation
	for op := range 28 {
		for r := range 60 {
			o := sample.Obligation(fmt.Sprintf("R-%d", r), spec.Must, verdict.Fail)
			o.Operation, o.Path = fmt.Sprintf("group%d-operation-%d", op/4, op), fmt.Sprintf("/group%d/operation/%d", op/4, op)
			o.Sentence, o.ID = o.Operation+" answers as the documentation says that it does", fmt.Sprintf("%s.R-%d", o.Operation, r)
			o.Planned, o.Counts, o.Causes = 6, run.Counts{Fail: 6}, nil
			list = append(list, o)
		}
	}
	d := sample.Document(1, list...)
	body := redacttest.Text(`{"rows":[` + strings.Repeat(`{"name":"<value>","other":"a rather long \"value\" & more"},`, 200) + `{}]}`)
	for i := range run.MaxCauses {
		c := sample.CauseOf(sample.Obligation("R-0", spec.Must, verdict.Fail))
		c.ID, c.Cases, c.Behind, c.Shown[0].Evidence[0].Answer.Body, c.Shown[0].Evidence[0].Request.Body = fmt.Sprintf("status.kind.%d", i), 0, nil, body, body
		for j := range d.Obligations {
			o := &d.Obligations[j]
			if j%run.MaxCauses != i {
				continue
			}
			o.Causes = []string{c.ID}
			b := run.Behind{Obligation: o.ID}
			for k := range 6 {
				b.Cases = append(b.Cases, fmt.Sprintf("%s.malformed.type.transaction-data-field-%d-%d", o.Operation, j, k))
			}
			c.Cases, c.Behind = c.Cases+6, append(c.Behind, b)
		}
		c.Shown[0].ID, c.Shown[0].Obligation = c.Behind[0].Cases[0], c.Behind[0].Obligation
		act := c.Shown[0].Evidence[0]
		c.Shown[0].Evidence, c.Shown[0].Act = []exchange.Evidence{act, act, act}, 2
		for range run.MaxShown - 1 {
			c.Shown = append(c.Shown, c.Shown[0])
		}
		d.Causes = append(d.Causes, c)
	}
	d.Causes = slices.DeleteFunc(d.Causes, func(c run.Cause) bool { return c.ID == "status.R-0" })
	return d
}

func TestPage_StaysLight(t *testing.T) {
	d := crowd()
	page := rendered(t, d)
	if d.Cases < 10_000 || len(page) > 3_000_000 {
		t.Errorf("%d cases make %d bytes", d.Cases, len(page))
	}
	for _, c := range d.Causes {
		if !strings.Contains(page, `id="`+c.ID+`"`) {
			t.Errorf("cause %s is not shown", c.ID)
		}
	}
	if listed := strings.Count(page, "<code") - len(d.Causes); listed < maxCases || !strings.Contains(page, "more cases</p>") && !strings.Contains(page, "more cases in") {
		t.Errorf("%d cases listed, and the others not counted", listed)
	}
	if !strings.Contains(page, "Its exchanges are in") || strings.Count(page, "See it again") < 20 {
		t.Errorf("%d of %d causes are shown with their exchange, and the others do not say where theirs is", strings.Count(page, "See it again"), len(d.Causes))
	}
}

// TestPage_Split: the page asks for its styles and its script, which are beside it,
// and has neither inside.
func TestPage_Split(t *testing.T) {
	texts := map[string]string{}
	for _, f := range Files(rich(), true) {
		var b strings.Builder
		if err := f.Write(&b); err != nil {
			t.Fatal(err)
		}
		texts[f.Name] = b.String()
	}
	page := texts[rundir.HTMLFile]
	for _, missing := range []string{`<link rel="stylesheet" href="report.css">`, `<script src="report.js"></script>`} {
		if !strings.Contains(page, missing) {
			t.Errorf("the page lacks %s", missing)
		}
	}
	if strings.Contains(page, "<style") || strings.Contains(page, "<script>") || strings.Contains(page, "sha256-") {
		t.Error("the page has styles or a script inside")
	}
	if len(texts) != 3 || texts[rundir.StyleFile] != htmlStyle || texts[rundir.ScriptFile] != htmlScript {
		t.Error("the files beside it are not what an unsplit page holds")
	}
}
