package reporters

import (
	"fmt"
	"io"
	"strings"
	"time"

	"qorcheck/harness/run"
)

// Live shows the progress of a run: one line that is rewritten on a terminal, or a
// new line every minute elsewhere.
type Live struct {
	w        io.Writer
	terminal bool
	next     time.Duration // when the next line is due, since the run began
}

// Intervals between lines.
const (
	terminalInterval = 100 * time.Millisecond
	fileInterval     = time.Minute
)

// An estimate of the time that is left means something after this time and number of cases.
const (
	estimateAfter = 3 * time.Second
	estimateCases = 20
)

// NewLive returns a Live that writes to w.
func NewLive(w io.Writer, terminal bool) *Live {
	l := &Live{w: w, terminal: terminal}
	if !terminal {
		l.next = fileInterval
	}
	return l
}

// Show is called after each case and at each pause. It ignores write errors: they are
// no reason to end a run.
func (l *Live) Show(p run.Progress) {
	if p.Pause.For == 0 && p.Done < p.Total && p.Elapsed < l.next {
		return
	}
	l.next = p.Elapsed + fileInterval
	if l.terminal {
		l.next = p.Elapsed + max(terminalInterval, p.Pause.For)
	}
	if !l.terminal {
		fmt.Fprintln(l.w, progressLine(p))
		return
	}
	fmt.Fprintf(l.w, "\r\x1b[K%s", progressLine(p))
	if p.Done == p.Total {
		fmt.Fprint(l.w, "\r\x1b[K")
	}
}

func progressLine(p run.Progress) string {
	if p.Pause.For > 0 {
		return fmt.Sprintf("%d/%d cases, %d failed, waiting for %s: %s", p.Done, p.Total, p.Failed, p.Pause.For.Round(time.Second), p.Pause.Why)
	}
	sent := p.Done - p.Earlier
	rate := float64(sent) / max(p.Elapsed.Seconds(), 0.001)
	line := fmt.Sprintf("%d/%d cases, %.0f/s, %d failed", p.Done, p.Total, rate, p.Failed)
	if p.Done < p.Total && p.Elapsed >= estimateAfter && sent >= estimateCases {
		line += fmt.Sprintf(", %s left", time.Duration(float64(p.Total-p.Done)/rate*float64(time.Second)).Round(time.Second))
	}
	return line
}

// Verbose returns a function that writes the exchanges of a case after it ended. It
// ignores write errors, as Live does.
func Verbose(w io.Writer) func(run.Progress) {
	return func(p run.Progress) {
		_ = Printed(w, func(w io.Writer) error {
			fmt.Fprintf(w, "%s: %s\n", p.Case, p.Outcome)
			for _, e := range p.Evidence {
				fmt.Fprintf(w, "  %s, %.1f ms\n", e.Step, e.TookMS)
				indented(w, "> ", message(e.Request.Line, e.Request.Header, e.Request.Body))
				switch {
				case e.Answer != nil:
					indented(w, "< ", message(e.Answer.Line, e.Answer.Header, e.Answer.Body))
				case e.Failure != nil:
					indented(w, "! ", fmt.Sprintf("%s: %s", e.Failure.Kind, e.Failure.Text))
				}
				for _, m := range e.Messages {
					indented(w, "< ", message(m.Line, m.Header, m.Body))
				}
			}
			return nil
		})
	}
}

func indented(w io.Writer, mark, text string) {
	for line := range strings.Lines(text) {
		fmt.Fprintf(w, "    %s%s\n", mark, strings.TrimRight(line, "\r\n"))
	}
}
