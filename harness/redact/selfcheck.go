package redact

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// SelfCheck looks once more through the finished files of a run for what no report
// may hold. Reports are made of redacted texts alone: this second look shares nothing
// with the first but the knowledge of what a secret is, and is a safety net against
// faults of our own. A file that holds a secret is deleted; the error names the file
// and the kind of secret, not its value.
func (r *Redactor) SelfCheck(dir string, names []string) error {
	var faults []error
	for _, name := range names {
		found, err := r.leakIn(filepath.Join(dir, name))
		switch {
		case err != nil:
			faults = append(faults, fmt.Errorf("self-check of %s: %w", name, err))
		case found != "":
			faults = append(faults, fmt.Errorf("self-check: %s held %s and was deleted", name, found), os.Remove(filepath.Join(dir, name)))
		}
	}
	return errors.Join(faults...)
}

func (r *Redactor) leakIn(file string) (found string, err error) {
	f, err := os.Open(file)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	lines := bufio.NewReaderSize(f, 1<<20)
	for {
		line, err := lines.ReadString('\n')
		if found := r.Leaks(line); found != "" {
			return found, nil
		}
		if errors.Is(err, io.EOF) {
			return "", nil
		}
		if err != nil {
			return "", err
		}
	}
}

// Guard passes on what is written to it, but no text that holds a secret: the safety
// net of what is printed, as SelfCheck is that of files. It looks at each piece by
// itself, and a cut makes a card number of a longer one or hides a key: a text of more
// than one line must be written as a whole.
type Guard struct {
	W        io.Writer
	Redactor *Redactor
	Err      error // the first refusal
}

// Write refuses a text as a whole.
func (g *Guard) Write(text []byte) (int, error) {
	if found := g.Redactor.Leaks(string(text)); found != "" {
		err := fmt.Errorf("self-check: %s was about to be printed", found)
		if g.Err == nil {
			g.Err = err
		}
		return 0, err
	}
	return g.W.Write(text)
}
