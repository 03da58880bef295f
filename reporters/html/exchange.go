package html

import (
	"fmt"
	"html/template"
	"strings"

	"qorcheck/harness/redact"
	"qorcheck/harness/run"
)

// exchangePane shows one request and its response.
type exchangePane struct {
	Step    string
	Took    float64
	Request messagePane
	Answer  *messagePane
	More    []messagePane // awaited messages after the first, which is the Answer
	Failure string        // why there is no response
}

// messagePane shows one side of an exchange, with marks on what is wrong.
type messagePane struct {
	Line      textLine
	Header    []textLine
	Body      []textLine
	Truncated bool
}

// size estimates how many bytes of the page an exchange takes.
func (v exchangePane) size() int {
	size := v.Request.size()
	if v.Answer != nil {
		size += v.Answer.size()
	}
	for _, m := range v.More {
		size += m.size()
	}
	return size + len(v.Failure)
}

func (v messagePane) size() int {
	size := 0
	for _, line := range append(append([]textLine{v.Line}, v.Header...), v.Body...) {
		size += len(template.HTMLEscapeString(line.Text)) + 1
	}
	return size
}

func newMessage(line redact.Text, header []redact.Text, body redact.Text, pointers []string) messagePane {
	v := messagePane{Line: textLine{Text: line.Cut(maxLineBytes).String()}, Body: newBody(body.String(), pointers)}
	for _, h := range header[:min(len(header), maxHeaderLines)] {
		v.Header = append(v.Header, textLine{Text: h.Cut(maxLineBytes).String()})
	}
	if more := len(header) - maxHeaderLines; more > 0 {
		v.Header = append(v.Header, textLine{Text: fmt.Sprintf("… %d more", more), Remark: true})
	}
	return v
}

// newExchange lays out an exchange of a case. In the one under judgement it marks the
// planned fault in the request, and what the findings point at in the response.
func newExchange(c run.Case, i int) exchangePane {
	e := c.Evidence[i]
	judged := i == c.Act
	v := exchangePane{Step: e.Step, Took: e.TookMS}
	var broken, wrong []string
	if judged {
		broken = []string{c.Fault}
		for _, f := range c.Findings {
			wrong = append(wrong, f.Pointer.String())
		}
	}
	v.Request = newMessage(e.Request.Line, e.Request.Header, e.Request.Body, broken)
	v.Request.Line.Marked = judged && strings.HasPrefix(c.Fault, "query:")
	if e.Failure != nil {
		v.Failure = e.Failure.Text.String()
	}
	if e.Answer == nil {
		return v
	}
	answer := newMessage(e.Answer.Line, e.Answer.Header, e.Answer.Body, wrong)
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
		more := newMessage(m.Line, m.Header, m.Body, wrong)
		more.Truncated = m.Truncated
		v.More = append(v.More, more)
	}
	return v
}
