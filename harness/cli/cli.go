// Package cli is the command line of qorcheck, one file a command.
package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"qorcheck/harness/group"
	"qorcheck/harness/redact"
	"qorcheck/harness/run"
)

// exitError carries the exit code of a finished run.
type exitError int

func (e exitError) Error() string { return fmt.Sprintf("exit code %d", int(e)) }

// Run runs one command line in the working folder and returns its exit code.
func Run(arguments []string, stdout, stderr io.Writer, environ []string) int {
	return execute(&process{env: environ, stdin: os.Stdin, stdout: stdout, stderr: stderr}, arguments)
}

// execute runs one command line and returns its exit code.
func execute(p *process, arguments []string) (code int) {
	defer func() {
		if fault := recover(); fault != nil {
			code = p.exitCode(panicked(fault))
		}
	}()
	root := program(p, commands(p), arguments)
	if err := knownCommand(root, arguments); err != nil {
		return p.exitCode(err)
	}
	return p.exitCode(root.Execute())
}

// panicked is the fault of a command that met a panic of ours.
func panicked(fault any) error {
	stack := debug.Stack()
	if other, ok := fault.(*group.Fault); ok {
		stack = other.Stack
	}
	return faultError{fmt.Errorf("panic: %v; please report it with these lines:\n%s", fault, stack)}
}

// knownCommand refuses a command that does not exist also where its help is asked for,
// of which cobra shows that of the program.
func knownCommand(root *cobra.Command, arguments []string) error {
	root.InitDefaultHelpCmd()
	if len(arguments) > 0 && arguments[0] == "help" {
		arguments = arguments[1:]
	}
	c, rest, err := root.Find(arguments)
	words := slices.DeleteFunc(slices.Clone(rest), func(text string) bool { return strings.HasPrefix(text, "-") })
	if err != nil || c != root || len(words) == 0 || words[0] == "completion" || strings.HasPrefix(words[0], "__complete") {
		return nil // Execute says what else is wrong
	}
	return noArguments(root, words)
}

// program is the whole command line.
func program(p *process, commands []*cobra.Command, arguments []string) *cobra.Command {
	root := &cobra.Command{
		Use:   "qorcheck",
		Short: "proves whether a payments API keeps its documented response handling",
		Long: `qorcheck proves whether a running environment of a payments API keeps the promise
of its documented response handling. It sends valid, malformed, unauthenticated and
forbidden requests, judges every response, and writes reports.

Each flag can also be given as a variable: --run-id as QORCHECK_RUN_ID.

Exit codes: 0 conforms · 1 a requirement that must hold failed · 2 wrong usage or
settings, nothing was sent · 3 not enough was exercised to tell · 4 a fault of
qorcheck · 130 interrupted`,
		Example:       "  qorcheck run                    certify the embedded sandbox\n  qorcheck plan                   show what a run would send\n  qorcheck sandbox                serve the reference target",
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          noArguments,
	}
	root.RunE = func(c *cobra.Command, _ []string) error { return c.Help() }
	root.AddCommand(commands...)
	root.CompletionOptions.HiddenDefaultCmd = true
	root.SetArgs(arguments)
	root.SetOut(p.stdout)
	root.SetErr(p.stderr)
	root.SetFlagErrorFunc(flagError)
	root.PersistentPreRunE = func(c *cobra.Command, _ []string) error {
		if err := setFromEnvironment(root, c, p.env); err != nil {
			return err
		}
		return checkNotEmpty(c.Flags())
	}
	return root
}

// exitCode prints the error of a command line and returns its exit code.
func (p *process) exitCode(err error) int {
	var code exitError
	switch {
	case err == nil:
		return run.ExitPass
	case errors.As(err, &code):
		return int(code)
	}
	fmt.Fprintf(p.stderr, "qorcheck: %s\n", redact.Printable(p.fixtures.WithoutSecrets(err).Error()))
	var fault faultError
	if errors.As(err, &fault) {
		return run.ExitBroken
	}
	return run.ExitUsage
}

// commands lists the commands, one a file, run first.
func commands(p *process) []*cobra.Command {
	return []*cobra.Command{
		runCommand(p),
		initCommand(p),
		planCommand(p),
		reportCommand(p),
		mergeCommand(p),
		diffCommand(p),
		waiveCommand(p),
		sandboxCommand(p),
		mutantsCommand(p),
		requirementsCommand(p),
		versionCommand(p),
	}
}

// faultError is a fault of our own, after sending began.
type faultError struct{ error }
