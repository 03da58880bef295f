package reporters

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"time"

	"qorcheck/harness/run"
	"qorcheck/harness/verdict"
	"qorcheck/spec"
)

// explained is how many failures the console explains in full; the rest get a line each.
const explained = 5

// Console writes the summary of a run for a person: failures first, each with
// the requirement, the sentence of the documentation, what was expected and
// received and a curl line, then what could not be judged, then the verdict.
func Console(w io.Writer, d *run.Document, color bool) error {
	b := bufio.NewWriter(w)
	paint := painter(color)
	failures := d.Failures()
	for i, o := range failures {
		if i == explained {
			fmt.Fprintf(b, "%s\n", paint(red, fmt.Sprintf("and %d more:", len(failures)-explained)))
		}
		if i >= explained {
			fmt.Fprintf(b, "  %s  [%s, %s]\n", o.Sentence, o.ID, o.Level)
			continue
		}
		head, rest, _ := strings.Cut(o.Explain(), "\n")
		hue := red
		if o.Level != spec.Must {
			hue = yellow
		}
		fmt.Fprintf(b, "%s\n%s\n", paint(hue, head), rest)
	}
	for _, outcome := range []verdict.Outcome{verdict.Broken, verdict.Inconclusive, verdict.NotRun, verdict.Unsupported} {
		unjudged(b, d, outcome, paint)
	}
	tolerated(b, d, paint)
	for _, left := range d.Left {
		fmt.Fprintf(b, "%s %s\n", paint(yellow, "could not be removed:"), left)
	}
	if len(d.Untested) > 0 {
		fmt.Fprintf(b, "not tested yet: %d requirements of %s, as listed in %s under untested\n", len(d.Untested), d.Name, DocumentFile)
	}
	fmt.Fprintf(b, "%d cases, %d requests in %s against %s (seed %d, run %s)\n",
		d.Cases, d.Requests, d.Finished.Sub(d.Started).Round(10*time.Millisecond), d.Target, d.Seed, d.RunID)
	hue := green
	if d.ExitCode != run.ExitPass {
		hue = red
	}
	fmt.Fprintln(b, paint(hue, d.Verdict))
	return b.Flush()
}

// unjudged lists the obligations of an outcome by their reason.
func unjudged(w io.Writer, d *run.Document, outcome verdict.Outcome, paint func(string, string) string) {
	byReason := map[string][]string{}
	var order []string
	for _, o := range d.Obligations {
		if o.Outcome == outcome {
			if byReason[o.Why] == nil {
				order = append(order, o.Why)
			}
			byReason[o.Why] = append(byReason[o.Why], o.ID)
		}
	}
	for _, why := range order {
		ids := byReason[why]
		if why == d.Preflight && why != "" {
			continue // the verdict says it
		}
		shown := strings.Join(ids[:min(len(ids), 4)], ", ")
		if len(ids) > 4 {
			shown += fmt.Sprintf(" and %d more", len(ids)-4)
		}
		fmt.Fprintf(w, "%s %s\n    %s\n", paint(yellow, outcome.String()+":"), why, shown)
	}
}

// tolerated lists the notes on answers that passed although they are not what is documented.
func tolerated(w io.Writer, d *run.Document, paint func(string, string) string) {
	count := map[string]int{}
	var order []string
	for _, o := range d.Obligations {
		for _, n := range o.Notes {
			if count[n.Text] == 0 {
				order = append(order, n.Text)
			}
			count[n.Text] += n.Count
		}
	}
	for _, text := range order {
		fmt.Fprintf(w, "%s %s (%d cases)\n", paint(yellow, "tolerated:"), text, count[text])
	}
}

// Colours of a terminal.
const (
	red    = "31"
	green  = "32"
	yellow = "33"
)

func painter(color bool) func(code, text string) string {
	return func(code, text string) string {
		if !color {
			return text
		}
		return "\x1b[" + code + "m" + text + "\x1b[0m"
	}
}

// Live shows how far a run is: one line that is rewritten on a terminal, a plain
// line now and then elsewhere.
type Live struct {
	w        io.Writer
	terminal bool
	last     time.Time
}

// NewLive makes a live line on w.
func NewLive(w io.Writer, terminal bool) *Live { return &Live{w: w, terminal: terminal} }

// Show is called after each case. What cannot be shown is no reason to end a run.
func (l *Live) Show(p run.Progress) {
	pause := 5 * time.Second
	if l.terminal {
		pause = 100 * time.Millisecond
	}
	if now := time.Now(); p.Done < p.Total && now.Sub(l.last) < pause {
		return
	} else {
		l.last = now
	}
	rate := float64(p.Done) / max(p.Elapsed.Seconds(), 0.001)
	left := time.Duration(float64(p.Total-p.Done) / max(rate, 0.001) * float64(time.Second)).Round(time.Second)
	line := fmt.Sprintf("%d/%d cases, %.0f/s, %d failed, %s left", p.Done, p.Total, rate, p.Failed, left)
	if !l.terminal {
		fmt.Fprintln(l.w, line)
		return
	}
	fmt.Fprintf(l.w, "\r\x1b[K%s", line)
	if p.Done == p.Total {
		fmt.Fprint(l.w, "\r\x1b[K")
	}
}
