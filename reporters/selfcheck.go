package reporters

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// SelfCheck looks through files of a run for what no report may hold, as leaks
// says it of each line. A file that holds some is deleted; the error names it and
// what it held, not the value.
func SelfCheck(dir string, names []string, leaks func(line string) string) error {
	var faults []error
	for _, name := range names {
		found, err := leakIn(filepath.Join(dir, name), leaks)
		switch {
		case err != nil:
			faults = append(faults, fmt.Errorf("self-check of %s: %w", name, err))
		case found != "":
			faults = append(faults, fmt.Errorf("self-check: %s held %s and was deleted", name, found), os.Remove(filepath.Join(dir, name)))
		}
	}
	return errors.Join(faults...)
}

func leakIn(file string, leaks func(string) string) (found string, err error) {
	f, err := os.Open(file)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	lines := bufio.NewReaderSize(f, 1<<20)
	for {
		line, err := lines.ReadString('\n')
		if found := leaks(line); found != "" {
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

// Guard passes on what is written to it, but nothing that leaks finds fault with.
// It looks at each piece by itself, and a cut makes a card number of a longer one
// or hides a key: what has more than one line is Printed to it.
type Guard struct {
	W     io.Writer
	Leaks func(text string) string
	Err   error // the first refusal
}

// Write refuses a text as a whole.
func (g *Guard) Write(text []byte) (int, error) {
	if found := g.Leaks(string(text)); found != "" {
		err := fmt.Errorf("self-check: %s was about to be printed", found)
		if g.Err == nil {
			g.Err = err
		}
		return 0, err
	}
	return g.W.Write(text)
}

// Printed renders into memory, so that a text is printed as a whole or not at all.
func Printed(w io.Writer, render func(io.Writer) error) error {
	var b strings.Builder
	if err := render(&b); err != nil {
		return err
	}
	_, err := io.WriteString(w, b.String())
	return err
}
