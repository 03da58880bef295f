package cli

import (
	"context"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"strings"
	"sync/atomic"
	"syscall"

	"golang.org/x/term"

	"qorcheck/harness/run"
	"qorcheck/harness/settings"
)

// process is what a command line takes from the process that it runs in. Commands
// read folder, environment and streams from here alone, so that a test runs them
// without a process of their own.
type process struct {
	dir            string // where relative names of files start, "" for the working folder
	env            []string
	stdin          io.Reader
	stdout, stderr io.Writer

	fixtures *settings.Fixtures // once they are read: no error may show what is secret in them
}

// path returns the file that a name on the command line means.
func (p *process) path(name string) string {
	if p.dir == "" || name == "" || filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(p.dir, name)
}

// lookup returns the value of a variable and reports whether it is set.
func (p *process) lookup(name string) (value string, ok bool) {
	for _, pair := range p.env {
		if key, v, _ := strings.Cut(pair, "="); key == name {
			value, ok = v, true // the last one counts, as for os/exec
		}
	}
	return value, ok
}

// getenv returns the value of a variable, "" for one that is not set.
func (p *process) getenv(name string) string {
	value, _ := p.lookup(name)
	return value
}

// colored reports whether standard output may be colored.
func (p *process) colored() bool { return isTerminal(p.stdout) && p.getenv("NO_COLOR") == "" }

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// interruptible returns a context that the first Ctrl-C or SIGTERM ends; the second
// ends the process at once, whatever is under way.
func interruptible() (context.Context, func()) {
	ctx, cancel := context.WithCancel(context.Background())
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	over := make(chan struct{})
	go func() {
		for range 2 {
			select {
			case <-signals:
			case <-over:
				return
			}
			if ctx.Err() != nil {
				os.Exit(run.ExitInterrupted)
			}
			cancel()
		}
	}()
	return ctx, func() {
		signal.Stop(signals)
		close(over)
		cancel()
	}
}

// minRunMemory is the memory limit of a run that keeps little, in bytes; beyond the limit garbage
// is collected more often.
const minRunMemory = 240 << 20

// TuneGC sets the garbage collector of the process for one run.
func TuneGC() { tuneGC(minRunMemory) }

// tuneGC collects garbage less often while the memory in use stays below a limit, which
// follows what is in use but is at least this one: a run makes much garbage and keeps little.
// GOGC and GOMEMLIMIT take precedence.
func tuneGC(least int64) {
	if os.Getenv("GOGC") == "" && os.Getenv("GOMEMLIMIT") == "" {
		debug.SetGCPercent(600)
		most := containerMemory(os.DirFS("/")) / 10 * 9 // the rest is for what the collector does not see
		mostMemory.Store(most)
		debug.SetMemoryLimit(min(least, most))
		if leastMemory.Swap(least) == 0 {
			followMemory()
		}
	}
}

// leastMemory is the memory limit that was set last, 0 for none.
var leastMemory atomic.Int64

// mostMemory is the memory limit beyond which the container of the process would end it.
var mostMemory atomic.Int64

// followMemory raises the memory limit with the memory that is in use after a collection,
// and lowers it again. Where that comes near the limit, as with a description of thousands
// of operations, most of the time would be spent on garbage that is not there.
func followMemory() {
	unused := new([2]*byte) // the next collection finds it
	runtime.AddCleanup(unused, func(struct{}) {
		inUse := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
		metrics.Read(inUse)
		debug.SetMemoryLimit(memoryLimit(int64(inUse[0].Value.Uint64()), leastMemory.Load(), mostMemory.Load()))
		followMemory()
	}, struct{}{})
}

// ampleMemory is up to which limit, in bytes, six times the memory in use may be taken.
const ampleMemory = 420 << 20

// memoryLimit returns the limit for the memory in use after a collection: six times as much up
// to ampleMemory, beyond it twice as much, but no less than least and no more than most.
func memoryLimit(inUse, least, most int64) int64 {
	return min(most, max(least, 2*inUse, min(6*inUse, ampleMemory)))
}
