package reporters

import (
	"fmt"
	"io"
	"strings"
	"time"

	"qorcheck/harness/run"
)

// Live shows the progress of a run: one line that is rewritten on a terminal, or a
// new line every few seconds elsewhere.
type Live struct {
	w        io.Writer
	terminal bool
	last     time.Time
	until    time.Time // end of a pause, which stays shown
}

// NewLive returns a Live that writes to w.
func NewLive(w io.Writer, terminal bool) *Live { return &Live{w: w, terminal: terminal} }

// Show is called after each case and at each pause. It ignores write errors: they are
// no reason to end a run.
func (l *Live) Show(p run.Progress) {
	pause := 5 * time.Second
	if l.terminal {
		pause = 100 * time.Millisecond
	}
	now := time.Now()
	switch {
	case p.Pause.For > 0:
		l.until = now.Add(p.Pause.For)
	case p.Done < p.Total && (now.Sub(l.last) < pause || now.Before(l.until)):
		return
	}
	l.last = now
	rate := float64(p.Done-p.Earlier) / max(p.Elapsed.Seconds(), 0.001)
	left := time.Duration(float64(p.Total-p.Done) / max(rate, 0.001) * float64(time.Second)).Round(time.Second)
	line := fmt.Sprintf("%d/%d cases, %.0f/s, %d failed, %s left", p.Done, p.Total, rate, p.Failed, left)
	if p.Pause.For > 0 {
		line = fmt.Sprintf("%d/%d cases, %d failed, waiting for %s: %s", p.Done, p.Total, p.Failed, p.Pause.For.Round(time.Second), p.Pause.Why)
	}
	if !l.terminal {
		fmt.Fprintln(l.w, line)
		return
	}
	fmt.Fprintf(l.w, "\r\x1b[K%s", line)
	if p.Done == p.Total {
		fmt.Fprint(l.w, "\r\x1b[K")
	}
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
