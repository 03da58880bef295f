package html

import (
	"fmt"
	"html/template"
	"strings"

	"qorcheck/harness/redact"
	"qorcheck/harness/run"
)

// exchangeView is one request and what came back.
type exchangeView struct {
	Step    string
	Took    float64
	Request messageView
	Answer  *messageView
	More    []messageView // awaited messages after the first, which is the answer
	Failure string        // why there is no answer
}

// messageView is one side of an exchange, with marks on what is wrong.
type messageView struct {
	Line      bodyLine
	Header    []bodyLine
	Body      []bodyLine
	Truncated bool
}

// size is about how many bytes of the page an exchange takes.
func (v exchangeView) size() int {
	size := v.Request.size()
	if v.Answer != nil {
		size += v.Answer.size()
	}
	for _, m := range v.More {
		size += m.size()
	}
	return size + len(v.Failure)
}

func (v messageView) size() int {
	size := 0
	for _, line := range append(append([]bodyLine{v.Line}, v.Header...), v.Body...) {
		size += len(template.HTMLEscapeString(line.Text)) + 1
	}
	return size
}

func sideOf(line redact.Text, header []redact.Text, body redact.Text, pointers []string) messageView {
	v := messageView{Line: bodyLine{Text: line.Cut(lineBytes).String()}, Body: bodyOf(body.String(), pointers)}
	for _, h := range header[:min(len(header), headerLines)] {
		v.Header = append(v.Header, bodyLine{Text: h.Cut(lineBytes).String()})
	}
	if more := len(header) - headerLines; more > 0 {
		v.Header = append(v.Header, bodyLine{Text: fmt.Sprintf("… %d more", more), Ours: true})
	}
	return v
}

// exchangeOf shows an exchange of a case. In the one under judgement, what is
// broken in the request and what the findings speak of in the answer is marked.
func exchangeOf(c run.Case, i int) exchangeView {
	e := c.Evidence[i]
	judged := i == c.Act
	v := exchangeView{Step: e.Step, Took: e.TookMS}
	var broken, wrong []string
	if judged {
		broken = []string{c.Fault}
		for _, f := range c.Findings {
			wrong = append(wrong, f.Pointer.String())
		}
	}
	v.Request = sideOf(e.Request.Line, e.Request.Header, e.Request.Body, broken)
	v.Request.Line.Marked = judged && strings.HasPrefix(c.Fault, "query:")
	if e.Failure != nil {
		v.Failure = e.Failure.Text.String()
	}
	if e.Answer == nil {
		return v
	}
	answer := sideOf(e.Answer.Line, e.Answer.Header, e.Answer.Body, wrong)
	answer.Truncated = e.Answer.Truncated
	for _, f := range c.Findings {
		if !judged || !f.Pointer.IsZero() {
			continue
		}
		switch f.Check {
		case "status", "documented-status":
			answer.Line.Marked = true
		case "media-type":
			for j, h := range answer.Header {
				answer.Header[j].Marked = strings.HasPrefix(strings.ToLower(h.Text), "content-type:")
			}
		}
	}
	v.Answer = &answer
	for _, m := range e.Messages {
		more := sideOf(m.Line, m.Header, m.Body, wrong)
		more.Truncated = m.Truncated
		v.More = append(v.More, more)
	}
	return v
}
