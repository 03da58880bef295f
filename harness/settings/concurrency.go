package settings

import (
	"fmt"
	"strconv"
)

// Concurrency is how many cases may be in progress at once.
type Concurrency int

// AutoConcurrency leaves it to the run, which finds out how much the target takes.
const AutoConcurrency Concurrency = -1

const auto = "auto"

// String returns the limit as it is read.
func (c Concurrency) String() string {
	if c == AutoConcurrency {
		return auto
	}
	return strconv.Itoa(int(c))
}

// Set reads a limit.
func (c *Concurrency) Set(text string) error {
	if text == auto {
		*c = AutoConcurrency
		return nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		return fmt.Errorf("must be %s", c.Allowed())
	}
	*c = Concurrency(n)
	return nil
}

// Type names limits in help texts.
func (*Concurrency) Type() string { return "number" }

// Allowed describes a valid limit.
func (*Concurrency) Allowed() string { return fmt.Sprintf("auto or a number, 1 to %d", MaxConcurrency) }
